//! Backends: the interface between the training loop and the code that computes trials.

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

/// Images per evaluation pass: enough to keep all cores busy, few enough to save memory.
pub(crate) const EVALUATION_BATCH: usize = 1000;

/// Sums over the images of an epoch that have been trained on so far.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct TrainingSums {
    /// Sum of the cross-entropies, in nats.
    pub loss: f64,
    /// Number of images classified correctly.
    pub correct: f64,
}

/// Sums over the images of a split.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct EvaluationSums {
    /// Sum of the cross-entropies, in nats.
    pub loss: f64,
    /// Number of images classified correctly.
    pub correct: f64,
    /// Largest activation of the last hidden layer; NaN if any activation is NaN. With the stock
    /// backend none is, because candle's ReLU turns NaN into 0.
    pub peak_activation: f32,
}

/// What a group needs to train one of its networks for an epoch.
#[derive(Debug, Clone)]
pub(crate) struct Member<'a> {
    /// Index of the network in its group.
    pub network: usize,
    /// Positions in the image set of all images of the epoch, in training order.
    pub order: &'a [u32],
    /// Optimizer steps done before the epoch's first batch.
    pub first_step: u64,
    /// Learning rate of each batch of the epoch.
    pub learning_rates: Vec<f64>,
    /// Dropout mask at the epoch's first step; later steps add to its `step`.
    pub dropout: Option<Mask>,
    /// Sums over the batches of the epoch that were trained before.
    pub sums: TrainingSums,
}

/// Networks of one geometry on one device, each with its optimizer. They advance together, one
/// batch at a time. A single network is a group of one.
///
/// [`Group::step`] does not wait for the device unless the clock runs; the other methods may.
pub(crate) trait Group {
    /// Copies the images of these splits to where the device reads them, so that no step has to.
    fn place(&mut self, data: &Splits) -> Result<(), TrainError>;

    /// Begins an epoch of `members` on images of `set`, at batch `from` (counted from 0). Networks
    /// without a member do not change. All orders must have the same length.
    fn begin_epoch(
        &mut self,
        set: &Arc<ImageSet>,
        members: &[Member<'_>],
        from: usize,
    ) -> Result<(), TrainError>;

    /// Takes the optimizer step of the next batch for all members. The clock measures each phase
    /// and changes no result.
    fn step(&mut self, clock: &mut Clock<'_>) -> Result<(), TrainError>;

    /// Each member's sums of the epoch so far, in the members' order. They include the sums that
    /// the epoch began with.
    fn training_sums(&mut self) -> Result<Vec<TrainingSums>, TrainError>;

    /// Gradient of the first network's mean loss on the images at `batch`, in the geometry's
    /// order. Changes no network. `batch` must not exceed the group's batch size.
    fn gradients(
        &mut self,
        split: &Split,
        batch: &[u32],
        dropout: Option<Mask>,
    ) -> Result<Vec<f32>, TrainError>;

    /// The sums over a split of each of `networks`, in their order, without dropout. `logits`, if
    /// given, is overwritten with `[networks, images, classes]`, row by row.
    fn evaluate(
        &mut self,
        split: &Split,
        networks: &[usize],
        logits: Option<&mut Vec<f32>>,
    ) -> Result<Vec<EvaluationSums>, TrainError>;

    /// Overwrites `logits` with those of each of `networks` over a split, without dropout:
    /// `[networks, images, classes]`, row by row.
    fn logits(
        &mut self,
        split: &Split,
        networks: &[usize],
        logits: &mut Vec<f32>,
    ) -> Result<(), TrainError> {
        self.evaluate(split, networks, Some(logits)).map(|_| ())
    }

    /// All parameters of a network, in the geometry's order.
    fn parameters(&mut self, network: usize) -> Result<Vec<f32>, TrainError>;

    /// The moments of a network's optimizer, one after the other, each as long as the parameters.
    fn moments(&mut self, network: usize) -> Result<Vec<f32>, TrainError>;
}

/// A network's parameters and its optimizer's moments, as [`Group`] returns them. Empty moments
/// stand for an optimizer that has taken no step.
pub(crate) type State = (Vec<f32>, Vec<f32>);

/// Refuses a state whose lengths do not fit the network and its optimizer.
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

/// Calls a function of the module `cuda`; an error in a build without the feature.
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

/// Makes a group that computes trials of this shape, from networks with these optimizers and
/// states.
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

/// Checks that this build supports CUDA and that the GPU can be opened.
fn find_gpu(ordinal: usize) -> Result<(), TrainError> {
    on_gpu!(find(ordinal))
}

/// Kind and ordinal of the device to use (ordinal 0 for the CPU); checks that it exists.
/// [`check_device`](crate::check_device) checks what else a backend needs.
///
/// # Errors
/// [`TrainError::Device`] if the GPU asked for cannot be opened; it says what to do.
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

/// Checks, before any work, that a backend can compute on a device in a precision: that the device
/// exists, and, for [`Backend::Fused`] on a GPU, that the kernels compile.
///
/// # Errors
/// A [`TrainError`] that names what is missing.
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

/// How many trials like this one can be trained together in the memory that is free now. 1 if the
/// backend computes them one after the other anyway.
///
/// # Errors
/// The device cannot be used, or the network does not fit the data.
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

/// The instruction set of the fused backend on the CPU.
pub(crate) fn level(options: &RunOptions) -> Result<Level, TrainError> {
    Ok(match options.level {
        Some(level) => level,
        None => Level::from_environment()?,
    })
}

/// The larger of two numbers; NaN if either is NaN.
fn peak(a: f32, b: f32) -> f32 {
    if a.is_nan() || a > b { a } else { b }
}

#[cfg(test)]
mod tests;
