//! Training engine: optimizers, schedules, the loop, checkpoints.
//!
//! [`run`] carries out one trial: it trains, evaluates after each epoch, writes checkpoints from
//! which it goes on exactly, and tells an observer how far it is. It draws nothing from clock,
//! thread count or entropy: one configuration gives one set of records, bit for bit, on one
//! instruction set. [`run_group`] trains several trials of one shape in step.
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
mod outcome;
mod record;
mod self_check;
mod timing;

#[cfg(test)]
mod testing;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lenet_results::{EpochRecord, Outcome};

pub use agreement::{Agreement, TOLERANCE, compare_network, compare_ops};
pub use backend::{check_device, group_capacity, resolve_device};
pub use checkpoint::{CheckpointError, FORMAT as CHECKPOINT_FORMAT};
pub use config::geometry;
pub use engine::{GroupTrial, Watcher, run, run_group};
pub use error::TrainError;
pub use evaluate::{Evaluation, evaluate};
pub use gpu::environment;
pub use record::run_record;
pub use self_check::self_check;
pub use timing::{Timing, peak_of, time_group, time_phases, time_steps};

/// How to run a trial, nothing of which changes its numbers (but `level`, in the last bits, and
/// `init`).
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// Threads of one step; 0 counts as 1.
    pub threads: usize,
    /// Ordinal of the CUDA device, where the configuration asks for one.
    pub cuda_ordinal: usize,
    /// Instruction set to force; `None`: [`lenet_ops::Level::from_environment`].
    pub level: Option<lenet_ops::Level>,
    /// Checkpoint to write after every epoch and on interruption, and to go on from if it
    /// exists; `None`: none.
    pub checkpoint: Option<PathBuf>,
    /// Raised from outside to stop cleanly at the next step.
    pub stop: Arc<AtomicBool>,
    /// Whether each batch is gathered in host memory and goes to the device as floats. Otherwise
    /// the image sets lie on the device and only indices travel. The fused backend knows one
    /// place: host memory on the CPU, the device's on a GPU.
    pub streamed: bool,
    /// safetensors file of initial weights instead of drawn ones.
    pub init: Option<PathBuf>,
}

/// What a running trial tells.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Before the first step; `from_epoch` epochs were taken from the checkpoint.
    Started {
        /// Epochs done already.
        from_epoch: usize,
        /// Their records, from the checkpoint.
        epochs: &'a [EpochRecord],
        /// Trials that begin to be trained together, itself included.
        group: usize,
    },
    /// From time to time (not every step).
    Step {
        /// Epoch under way, from 1.
        epoch: usize,
        /// Batches of it done.
        batch: usize,
        /// Batches in it.
        batches: usize,
    },
    /// After each epoch's evaluation; the checkpoint has been written.
    Epoch(&'a EpochRecord),
}

/// How a trial ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// To its end.
    Finished {
        /// How.
        outcome: Outcome,
        /// All epochs' records.
        epochs: Vec<EpochRecord>,
        /// All parameters, in the order of the network's geometry.
        parameters: Vec<f32>,
    },
    /// By `stop`; the checkpoint holds where.
    Interrupted {
        /// Epochs done.
        epochs: usize,
    },
}
