//! Why a weights file cannot be read or written.

use std::io;
use std::path::{Path, PathBuf};

/// Why a weights file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// The file cannot be read or written.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// The reason that the system gives.
        source: io::Error,
    },
    /// The file is not safetensors, or is truncated.
    #[error("{}: not a whole safetensors file: {reason}", file.display())]
    NotSafetensors {
        /// The file.
        file: PathBuf,
        /// The reason that safetensors gives.
        reason: String,
    },
    /// The file is of another kind.
    #[error("{}: this is {kind}, not safetensors (hint: {hint})", file.display())]
    Foreign {
        /// The file.
        file: PathBuf,
        /// What it is.
        kind: &'static str,
        /// How to convert it.
        hint: &'static str,
    },
    /// A file of `torch.save` that cannot be read.
    #[error(
        "{}: a file of torch.save that cannot be read here: {reason} (hint: convert it where it was made: \
         safetensors.torch.save_file(model.state_dict(), \"model.safetensors\"))",
        file.display()
    )]
    Pickle {
        /// The file.
        file: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The file says otherwise than the caller.
    #[error("{}: {reason} (hint: leave out what the file says itself)", file.display())]
    Contradiction {
        /// The file.
        file: PathBuf,
        /// What it says, and what the caller said.
        reason: String,
    },
    /// The file's metadata have a later version.
    #[error(
        "{}: written in format {found}, this version reads up to {supported} (hint: update lenet-model)",
        file.display()
    )]
    Version {
        /// The file.
        file: PathBuf,
        /// Version of the metadata.
        found: u32,
        /// Newest version that can be read.
        supported: u32,
    },
    /// The file's metadata cannot be parsed or describe no network.
    #[error("{}: metadata entry `lenet`: {reason}", file.display())]
    Metadata {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The file lacks a tensor of the network.
    #[error("{}: tensor `{tensor}` {wanted:?} is missing", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Shape of the tensor in the network.
        wanted: Vec<usize>,
    },
    /// A tensor in the file belongs to no layer of the network.
    #[error("{}: tensor `{tensor}` {found:?} is no parameter of this network", file.display())]
    Extra {
        /// The file.
        file: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Shape of the tensor in the file.
        found: Vec<usize>,
    },
    /// A tensor has another shape than in the network.
    #[error("{}: tensor `{tensor}` is {found:?}, this network needs {wanted:?}", file.display())]
    Shape {
        /// The file.
        file: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Shape of the tensor in the file.
        found: Vec<usize>,
        /// Shape of the tensor in the network.
        wanted: Vec<usize>,
    },
    /// A tensor does not hold floating-point numbers.
    #[error("{}: tensor `{tensor}` has type {found} (hint: use F32, F16, BF16 or F64)", file.display())]
    Type {
        /// The file.
        file: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Type of the tensor.
        found: String,
    },
    /// A tensor holds NaN or infinities.
    #[error(
        "{}: tensor `{tensor}` holds {count} values that are NaN or infinite (the training diverged, or the numbers do not fit f32)",
        file.display()
    )]
    NotFinite {
        /// The file.
        file: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// Number of values that are not finite.
        count: usize,
    },
    /// The shape of the network cannot be inferred from the tensors.
    #[error("{}: the network's shape cannot be told from its tensors: {reason}", file.display())]
    Inference {
        /// The file.
        file: PathBuf,
        /// The property that the tensors lack.
        reason: String,
    },
    /// The device cannot hold the tensors, or they cannot be read from it.
    #[error("{}: the device cannot hold or give the tensors: {source}", file.display())]
    Device {
        /// The file.
        file: PathBuf,
        /// The reason that candle gives.
        source: candle_core::Error,
    },
    /// The number of parameters to be written is not that of the network.
    #[error("{}: {got} parameters given to be saved, the network has {wanted}", file.display())]
    Length {
        /// The file.
        file: PathBuf,
        /// Number of parameters given.
        got: usize,
        /// Number of parameters of the network.
        wanted: usize,
    },
}

impl WeightsError {
    pub(crate) fn device(file: &Path, source: candle_core::Error) -> Self {
        Self::Device {
            file: file.to_owned(),
            source,
        }
    }

    pub(super) fn io(file: &Path, source: io::Error) -> Self {
        Self::Io {
            file: file.to_owned(),
            source,
        }
    }
}
