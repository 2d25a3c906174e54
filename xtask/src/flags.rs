//! The whole command line.

mod cuda;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use cuda::{CudaToolchain, GpuCheck};

/// Hyperparameter studies of small convolutional networks.
#[derive(Debug, Parser)]
#[command(
    name = "xtask",
    bin_name = "cargo xtask",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "\
Exit codes: 0 done, 1 some trial failed, 2 refused input, 130 interrupted.
Environment: RUST_LOG sets what is logged on stderr, NO_COLOR switches colours off,
LENET_SIMD=portable|neon|avx2|avx512 forces an instruction set."
)]
pub struct Flags {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Carry out a study and write its report; goes on where it was interrupted
    Experiments(Experiments),
    /// Write the report anew from records, without training
    Report(Report),
    /// Say what of a study is done, running, failed and missing
    Status(Status),
    /// Train one network
    Train(Box<Train>),
    /// Loss and accuracy of saved weights on a split
    Evaluate(Evaluate),
    /// Classify image files or images of the test set
    Predict(Predict),
    /// Write saved weights for another program: ONNX, or smaller safetensors
    Export(Export),
    /// Measure how fast this machine trains and evaluates the study's network
    BenchCpu(BenchCpu),
    /// Measure runtime against network size; goes on where it was interrupted
    BenchRuntime(BenchRuntime),
    /// Check that a GPU computes what the processor does, and measure both
    GpuCheck(GpuCheck),
    /// Prepare a build with CUDA where there is no CUDA toolkit
    CudaToolchain(CudaToolchain),
}

/// `experiments`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask experiments                              the 2017 study: 80 trials
  cargo xtask experiments --seeds 1                    the same, one repeat of each cell
  cargo xtask experiments --config smoke               a study of seconds
  cargo xtask experiments --config my-grid.toml --dry-run
  cargo xtask experiments --only 1 --only 3 --epochs 3")]
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
    /// Where to compute: cpu, cuda, cuda:N or auto
    #[arg(long, value_name = "D")]
    pub device: Option<String>,
    /// Which code computes the networks
    #[arg(long, value_enum, value_name = "B")]
    pub backend: Option<Backend>,
    /// What a GPU computes products in: f32 or tf32
    #[arg(long, value_name = "P")]
    pub precision: Option<String>,
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
    /// No progress, only the results
    #[arg(long, short)]
    pub quiet: bool,
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

/// `train`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask train --optimizer adam --learning-rate 0.001 --save lenet.safetensors
  cargo xtask train --filters 8,16 --dropout 0.5 --epochs 3 --seed 7
  cargo xtask train --data-dir fashion-mnist --batch-size 64
  cargo xtask train --config base.toml --learning-rate 0.05

What is not given is as in the 2017 study. The last line on stdout is JSON.")]
pub struct Train {
    /// TOML file of settings, as in a study's base table; flags go before it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// sgd, momentum, nesterov, adam, adamw or rmsprop
    #[arg(long, value_name = "NAME")]
    pub optimizer: Option<String>,
    /// Base learning rate
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub learning_rate: Option<String>,
    /// Filters of the two convolutions, or of each of any number: 8,16,32
    #[arg(long, value_name = "N[,N…]")]
    pub filters: Option<String>,
    /// Images a step
    #[arg(long, value_name = "N")]
    pub batch_size: Option<String>,
    /// Passes over the training images
    #[arg(long, value_name = "N")]
    pub epochs: Option<String>,
    /// Probability that a hidden unit is zeroed in training
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    pub dropout: Option<String>,
    /// Training samples, drawn at random
    #[arg(long, value_name = "N")]
    pub samples: Option<String>,
    /// Images held out for validation, the first of the training set
    #[arg(long, value_name = "N")]
    pub validation: Option<String>,
    /// Source of everything random
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Folder of IDX files instead of MNIST
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Weights to start from instead of drawn ones (safetensors)
    #[arg(long, value_name = "FILE")]
    pub init: Option<PathBuf>,
    /// Where to save the trained weights (safetensors)
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Where to compute: cpu, cuda, cuda:N or auto
    #[arg(long, value_name = "D")]
    pub device: Option<String>,
    /// Which code computes the network
    #[arg(long, value_enum, value_name = "B")]
    pub backend: Option<Backend>,
    /// What a GPU computes products in: f32 or tf32
    #[arg(long, value_name = "P")]
    pub precision: Option<String>,
    /// Threads; default: all cores
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// No progress, only the results
    #[arg(long, short)]
    pub quiet: bool,
}

/// `evaluate`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask evaluate --checkpoint lenet.safetensors
  cargo xtask evaluate --checkpoint lenet.safetensors --split validation --csv logits.csv")]
