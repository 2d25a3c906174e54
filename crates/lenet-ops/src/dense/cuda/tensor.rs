//! The op on candle tensors that lie on a GPU.

use candle_core::{CudaStorage, Result, Shape, Tensor};

use super::{
    DenseForward, DenseInputGradient, DenseLayer, DenseWeightGradients, ReluGradient, forward,
    input_gradient, relu_gradient, weight_gradients,
};
use crate::cuda::candle::{Elements, OneTrial, backward_op, size};
use crate::cuda::types::NULL;
use crate::dense::{DenseShape, OP};
use crate::precision::Precision;
use crate::tensor::wrap;

/// The layer's output.
pub(crate) fn run_forward(
    shape: &DenseShape,
    input: &Elements<'_>,
    weight: &Elements<'_>,
    bias: &Elements<'_>,
) -> Result<CudaStorage> {
    let trial = OneTrial::on(input.device)?;
    let parameters = trial.joined([weight, bias])?;
    // SAFETY: the launch below writes all of it.
    let output = unsafe { trial.tensor(shape.output_len()) }?;
    let arguments = DenseForward {
        input: input.pointer(),
        parameters: parameters.pointer(),
        output: output.pointer(),
        trials: NULL,
        clock: NULL,
        slots: trial.slots(),
        parameter_stride: 0,
        weight: 0,
        bias: size(shape.weight_len()),
        inputs: size(shape.inputs),
        outputs: size(shape.outputs),
        images: size(shape.batch),
        stride: size(shape.batch),
        relu: shape.relu.into(),
        dropout: 0,
        padding: 0,
    };
    let launch = forward(
        shape.batch,
        (shape.inputs, shape.outputs),
        1,
        Precision::Single,
    );
    // SAFETY: the buffers have the sizes of the layer and the batch, and memory that is given
    // back here is so in the order of the stream, after the launch.
    unsafe { trial.gpu.launch(&launch, &arguments) }.map_err(wrap)?;
    Ok(output.into_storage())
}

/// Gradients of input (where wanted), weight and bias.
pub(crate) fn run_backward(
    shape: &DenseShape,
    input: &Tensor,
    weight: &Tensor,
    output: &Tensor,
    upstream: &Tensor,
) -> Result<[Option<Tensor>; 3]> {
    let mut upstream = upstream.contiguous()?;
    if shape.relu {
        upstream = upstream.apply_op2_no_bwd(output, &Relu)?;
    }
    let to_input = input
        .track_op()
        .then(|| upstream.apply_op2_no_bwd(weight, &InputGradient(*shape)))
        .transpose()?;
    let to_parameters = input.apply_op2_no_bwd(&upstream, &WeightGradient(*shape))?;
    let weights = shape.weight_len();
    let to_weight = to_parameters
        .narrow(0, 0, weights)?
        .reshape(weight.shape())?;
    let to_bias = to_parameters.narrow(0, weights, shape.outputs)?;
    Ok([to_input, Some(to_weight), Some(to_bias)])
}

/// From the upstream gradient and the output.
struct Relu;

impl Relu {
    fn run(
        &self,
        trial: &OneTrial,
        upstream: &Elements<'_>,
        output: &Elements<'_>,
    ) -> Result<(CudaStorage, Shape)> {
        let count = output.len();
        // SAFETY: the launch below writes all of it.
        let gradient = unsafe { trial.tensor(count) }?;
        let arguments = ReluGradient {
            upstream: upstream.pointer(),
            output: output.pointer(),
            gradient: gradient.pointer(),
            count: size(count),
            padding: 0,
        };
        // SAFETY: as in `run_forward`; candle gives a gradient the shape of its tensor.
        unsafe { trial.gpu.launch(&relu_gradient(count), &arguments) }.map_err(wrap)?;
        Ok((gradient.into_storage(), output.shape()))
    }
}

backward_op!(Relu, OP);

/// From the gradient before the ReLU and the weight.
struct InputGradient(DenseShape);

impl InputGradient {
    fn run(
        &self,
        trial: &OneTrial,
        upstream: &Elements<'_>,
        weight: &Elements<'_>,
    ) -> Result<(CudaStorage, Shape)> {
        let shape = &self.0;
        // SAFETY: the launch below writes all of it.
        let gradient = unsafe { trial.tensor(shape.input_len()) }?;
        let arguments = DenseInputGradient {
            gradient: upstream.pointer(),
            parameters: weight.pointer(),
            input: NULL,
            input_gradient: gradient.pointer(),
            slots: trial.slots(),
            parameter_stride: 0,
            weight: 0,
            inputs: size(shape.inputs),
            outputs: size(shape.outputs),
            images: size(shape.batch),
            stride: size(shape.batch),
        };
        let launch = input_gradient(
            shape.batch,
            (shape.inputs, shape.outputs),
            1,
            Precision::Single,
        );
        // SAFETY: as in `run_forward`.
        unsafe { trial.gpu.launch(&launch, &arguments) }.map_err(wrap)?;
        Ok((
            gradient.into_storage(),
            Shape::from((shape.batch, shape.inputs)),
        ))
    }
}

backward_op!(InputGradient, OP);

/// From the input and the gradient before the ReLU: those of the weight, then those of the bias.
struct WeightGradient(DenseShape);

impl WeightGradient {
    fn run(
        &self,
        trial: &OneTrial,
        input: &Elements<'_>,
        upstream: &Elements<'_>,
    ) -> Result<(CudaStorage, Shape)> {
        let shape = &self.0;
        let count = shape.weight_len() + shape.outputs;
        // SAFETY: the launch below writes all of it.
        let gradient = unsafe { trial.tensor(count) }?;
        let (launch, first_blocks) = weight_gradients(&[(shape.inputs, shape.outputs)], 1, false);
        let layer = DenseLayer {
            input: input.pointer(),
            gradient: upstream.pointer(),
            inputs: size(shape.inputs),
            outputs: size(shape.outputs),
            weight: 0,
            bias: size(shape.weight_len()),
            first_block: first_blocks[0],
            padding: 0,
        };
        let layers = trial.gpu.upload(&[layer]).map_err(wrap)?;
        let arguments = DenseWeightGradients {
            layers: layers.pointer(),
            gradients: gradient.pointer(),
            layer_count: 1,
            gradient_stride: 0,
            images: size(shape.batch),
            stride: size(shape.batch),
        };
        // SAFETY: as in `run_forward`.
        unsafe { trial.gpu.launch(&launch, &arguments) }.map_err(wrap)?;
        Ok((gradient.into_storage(), Shape::from(count)))
    }
}

backward_op!(WeightGradient, OP);
