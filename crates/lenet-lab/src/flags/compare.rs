//! Flags of the commands that ask whether records are the same, and whether they are true.

use std::path::PathBuf;

use clap::Args;

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
