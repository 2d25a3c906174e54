//! The op on candle tensors that lie on a GPU.

use candle_core::{CudaStorage, Result, Shape, Tensor};

use super::{
    DenseForward, DenseInputGradient, DenseWeightGradient, DenseWeightGradients, ReluGradient,
    forward, input_gradient, relu_gradient, weight_gradients,
};
use crate::cuda::candle::{CandleGpu, Elements, backward_op, gradients, size};
use crate::dense::shape::{DenseShape, OP};
use crate::tensor::weighted::SavedTensors;
use crate::tensor::wrap;
use lenet_core::Precision;

/// The layer's output.
pub(crate) fn run_forward(
    shape: &DenseShape,
    input: &Elements<'_>,
    weight: &Elements<'_>,
    bias: &Elements<'_>,
) -> Result<CudaStorage> {
    let candle = CandleGpu::on(input.device)?;
    let parameters = candle.joined([weight, bias])?;
    // SAFETY: the launch below writes every element.
    let output = unsafe { candle.tensor(shape.output_len()) }?;
    let arguments = DenseForward {
        input: input.pointer(),
        parameters: parameters.pointer(),
        output: output.pointer(),
        slots: candle.slots(),
        bias: size(shape.weight_len()),
        inputs: size(shape.inputs),
        outputs: size(shape.outputs),
        images: size(shape.batch),
        stride: size(shape.batch),
        relu: shape.relu.into(),
        ..DenseForward::default()
    };
    let sizes = (shape.inputs, shape.outputs);
    let launch = forward(shape.batch, sizes, 1, Precision::Single);
    // SAFETY: the buffers have the sizes of the layer and the batch. Memory that is freed here is
    // freed in the order of the stream, after the launch.
    unsafe { candle.gpu.launch(&launch, &arguments) }.map_err(wrap)?;
    Ok(output.into_storage())
}

/// Gradients of input (where wanted), weight and bias.
pub(crate) fn run_backward(
    shape: &DenseShape,
    saved: &SavedTensors<'_>,
) -> Result<[Option<Tensor>; 3]> {
    let mut upstream = saved.upstream.contiguous()?;
    if shape.relu {
        upstream = backward_op(OP, [&upstream, saved.output], run_relu_gradient)?;
    }
    gradients(
        OP,
        [saved.input, saved.weight, saved.bias],
        &upstream,
        |candle, tensors| run_input_gradient(candle, shape, tensors),
        |candle, tensors| run_parameter_gradient(candle, shape, tensors),
    )
}

/// The gradient before the ReLU.
fn run_relu_gradient(
    candle: &CandleGpu,
    [upstream, output]: [Elements<'_>; 2],
) -> Result<(CudaStorage, Shape)> {
    let count = output.len();
    // SAFETY: the launch below writes every element.
    let gradient = unsafe { candle.tensor(count) }?;
    let arguments = ReluGradient {
        upstream: upstream.pointer(),
        output: output.pointer(),
        gradient: gradient.pointer(),
        count: size(count),
        ..ReluGradient::default()
    };
    // SAFETY: as in `run_forward`; candle gives a gradient the shape of its tensor.
    unsafe { candle.gpu.launch(&relu_gradient(count), &arguments) }.map_err(wrap)?;
    Ok((gradient.into_storage(), output.shape()))
}

fn run_input_gradient(
    candle: &CandleGpu,
    shape: &DenseShape,
    [upstream, weight]: [Elements<'_>; 2],
) -> Result<(CudaStorage, Shape)> {
    // SAFETY: the launch below writes every element.
    let gradient = unsafe { candle.tensor(shape.input_len()) }?;
    let arguments = DenseInputGradient {
        gradient: upstream.pointer(),
        parameters: weight.pointer(),
        input_gradient: gradient.pointer(),
        slots: candle.slots(),
        inputs: size(shape.inputs),
        outputs: size(shape.outputs),
        images: size(shape.batch),
        stride: size(shape.batch),
        ..DenseInputGradient::default()
    };
    let sizes = (shape.inputs, shape.outputs);
    let launch = input_gradient(shape.batch, sizes, 1, Precision::Single);
    // SAFETY: as in `run_forward`.
    unsafe { candle.gpu.launch(&launch, &arguments) }.map_err(wrap)?;
    let dims = (shape.batch, shape.inputs);
    Ok((gradient.into_storage(), Shape::from(dims)))
}

/// The gradient of the weight, followed by that of the bias.
fn run_parameter_gradient(
    candle: &CandleGpu,
    shape: &DenseShape,
    [input, upstream]: [Elements<'_>; 2],
) -> Result<(CudaStorage, Shape)> {
    let count = shape.weight_len() + shape.outputs;
    // SAFETY: the launch below writes every element.
    let gradient = unsafe { candle.tensor(count) }?;
    let (launch, first_blocks) = weight_gradients(&[(shape.inputs, shape.outputs)], 1, false);
    let layer = DenseWeightGradient {
        input: input.pointer(),
        gradient: upstream.pointer(),
        inputs: size(shape.inputs),
        outputs: size(shape.outputs),
        bias: size(shape.weight_len()),
        first_block: first_blocks[0],
        ..DenseWeightGradient::default()
    };
    let layers = candle.gpu.upload(&[layer]).map_err(wrap)?;
    let arguments = DenseWeightGradients {
        layers: layers.pointer(),
        gradients: gradient.pointer(),
        layer_count: 1,
        images: size(shape.batch),
        stride: size(shape.batch),
        ..DenseWeightGradients::default()
    };
    // SAFETY: as in `run_forward`.
    unsafe { candle.gpu.launch(&launch, &arguments) }.map_err(wrap)?;
    Ok((gradient.into_storage(), Shape::from(count)))
}
