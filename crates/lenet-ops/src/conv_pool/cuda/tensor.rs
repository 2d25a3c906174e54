//! The op on candle tensors that lie on a GPU.

use candle_core::{CudaStorage, Result, Shape, Tensor};

use super::{
    StageForward, StageInputGradient, StageSizes, StageWeightGradient, SumSegments, forward,
    input_gradient, sum_segments, weight_gradient,
};
use crate::conv_pool::shape::{ConvPoolShape, OP};
use crate::cuda::Buffer;
use crate::cuda::candle::{CandleGpu, Elements, gradients, size};
use crate::tensor::weighted::SavedTensors;
use crate::tensor::wrap;
use lenet_core::Precision;

/// Output and argmax codes.
pub(crate) fn run_forward(
    shape: &ConvPoolShape,
    input: &Elements<'_>,
    weight: &Elements<'_>,
    bias: &Elements<'_>,
) -> Result<(CudaStorage, Buffer<u8>)> {
    let candle = CandleGpu::on(input.device)?;
    let parameters = candle.joined([weight, bias])?;
    let stage = stage(shape);
    let (tiling, launch) = forward(false, &stage, size(shape.batch), 1, Precision::Single);
    // SAFETY: the launch below writes every element of both.
    let (output, codes) = unsafe {
        (
            candle.tensor(shape.output_len())?,
            candle.gpu.uninitialized(shape.output_len()).map_err(wrap)?,
        )
    };
    let arguments = StageForward {
        batch: candle.batch(shape.batch),
        images: input.pointer(),
        parameters: parameters.pointer(),
        pooled: output.pointer(),
        codes: codes.pointer(),
        bias: size(shape.weight_len()),
        stride: size(shape.batch),
        stage,
        tiling,
        ..StageForward::default()
    };
    // SAFETY: the buffers have the sizes of the stage and the batch. Memory that is freed here is
    // freed in the order of the stream, after the launch.
    unsafe { candle.gpu.launch(&launch, &arguments) }.map_err(wrap)?;
    Ok((output.into_storage(), codes))
}

/// Gradients of input (where wanted), weight and bias.
pub(crate) fn run_backward(
    shape: &ConvPoolShape,
    codes: &Buffer<u8>,
    saved: &SavedTensors<'_>,
) -> Result<[Option<Tensor>; 3]> {
    gradients(
        OP,
        [saved.input, saved.weight, saved.bias],
        &saved.upstream.contiguous()?,
        |candle, tensors| run_input_gradient(candle, shape, codes, tensors),
        |candle, tensors| run_parameter_gradient(candle, shape, codes, tensors),
    )
}

fn stage(shape: &ConvPoolShape) -> StageSizes {
    StageSizes {
        channels: size(shape.channels),
        height: size(shape.height),
        width: size(shape.width),
        filters: size(shape.filters),
        kernel: size(shape.kernel),
    }
}

fn run_input_gradient(
    candle: &CandleGpu,
    shape: &ConvPoolShape,
    codes: &Buffer<u8>,
    [upstream, weight]: [Elements<'_>; 2],
) -> Result<(CudaStorage, Shape)> {
    let stage = stage(shape);
    let (tiling, launch) = input_gradient(&stage, size(shape.batch), 1, Precision::Single);
    // SAFETY: the launch below writes every element.
    let gradient = unsafe { candle.tensor(shape.input_len()) }?;
    let arguments = StageInputGradient {
        batch: candle.batch(shape.batch),
        upstream: upstream.pointer(),
        codes: codes.pointer(),
        parameters: weight.pointer(),
        gradient: gradient.pointer(),
        stride: size(shape.batch),
        stage,
        tiling,
        ..StageInputGradient::default()
    };
    // SAFETY: as in `run_forward`.
    unsafe { candle.gpu.launch(&launch, &arguments) }.map_err(wrap)?;
    let dims = (shape.batch, shape.channels, shape.height, shape.width);
    Ok((gradient.into_storage(), Shape::from(dims)))
}

/// The gradient of the weight, followed by that of the bias.
fn run_parameter_gradient(
    candle: &CandleGpu,
    shape: &ConvPoolShape,
    codes: &Buffer<u8>,
    [input, upstream]: [Elements<'_>; 2],
) -> Result<(CudaStorage, Shape)> {
    let stage = stage(shape);
    let (tiling, segments, launch) =
        weight_gradient(false, &stage, size(shape.batch), 1, Precision::Single);
    let count = shape.weight_len() + shape.filters;
    // SAFETY: the launches below write every element of both, the first before the second reads.
    let (partial, gradient) = unsafe {
        let length = segments.segments as usize * count;
        let partial: Buffer<f32> = candle.gpu.uninitialized(length).map_err(wrap)?;
        (partial, candle.tensor(count)?)
    };
    let arguments = StageWeightGradient {
        batch: candle.batch(shape.batch),
        images: input.pointer(),
        upstream: upstream.pointer(),
        codes: codes.pointer(),
        partial: partial.pointer(),
        partial_stride: size(count),
        segment_images: segments.images,
        stride: size(shape.batch),
        stage,
        tiling,
    };
    let sums = SumSegments {
        partial: partial.pointer(),
        sums: gradient.pointer(),
        segments: segments.segments,
        stride: size(count),
        count: size(count),
        padding: 0,
    };
    // SAFETY: as in `run_forward`.
    unsafe {
        candle.gpu.launch(&launch, &arguments).map_err(wrap)?;
        let launch = sum_segments(count);
        candle.gpu.launch(&launch, &sums).map_err(wrap)?;
    }
    Ok((gradient.into_storage(), Shape::from(count)))
}
