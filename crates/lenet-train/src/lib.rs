//! Training engine: optimizers, schedules, the loop, checkpoints.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lenet_data::{Split, Splits};
use lenet_ops::Geometry;
use lenet_results::{BackendKind, DeviceKind, EpochRecord, NetworkConfig, Outcome, RunRecord, SelfCheck, TrialConfig};

/// How to run a trial, nothing of which changes its numbers.
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

/// How [`run`] ended.
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

/// Runs one trial.
///
/// # Errors
/// A [`TrainError`] for anything that is not a result of the training itself.
pub fn run(
    config: &TrialConfig,
    data: &Splits,
    options: &RunOptions,
    observer: &mut dyn FnMut(Event<'_>),
) -> Result<Ended, TrainError> {
    let _ = (config, data, options, observer);
    Err(TrainError::Device { reason: String::new() })
}

/// Shape of the network that `network` describes for images and classes of this data.
///
/// # Errors
/// A size out of range.
pub fn geometry(network: &NetworkConfig, data: &Splits) -> Result<Geometry, TrainError> {
    let _ = (network, data);
    Err(TrainError::Device { reason: String::new() })
}

/// Loss and accuracy of one split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// Mean cross-entropy, in nats.
    pub loss: f64,
    /// Share of images classified rightly.
    pub accuracy: f64,
    /// Images.
    pub samples: usize,
}

/// Evaluates the network of these parameters (in the geometry's order) on a split, without
/// dropout. `logits`, where given, is overwritten with `[samples, classes]` row by row.
/// Of `options`, `threads`, `level` and `cuda_ordinal` count.
///
/// # Errors
/// A device that cannot be used, images or labels that do not fit the network.
pub fn evaluate(
    geometry: &Geometry,
    parameters: &[f32],
    split: &Split,
    backend: BackendKind,
    device: DeviceKind,
    options: &RunOptions,
    logits: Option<&mut Vec<f32>>,
) -> Result<Evaluation, TrainError> {
    let _ = (geometry, parameters, split, backend, device, options, logits);
    Err(TrainError::Device { reason: String::new() })
}

/// A device as the command line names it: `cpu`, `cuda`, `cuda:N` or `auto` (parse with
/// [`str::parse`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceChoice {
    /// The processor.
    Cpu,
    /// The CUDA device of this ordinal.
    Cuda(usize),
    /// The first CUDA device where there is one, else the processor.
    Auto,
}

impl DeviceChoice {
    /// Kind and ordinal (0 for the processor); checks that the device can be used.
    ///
    /// # Errors
    /// [`TrainError::Device`] saying what to do.
    pub fn resolve(self) -> Result<(DeviceKind, usize), TrainError> {
        Ok((DeviceKind::Cpu, 0))
    }
}

impl std::str::FromStr for DeviceChoice {
    type Err = TrainError;
    fn from_str(text: &str) -> Result<Self, TrainError> {
        let _ = text;
        Ok(Self::Cpu)
    }
}

/// What [`time_steps`] measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Wall-clock seconds of one optimizer step, the median.
    pub step_seconds: f64,
    /// Wall-clock seconds of the forward pass of one image in an evaluation.
    pub image_seconds: f64,
}

/// Times `steps` optimizer steps (after a first, untimed one) and one evaluation batch.
///
/// # Errors
/// As [`run`].
pub fn time_steps(config: &TrialConfig, data: &Splits, options: &RunOptions, steps: usize) -> Result<Timing, TrainError> {
    let _ = (config, data, options, steps);
    Err(TrainError::Device { reason: String::new() })
}

/// The network's gradients on this machine's code path against a plain f64 reference; under a
/// second. `data` gives the shape only.
///
/// # Errors
/// Where the device cannot be used at all; a failed check is `Ok` with `passed: false`.
pub fn self_check(config: &TrialConfig, data: &Splits, options: &RunOptions) -> Result<SelfCheck, TrainError> {
    let _ = (config, data, options);
    Err(TrainError::Device { reason: String::new() })
}

/// The record of this stretch of the run.
#[must_use]
pub fn run_record(config: &TrialConfig, options: &RunOptions, jobs: usize, from_epoch: usize, check: Option<SelfCheck>) -> RunRecord {
    let _ = (config, options, jobs, from_epoch, check);
    unreachable!()
}

/// What can go wrong in training.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// The device cannot be used.
    #[error("device: {reason}")]
    Device {
        /// Why.
        reason: String,
    },
}
