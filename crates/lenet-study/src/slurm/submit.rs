//! Hands the jobs of a submission over to Slurm.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use lenet_results::{CLUSTER_FOLDER, JOBS_FORMAT, JobKind, SubmittedJob, note_job};

use super::check::try_out;
use super::error::SlurmError;
use super::script::{Job, Submission};
use super::tools::ask;
use crate::error::StudyError;

/// The numbers of the jobs that Slurm took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// Arrays of workers.
    pub workers: Vec<String>,
    /// The report, which begins when all of them have ended.
    pub report: String,
}

impl Submission<'_> {
    /// Has `sbatch` look at every job without submitting it.
    ///
    /// # Errors
    /// [`SlurmError::Path`], [`SlurmError::Refused`].
    pub fn try_out(&self) -> Result<(), SlurmError> {
        self.check_paths()?;
        try_out(self)
    }
}

/// Submits the workers, and the report after them. The numbers are kept in the folder of records.
///
/// # Errors
/// [`SlurmError::Submit`] if Slurm refuses a job; those before it are then cancelled. A script or the list
/// of jobs cannot be written.
pub fn submit(submission: &Submission<'_>) -> Result<Submitted, StudyError> {
    let folder = submission.out.join(CLUSTER_FOLDER);
    for folder in [&folder, &submission.out.join("logs")] {
        fs::create_dir_all(folder).map_err(|source| keep(folder, source))?;
    }
    let all = submission.jobs().count();
    let mut workers: Vec<String> = Vec::new();
    for (number, job) in (1..).zip(submission.jobs()) {
        let after = format!("--dependency=afterany:{}", workers.join(":"));
        let (name, kind, tasks, dependency) = match job {
            Job::Workers { tasks, .. } => (
                format!("workers-{number}.sh"),
                JobKind::Workers,
                tasks,
                None,
            ),
            Job::Report => ("report.sh".to_owned(), JobKind::Report, 1, Some(after)),
        };
        let script = submission.script(job);
        let path = folder.join(&name);
        fs::write(&path, &script).map_err(|source| keep(&path, source))?;
        let mut arguments = vec!["--parsable"];
        arguments.extend(dependency.as_deref());
        let found = ask("sbatch", &arguments, &script);
        let taken = found.map(|found| match job_number(&found.stdout) {
            Some(job) if found.succeeded => Ok(job),
            _ => Err(found.message),
        });
        let id = match taken {
            Ok(Ok(id)) => id,
            Ok(Err(message)) => return Err(refused(number, all, message, &workers).into()),
            Err(error) => return Err(refused(number, all, error.to_string(), &workers).into()),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let noted = SubmittedJob {
            format: JOBS_FORMAT,
            unix: now.map_or(0, |now| now.as_secs()),
            scheduler: "slurm".to_owned(),
            job: id.clone(),
            kind,
            tasks,
            script: format!("{CLUSTER_FOLDER}/{name}"),
        };
        note_job(submission.out, &noted)?;
        if kind == JobKind::Report {
            return Ok(Submitted {
                workers,
                report: id,
            });
        }
        workers.push(id);
    }
    unreachable!("the report is the last job")
}

fn keep(path: &Path, source: std::io::Error) -> SlurmError {
    let path = path.to_owned();
    SlurmError::Keep { path, source }
}

/// The number of a job in what `sbatch --parsable` prints: before a semicolon and the cluster's name.
fn job_number(text: &str) -> Option<String> {
    let number = text.trim().lines().last()?.split(';').next()?.trim();
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| number.to_owned())
}

/// Cancels what was submitted before, since a part of the workers is not what was asked for.
fn refused(number: usize, all: usize, message: String, before: &[String]) -> SlurmError {
    let arguments: Vec<&str> = before.iter().map(String::as_str).collect();
    let cancelled = match before {
        [] => "nothing was submitted".to_owned(),
        _ => match ask("scancel", &arguments, "") {
            Ok(answer) if answer.succeeded => {
                format!("the jobs before it are cancelled: {}", before.join(", "))
            }
            _ => format!("hint: cancel those before it: scancel {}", before.join(" ")),
        },
    };
    SlurmError::Submit {
        number,
        all,
        message,
        cancelled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn job_numbers_are_read() {
        assert_eq!(job_number("12\n").as_deref(), Some("12"));
        assert_eq!(
            job_number("sbatch: a note of the site\n12;main\n").as_deref(),
            Some("12")
        );
        assert_eq!(job_number(""), None);
        assert_eq!(job_number("Submitted batch job 12"), None);
    }
}
