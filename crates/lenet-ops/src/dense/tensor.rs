//! The op on candle tensors.

use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, WithDType};

use super::{DenseShape, Gradients, OP, backward, forward};
use crate::tensor::{
    Float, Held, check_placed_floats, check_rank, check_shape, elements, with_float, wrap,
};

/// `input` `[N, I]` · `weight`ᵀ `[O, I]` + `bias` `[O]`, then ReLU where asked for, giving
/// `[N, O]`; see the [module](super). Has a gradient for all three.
///
/// # Errors
/// Where the tensors are not all f32 or all f64 on the CPU or, with the `cuda` feature, all f32 on
/// one GPU; where they do not fit each other.
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
    input
        .contiguous()?
        .apply_op3(&weight.contiguous()?, &bias.contiguous()?, Dense { shape })
}

struct Dense {
    shape: DenseShape,
}

impl Dense {
    fn output_shape(&self) -> Shape {
        Shape::from((self.shape.batch, self.shape.outputs))
    }

    fn backward<T: Float>(
        &self,
        input: &Tensor,
        weight: &Tensor,
        output: &Tensor,
        upstream: &Tensor,
    ) -> Result<[Option<Tensor>; 3]> {
        let shape = &self.shape;
        let mut input_gradient = input.track_op().then(|| vec![T::ZERO; shape.input_len()]);
        let mut weight_gradient = vec![T::ZERO; shape.weight_len()];
        let mut bias_gradient = vec![T::ZERO; shape.outputs];
        backward(
            shape,
            Held::new(OP, input).elements()?,
            Held::new(OP, weight).elements()?,
            Held::new(OP, output).elements()?,
            Held::new(OP, &upstream.contiguous()?).elements()?,
            Gradients {
                input: input_gradient.as_deref_mut(),
                weight: &mut weight_gradient,
                bias: &mut bias_gradient,
            },
        )
        .map_err(wrap)?;
        let device = input.device();
        let input_gradient = input_gradient
            .map(|g| Tensor::from_vec(g, input.shape(), device))
            .transpose()?;
        let weight_gradient = Tensor::from_vec(weight_gradient, weight.shape(), device)?;
        let bias_gradient = Tensor::from_vec(bias_gradient, shape.outputs, device)?;
        Ok([input_gradient, Some(weight_gradient), Some(bias_gradient)])
    }
}

impl CustomOp3 for Dense {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(
        &self,
        input: &CpuStorage,
        input_layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let output = with_float!(OP, input.dtype(), T => {
            let input = elements::<T>(OP, input, input_layout)?;
            let weight = elements::<T>(OP, weight, weight_layout)?;
            let bias = elements::<T>(OP, bias, bias_layout)?;
            let mut output = vec![0.0; self.shape.output_len()];
            forward(&self.shape, input, weight, bias, &mut output).map_err(wrap)?;
            Ok(T::to_cpu_storage_owned(output))
        })?;
        Ok((output, self.output_shape()))
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(
        &self,
        input: &candle_core::CudaStorage,
        input_layout: &Layout,
        weight: &candle_core::CudaStorage,
        weight_layout: &Layout,
        bias: &candle_core::CudaStorage,
        bias_layout: &Layout,
    ) -> Result<(candle_core::CudaStorage, Shape)> {
        use crate::cuda::candle::Elements;
        let input = Elements::new(OP, input, input_layout)?;
        let weight = Elements::new(OP, weight, weight_layout)?;
        let bias = Elements::new(OP, bias, bias_layout)?;
        let output = super::cuda::run_forward(&self.shape, &input, &weight, &bias)?;
        Ok((output, self.output_shape()))
    }

    fn bwd(
        &self,
        input: &Tensor,
        weight: &Tensor,
        _bias: &Tensor,
        output: &Tensor,
        upstream: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        #[cfg(feature = "cuda")]
        if input.device().is_cuda() {
            let gradients = super::cuda::run_backward(&self.shape, input, weight, output, upstream);
            return gradients.map(Into::into);
        }
        let gradients = with_float!(OP, input.dtype(), T => {
            self.backward::<T>(input, weight, output, upstream)
        })?;
        Ok(gradients.into())
    }
}
