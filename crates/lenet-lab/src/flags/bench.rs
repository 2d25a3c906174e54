//! Flags of the commands that measure.

use std::path::PathBuf;

use clap::Args;

use super::shared::{Assignment, Progress, backend};
use lenet_core::Backend;

/// `bench-cpu`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab bench-cpu
  lenet-lab bench-cpu --filters 8,16,32 --batch-size 16,128 --threads 2
  lenet-lab bench-cpu --jobs 2 --json
  lenet-lab bench-cpu --backend fused --backend stock --samples 1000")]
pub struct BenchCpu {
    /// Filters of both convolutions
    #[arg(long, value_name = "F", value_delimiter = ',', default_value = "16")]
    pub filters: Vec<usize>,
    /// Images per step
    #[arg(long, value_name = "B", value_delimiter = ',', default_value = "128")]
    pub batch_size: Vec<usize>,
    /// Training images per epoch
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub samples: usize,
    /// Epochs that count, after one to warm up
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub epochs: usize,
    /// Threads of one step
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub threads: usize,
    /// Trials side by side
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub jobs: usize,
    /// Probability that a hidden unit is zeroed in training
    #[arg(long, value_name = "RATE", default_value_t = 0.0)]
    pub dropout: f64,
    /// Which code computes the network (may be given more than once)
    #[arg(long, value_parser = backend(), value_name = "B", default_value = "fused")]
    pub backend: Vec<Backend>,
    /// One line of JSON per point instead of a table
    #[arg(long)]
    pub json: bool,
}

/// `bench-runtime`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab bench-runtime                            figures 4 and 5 of the report
  lenet-lab bench-runtime --only 4 --filters 8,16 --repeats 10
  lenet-lab bench-runtime --device cpu --backend fused --backend stock --filters 8
  lenet-lab bench-runtime --device cuda --trials 1,8,80 --filters 8,16
  lenet-lab bench-runtime --set optimizer=adam --set kernel=5 --out results/adam
  lenet-lab bench-runtime --config my-study.toml --over 120")]
pub struct BenchRuntime {
    /// Study whose runtime figures to measure: a TOML file, or lab-2017
    #[arg(long, value_name = "FILE-OR-NAME", default_value = "lab-2017")]
    pub config: String,
    /// Only this figure (may be given more than once)
    #[arg(long, value_name = "FIGURE")]
    pub only: Vec<String>,
    /// Device to measure: cpu, cuda or cuda:N (may be given more than once); default: all there are
    #[arg(long, value_name = "D")]
    pub device: Vec<String>,
    /// Code to measure (may be given more than once); default: what the study says, or fused
    #[arg(long, value_parser = backend(), value_name = "B")]
    pub backend: Vec<Backend>,
    /// Filters of both convolutions
    #[arg(long, value_name = "F", value_delimiter = ',')]
    pub filters: Vec<usize>,
    /// Images per step
    #[arg(long, value_name = "B", value_delimiter = ',')]
    pub batch_size: Vec<usize>,
    /// Trials trained together as one, on a GPU with the fused backend; default: 1
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub trials: Vec<usize>,
    /// Any setting of a study file, as TOML: kernel=5 (may be given more than once)
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<Assignment>,
    /// Rounds: samples of each cell
    #[arg(long, value_name = "N")]
    pub repeats: Option<usize>,
    /// Spread the rounds evenly over this time
    #[arg(long, value_name = "MINUTES")]
    pub over: Option<f64>,
    /// Threads of a step; default: all cores
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Folder of records and report; default: results/ and the study's name
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub progress: Progress,
    /// Measure even in a debug build, to test this command; the records say so
    #[arg(long, hide = true)]
    pub allow_debug: bool,
    /// Measure this round alone, for the process that started this one
    #[arg(long, hide = true)]
    pub round: Option<usize>,
    /// Time the phases alone, for the process that started this one
    #[arg(long, hide = true, conflicts_with = "round")]
    pub phases: bool,
}
