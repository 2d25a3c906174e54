//! Compares a device with the CPU: each candle op that training uses, and the whole network.
//!
//! [`self_check`](crate::self_check) tests whether a code path is right. This module tests whether
//! two devices agree, one op at a time, so that a failure names the op.

mod cases;

use candle_core::{DType, Device, Tensor, Var};
use lenet_core::{Backend, DeviceKind, Geometry, Optimizer, Trial};
use lenet_model::init::initial_parameters;
use lenet_ops::OpsError;
use lenet_ops::dropout::Mask;

use crate::RunOptions;
use crate::backend;
use crate::device;
use crate::error::{TrainError, first_line};
use crate::self_check::noise;
use cases::Case;

/// Bound on [`Agreement::error`]. Rounding in single precision gives about 1e-6, a wrong op
/// about 1.
pub const TOLERANCE: f64 = 1e-4;

/// The difference between a device's result and the CPU's.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Name of the op, or of a tensor of the network.
    pub what: String,
    /// Largest absolute difference of any element of a value or gradient, divided by the largest
    /// absolute element of the CPU's. Infinite if an element on either side is not finite.
    pub error: f64,
}

impl Agreement {
    /// Whether the difference is within [`TOLERANCE`], so that rounding explains it.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.error <= TOLERANCE
    }
}

/// Compares values and gradients of every candle op that the stock backend uses. An op that the
/// device cannot compute has an infinite error, and its name includes the reason.
///
/// # Errors
/// The device cannot be used.
pub fn compare_ops(kind: DeviceKind, ordinal: usize) -> Result<Vec<Agreement>, TrainError> {
    let device = device::open(kind, ordinal)?;
    let compare = |case: Case| match compare_case(&case, &device) {
        Ok(agreement) => agreement,
        Err(error) => Agreement {
            what: format!("{} ({})", case.name, first_line(&error.to_string())),
            error: f64::INFINITY,
        },
    };
    Ok(cases::all().into_iter().map(compare).collect())
}

fn compare_case(case: &Case, device: &Device) -> candle_core::Result<Agreement> {
    let here = run_case(case, &Device::Cpu)?;
    let there = run_case(case, device)?;
    let errors = here.iter().zip(&there).map(|(h, t)| error(t, h));
    Ok(Agreement {
        what: case.name.to_owned(),
        error: errors.fold(0.0, f64::max),
    })
}

/// The op's value, then its gradient with respect to each input. The upstream gradient is random,
/// so that elements count differently.
fn run_case(case: &Case, device: &Device) -> candle_core::Result<Vec<Vec<f64>>> {
    let vars = case
        .inputs
        .iter()
        .map(|(values, shape)| Var::from_slice(values, shape.as_slice(), device))
        .collect::<candle_core::Result<Vec<_>>>()?;
    let inputs: Vec<Tensor> = vars.iter().map(|var| var.as_tensor().clone()).collect();
    let value = (case.op)(&inputs, device)?;
    let mut found = vec![flat(&value)?];
    if !vars.is_empty() {
        let upstream = cases::noise("upstream", value.elem_count());
        let upstream = Tensor::from_vec(upstream, value.shape(), device)?;
        // On a GPU, candle refuses to reduce a scalar, which has no dimension; hence the flattening.
        let gradients = (value * upstream)?.flatten_all()?.sum_all()?.backward()?;
        for var in &vars {
            match gradients.get(var) {
                Some(gradient) => found.push(flat(gradient)?),
                None => candle_core::bail!("{}: an input has no gradient", case.name),
            }
        }
    }
    Ok(found)
}

fn flat(tensor: &Tensor) -> candle_core::Result<Vec<f64>> {
    let tensor = tensor.detach().flatten_all()?.to_device(&Device::Cpu)?;
    tensor.to_dtype(DType::F64)?.to_vec1()
}

/// See [`Agreement::error`].
fn error(got: &[f64], want: &[f64]) -> f64 {
    let size = want.iter().fold(0.0, |size: f64, v| size.max(v.abs()));
    let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
    if got.len() != want.len() || !finite(got) || !finite(want) {
        return f64::INFINITY;
    }
    let differences = got.iter().zip(want).map(|(got, want)| (got - want).abs());
    let largest = differences.fold(0.0, f64::max);
    if largest == 0.0 { 0.0 } else { largest / size }
}

