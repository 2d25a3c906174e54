//! The self-check: compares gradients with a plain f64 reference before a study starts.

use std::sync::Arc;
use std::time::Instant;

use lenet_core::{Geometry, Precision, Trial, random};
use lenet_data::{ImageSet, Split, Splits};
use lenet_model::init::initial_parameters;
use lenet_ops::dropout::Mask;
use lenet_ops::net::reference;
use lenet_results::SelfCheck;
use rand_core::RngCore;

use crate::RunOptions;
use crate::backend::{self, Group};
use crate::config;
use crate::error::TrainError;
use crate::memory::{MemoryUse, ensure_memory, memory_bytes};

/// Floating-point operations that the reference may take; this limits its time.
const BUDGET: u64 = 200_000_000;

/// Most distinct images in a check: one full block of sixteen and a partial one.
const MOST_IMAGES: usize = 19;

/// Dropout rate of the check if the trial has no dropout.
const USUAL_DROPOUT: f64 = 0.5;

/// Largest batch made of repeated images.
const MOST_REPEATED: usize = 1024;

/// Bound on each tensor's relative error. A wrong gradient has an error of about 1, single
/// precision about 1e-6. TF32 changes each factor by up to 5e-4 of its value; this moves so many
/// maxima of pooling windows that correct kernels have shown errors of 9e-2.
fn tolerance(precision: Precision) -> f64 {
    match precision {
        Precision::Single => 1e-4,
        Precision::Tf32 => 0.2,
    }
}

