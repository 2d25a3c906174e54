//! What computes a trial: the seam between the engine and the code paths.

#[cfg(feature = "cuda")]
mod cuda;
#[cfg(not(feature = "cuda"))]
#[path = "no_cuda.rs"]
mod cuda;
mod fused;
mod group;
mod optimizer;
mod stock;

pub(crate) use group::{Group, Member};
pub(crate) use stock::{losses, sums};

use lenet_data::{Split, Splits};
use lenet_ops::net::Dropout;
use lenet_ops::optimizer::Rule;
use lenet_ops::{Geometry, Level};
use lenet_results::{BackendKind, DeviceKind, PhaseSeconds, Precision, TrialConfig};

use crate::RunOptions;
use crate::config;
use crate::device;
use crate::error::TrainError;

/// Images of one evaluation pass: enough to keep the machine busy, few enough to stay small.
const EVALUATION_BATCH: usize = 1000;

/// What one optimizer step needs beside its images.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// Counted from 1.
    pub number: u64,
    pub learning_rate: f64,
    pub dropout: Option<Dropout>,
}

/// Sums over the images of an epoch trained on so far.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct TrainingSums {
    /// Of the cross-entropies, in nats.
    pub loss: f64,
    /// Of images classified rightly.
    pub correct: f64,
}

/// Sums over the images of a split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct EvaluationSums {
    /// Of the cross-entropies, in nats.
    pub loss: f64,
    /// Of images classified rightly.
    pub correct: f64,
    /// Largest activation of the last hidden layer; NaN where any is (in a stock network none
    /// is: candle's ReLU turns NaN into 0).
    pub peak_activation: f32,
}

impl EvaluationSums {
    const EMPTY: Self = Self {
        loss: 0.0,
        correct: 0.0,
        peak_activation: 0.0,
    };
}

/// One network with its optimizer on one device.
///
/// [`Backend::step`] and the sums it adds to never wait for the device; the other methods may.
pub(crate) trait Backend {
    /// Puts the images of these splits where the device reads them, so that no step has to.
    fn place(&mut self, _data: &Splits) -> Result<(), TrainError> {
        Ok(())
    }

    /// One optimizer step on the images at `batch` of the split's set.
    fn step(&mut self, split: &Split, batch: &[u32], step: Step) -> Result<(), TrainError>;

    /// The same step, the seconds of each of its phases added to `phases`.
    fn step_in_phases(
        &mut self,
        split: &Split,
        batch: &[u32],
        step: Step,
        phases: &mut PhaseSeconds,
    ) -> Result<(), TrainError>;

    /// Gradient of the batch's mean loss, in the order of the geometry; changes nothing.
    fn gradients(
        &mut self,
        split: &Split,
        batch: &[u32],
        dropout: Option<Dropout>,
    ) -> Result<Vec<f32>, TrainError>;

    /// Sums of all steps since they were last set.
    fn training_sums(&mut self) -> Result<TrainingSums, TrainError>;

    /// Sets the sums that steps add to.
    fn set_training_sums(&mut self, sums: TrainingSums) -> Result<(), TrainError>;

    /// Sums over a split, without dropout; `logits`, where given, is overwritten.
    fn evaluate(
        &mut self,
        split: &Split,
        logits: Option<&mut Vec<f32>>,
    ) -> Result<EvaluationSums, TrainError>;

    /// All parameters in the order of the geometry.
    fn parameters(&mut self) -> Result<Vec<f32>, TrainError>;

    /// The optimizer's moments: one buffer as long as the parameters after the other.
    fn moments(&mut self) -> Result<Vec<f32>, TrainError>;
}

/// A network's parameters and its optimizer's moments, as [`Backend`] gives them; no moments: a
/// fresh optimizer.
pub(crate) type State = (Vec<f32>, Vec<f32>);

/// Refuses a state that does not fit the network and the rule.
pub(crate) fn check_state(
    geometry: &Geometry,
    rule: Rule,
    (parameters, moments): &State,
) -> Result<(), TrainError> {
    let wanted = geometry.parameter_count();
    let fits = moments.is_empty() || moments.len() == rule.moments() * wanted;
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

/// Makes the group that `config` asks for, of networks with these rules and states: its backend,
/// device, precision and batch size count.
pub(crate) fn build_group(
    geometry: &Geometry,
    config: &TrialConfig,
    options: &RunOptions,
    networks: Vec<(Rule, State)>,
) -> Result<Box<dyn Group>, TrainError> {
    let &TrialConfig {
        backend: kind,
        device,
        batch_size,
        ..
    } = config;
    if (kind, device) == (BackendKind::Fused, DeviceKind::Cuda) {
        for (rule, state) in &networks {
            check_state(geometry, *rule, state)?;
        }
        return cuda::group(geometry, config, options, &networks);
    }
    let networks: Result<Vec<_>, TrainError> = networks
        .into_iter()
        .map(|(rule, state)| build(geometry, kind, device, rule, options, state))
        .collect();
    Ok(Box::new(group::Sequential::new(networks?, batch_size)))
}

/// Makes the backend that `kind` and `device` ask for.
pub(crate) fn build(
    geometry: &Geometry,
    kind: BackendKind,
    device: DeviceKind,
    rule: Rule,
    options: &RunOptions,
    state: State,
) -> Result<Box<dyn Backend>, TrainError> {
    check_state(geometry, rule, &state)?;
    let (parameters, mut moments) = state;
    if moments.is_empty() {
        moments = vec![0.0; rule.moments() * parameters.len()];
    }
    match (kind, device) {
        (BackendKind::Fused, DeviceKind::Cuda) => {
            cuda::alone(geometry, rule, options, (parameters, moments))
        }
        (BackendKind::Fused, DeviceKind::Cpu) => {
            let level = level(options)?;
            let fused =
                fused::Fused::new(geometry, level, options.threads, rule, parameters, moments)?;
            Ok(Box::new(fused))
        }
        (BackendKind::Stock, device) => {
            let device = device::open(device, options.cuda_ordinal)?;
            let stock = stock::Stock::new(geometry, device, options, rule, &parameters, &moments)?;
            Ok(Box::new(stock))
        }
    }
}

/// Whether this program and this machine have the GPU.
pub(crate) fn find_gpu(ordinal: usize) -> Result<(), TrainError> {
    cuda::find(ordinal)
}

/// Checks before any work that a backend can compute on a device in a precision: that the device is
/// there, and with it what the backend needs (for [`BackendKind::Fused`] on a GPU the compiled kernels).
///
/// # Errors
/// [`TrainError`] naming what is missing.
pub fn check_device(
    backend: BackendKind,
    device: DeviceKind,
    precision: Precision,
    ordinal: usize,
) -> Result<(), TrainError> {
    config::check_precision(backend, device, precision)?;
    match (backend, device) {
        (_, DeviceKind::Cpu) => Ok(()),
        (BackendKind::Fused, DeviceKind::Cuda) => cuda::prepare(ordinal, precision),
        (BackendKind::Stock, DeviceKind::Cuda) => device::open(device, ordinal).map(|_| ()),
    }
}

/// How many trials of this network can be trained together in the memory that is free now: 1
/// where they would be computed one after the other anyway.
///
/// # Errors
/// A device that cannot be used, a network that does not fit the data.
pub fn group_capacity(
    config: &TrialConfig,
    data: &Splits,
    options: &RunOptions,
) -> Result<usize, TrainError> {
    match (config.backend, config.device) {
        (BackendKind::Fused, DeviceKind::Cuda) => {
            let geometry = config::geometry(&config.network, data)?;
            let images = data.train.indices.len();
            cuda::capacity(&geometry, config, images, options)
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
