//! Errors of training. A diverged or dead network is a result, not an error.

use lenet_core::{Problem, UnknownDevice};
use lenet_model::weights::WeightsError;
use lenet_ops::OpsError;

use crate::checkpoint::CheckpointError;

/// An error of training.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A setting is out of range.
    #[error("config: {0}")]
    Setting(#[from] Problem),
    /// The images or labels do not fit the network.
    #[error("data: {reason}")]
    Data {
        /// What is wrong.
        reason: String,
    },
    /// The device cannot be used.
    #[error("device: {reason}")]
    Device {
        /// Why, and what to do.
        reason: String,
    },
    /// A string does not name a device.
    #[error("device: {0}")]
    UnknownDevice(#[from] UnknownDevice),
    /// Worker threads cannot be started.
    #[error("threads: {reason} (hint: ask for fewer)")]
    Threads {
        /// The operating system's error.
        reason: String,
    },
    /// An op of `lenet-ops` refuses its arguments.
    #[error(transparent)]
    Ops(#[from] OpsError),
    /// The device does not have enough memory.
    #[error(
        "out of memory on the device (hint: a smaller batch, fewer filters, or `--device cpu`): \
         {reason}"
    )]
    OutOfMemory {
        /// The driver's error.
        reason: String,
    },
    /// This machine, or what this process may have of it, does not have enough memory.
    #[error(
        "it needs about {needed} bytes of memory, and {available} are free (hint: fewer filters or hidden \
         units, a smaller batch, or fewer trials at once)"
    )]
    Memory {
        /// Estimate of the bytes that are needed.
        needed: u64,
        /// Bytes that can be had.
        available: u64,
    },
    /// candle reports an error in a computation.
    #[error("candle: {0}")]
    Candle(#[source] candle_core::Error),
    /// The file of initial weights cannot be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The checkpoint cannot be used or written.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl From<candle_core::Error> for TrainError {
    fn from(error: candle_core::Error) -> Self {
        let text = error.to_string();
        // candle wraps the driver's error in types that exist only with the feature `cuda`. Every
        // build can find CUDA's error code in the text.
        let first = first_line(&text);
        if first.contains("OUT_OF_MEMORY") || first.contains("ALLOC_FAILED") {
            return Self::OutOfMemory {
                reason: first.to_owned(),
            };
        }
        Self::Candle(error)
    }
}

/// The first line of an error's text, without the backtrace that candle may add.
pub(crate) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_device_says_what_to_do() {
        let error = candle_core::Error::msg(
            "DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")\n  0: some frame",
        );
        let text = TrainError::from(error).to_string();
        assert!(text.contains("a smaller batch"), "{text}");
        assert!(!text.contains("frame"), "{text}");
        let other = TrainError::from(candle_core::Error::msg("shape mismatch"));
        assert!(other.to_string().starts_with("candle: shape mismatch"));
    }
}
