//! The op on candle tensors that lie on a GPU.

use candle_core::{CudaStorage, Result, Shape, Tensor};

use super::{
    Stage, StageForward, StageInputGradient, StageWeightGradient, SumSegments, forward,
    input_gradient, sum_segments, weight_gradient,
};
use crate::conv_pool::{ConvPoolShape, OP};
use crate::cuda::Buffer;
use crate::cuda::candle::{Elements, OneTrial, backward_op, size};
use crate::precision::Precision;
use crate::tensor::wrap;

/// Output and argmax codes.
pub(crate) fn run_forward(
    shape: &ConvPoolShape,
    input: &Elements<'_>,
    weight: &Elements<'_>,
    bias: &Elements<'_>,
) -> Result<(CudaStorage, Buffer<u8>)> {
    let trial = OneTrial::on(input.device)?;
    let parameters = trial.joined([weight, bias])?;
    let stage = stage(shape);
    let (tiling, launch) = forward(false, &stage, size(shape.batch), 1, Precision::Single);
    // SAFETY: the launch below writes all of both.
    let (output, codes) = unsafe {
        (
            trial.tensor(shape.output_len())?,
            trial.gpu.uninitialized(shape.output_len()).map_err(wrap)?,
        )
    };
    let arguments = StageForward {
        batch: trial.batch(shape.batch),
        images: input.pointer(),
        parameters: parameters.pointer(),
        pooled: output.pointer(),
        codes: codes.pointer(),
        parameter_stride: 0,
        weight: 0,
        bias: size(shape.weight_len()),
        stride: size(shape.batch),
        stage,
        tiling,
    };
    // SAFETY: the buffers have the sizes of the stage and the batch, and memory that is given
    // back here is so in the order of the stream, after the launch.
    unsafe { trial.gpu.launch(&launch, &arguments) }.map_err(wrap)?;
    Ok((output.into_storage(), codes))
}

/// Gradients of input (where wanted), weight and bias.
pub(crate) fn run_backward(
    shape: &ConvPoolShape,
    codes: &Buffer<u8>,
    input: &Tensor,
    weight: &Tensor,
    upstream: &Tensor,
) -> Result<[Option<Tensor>; 3]> {
    let upstream = upstream.contiguous()?;
    let to_input = input
        .track_op()
        .then(|| upstream.apply_op2_no_bwd(weight, &InputGradient { shape, codes }))
        .transpose()?;
    let to_parameters = input.apply_op2_no_bwd(&upstream, &WeightGradient { shape, codes })?;
    let weights = shape.weight_len();
    let to_weight = to_parameters
        .narrow(0, 0, weights)?
        .reshape(weight.shape())?;
    let to_bias = to_parameters.narrow(0, weights, shape.filters)?;
    Ok([to_input, Some(to_weight), Some(to_bias)])
}

fn stage(shape: &ConvPoolShape) -> Stage {
    Stage {
        channels: size(shape.channels),
        height: size(shape.height),
        width: size(shape.width),
        filters: size(shape.filters),
        kernel: size(shape.kernel),
    }
}

/// From the upstream gradient and the weight.
struct InputGradient<'a> {
    shape: &'a ConvPoolShape,
    codes: &'a Buffer<u8>,
}

impl InputGradient<'_> {
    fn run(
        &self,
        trial: &OneTrial,
        upstream: &Elements<'_>,
        weight: &Elements<'_>,
    ) -> Result<(CudaStorage, Shape)> {
        let shape = self.shape;
        let stage = stage(shape);
        let (tiling, launch) = input_gradient(&stage, size(shape.batch), 1, Precision::Single);
        // SAFETY: the launch below writes all of it.
        let gradient = unsafe { trial.tensor(shape.input_len()) }?;
        let arguments = StageInputGradient {
            batch: trial.batch(shape.batch),
            upstream: upstream.pointer(),
            codes: self.codes.pointer(),
            parameters: weight.pointer(),
            gradient: gradient.pointer(),
            parameter_stride: 0,
            weight: 0,
            stride: size(shape.batch),
            stage,
            tiling,
            padding: 0,
        };
        // SAFETY: as in `run_forward`.
        unsafe { trial.gpu.launch(&launch, &arguments) }.map_err(wrap)?;
        let ConvPoolShape {
            batch,
            channels,
            height,
            width,
            ..
        } = *shape;
        Ok((
            gradient.into_storage(),
            Shape::from((batch, channels, height, width)),
        ))
    }
}

backward_op!(InputGradient<'_>, OP);

/// From the input and the upstream gradient: those of the weight, then those of the bias.
struct WeightGradient<'a> {
    shape: &'a ConvPoolShape,
    codes: &'a Buffer<u8>,
}

impl WeightGradient<'_> {
    fn run(
        &self,
        trial: &OneTrial,
        input: &Elements<'_>,
        upstream: &Elements<'_>,
    ) -> Result<(CudaStorage, Shape)> {
        let shape = self.shape;
        let stage = stage(shape);
        let (tiling, segments, launch) =
            weight_gradient(false, &stage, size(shape.batch), 1, Precision::Single);
        let count = shape.weight_len() + shape.filters;
        // SAFETY: the launches below write all of both, the first before the second reads.
        let (partial, gradient) = unsafe {
            let length = segments.segments as usize * count;
            let partial: Buffer<f32> = trial.gpu.uninitialized(length).map_err(wrap)?;
            (partial, trial.tensor(count)?)
        };
        let arguments = StageWeightGradient {
            batch: trial.batch(shape.batch),
            images: input.pointer(),
            upstream: upstream.pointer(),
            codes: self.codes.pointer(),
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
            trial.gpu.launch(&launch, &arguments).map_err(wrap)?;
            let launch = sum_segments(count);
            trial.gpu.launch(&launch, &sums).map_err(wrap)?;
        }
        Ok((gradient.into_storage(), Shape::from(count)))
    }
}

backward_op!(WeightGradient<'_>, OP);
