//! Jobs that were submitted for a folder of records: `cluster/jobs.jsonl`, to which lines are only ever
//! added.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::files::io_error;
use crate::lines;

/// The format of a line of `cluster/jobs.jsonl`.
pub const JOBS_FORMAT: u32 = 1;

/// The folder, beside the records, of what a cluster runs: jobs, scripts and the program.
pub const CLUSTER_FOLDER: &str = "cluster";

/// A job that a scheduler accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedJob {
    /// Version of this type.
    pub format: u32,
    /// Seconds since 1970-01-01 UTC.
    pub unix: u64,
    /// Whose job it is: `slurm`.
    pub scheduler: String,
    /// Its number there.
    pub job: String,
    /// What it does.
    pub kind: JobKind,
    /// Its tasks: one each for so many workers; 1 for a report.
    pub tasks: usize,
    /// Its script, from the folder of the records.
    pub script: String,
}

/// What a submitted job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobKind {
    /// It trains what is left.
    Workers,
    /// It writes the report, after the workers.
    Report,
}

/// Notes a submitted job.
///
/// # Errors
/// [`StoreError::Io`].
pub fn note_job(folder: &Path, job: &SubmittedJob) -> Result<(), StoreError> {
    let folder = folder.join(CLUSTER_FOLDER);
    fs::create_dir_all(&folder).map_err(io_error(&folder, "create the folder"))?;
    lines::append_line(&folder.join("jobs.jsonl"), job, JOBS_FORMAT)
}

/// The jobs that were submitted for a folder of records, oldest first, and what is wrong with each
/// damaged line.
///
/// # Errors
/// The operating system refuses to read the file, or a later version wrote one of its lines.
pub fn submitted_jobs(folder: &Path) -> Result<(Vec<SubmittedJob>, Vec<StoreError>), StoreError> {
    let path = folder.join(CLUSTER_FOLDER).join("jobs.jsonl");
    lines::read_sound_lines(&path, "list of jobs", JOBS_FORMAT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_kept_in_order_and_a_damaged_line_costs_itself() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(submitted_jobs(folder.path()).unwrap().0, []);
        let job = |number: &str, kind| SubmittedJob {
            format: JOBS_FORMAT,
            unix: 1_500_000_000,
            scheduler: "slurm".to_owned(),
            job: number.to_owned(),
            kind,
            tasks: 4,
            script: "cluster/workers-1.sh".to_owned(),
        };
        let (workers, report) = (job("7", JobKind::Workers), job("8", JobKind::Report));
        note_job(folder.path(), &workers).unwrap();
        note_job(folder.path(), &report).unwrap();
        let (found, damaged) = submitted_jobs(folder.path()).unwrap();
        assert_eq!(found, [workers.clone(), report]);
        assert_eq!(damaged.len(), 0);
        let path = folder.path().join("cluster/jobs.jsonl");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(r#"{"format":1,"unix":1500000000,"scheduler":"slurm","job":"7","kind":"workers","tasks":4,"#), "{text}");
        fs::write(&path, text.replace("\"8\"", "\"9\"")).unwrap();
        let (found, damaged) = submitted_jobs(folder.path()).unwrap();
        assert_eq!((found, damaged.len()), (vec![workers], 1));
    }
}
