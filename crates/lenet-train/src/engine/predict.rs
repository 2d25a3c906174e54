//! What finished networks say of the test images.

use lenet_data::Split;
use lenet_results::{Kernels, Outcome, Prediction, Predictions};

use super::course::Course;
use crate::backend::{self, Group, State};
use crate::error::TrainError;
use crate::{Ended, RunOptions};

/// Most networks whose logits are in memory at once.
pub(super) const AT_ONCE: usize = 32;

/// The logits of test images: a row per network, image by image. `None` where nobody asked for
/// predictions.
pub(super) type Logits = Option<Vec<f32>>;

/// The logits of each of `networks` for the test images, if predictions are asked for.
pub(super) fn logits(
    group: &mut dyn Group,
    test: &Split,
    networks: &[usize],
    options: &RunOptions,
) -> Result<Logits, TrainError> {
    if !options.predictions {
        return Ok(None);
    }
    let mut logits = Vec::new();
    group.logits(test, networks, &mut logits)?;
    Ok(Some(logits))
}

/// The same for the network of a trial whose checkpoint lies after its last epoch, so that no group
/// trains it.
pub(super) fn logits_alone(
    course: &Course<'_>,
    state: &State,
    options: &RunOptions,
) -> Result<Logits, TrainError> {
    if !options.predictions {
        return Ok(None);
    }
    let network = vec![(course.trial.optimizer, state.clone())];
    let mut group = backend::build(&course.geometry, &course.trial.shape(), options, network)?;
    logits(&mut *group, &course.data.test, &[0], options)
}

/// The end of a trial. `logits` are those of its network.
pub(super) fn finished(
    course: Course<'_>,
    outcome: Outcome,
    parameters: Vec<f32>,
    logits: Option<&[f32]>,
) -> Ended {
    let predictions = logits.and_then(|logits| predictions(&course, &parameters, logits));
    Ended::Finished {
        outcome,
        epochs: course.progress.epochs,
        parameters,
        predictions: predictions.map(Box::new),
    }
}

/// `None`, with a warning, if they cannot be kept.
fn predictions(course: &Course<'_>, parameters: &[f32], logits: &[f32]) -> Option<Predictions> {
    let classes = course.geometry.classes;
    let said: Vec<Prediction> = logits.chunks_exact(classes).map(prediction).collect();
    let test = &course.data.test;
    let all = test.set.labels();
    let labels: Vec<u8> = test.indices.iter().map(|&at| all[at as usize]).collect();
    let identity = &course.progress.identity;
    let kernels = first_kernels(course, parameters);
    match Predictions::new(identity, classes, &labels, &said, kernels) {
        Ok(predictions) => Some(predictions),
        Err(error) => {
            tracing::warn!("trial {identity}: no predictions are kept: {error}");
            None
        }
    }
}

/// The weights of the first convolution, which come first among the parameters.
fn first_kernels(course: &Course<'_>, parameters: &[f32]) -> Kernels {
    let geometry = &course.geometry;
    let (filters, kernel) = (geometry.filters[0], geometry.kernel);
    let shape = [filters, geometry.channels, kernel, kernel];
    Kernels {
        shape,
        values: parameters[..shape.iter().product()].to_vec(),
    }
}

/// Class and confidence from an image's logits. The class is the first of the largest, as evaluation
/// counts it. The exponential is libm's, so every platform gives the same bits.
fn prediction(logits: &[f32]) -> Prediction {
    let (mut class, mut largest) = (0, f32::NEG_INFINITY);
    for (at, &logit) in logits.iter().enumerate() {
        if logit > largest {
            (class, largest) = (at, logit);
        }
    }
    let has_nan = logits.iter().any(|logit| logit.is_nan());
    let weight = |&logit: &f32| {
        // Equal logits share, infinite ones too, whose difference is no number.
        match logit == largest {
            true => 1.0,
            false => libm::exp(f64::from(logit) - f64::from(largest)),
        }
    };
    let confidence = match has_nan {
        true => 0.0,
        false => 1.0 / logits.iter().map(weight).sum::<f64>(),
    };
    Prediction { class, confidence }
}

#[cfg(test)]
mod tests;
