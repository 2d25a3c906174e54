//! The training engine: optimizers, schedules, the training loop, checkpoints.
//!
//! [`run`] carries out one trial: it trains, evaluates after each epoch, writes checkpoints from
//! which it resumes exactly, and reports progress to an observer. Results do not depend on clock,
//! thread count or system entropy: on one instruction set, one configuration gives the same
//! records, bit for bit. [`run_group`] trains several trials of one shape in step.
#![forbid(unsafe_code)]

mod agreement;
mod backend;
mod checkpoint;
mod config;
mod device;
mod engine;
mod error;
mod evaluate;
mod gpu;
mod memory;
mod outcome;
mod record;
mod self_check;
mod timing;

#[cfg(test)]
mod testing;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lenet_model::Normalization;
use lenet_results::{EpochRecord, Outcome, Predictions};

pub use agreement::{Agreement, TOLERANCE, compare_network, compare_ops};
pub use backend::{check_device, group_capacity, resolve_device};
pub use checkpoint::{CheckpointError, FORMAT as CHECKPOINT_FORMAT};
pub use config::geometry;
pub use engine::{GroupTrial, Watcher, run, run_group};
pub use error::TrainError;
pub use evaluate::{Evaluation, evaluate};
pub use gpu::environment;
pub use memory::{MemoryUse, available_bytes, ensure_memory, memory_bytes};
pub use record::run_record;
pub use self_check::self_check;
pub use timing::{Timing, peak_of, time_group, time_phases, time_steps};

/// How to run a trial. No option changes the results, except `init`, and `level` in the last
/// bits.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// Threads per step; 0 counts as 1.
    pub threads: usize,
    /// Ordinal of the CUDA device, for a trial whose device is CUDA.
    pub cuda_ordinal: usize,
    /// Instruction set to use; `None`: [`lenet_ops::Level::from_environment`].
    pub level: Option<lenet_ops::Level>,
    /// Checkpoint file, written after every epoch and on interruption. If it exists, the trial
    /// resumes from it. `None`: no checkpoint.
    pub checkpoint: Option<PathBuf>,
    /// Set it to stop the trial cleanly at its next step.
    pub stop: Arc<AtomicBool>,
    /// Whether each batch is gathered in host memory and copied to the device as floats.
    /// Otherwise the image sets stay in device memory and only indices are copied. The fused
    /// backend ignores this: it keeps images in host memory on the CPU and in device memory on
    /// a GPU.
    pub streamed: bool,
    /// Safetensors file with the initial weights; `None`: they are drawn from the seed.
    pub init: Option<PathBuf>,
    /// Whether a trial that finishes says what its network makes of every test image
    /// ([`Ended::Finished`]). That takes one more pass over the test images per trial.
    pub predictions: bool,
    /// What the network takes for a pixel. Only [`evaluate`] by the stock backend normalizes; a trial
    /// trains on pixels as they are.
    pub normalization: Normalization,
}

/// An event of a running trial.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The trial starts or resumes; no step has been taken yet.
    Started {
        /// Epochs done before, according to the checkpoint.
        from_epoch: usize,
        /// The records of these epochs.
        epochs: &'a [EpochRecord],
        /// Trials that start together in one group, this one included.
        group: usize,
    },
    /// Progress within an epoch; sent after some steps, not after each.
    Step {
        /// The current epoch, counted from 1.
        epoch: usize,
        /// Batches done in this epoch.
        batch: usize,
        /// Batches per epoch.
        batches: usize,
    },
    /// An epoch was evaluated and its checkpoint written.
    Epoch(&'a EpochRecord),
}

/// How a trial ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// The trial ran to its end.
    Finished {
        /// Whether all epochs ran, or what ended the trial before.
        outcome: Outcome,
        /// The records of all epochs.
        epochs: Vec<EpochRecord>,
        /// All parameters, in the order of the network's geometry.
        parameters: Vec<f32>,
        /// Class and confidence of every test image by this network; `None` unless
        /// [`RunOptions::predictions`] asks for them, or if they cannot be kept.
        predictions: Option<Box<Predictions>>,
    },
    /// `stop` was set; the checkpoint holds the state.
    Interrupted {
        /// Epochs done.
        epochs: usize,
    },
}
