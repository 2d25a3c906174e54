//! What computes trials: the seam between the engine and the code paths.

mod aligned;
mod clock;
#[cfg(feature = "cuda")]
mod cuda;
mod fused;
mod stock;
mod tensor_optimizer;
mod turns;

pub(crate) use clock::Clock;
pub(crate) use stock::{losses, sums};

use std::sync::Arc;

use lenet_core::{Backend, DeviceChoice, DeviceKind, Geometry, Optimizer, Precision, Shape, Trial};
use lenet_data::{ImageSet, Split, Splits};
use lenet_ops::Level;
use lenet_ops::dropout::Mask;

use crate::RunOptions;
use crate::config;
use crate::device;
use crate::error::TrainError;

/// Images of one evaluation pass: enough to keep the machine busy, few enough to stay small.
const EVALUATION_BATCH: usize = 1000;

/// Sums over the images of an epoch trained on so far.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct TrainingSums {
    /// Of the cross-entropies, in nats.
    pub loss: f64,
    /// Of images classified correctly.
    pub correct: f64,
}

/// Sums over the images of a split.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct EvaluationSums {
    /// Of the cross-entropies, in nats.
    pub loss: f64,
    /// Of images classified correctly.
    pub correct: f64,
    /// Largest activation of the last hidden layer; NaN where any is (in a stock network none
    /// is: candle's ReLU turns NaN into 0).
    pub peak_activation: f32,
}

/// A network's part in an epoch.
#[derive(Debug, Clone)]
pub(crate) struct Member<'a> {
    /// Position of the network in its group.
    pub network: usize,
    /// Positions in the set of the whole epoch's images, in the order of training.
    pub order: &'a [u32],
    /// Optimizer steps done before the epoch's first batch.
    pub first_step: u64,
    /// Of each batch of the epoch.
    pub learning_rates: Vec<f64>,
    /// At the epoch's first step; `step` counts on from there.
    pub dropout: Option<Mask>,
    /// Of the epoch's batches that were trained before.
    pub sums: TrainingSums,
}

/// Networks of one geometry, each with its optimizer, on one device; one network is a group of
/// one. They advance a batch at a time together.
///
/// [`Group::step`] never waits for the device, unless a clock runs; the other methods may.
pub(crate) trait Group {
    /// Puts the images of these splits where the device reads them, so that no step has to.
    fn place(&mut self, data: &Splits) -> Result<(), TrainError>;