pub struct Evaluate {
    /// Weights (safetensors with PyTorch's names)
    #[arg(long, value_name = "FILE")]
    pub checkpoint: PathBuf,
    /// Which images
    #[arg(long, value_enum, value_name = "SPLIT", default_value = "test")]
    pub split: Split,
    /// Images held out for validation, the first of the training set
    #[arg(long, value_name = "N", default_value_t = 5000)]
    pub validation: usize,
    /// Folder of IDX files instead of MNIST
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Also write index, label, predicted class and logits of each image
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Where to compute: cpu, cuda, cuda:N or auto
    #[arg(long, value_name = "D", default_value = "cpu")]
    pub device: String,
    /// Threads; default: all cores
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// `predict`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask predict --checkpoint lenet.safetensors digit.png photo.jpg
  cargo xtask predict --checkpoint lenet.safetensors --index 0 --index 4740")]
pub struct Predict {
    /// Image files: PNG, JPEG, PGM or PPM
    #[arg(value_name = "FILE", required_unless_present = "index")]
    pub files: Vec<PathBuf>,
    /// Image of the test set, from 0 (may be given more than once)
    #[arg(long, value_name = "N")]
    pub index: Vec<usize>,
    /// Weights (safetensors with PyTorch's names)
    #[arg(long, value_name = "FILE")]
    pub checkpoint: PathBuf,
    /// Folder of IDX files instead of MNIST, for --index
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

/// `export`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask export --checkpoint lenet.safetensors --format onnx --out lenet.onnx
  cargo xtask export --checkpoint lenet.safetensors --precision f16 --out half.safetensors

An ONNX model takes `images` [N, C, H, W] (f32 in [0, 1], N free) and gives `logits`.")]
pub struct Export {
    /// Weights (safetensors with PyTorch's names)
    #[arg(long, value_name = "FILE")]
    pub checkpoint: PathBuf,
    /// What to write
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "safetensors")]
    pub format: ExportFormat,
    /// Type of the numbers in a safetensors file; ONNX models are f32
    #[arg(long, value_enum, value_name = "TYPE", default_value = "f32")]
    pub precision: Precision,
    /// File to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// A format to export to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// The network and its weights, for onnxruntime and others
    Onnx,
    /// The weights alone, with PyTorch's names
    Safetensors,
}

/// A type of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Precision {
    /// 32 bits, as trained
    F32,
    /// 16 bits, 11 of them significant
    F16,
    /// 16 bits, 8 of them significant
    Bf16,
}

/// `bench-cpu`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask bench-cpu
  cargo xtask bench-cpu --filters 8,16,32 --batch-size 16,128 --threads 2
  cargo xtask bench-cpu --jobs 2 --json
  cargo xtask bench-cpu --backend fused --backend stock --samples 1000")]
pub struct BenchCpu {
    /// Filters of both convolutions
    #[arg(long, value_name = "F", value_delimiter = ',', default_value = "16")]
    pub filters: Vec<usize>,
    /// Images a step
    #[arg(long, value_name = "B", value_delimiter = ',', default_value = "128")]
    pub batch_size: Vec<usize>,
    /// Training images an epoch
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
    #[arg(long, value_enum, value_name = "B", default_value = "fused")]
    pub backend: Vec<Backend>,
    /// One JSON line a point instead of a table
    #[arg(long)]
    pub json: bool,
}

/// `bench-runtime`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo xtask bench-runtime                            figures 4 and 5 of the report
  cargo xtask bench-runtime --filters 8,16 --repeats 10
  cargo xtask bench-runtime --device cpu --backend fused --backend stock --filters 8
  cargo xtask bench-runtime --device cuda --trials 1,8,80 --filters 8,16
  cargo xtask bench-runtime --config my-grid.toml --out results/mine")]
pub struct BenchRuntime {
    /// Grid to measure: a TOML file, or runtime-2017
    #[arg(long, value_name = "FILE-OR-NAME", default_value = "runtime-2017")]
    pub config: String,
    /// Device to measure: cpu, cuda or cuda:N (may be given more than once); default: all there are
    #[arg(long, value_name = "D")]
    pub device: Vec<String>,
    /// Code to measure (may be given more than once); default: fused
    #[arg(long, value_enum, value_name = "B")]
    pub backend: Vec<Backend>,
    /// Filters of both convolutions
    #[arg(long, value_name = "F", value_delimiter = ',')]
    pub filters: Vec<usize>,
    /// Images a step
    #[arg(long, value_name = "B", value_delimiter = ',')]
    pub batch_size: Vec<usize>,
    /// Trials trained together as one point, on a GPU with the fused backend; default: 1
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub trials: Vec<usize>,
    /// Samples of each point
    #[arg(long, value_name = "N")]
    pub repeats: Option<usize>,
    /// Threads of a step; default: all cores
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Folder of records and report; default: results/ and the grid's name
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// No progress, only the results
    #[arg(long, short)]
    pub quiet: bool,
    /// Measure even in a debug build, to test this command; the records say so
    #[arg(long, hide = true)]
    pub allow_debug: bool,
}

/// Which code computes the network.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Backend {
    /// This project's fused operations
    Fused,
    /// candle's own operations
    Stock,
}

/// A part of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Split {
    /// The test set
    Test,
    /// The held-out part of the training set
    Validation,
    /// The rest of the training set
    Train,
}