/// Compares the gradients of the trial's code path on this machine with a plain f64 reference. It
/// takes less than a second for networks up to the study's largest. Only the shape of `data`
/// matters: the images are noise from a fixed seed.
///
/// The check takes two batches. The first has few images and always dropout, so that the check
/// holds for every trial of this shape. The second is as large as the trial's own (up to 1,024
/// images), because the batch size also chooses the code. It repeats a few images without
/// dropout, so that its mean gradient is theirs.
///
/// If an activation lies within rounding of the kink of ReLU or max-pool, f32 and f64 may take
/// different sides of it and both be right. So a first failure is followed by a check on other
/// images, which decides.
///
/// # Errors
/// The device cannot be used at all. A failed check is `Ok` with `passed: false`.
pub fn self_check(
    trial: &Trial,
    data: &Splits,
    options: &RunOptions,
) -> Result<SelfCheck, TrainError> {
    config::check(trial, data)?;
    let geometry = config::geometry(&trial.network, data)?;
    let images = data.train.indices.len();
    let needed = memory_bytes(trial, &geometry, images, options.threads, MemoryUse::Study);
    ensure_memory(needed)?;
    let started = Instant::now();
    let tolerance = tolerance(trial.precision);
    let mut worst = worst_error(trial, &geometry, options, 1)?;
    if !(worst.0 <= tolerance) {
        worst = worst_error(trial, &geometry, options, 2)?;
    }
    let (worst_relative_error, worst_tensor) = worst;
    Ok(SelfCheck {
        worst_relative_error,
        worst_tensor,
        tolerance,
        passed: worst_relative_error <= tolerance,
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// Largest relative error of any tensor's gradient in either batch, and the tensor's name.
fn worst_error(
    trial: &Trial,
    geometry: &Geometry,
    options: &RunOptions,
    seed: u64,
) -> Result<(f64, String), TrainError> {
    let affordable = (BUDGET / geometry.training_flops().max(1)) as usize;
    let most = affordable.clamp(1, MOST_IMAGES);
    let repeated = trial.batch_size.min(MOST_REPEATED);
    let rate = match trial.dropout.effective_rate() {
        0.0 => USUAL_DROPOUT,
        rate => rate,
    };
    let dropout = (!geometry.hidden.is_empty()).then_some(Mask {
        rate,
        seed,
        step: 1,
    });
    let parameters = initial_parameters(geometry, seed);
    let largest = Trial {
        batch_size: repeated.max(most),
        ..trial.clone()
    };
    let network = (trial.optimizer, (parameters.clone(), Vec::new()));
    let mut group = backend::build(geometry, &largest.shape(), options, vec![network])?;
    let mut check = |images, batch, dropout| {
        check_batch(
            &mut *group,
            geometry,
            &parameters,
            seed,
            images,
            batch,
            dropout,
        )
    };
    let few = check(most, most, dropout)?;
    let divides = |images: &usize| repeated.is_multiple_of(*images);
    let images = (1..=most).rev().find(divides).unwrap_or(1);
    let many = check(images, repeated, None)?;
    Ok(if few.0 > many.0 { few } else { many })
}

/// The same for one batch: `images` distinct images, repeated until there are `batch`.
fn check_batch(
    group: &mut dyn Group,
    geometry: &Geometry,
    parameters: &[f32],
    seed: u64,
    images: usize,
    batch: usize,
    dropout: Option<Mask>,
) -> Result<(f64, String), TrainError> {
    let split = noise(geometry, images, seed)?;
    let indices: Vec<u32> = (0..images as u32).cycle().take(batch).collect();
    let computed = group.gradients(&split, &indices, dropout)?;
    let parameters: Vec<f64> = parameters.iter().map(|&p| f64::from(p)).collect();
    let pixels = split.set.pixels().iter();
    let pixels: Vec<f64> = pixels.map(|&byte| f64::from(byte) / 255.0).collect();
    let mut gradients = vec![0.0; parameters.len()];
    reference::loss_and_gradients(
        geometry,
        &parameters,
        &pixels,
        split.set.labels(),
        dropout,
        &mut gradients,
    )?;
    Ok(worst_tensor(geometry, &computed, &gradients))
}

/// The tensor with the largest relative error (L2 norm of the difference over the reference's),
/// and that error. A gradient with a NaN has an infinite error.
fn worst_tensor(geometry: &Geometry, computed: &[f32], reference: &[f64]) -> (f64, String) {
    let mut worst = (0.0, String::new());
    for parameter in geometry.parameters() {
        let (mut difference, mut size) = (0.0, 0.0);
        for (&got, &want) in computed[parameter.range()]
            .iter()
            .zip(&reference[parameter.range()])
        {
            difference += (f64::from(got) - want).powi(2);
            size += want * want;
        }
        // If the reference is all zero, 0/0 must count as equal.
        let error = if difference == 0.0 {
            0.0
        } else {
            (difference / size).sqrt()
        };
        let error = if error.is_nan() { f64::INFINITY } else { error };
        if worst.1.is_empty() || error > worst.0 {
            worst = (error, parameter.name);
        }
    }
    worst
}

/// Images of noise, with the classes in turn as labels.
pub(crate) fn noise(geometry: &Geometry, images: usize, seed: u64) -> Result<Split, TrainError> {
    let shape = [geometry.channels, geometry.height, geometry.width];
    let mut rng = random::stream(seed, "self-check");
    let mut pixels = vec![0; images * shape.iter().product::<usize>()];
    rng.fill_bytes(&mut pixels);
    let labels = (0..images)
        .map(|image| (image % geometry.classes) as u8)
        .collect();
    let set = ImageSet::new(pixels, labels, shape).map_err(|e| TrainError::Data {
        reason: e.to_string(),
    })?;
    Ok(Split {
        set: Arc::new(set),
        indices: (0..images as u32).collect(),
    })
}

#[cfg(test)]
mod tests {
    use lenet_core::{Backend, Dropout};

    use super::*;
    use crate::testing;

    #[test]
    fn both_backends_pass() {
        for backend in [Backend::Fused, Backend::Stock] {
            let dropout = Dropout::connected(0.5);
            let trial = Trial {
                backend,
                dropout,
                ..testing::trial()
            };
            let check = self_check(&trial, &testing::splits(), &RunOptions::default()).unwrap();
            assert!(check.passed, "{backend:?}: {check:?}");
            assert!(
                check.worst_relative_error > 0.0,
                "f32 is not f64: {check:?}"
            );
        }
    }

    #[test]
    fn a_wrong_gradient_is_found_and_named() {
        let geometry = Geometry::lab_2017(2);
        let reference: Vec<f64> = (0..geometry.parameter_count())
            .map(|i| (i as f64).sin())
            .collect();
        let mut computed: Vec<f32> = reference.iter().map(|&v| v as f32).collect();
        assert!(worst_tensor(&geometry, &computed, &reference).0 < 1e-6);
        let fc1 = &geometry.parameters()[4];
        computed[fc1.offset] += 1.0;
        let (error, name) = worst_tensor(&geometry, &computed, &reference);
        assert!(
            error > tolerance(Precision::Single) && name == fc1.name,
            "{error} {name}"
        );
        computed[fc1.offset] = f32::NAN;
        let (error, name) = worst_tensor(&geometry, &computed, &reference);
        assert!(error == f64::INFINITY && name == fc1.name, "{error} {name}");
        let silent = vec![0.0; reference.len()];
        assert_eq!(worst_tensor(&geometry, &computed, &silent).0, f64::INFINITY);
    }
}