/// Compares the whole network in a backend: the logits, and the gradient of each parameter with
/// dropout.
///
/// If an activation lies within rounding of the kink of ReLU or max-pool, two devices may take
/// different sides of it and both be right. So a first failure is followed by a comparison on
/// other images, which decides.
///
/// # Errors
/// One of the devices cannot compute the network.
pub fn compare_network(
    geometry: &Geometry,
    images: usize,
    backend: Backend,
    kind: DeviceKind,
    options: &RunOptions,
) -> Result<Vec<Agreement>, TrainError> {
    geometry.validate().map_err(OpsError::from)?;
    let first = compare_network_once(geometry, images, backend, kind, options, 1)?;
    if first.iter().all(Agreement::passed) {
        return Ok(first);
    }
    compare_network_once(geometry, images, backend, kind, options, 2)
}

fn compare_network_once(
    geometry: &Geometry,
    images: usize,
    backend: Backend,
    kind: DeviceKind,
    options: &RunOptions,
    seed: u64,
) -> Result<Vec<Agreement>, TrainError> {
    let split = noise(geometry, images, seed)?;
    let dropout = (!geometry.hidden.is_empty()).then_some(Mask {
        rate: 0.5,
        seed,
        step: 1,
    });
    let run = |kind| -> Result<(Vec<f64>, Vec<f64>), TrainError> {
        let computed = Trial {
            backend,
            device: kind,
            batch_size: images,
            ..Trial::default()
        };
        let network = (
            Optimizer::SGD,
            (initial_parameters(geometry, seed), Vec::new()),
        );
        let mut group = backend::build(geometry, &computed.shape(), options, vec![network])?;
        let mut logits = Vec::new();
        group.evaluate(&split, &[0], Some(&mut logits))?;
        let gradients = group.gradients(&split, &split.indices, dropout)?;
        Ok((wide(&logits), wide(&gradients)))
    };
    let (logits, gradients) = run(DeviceKind::Cpu)?;
    let (device_logits, device_gradients) = run(kind)?;
    let mut found = vec![Agreement {
        what: "logits".to_owned(),
        error: error(&device_logits, &logits),
    }];
    found.extend(geometry.parameters().into_iter().map(|p| Agreement {
        error: error(&device_gradients[p.range()], &gradients[p.range()]),
        what: format!("gradient of {}", p.name),
    }));
    Ok(found)
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn the_processor_agrees_with_itself() {
        let ops = compare_ops(DeviceKind::Cpu, 0).unwrap();
        assert!(ops.len() >= 8, "{ops:?}");
        assert!(ops.iter().all(|op| op.error == 0.0), "{ops:?}");
        let geometry = Geometry::lab_2017(2);
        let options = RunOptions::default();
        for backend in [Backend::Fused, Backend::Stock] {
            let network = compare_network(&geometry, 3, backend, DeviceKind::Cpu, &options);
            let network = network.unwrap();
            assert_eq!(network.len(), 1 + geometry.parameters().len());
            assert!(network.iter().all(|tensor| tensor.error == 0.0));
        }
    }

    #[test]
    fn a_device_that_computes_otherwise_is_found() {
        // The first call computes the CPU's value, the second the device's.
        for (by, passes) in [(1.0 + 1e-6, true), (1.001, false), (f64::NAN, false)] {
            let calls = Cell::new(0);
            let case = Case {
                name: "scale",
                inputs: vec![(cases::noise("x", 6), vec![2, 3])],
                op: Box::new(move |x, _| {
                    calls.set(calls.get() + 1);
                    let factor = if calls.get() == 2 { by } else { 1.0 };
                    x[0].affine(factor, 0.0)
                }),
            };
            let found = compare_case(&case, &Device::Cpu).unwrap();
            assert_eq!(found.passed(), passes, "{by}: {found:?}");
        }
    }

    #[test]
    fn differences_are_relative_to_the_largest_element() {
        assert_eq!(error(&[1.0, 2.5], &[1.0, 2.0]), 0.25);
        assert_eq!(error(&[0.0], &[0.0]), 0.0);
        assert_eq!(error(&[1e-30], &[0.0]), f64::INFINITY);
        assert_eq!(error(&[f64::NAN], &[f64::NAN]), f64::INFINITY);
        assert_eq!(error(&[1.0], &[1.0, 1.0]), f64::INFINITY);
    }
}
