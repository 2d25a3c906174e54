//! Evaluation of a trained network on a split.

use lenet_core::{Backend, DeviceKind, Geometry, Optimizer, Problem, Trial};
use lenet_data::Split;
use lenet_ops::OpsError;

use crate::RunOptions;
use crate::backend;
use crate::config;
use crate::error::TrainError;
use crate::memory::{MemoryUse, ensure_memory, memory_bytes};

/// Loss and accuracy on one split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// Mean cross-entropy, in nats.
    pub loss: f64,
    /// Fraction of images classified correctly.
    pub accuracy: f64,
    /// Number of images.
    pub samples: usize,
}

/// Evaluates the network with these parameters (in the geometry's order) on a split, without
/// dropout. `logits`, if given, is overwritten with `[samples, classes]`, row by row. Of
/// `options`, only `threads`, `level`, `cuda_ordinal`, `streamed` and `normalization` matter.
///
/// # Errors
/// The device cannot be used, the images or labels do not fit the network, or the backend does not
/// compute its stages or its normalization.
pub fn evaluate(
    geometry: &Geometry,
    parameters: &[f32],
    split: &Split,
    backend: Backend,
    device: DeviceKind,
    options: &RunOptions,
    logits: Option<&mut Vec<f32>>,
) -> Result<Evaluation, TrainError> {
    geometry.validate().map_err(OpsError::from)?;
    let size = [geometry.channels, geometry.height, geometry.width];
    config::check_split("evaluated", split, size, geometry.classes)?;
    if let Some(problem) = geometry.stages.problem(backend) {
        return Err(problem.into());
    }
    if backend == Backend::Fused && !options.normalization.is_none() {
        let reason = "the fused backend takes pixels as they are; take backend = stock";
        return Err(Problem::new("normalization", reason).into());
    }
    let computed = Trial {
        backend,
        device,
        ..Trial::default()
    };
    let images = split.indices.len();
    let needed = memory_bytes(
        &computed,
        geometry,
        images,
        options.threads,
        MemoryUse::Evaluation,
    );
    ensure_memory(needed)?;
    let network = (Optimizer::SGD, (parameters.to_vec(), Vec::new()));
    let mut group = backend::build(geometry, &computed.shape(), options, vec![network])?;
    let sums = group.evaluate(split, &[0], logits)?[0];
    let samples = split.indices.len();
    Ok(Evaluation {
        loss: sums.loss / samples as f64,
        accuracy: sums.correct / samples as f64,
        samples,
    })
}
