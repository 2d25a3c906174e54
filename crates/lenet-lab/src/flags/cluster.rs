//! Flags of a study that runs on a cluster.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Who trains, and what is asked of Slurm. What is not given here stands in the table `[slurm]` of the
/// study or of the site's file.
#[derive(Debug, Args)]
#[command(next_help_heading = "On a cluster")]
pub struct Cluster {
    /// Who trains: this process, jobs of Slurm, or workers that you start
    #[arg(long, value_enum, value_name = "WHO")]
    pub executor: Option<Executor>,
    /// Workers
    #[arg(long, value_name = "N", requires = "executor")]
    pub tasks: Option<String>,
    /// Cores of each worker
    #[arg(long, value_name = "N", requires = "executor")]
    pub cpus_per_task: Option<String>,
    /// GPUs of each worker: a number, or TYPE:N
    #[arg(long, value_name = "N", requires = "executor")]
    pub gpus: Option<String>,
    /// Partition of Slurm
    #[arg(long, value_name = "NAME", requires = "executor")]
    pub partition: Option<String>,
    /// How long a worker may run at a time, as for sbatch; it goes on in a new job
    #[arg(long, value_name = "TIME", requires = "executor")]
    pub time: Option<String>,
    /// TOML file with what a cluster needs; default: the one that LENET_SITE names, if any
    #[arg(long, value_name = "FILE", requires = "executor")]
    pub site: Option<PathBuf>,
    /// The nodes share the folder of records, though its file system does not say so
    #[arg(long, requires = "executor")]
    pub shared_folder: bool,
    /// Follow the workers until all trials are done, or all jobs are gone
    #[arg(long, requires = "executor")]
    pub wait: bool,
}

/// Who trains a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Executor {
    /// An array of jobs, and a job for the report after it
    Slurm,
    /// Workers that you start: prints the command of one
    Workers,
}
