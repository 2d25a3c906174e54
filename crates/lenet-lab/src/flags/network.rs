//! Flags of the commands that are about one network.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::checkpoint::{Checkpoint, Data};
use super::shared::{Assignment, Compute, Progress, Threads};

/// `train`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab train --optimizer adam --learning-rate 0.001 --save lenet.safetensors
  lenet-lab train --filters 8,16 --dropout 0.5 --epochs 3 --seed 7
  lenet-lab train --data-dir fashion-mnist --batch-size 64
  lenet-lab train --config base.toml --learning-rate 0.05
  lenet-lab train --set schedule=cosine --set 'optimizer={ kind = \"adam\", beta1 = 0.95 }'

What is not given is as usual: 16 filters, SGD at 0.1, batches of 128. The last line on stdout is JSON.")]
pub struct Train {
    /// TOML file of settings, as in a study's base table; flags go before it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[arg(long, value_name = "NAME", help = optimizers())]
    pub optimizer: Option<String>,
    /// Base learning rate
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub learning_rate: Option<String>,
    /// Filters of the two convolutions, or of each of any number: 8,16,32
    #[arg(long, value_name = "N[,N…]")]
    pub filters: Option<String>,
    /// Images per step
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
    /// Training images held out for validation: the first N, or a table as in a study
    #[arg(long, value_name = "N")]
    pub validation: Option<String>,
    /// Any setting of a study file, as TOML: kernel=5 (may be given more than once)
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<Assignment>,
    /// Source of everything random
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub data: Data,
    /// Weights to start from instead of drawn ones (safetensors)
    #[arg(long, value_name = "FILE")]
    pub init: Option<PathBuf>,
    /// Where to save the trained weights (safetensors)
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Overwrite a file of weights that is there
    #[arg(long, requires = "save")]
    pub force: bool,
    #[command(flatten)]
    pub compute: Compute,
    #[command(flatten)]
    pub threads: Threads,
    #[command(flatten)]
    pub progress: Progress,
}

/// `evaluate`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab evaluate --checkpoint lenet.safetensors
  lenet-lab evaluate --checkpoint lenet.safetensors --split validation --csv logits.csv")]
pub struct Evaluate {
    #[command(flatten)]
    pub checkpoint: Checkpoint,
    /// Which images
    #[arg(long, value_enum, value_name = "SPLIT", default_value = "test")]
    pub split: Split,
    /// Training images held out for validation: the first N, or a table as in a study
    #[arg(long, value_name = "N", default_value = "5000")]
    pub validation: String,
    /// Seed that the network was trained with, where it drew the validation images
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub data: Data,
    /// Also write index, label, predicted class and logits of each image
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Where to compute: cpu, cuda, cuda:N or auto
    #[arg(long, value_name = "D", default_value = "cpu")]
    pub device: String,
    #[command(flatten)]
    pub threads: Threads,
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

/// `predict`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab predict --checkpoint lenet.safetensors digit.png photo.jpg
  lenet-lab predict --checkpoint lenet.safetensors --index 0 --index 4740
  lenet-lab predict --checkpoint theirs.safetensors --padding valid --normalize 0.1307,0.3081 digit.png")]
pub struct Predict {
    /// Image files: PNG, JPEG, PGM or PPM; - reads one from standard input
    #[arg(value_name = "FILE", required_unless_present = "index")]
    pub files: Vec<PathBuf>,
    /// Image of the test set, from 0 (may be given more than once)
    #[arg(long, value_name = "N")]
    pub index: Vec<usize>,
    #[command(flatten)]
    pub checkpoint: Checkpoint,
    #[command(flatten)]
    pub data: Data,
    /// Print every image as the network sees it
    #[arg(long)]
    pub show: bool,
}

/// `export`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lenet-lab export --checkpoint lenet.safetensors --out lenet.onnx
  lenet-lab export --checkpoint lenet.safetensors --precision f16 --out half.safetensors

An ONNX model takes `images` [N, C, H, W] (f32 in [0, 1], N free) and gives `logits`.")]
pub struct Export {
    #[command(flatten)]
    pub checkpoint: Checkpoint,
    /// What to write; default: as the extension of --out says, else safetensors
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<ExportFormat>,
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

/// Names of the optimizers in words.
fn optimizers() -> String {
    let names = lenet_core::Optimizer::ALL.map(|optimizer| optimizer.name());
    match names.split_last() {
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
