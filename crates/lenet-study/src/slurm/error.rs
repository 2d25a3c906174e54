//! Why Slurm is not asked, or does not take what it is asked.

use std::io;
use std::path::PathBuf;

/// Why nothing was submitted. All but [`SlurmError::Keep`] and [`SlurmError::Submit`] is found before
/// anything is written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SlurmError {
    /// A program of Slurm is not there.
    #[error(
        "{program}: cannot be started: {source} (hint: give the command on a machine that submits to \
         Slurm, or use --executor workers with another scheduler)"
    )]
    NoProgram {
        /// Its name.
        program: &'static str,
        /// The operating system's error.
        source: io::Error,
    },
    /// A program of Slurm fails.
    #[error(
        "{program} fails: {message} (hint: `{program}` on its own tells whether Slurm answers here)"
    )]
    Failed {
        /// Its name.
        program: &'static str,
        /// What it said.
        message: String,
    },
    /// A partition that Slurm does not have.
    #[error("partition {name:?}: Slurm has none of this name (hint: {hint})")]
    UnknownPartition {
        /// What was asked for.
        name: String,
        /// What would do.
        hint: String,
    },
    /// No partition was named, and none is the default.
    #[error("Slurm has no default partition (hint: --partition {}, or partition in the table [slurm])", known.join("|"))]
    NoPartition {
        /// What there is.
        known: Vec<String>,
    },
    /// More than any node of the partition has.
    #[error(
        "{asked} {what} for a worker: the largest node of partition {partition} has {most} (hint: {hint})"
    )]
    TooMuch {
        /// What was asked for, in words.
        what: &'static str,
        /// So much was asked for.
        asked: String,
        /// The partition.
        partition: String,
        /// So much there is.
        most: String,
        /// What would do.
        hint: &'static str,
    },
    /// A time limit beyond the partition's.
    #[error(
        "time {asked}: jobs of partition {partition} end after {most} (hint: a shorter time does; a worker \
         goes on in a new job as long as it gets on)"
    )]
    TooLong {
        /// The limit that was asked for.
        asked: String,
        /// The partition.
        partition: String,
        /// Its limit.
        most: String,
    },
    /// Trials need a GPU and the job gets none.
    #[error(
        "{trials} trials compute on a GPU, and the workers are given none (hint: gpus = 1 in the table \
         [slurm], or --gpus 1)"
    )]
    NoGpu {
        /// So many.
        trials: usize,
    },
    /// The nodes do not see the folder of records.
    #[error(
        "{}: it lies on {kind}, which other machines do not see, and partition {partition} has nodes \
         elsewhere, e.g. {node} (hint: give an --out that all nodes share, or say --shared-folder if they \
         share this one)",
        path.display()
    )]
    NotShared {
        /// The folder.
        path: PathBuf,
        /// Its file system.
        kind: String,
        /// The partition.
        partition: String,
        /// A node that is another machine.
        node: String,
    },
    /// A path that a script cannot name.
    #[error(
        "{}: a job's script cannot name it: {reason} (hint: give another --out)",
        path.display()
    )]
    Path {
        /// The path.
        path: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// Slurm would not take the job.
    #[error("sbatch refuses the job: {message}{hint}")]
    Refused {
        /// What it said.
        message: String,
        /// What would do, in words of its own.
        hint: &'static str,
    },
    /// The program cannot be kept for the workers.
    #[error("{}: cannot keep the program for the workers: {source}", path.display())]
    Keep {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// Slurm took some of the jobs only.
    #[error("sbatch refuses job {number} of {all}: {message} ({cancelled})")]
    Submit {
        /// Counted from 1.
        number: usize,
        /// Jobs to submit.
        all: usize,
        /// What it said.
        message: String,
        /// What became of those before it.
        cancelled: String,
    },
}
