//! The scripts of jobs: workers that stop and go on by themselves, and the report after them.

use std::path::Path;

use super::arrays::arrays;
use super::error::SlurmError;
use super::request::Request;
use crate::shell::shell_word;

/// How long before the end of its time a worker is told to stop, in seconds. It stops at its next step.
const LEAD: u64 = 90;

/// Everything that the scripts name. Paths are absolute, as the nodes see them.
#[derive(Debug, Clone)]
pub struct Submission<'s> {
    /// The study's name.
    pub study: &'s str,
    /// The folder of records.
    pub out: &'s Path,
    /// The program that the workers run.
    pub program: &'s Path,
    /// More arguments of a worker.
    pub arguments: &'s [String],
    /// What is asked of Slurm.
    pub request: &'s Request,
    /// One more than the largest index of an array.
    pub max_array_size: usize,
}

/// One job of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// An array of workers, of which `first` come before it.
    Workers {
        /// Workers of earlier arrays.
        first: usize,
        /// Workers of this one.
        tasks: usize,
    },
    /// The report.
    Report,
}

/// The command that starts a worker.
#[derive(Debug, Clone, Copy)]
pub struct WorkerCommand<'s> {
    /// The program.
    pub program: &'s Path,
    /// The folder of records.
    pub out: &'s Path,
    /// More arguments.
    pub arguments: &'s [String],
}

impl std::fmt::Display for WorkerCommand<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let program = shell_word(&self.program.to_string_lossy());
        let out = shell_word(&self.out.to_string_lossy());
        write!(f, "{program} worker --out {out}")?;
        for argument in self.arguments {
            write!(f, " {}", shell_word(argument))?;
        }
        Ok(())
    }
}

impl Submission<'_> {
    /// The jobs in the order in which they are submitted, the report last.
    pub fn jobs(&self) -> impl Iterator<Item = Job> {
        let mut first = 0;
        let arrays = arrays(self.request.workers, self.max_array_size);
        let workers = arrays.into_iter().map(move |tasks| {
            first += tasks;
            Job::Workers {
                first: first - tasks,
                tasks,
            }
        });
        workers.chain([Job::Report])
    }

    /// Refuses paths that the options of a script cannot name.
    ///
    /// # Errors
    /// [`SlurmError::Path`].
    pub fn check_paths(&self) -> Result<(), SlurmError> {
        for path in [self.out, self.program] {
            let wrong = match path.to_str() {
                None => Some("it is not UTF-8"),
                Some(text) if text.chars().any(char::is_control) => {
                    Some("it holds control characters")
                }
                Some(text) if text.contains(['"', '\'', '\\']) => {
                    Some("it holds a quote or a backslash")
                }
                Some(_) => None,
            };
            if let Some(reason) = wrong {
                let path = path.to_owned();
                return Err(SlurmError::Path { path, reason });
            }
        }
        Ok(())
    }

    /// A job's script.
    #[must_use]
    pub fn script(&self, job: Job) -> String {
        let mut text = "#!/bin/bash\n".to_owned();
        for option in self.options(job) {
            text += &match option.contains(' ') {
                true => format!("#SBATCH \"{option}\"\n"),
                false => format!("#SBATCH {option}\n"),
            };
        }
        match job {
            Job::Workers { first, .. } => text + &self.of_worker(first),
            Job::Report => text + &self.of_report(),
        }
    }

    fn options(&self, job: Job) -> Vec<String> {
        let request = self.request;
        // A percent sign begins a pattern.
        let logs = self.out.join("logs").to_string_lossy().replace('%', "%%");
        let is_array = self.max_array_size > 0;
        let mut options = vec![format!("--job-name=lenet-{}", self.study)];
        options.extend(
            request
                .partition
                .iter()
                .map(|name| format!("--partition={name}")),
        );
        options.extend(request.time.iter().map(|time| format!("--time={time}")));
        options.extend(["--nodes=1", "--ntasks=1"].map(str::to_owned));
        match job {
            Job::Workers { tasks, .. } => {
                options.push(format!("--cpus-per-task={}", request.cpus));
                options.extend(request.gpus.iter().map(|gpus| format!("--gres=gpu:{gpus}")));
                if is_array {
                    options.push(format!("--array=0-{}", tasks - 1));
                }
                options.push(format!("--signal=B:USR1@{}", self.lead()));
                let number = if is_array { "%A_%a" } else { "%j" };
                options.push(format!("--output={logs}/worker-{number}.log"));
            }
            Job::Report => {
                options.push("--cpus-per-task=1".to_owned());
                options.push(format!("--output={logs}/report-%j.log"));
            }
        }
        options.extend(["--requeue", "--open-mode=append"].map(str::to_owned));
        let is_wanted = |option: &&String| job != Job::Report || !option.contains("gpu");
        options.extend(request.extra.iter().filter(is_wanted).cloned());
        options
    }

    /// Seconds before the end of a job's time at which its worker is told to stop: less where the
    /// time is short, so that most of it is worked.
    fn lead(&self) -> u64 {
        let limit = self.request.time.as_ref().and_then(|time| time.seconds());
        limit.map_or(LEAD, |limit| LEAD.min((limit / 3).max(1)))
    }

    fn of_worker(&self, first: usize) -> String {
        let command = WorkerCommand {
            program: self.program,
            out: self.out,
            arguments: self.arguments,
        };
        let limit = self.request.time.as_ref().and_then(|time| time.seconds());
        include_str!("worker.sh")
            .replace("@FIRST@", &first.to_string())
            .replace("@WORKERS@", &self.request.workers.to_string())
            .replace(
                "@STOP_AT@",
                &limit.map_or(0, |limit| limit - self.lead()).to_string(),
            )
            .replace("@COMMAND@", &command.to_string())
    }

    fn of_report(&self) -> String {
        let word = |path: &Path| shell_word(&path.to_string_lossy());
        format!(
            "exec {} report --records {} --out {}\n",
            word(self.program),
            word(self.out),
            word(&self.out.join("report"))
        )
    }
}

#[cfg(test)]
mod tests;
