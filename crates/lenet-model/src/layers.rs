//! Layers over candle's own ops, with any stages.

use candle_core::{Result, Tensor};
use lenet_core::Geometry;

/// Stage `stage` (from 0): convolution, ReLU, and its pool where it has one.
pub(crate) fn stage(
    x: &Tensor,
    geometry: &Geometry,
    stage: usize,
    weight: &Tensor,
    bias: &Tensor,
) -> Result<Tensor> {
    let zeros = geometry.stages.zeros(stage, geometry.kernel);
    let y = x.conv2d(weight, zeros, geometry.stages.stride, 1, 1)?;
    let y = y.broadcast_add(&bias.reshape((1, bias.dim(0)?, 1, 1))?)?;
    if geometry.pools_after(stage) {
        lenet_ops::max_pool::max_pool_2x2(&y.relu()?)
    } else {
        y.relu()
    }
}

/// `x · weightᵀ + bias`, rectified where asked.
pub(crate) fn dense(x: &Tensor, weight: &Tensor, bias: &Tensor, relu: bool) -> Result<Tensor> {
    let y = x.matmul(&weight.t()?)?.broadcast_add(bias)?;
    if relu { y.relu() } else { Ok(y) }
}

/// Logits, `[N, classes]`, of images `[N, C, H, W]` by a network whose tensors are in the order of
/// [`Geometry::parameters`].
pub(crate) fn logits(geometry: &Geometry, tensors: &[Tensor], images: &Tensor) -> Result<Tensor> {
    let mut layers = tensors.chunks_exact(2);
    let mut x = images.clone();
    for (at, layer) in layers.by_ref().take(geometry.filters.len()).enumerate() {
        x = stage(&x, geometry, at, &layer[0], &layer[1])?;
    }
    x = x.flatten_from(1)?;
    for (at, layer) in layers.enumerate() {
        x = dense(&x, &layer[0], &layer[1], at < geometry.hidden.len())?;
    }
    Ok(x)
}
