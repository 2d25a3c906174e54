//! What can be wrong with a weights file.

use std::io;
use std::path::{Path, PathBuf};

/// What can be wrong with a weights file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// The file cannot be read or written.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not safetensors, or is cut off.
    #[error("{}: not a whole safetensors file: {reason}", file.display())]
    NotSafetensors {
        /// The file.
        file: PathBuf,
        /// What safetensors says.
        reason: String,
    },
    /// The file's metadata are of a later version.
    #[error(
        "{}: written in format {found}, this version reads up to {supported} (hint: update lenet-model)",
        file.display()
    )]
    Version {
        /// The file.
        file: PathBuf,
        /// Version in the file.
        found: u32,
        /// Newest version that can be read.
        supported: u32,
    },
    /// The file's metadata cannot be understood.
    #[error("{}: metadata entry `lenet`: {reason}", file.display())]
    Metadata {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A tensor of the network is not in the file.
    #[error("{}: tensor `{tensor}` {wanted:?} is missing", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
        /// The tensor.
        tensor: String,
        /// Its shape.
        wanted: Vec<usize>,
    },
    /// A tensor in the file belongs to no layer of the network.
    #[error("{}: tensor `{tensor}` {found:?} is no parameter of this network", file.display())]
    Extra {
        /// The file.
        file: PathBuf,
        /// The tensor.
        tensor: String,
        /// Its shape.
        found: Vec<usize>,
    },
    /// A tensor has another shape than the network's.
    #[error("{}: tensor `{tensor}` is {found:?}, this network needs {wanted:?}", file.display())]
    Shape {
        /// The file.
        file: PathBuf,
        /// The tensor.
        tensor: String,
        /// Shape in the file.
        found: Vec<usize>,
        /// Shape of the network.
        wanted: Vec<usize>,
    },
    /// A tensor does not hold floating-point numbers.
    #[error("{}: tensor `{tensor}` has type {found} (hint: use F32, F16, BF16 or F64)", file.display())]
    Type {
        /// The file.
        file: PathBuf,
        /// The tensor.
        tensor: String,
        /// Its type.
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
        /// The tensor.
        tensor: String,
        /// Values that are not finite.
        count: usize,
    },
    /// The network's shape cannot be told from the tensors.
    #[error("{}: the network's shape cannot be told from its tensors: {reason}", file.display())]
    Inference {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// The network's tensors cannot be made on the device, or read from it.
    #[error("{}: the device cannot hold or give the tensors: {source}", file.display())]
    Device {
        /// The file.
        file: PathBuf,
        /// Why.
        source: candle_core::Error,
    },
    /// The parameters to be written are not as many as the network has.
    #[error("{}: {got} parameters given to be saved, the network has {wanted}", file.display())]
    Length {
        /// The file.
        file: PathBuf,
        /// Parameters given.
        got: usize,
        /// Parameters of the network.
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
