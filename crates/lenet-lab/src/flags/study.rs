//! Flags of the commands that are about studies.

use std::path::PathBuf;

use clap::Args;

use super::cluster::Cluster;
use super::shared::{Assignment, Compute, Progress, Shard};

/// `experiments`
#[derive(Debug, Args)]
#[command(mut_arg("backend", |arg| arg.help("Which code computes the networks")))]
#[command(after_help = "\
Examples:
  lenet-lab experiments                              the built-in study: 80 trials
  lenet-lab experiments --seeds 1                    the same, one repeat of each cell
  lenet-lab experiments --config smoke               a study of seconds
  lenet-lab experiments --config my-grid.toml --dry-run
  lenet-lab experiments --only 1 --only 3 --epochs 3
  lenet-lab experiments --until-decided --max-seeds 10
  lenet-lab experiments --seeds 1 --set schedule=cosine --set kernel=5
  lenet-lab experiments --executor slurm --tasks 16 --time 1:00:00 --dry-run")]
pub struct Experiments {
    /// Study to carry out: a TOML file, - for standard input, or lab-2017, linear-scaling, depth, small-grid, full-grid
    /// or smoke
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
    /// Keep no trial's predictions of the test images, which the report's mistakes are made from
    #[arg(long)]
    pub no_predictions: bool,
    /// Plan more than 200,000 trials
    #[arg(long)]
    pub allow_large: bool,
    /// Run only part I of N, as 1/4: for machines without a common folder; `report` merges the parts
    #[arg(long, value_name = "I/N", conflicts_with = "until_decided")]
    pub shard: Option<Shard>,
    /// Go on seed by seed until every claim is decided, or --max-seeds is reached
    #[arg(long, conflicts_with_all = ["seeds", "only", "dry_run"])]
    pub until_decided: bool,
    /// Most seeds of a cell with --until-decided
    #[arg(
        long,
        value_name = "N",
        default_value_t = 20,
        requires = "until_decided"
    )]
    pub max_seeds: usize,
    /// List the cells and an estimate of the time, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print the results of every cell, too, and list every cell in a dry run
    #[arg(long)]
    pub verbose: bool,
    #[command(flatten)]
    pub progress: Progress,
    #[command(flatten)]
    pub cluster: Cluster,
}

/// `worker`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab worker --out results/full-grid
  lenet-lab worker --out results/full-grid --index 3 --of 16 --jobs 4
Exit codes: 0 nothing is left, 1 some trial failed, 2 refused, 130 stopped, 3 stopped before it had
finished an epoch.")]
pub struct Worker {
    /// Folder that `experiments` planned a study in
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Only this figure (may be given more than once)
    #[arg(long, value_name = "FIGURE")]
    pub only: Vec<String>,
    /// Number of this worker, from 0: it begins with its own part of the plan; default: as Slurm, Kubernetes,
    /// HyperQueue or GNU parallel number it
    #[arg(long, value_name = "I", requires = "of")]
    pub index: Option<usize>,
    /// Number of workers
    #[arg(long, value_name = "N", requires = "index")]
    pub of: Option<usize>,
    /// Trials at once; default: one a core, or as many as fit in the memory of a GPU
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Threads of each trial; default: the cores that the trials leave
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    #[command(flatten)]
    pub progress: Progress,
}

/// `report`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab report --records results/lab-2017 --out results/lab-2017/report --open
  lenet-lab report --records results/here --records results/there --out merged")]
pub struct Report {
    /// Folder that `experiments --out` or `bench-runtime --out` wrote, or a file of `pack` (may be given
    /// more than once: they are merged)
    #[arg(long, value_name = "DIR", required = true)]
    pub records: Vec<PathBuf>,
    /// Take figures and claims from this study instead of those in the folders: a TOML file or a
    /// built-in study
    #[arg(long, value_name = "FILE-OR-NAME")]
    pub config: Option<String>,
    /// Folder of IDX files that trials were tested on, for their mistakes (may be given more than
    /// once; MNIST comes with the program)
    #[arg(long, value_name = "DIR")]
    pub data_dir: Vec<PathBuf>,
    /// Folder to write the report to
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Show the page in the browser
    #[arg(long)]
    pub open: bool,
}

/// `pack`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab pack --records results/full-grid --out full-grid.jsonl.gz
  lenet-lab report --records full-grid.jsonl.gz --out report")]
pub struct Pack {
    /// Folder that `experiments --out` or `bench-runtime --out` wrote
    #[arg(long, value_name = "DIR")]
    pub records: PathBuf,
    /// File to write: JSON Lines, compressed with gzip
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// `claims`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab claims
  lenet-lab claims --records results/my-grid --json
  lenet-lab claims --records results/my-grid --config other-claims.toml")]
pub struct Claims {
    /// Folder that `experiments --out` or `bench-runtime --out` wrote, or a file of `pack` (may be given
    /// more than once: they are merged)
    #[arg(long, value_name = "DIR", default_value = "results/lab-2017")]
    pub records: Vec<PathBuf>,
    /// Take figures and claims from this study instead of those in the folders: a TOML file or a
    /// built-in study
    #[arg(long, value_name = "FILE-OR-NAME")]
    pub config: Option<String>,
    /// Print claims.json
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,
    /// Print claims.md
    #[arg(long)]
    pub markdown: bool,
}

/// `status`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab status
  lenet-lab status --out results/full-grid")]
pub struct Status {
    /// Folder that `experiments --out` wrote, or a file of `pack`
    #[arg(long, value_name = "DIR", default_value = "results/lab-2017")]
    pub out: PathBuf,
    /// List every trial, however many there are
    #[arg(long)]
    pub all: bool,
    /// Read and check every record, also of more than 20,000 trials
    #[arg(long)]
    pub verify: bool,
}
