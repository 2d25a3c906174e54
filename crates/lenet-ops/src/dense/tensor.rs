//! The op on candle tensors.

use candle_core::{Result, Shape, Tensor};

use super::shape::{DenseShape, OP};
use super::{backward, forward};
use crate::gradients::Gradients;
#[cfg(feature = "cuda")]
use crate::tensor::weighted::SavedTensors;
use crate::tensor::weighted::{WeightedOp, apply};
use crate::tensor::{Float, check_placed_floats, check_rank, check_shape, wrap};

/// `input` `[N, I]` · `weight`ᵀ `[O, I]` + `bias` `[O]`, followed by ReLU where `relu` is set; see the
/// [module](super). The result is `[N, O]`, with gradients for all three arguments.
///
/// # Errors
/// The shapes do not fit each other. Or the tensors are not all f32 or all f64 on the CPU and, with
/// the `cuda` feature, not all f32 on one GPU.
pub fn dense(input: &Tensor, weight: &Tensor, bias: &Tensor, relu: bool) -> Result<Tensor> {
    check_placed_floats(OP, &[("input", input), ("weight", weight), ("bias", bias)])?;
    check_rank(OP, "input", input, &["rows", "inputs"])?;
    check_rank(OP, "weight", weight, &["outputs", "inputs"])?;
    let (batch, inputs) = input.dims2()?;
    let outputs = weight.dims()[0];
    check_shape(OP, "weight", weight, &[outputs, inputs])?;
    check_shape(OP, "bias", bias, &[outputs])?;
    let shape = DenseShape {
        batch,
        inputs,
        outputs,
        relu,
    };
    shape.validate().map_err(wrap)?;
    apply(Dense(shape), input, weight, bias)
}

/// One application of the op.
struct Dense(DenseShape);

impl WeightedOp for Dense {
    const NAME: &'static str = OP;

    fn output_shape(&self) -> Shape {
        Shape::from((self.0.batch, self.0.outputs))
    }

    fn forward<T: Float>(&self, [input, weight, bias]: [&[T]; 3]) -> Result<Vec<T>> {
        let mut output = vec![T::ZERO; self.0.output_len()];
        forward(&self.0, input, weight, bias, &mut output).map_err(wrap)?;
        Ok(output)
    }

    fn backward<T: Float>(&self, saved: [&[T]; 4], gradients: Gradients<'_, T>) -> Result<()> {
        let [input, weight, output, upstream] = saved;
        backward(&self.0, input, weight, output, upstream, gradients).map_err(wrap)
    }

    #[cfg(feature = "cuda")]
    fn cuda_forward(
        &self,
        [input, weight, bias]: [crate::cuda::candle::Elements<'_>; 3],
    ) -> Result<candle_core::CudaStorage> {
        super::cuda::run_forward(&self.0, &input, &weight, &bias)
    }

    #[cfg(feature = "cuda")]
    fn cuda_backward(&self, saved: SavedTensors<'_>) -> Result<[Option<Tensor>; 3]> {
        super::cuda::run_backward(&self.0, &saved)
    }
}