    /// Begins an epoch of `members`, on images of `set`, at batch `from` (counted from 0). The
    /// other networks rest. All orders are of one length.
    fn begin_epoch(
        &mut self,
        set: &Arc<ImageSet>,
        members: &[Member<'_>],
        from: usize,
    ) -> Result<(), TrainError>;

    /// The optimizer step of the next batch, for all members. The clock is told of each phase;
    /// it changes no number.
    fn step(&mut self, clock: &mut Clock<'_>) -> Result<(), TrainError>;

    /// Sums of the epoch so far, those that it began with included; one of each member, in
    /// their order.
    fn training_sums(&mut self) -> Result<Vec<TrainingSums>, TrainError>;

    /// Gradient of the mean loss of the first network on the images at `batch`, in the order of
    /// the geometry; changes nothing. A batch is no larger than the group's.
    fn gradients(
        &mut self,
        split: &Split,
        batch: &[u32],
        dropout: Option<Mask>,
    ) -> Result<Vec<f32>, TrainError>;

    /// Sums over a split, without dropout; one of each of `networks`, in their order. `logits`,
    /// where given, is overwritten: `[networks, images, classes]`, row by row.
    fn evaluate(
        &mut self,
        split: &Split,
        networks: &[usize],
        logits: Option<&mut Vec<f32>>,
    ) -> Result<Vec<EvaluationSums>, TrainError>;

    /// All parameters of a network in the order of the geometry.
    fn parameters(&mut self, network: usize) -> Result<Vec<f32>, TrainError>;

    /// Its optimizer's moments: one buffer as long as the parameters after the other.
    fn moments(&mut self, network: usize) -> Result<Vec<f32>, TrainError>;
}

/// A network's parameters and its optimizer's moments, as [`Group`] gives them; no moments: a
/// fresh optimizer.
pub(crate) type State = (Vec<f32>, Vec<f32>);

/// Refuses a state that does not fit the network and its optimizer.
pub(crate) fn check_state(
    geometry: &Geometry,
    optimizer: Optimizer,
    (parameters, moments): &State,
) -> Result<(), TrainError> {
    let wanted = geometry.parameter_count();
    let fits = moments.is_empty() || moments.len() == optimizer.moments() * wanted;
    if parameters.len() != wanted || !fits {
        let reason = format!(
            "{} parameters and {} moments do not fit a network of {wanted}",
            parameters.len(),
            moments.len()
        );
        return Err(TrainError::Data { reason });
    }
    Ok(())
}

/// Calls a function of `cuda`, or says that this build has none.
macro_rules! on_gpu {
    ($function:ident($($argument:expr),*)) => {{
        #[cfg(feature = "cuda")]
        let result = cuda::$function($($argument),*);
        #[cfg(not(feature = "cuda"))]
        let result = {
            let _ = ($(&$argument,)*);
            Err(device::no_cuda())
        };
        result
    }};
}

/// Makes the group that computes trials of this shape: networks with these optimizers and states.
pub(crate) fn build(
    geometry: &Geometry,
    shape: &Shape<'_>,
    options: &RunOptions,
    mut networks: Vec<(Optimizer, State)>,
) -> Result<Box<dyn Group>, TrainError> {
    for (optimizer, state) in &mut networks {
        check_state(geometry, *optimizer, state)?;
        let (parameters, moments) = state;
        moments.resize(optimizer.moments() * parameters.len(), 0.0);
    }
    Ok(match (shape.backend, shape.device) {
        (Backend::Fused, DeviceKind::Cuda) => on_gpu!(group(geometry, shape, options, &networks))?,
        (Backend::Fused, DeviceKind::Cpu) => {
            let level = level(options)?;
            let threads = options.threads.max(1);
            let batch_size = shape.batch_size;
            let fused = fused::Fused::new(geometry, level, threads, batch_size, networks)?;
            Box::new(fused)
        }
        (Backend::Stock, kind) => {
            let device = device::open(kind, options.cuda_ordinal)?;
            let batch_size = shape.batch_size;
            let stock = stock::Stock::new(geometry, device, options, batch_size, networks)?;
            Box::new(stock)
        }
    })
}

/// Whether this program and this machine have the GPU.
fn find_gpu(ordinal: usize) -> Result<(), TrainError> {
    on_gpu!(find(ordinal))
}

/// Kind and ordinal (0 for the processor) of the device asked for, which is there.
/// [`check_device`](crate::check_device) checks what a backend needs besides.
///
/// # Errors
/// [`TrainError::Device`] saying what to do.
pub fn resolve_device(choice: DeviceChoice) -> Result<(DeviceKind, usize), TrainError> {
    match choice {
        DeviceChoice::Cpu => Ok((DeviceKind::Cpu, 0)),
        DeviceChoice::Cuda(ordinal) => find_gpu(ordinal).map(|()| (DeviceKind::Cuda, ordinal)),
        DeviceChoice::Auto => Ok(match find_gpu(0) {
            Ok(()) => (DeviceKind::Cuda, 0),
            Err(_) => (DeviceKind::Cpu, 0),
        }),
    }
}

/// Checks before any work that a backend can compute on a device in a precision: that the device
/// is there, and with it what the backend needs (for [`Backend::Fused`] on a GPU the compiled
/// kernels).
///
/// # Errors
/// [`TrainError`] naming what is missing.
pub fn check_device(
    backend: Backend,
    device: DeviceKind,
    precision: Precision,
    ordinal: usize,
) -> Result<(), TrainError> {
    if let Some(problem) = precision.problem(backend, device) {
        return Err(problem.into());
    }
    match (backend, device) {
        (_, DeviceKind::Cpu) => Ok(()),
        (Backend::Fused, DeviceKind::Cuda) => on_gpu!(prepare(ordinal, precision)),
        (Backend::Stock, DeviceKind::Cuda) => device::open(device, ordinal).map(|_| ()),
    }
}

/// How many trials of this network can be trained together in the memory that is free now: 1
/// where they would be computed one after the other anyway.
///
/// # Errors
/// A device that cannot be used, a network that does not fit the data.
pub fn group_capacity(
    trial: &Trial,
    data: &Splits,
    options: &RunOptions,
) -> Result<usize, TrainError> {
    match (trial.backend, trial.device) {
        (Backend::Fused, DeviceKind::Cuda) => {
            let geometry = config::geometry(&trial.network, data)?;
            let images = data.train.indices.len();
            on_gpu!(capacity(&geometry, &trial.shape(), images, options))
        }
        _ => Ok(1),
    }
}

/// The instruction set that a fused backend runs with.
pub(crate) fn level(options: &RunOptions) -> Result<Level, TrainError> {
    Ok(match options.level {
        Some(level) => level,
        None => Level::from_environment()?,
    })
}

/// The larger, or NaN where either is.
fn peak(a: f32, b: f32) -> f32 {
    if a.is_nan() || a > b { a } else { b }
}

#[cfg(test)]
mod tests;
