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
    let y = convolution(x, geometry, stage, weight, bias)?;
    match geometry.pools_after(stage) {
        true => lenet_ops::max_pool::max_pool_2x2(&y),
        false => Ok(y),
    }
}

/// The same before its pool.
pub(crate) fn convolution(
    x: &Tensor,
    geometry: &Geometry,
    stage: usize,
    weight: &Tensor,
    bias: &Tensor,
) -> Result<Tensor> {
    let zeros = geometry.stages.zeros(stage, geometry.kernel);
    let stride = geometry.stages.stride;
    // candle's gradient of a strided convolution takes the rows' remainder for the columns' too, and
    // fails where they differ; so in training the places between are computed and left out.
    let y = if stride > 1 && (x.track_op() || weight.track_op()) {
        every(&x.conv2d(weight, zeros, 1, 1, 1)?, stride)?
    } else {
        x.conv2d(weight, zeros, stride, 1, 1)?
    };
    y.broadcast_add(&bias.reshape((1, bias.dim(0)?, 1, 1))?)?
        .relu()
}

/// Every `stride`-th row and column of images `[N, C, H, W]`, from the first.
fn every(x: &Tensor, stride: usize) -> Result<Tensor> {
    let mut x = x.clone();
    for axis in [2, 3] {
        let side = u32::try_from(x.dim(axis)?).map_err(candle_core::Error::wrap)?;
        let kept: Vec<u32> = (0..side).step_by(stride).collect();
        let kept = Tensor::from_slice(&kept, kept.len(), x.device())?;
        x = x.contiguous()?.index_select(&kept, axis)?;
    }
    Ok(x)
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
