//! The op on candle tensors.

use std::sync::OnceLock;

use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, WithDType};

use super::{ConvPoolShape, Gradients, OP, Pooled, backward, forward};
use crate::tensor::{
    Float, Held, check_placed_floats, check_rank, check_shape, elements, with_float, wrap,
};

/// Convolution (stride 1, SAME padding) + bias + ReLU + 2×2 max-pool of `input` `[N, C, H, W]`
/// with `weight` `[F, C, K, K]` and `bias` `[F]`, giving `[N, F, ⌊H/2⌋, ⌊W/2⌋]`; see the
/// [module](super). Has a gradient for all three.
///
/// # Errors
/// Where the tensors are not all f32 or all f64 on the CPU or, with the `cuda` feature, all f32 on
/// one GPU; where they do not fit each other.
pub fn conv_pool(input: &Tensor, weight: &Tensor, bias: &Tensor) -> Result<Tensor> {
    check_placed_floats(OP, &[("input", input), ("weight", weight), ("bias", bias)])?;
    check_rank(
        OP,
        "input",
        input,
        &["images", "channels", "height", "width"],
    )?;
    check_rank(
        OP,
        "weight",
        weight,
        &["filters", "channels", "kernel", "kernel"],
    )?;
    let (batch, channels, height, width) = input.dims4()?;
    let (filters, _, kernel, _) = weight.dims4()?;
    check_shape(OP, "weight", weight, &[filters, channels, kernel, kernel])?;
    check_shape(OP, "bias", bias, &[filters])?;
    let shape = ConvPoolShape {
        batch,
        channels,
        height,
        width,
        filters,
        kernel,
    };
    shape.validate().map_err(wrap)?;
    let op = ConvPool {
        shape,
        argmax: OnceLock::new(),
        #[cfg(feature = "cuda")]
        codes: OnceLock::new(),
    };
    input
        .contiguous()?
        .apply_op3(&weight.contiguous()?, &bias.contiguous()?, op)
}

/// One application of the op: candle keeps it for the backward pass, and with it the argmax.
struct ConvPool {
    shape: ConvPoolShape,
    argmax: OnceLock<Vec<u8>>,
    /// The same on a GPU.
    #[cfg(feature = "cuda")]
    codes: OnceLock<crate::cuda::Buffer<u8>>,
}

impl ConvPool {
    fn output_shape(&self) -> Shape {
        let [rows, columns] = self.shape.pooled();
        Shape::from((self.shape.batch, self.shape.filters, rows, columns))
    }

    fn forward<T: Float>(&self, input: &[T], weight: &[T], bias: &[T]) -> Result<Vec<T>> {
        let mut output = vec![T::ZERO; self.shape.output_len()];
        let mut argmax = vec![0; self.shape.output_len()];
        forward(&self.shape, input, weight, bias, &mut output, &mut argmax).map_err(wrap)?;
        keep(&self.argmax, argmax)?;
        Ok(output)
    }

    fn backward<T: Float>(
        &self,
        input: &Tensor,
        weight: &Tensor,
        output: &Tensor,
        upstream: &Tensor,
    ) -> Result<[Option<Tensor>; 3]> {
        let shape = &self.shape;
        let Some(argmax) = self.argmax.get() else {
            candle_core::bail!("{OP}: the backward pass needs a forward pass on the CPU");
        };
        let mut input_gradient = input.track_op().then(|| vec![T::ZERO; shape.input_len()]);
        let mut weight_gradient = vec![T::ZERO; shape.weight_len()];
        let mut bias_gradient = vec![T::ZERO; shape.filters];
        backward(
            shape,
            Held::new(OP, input).elements()?,
            Held::new(OP, weight).elements()?,
            Pooled {
                output: Held::new(OP, output).elements()?,
                argmax,
            },
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
        let bias_gradient = Tensor::from_vec(bias_gradient, shape.filters, device)?;
        Ok([input_gradient, Some(weight_gradient), Some(bias_gradient)])
    }
}

/// `conv_pool` makes an op for each call, so candle runs the forward pass once for each.
fn keep<T>(place: &OnceLock<T>, argmax: T) -> Result<()> {
    match place.set(argmax) {
        Ok(()) => Ok(()),
        Err(_) => candle_core::bail!("{OP}: an application of the op was run twice"),
    }
}

impl CustomOp3 for ConvPool {
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
            let output = self.forward(input, weight, bias)?;
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
        let (output, codes) = super::cuda::run_forward(&self.shape, &input, &weight, &bias)?;
        keep(&self.codes, codes)?;
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
        if let Some(codes) = self.codes.get() {
            let gradients = super::cuda::run_backward(&self.shape, codes, input, weight, upstream);
            return gradients.map(Into::into);
        }
        let gradients = with_float!(OP, input.dtype(), T => {
            self.backward::<T>(input, weight, output, upstream)
        })?;
        Ok(gradients.into())
    }
}
