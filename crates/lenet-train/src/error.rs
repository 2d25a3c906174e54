//! What can go wrong in training, apart from results such as a diverged network.

use lenet_model::weights::WeightsError;
use lenet_ops::OpsError;

use crate::checkpoint::CheckpointError;

/// What can go wrong in training.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A setting is out of range.
    #[error("config: `{field}`: {reason}")]
    Config {
        /// Field of [`TrialConfig`](lenet_results::TrialConfig).
        field: &'static str,
        /// What is wrong and what would do.
        reason: String,
    },
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
    /// Worker threads cannot be started.
    #[error("threads: {reason} (hint: ask for fewer)")]
    Threads {
        /// Why.
        reason: String,
    },
    /// An op of this project refuses its arguments.
    #[error(transparent)]
    Ops(#[from] OpsError),
    /// candle cannot carry out a computation.
    #[error("candle: {0}")]
    Candle(#[from] candle_core::Error),
    /// The file of initial weights cannot be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The checkpoint cannot be used or written.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}
