//! What computes a trial: the seam between the engine and the code paths.

mod fused;
mod optimizer;
mod stock;

pub(crate) use stock::{losses, sums};

use lenet_data::{Split, Splits};
use lenet_ops::net::Dropout;
use lenet_ops::optimizer::Rule;
use lenet_ops::{Geometry, Level};
use lenet_results::{BackendKind, DeviceKind, PhaseSeconds};

use crate::RunOptions;
use crate::config::FUSED_ON_CUDA;
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

/// Makes the backend that `kind` and `device` ask for.
///
/// `moments` is empty for a fresh optimizer.
pub(crate) fn build(
    geometry: &Geometry,
    kind: BackendKind,
    device: DeviceKind,
    rule: Rule,
    options: &RunOptions,
    state: (Vec<f32>, Vec<f32>),
) -> Result<Box<dyn Backend>, TrainError> {
    let (parameters, mut moments) = state;
    if moments.is_empty() {
        moments = vec![0.0; rule.moments() * parameters.len()];
    }
    let wanted = geometry.parameter_count();
    if parameters.len() != wanted || moments.len() != rule.moments() * wanted {
        let reason = format!(
            "{} parameters and {} moments do not fit a network of {wanted}",
            parameters.len(),
            moments.len()
        );
        return Err(TrainError::Data { reason });
    }
    match (kind, device) {
        (BackendKind::Fused, DeviceKind::Cuda) => Err(TrainError::Device {
            reason: FUSED_ON_CUDA.to_owned(),
        }),
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
