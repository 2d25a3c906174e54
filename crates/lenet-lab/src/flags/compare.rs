//! Flags of the commands that ask whether records are the same, and whether they are true.

use std::path::PathBuf;

use clap::Args;
use lenet_study::verify::Sample;

use super::shared::Progress;

/// `diff`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab diff results/lab-2017 theirs.jsonl.gz
  lenet-lab diff results/here results/there --figure 1 --verbose
  lenet-lab diff results/here results/there --json
Exit codes: 0 equal: the same trials on both sides, each equal to the bit, the same verdicts, and no
damaged record; 1 different; 2 refused. Seconds, machines and builds make no difference.")]
pub struct Diff {
    /// Folder that `experiments --out` wrote, or a file of `pack`
    #[arg(value_name = "A")]
    pub a: PathBuf,
    /// The other one
    #[arg(value_name = "B")]
    pub b: PathBuf,
    /// Compare this figure alone (may be given more than once)
    #[arg(long, value_name = "FIGURE")]
    pub figure: Vec<String>,
    /// Print everything as JSON
    #[arg(long, conflicts_with = "verbose")]
    pub json: bool,
    /// Shorten no list
    #[arg(long)]
    pub verbose: bool,
}

/// `verify`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab verify theirs.jsonl.gz
  lenet-lab verify results/lab-2017 --sample 10 --seed 7
  lenet-lab verify results/fashion --sample all --data-dir fashion-mnist
It trains in a temporary folder and writes nothing into the records. LENET_SIMD limits it to one
instruction set.
Exit codes: 0 all equal to the bit, 1 one differs or could not be computed, 2 refused or nothing could
be verified here, 130 interrupted.")]
pub struct Verify {
    /// Folder that `experiments --out` wrote, or a file of `pack`
    #[arg(value_name = "RECORDS")]
    pub records: PathBuf,
    /// Trials to compute again, drawn at random: a number, or all
    #[arg(long, value_name = "N", default_value = "3", value_parser = sample)]
    pub sample: Sample,
    /// Seed of the drawing; default: the records themselves give one
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Folder of IDX files that trials were trained on (may be given more than once; MNIST comes with
    /// the program)
    #[arg(long, value_name = "DIR")]
    pub data_dir: Vec<PathBuf>,
    /// Trials at once; default: one a core
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Threads of each trial; default: the cores that the trials leave
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Print the findings as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub progress: Progress,
}

fn sample(text: &str) -> Result<Sample, &'static str> {
    match text.parse() {
        _ if text == "all" => Ok(Sample::All),
        Ok(number @ 1..) => Ok(Sample::Number(number)),
        _ => Err("give a number from 1, or all"),
    }
}
