//! Flags of the commands that are about studies.

use std::path::PathBuf;

use clap::Args;

use super::shared::{Assignment, Compute, Progress};

/// `experiments`
#[derive(Debug, Args)]
#[command(mut_arg("backend", |arg| arg.help("Which code computes the networks")))]
#[command(after_help = "\
Examples:
  cargo xtask experiments                              the 2017 study: 80 trials
  cargo xtask experiments --seeds 1                    the same, one repeat of each cell
  cargo xtask experiments --config smoke               a study of seconds
  cargo xtask experiments --config my-grid.toml --dry-run
  cargo xtask experiments --only 1 --only 3 --epochs 3
  cargo xtask experiments --seeds 1 --set schedule=cosine --set kernel=5")]
pub struct Experiments {
    /// Study to carry out: a TOML file, or lab-2017, full-grid or smoke
    #[arg(long, value_name = "FILE-OR-NAME", default_value = "lab-2017")]
    pub config: String,
    /// Only this figure (may be given more than once)
    #[arg(long, value_name = "FIGURE")]
    pub only: Vec<String>,
    /// Repeats of each cell: the first N of its seeds
    #[arg(long, value_name = "N")]
    pub seeds: Option<usize>,
    /// Epochs of each trial
    #[arg(long, value_name = "N")]
    pub epochs: Option<usize>,
    /// Training samples of each trial, drawn at random
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,
    /// Any setting of a study file, as TOML: kernel=5 (may be given more than once)
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<Assignment>,
    #[command(flatten)]
    pub compute: Compute,
    /// Trials at once; default: one a core, or as many as fit in the memory of a GPU
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Threads of each trial; default: the cores that the trials leave
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Folder of records and report; default: results/ and the study's name
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// List the cells and an estimate of the time, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub progress: Progress,
}

/// `report`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask report --records results/lab-2017 --out results/lab-2017/report
  cargo xtask report --records results/here --records results/there --out merged")]
pub struct Report {
    /// Folder that `experiments --out` or `bench-runtime --out` wrote (may be given more than once:
    /// they are merged)
    #[arg(long, value_name = "DIR", required = true)]
    pub records: Vec<PathBuf>,
    /// Folder to write the report to
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// `status`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask status
  cargo xtask status --out results/full-grid")]
pub struct Status {
    /// Folder that `experiments --out` wrote
    #[arg(long, value_name = "DIR", default_value = "results/lab-2017")]
    pub out: PathBuf,
}
