//! The op on candle tensors.

use std::sync::OnceLock;

use candle_core::{Result, Shape, Tensor, bail};

use super::shape::{ConvPoolShape, OP, Pooled};
use super::{backward, forward};
use crate::gradients::Gradients;
#[cfg(feature = "cuda")]
use crate::tensor::weighted::SavedTensors;
use crate::tensor::weighted::{WeightedOp, apply};
use crate::tensor::{Float, check_placed_floats, check_rank, check_shape, wrap};

/// Convolution (stride 1, SAME padding) + bias + ReLU + 2×2 max-pool of `input` `[N, C, H, W]` with
/// `weight` `[F, C, K, K]` and `bias` `[F]`; see the [module](super). The result is
/// `[N, F, ⌊H/2⌋, ⌊W/2⌋]`, with gradients for all three arguments.
///
/// # Errors
/// The shapes do not fit each other. Or the tensors are not all f32 or all f64 on the CPU and, with
/// the `cuda` feature, not all f32 on one GPU.
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
    apply(op, input, weight, bias)
}

/// One application of the op, with the argmax that its forward pass leaves.
struct ConvPool {
    shape: ConvPoolShape,
    argmax: OnceLock<Vec<u8>>,
    /// The same on a GPU.
    #[cfg(feature = "cuda")]
    codes: OnceLock<crate::cuda::Buffer<u8>>,
}

impl WeightedOp for ConvPool {
    const NAME: &'static str = OP;

    fn output_shape(&self) -> Shape {
        let [rows, columns] = self.shape.pooled();
        Shape::from((self.shape.batch, self.shape.filters, rows, columns))
    }

    fn forward<T: Float>(&self, [input, weight, bias]: [&[T]; 3]) -> Result<Vec<T>> {
        let mut output = vec![T::ZERO; self.shape.output_len()];
        let mut argmax = vec![0; self.shape.output_len()];
        forward(&self.shape, input, weight, bias, &mut output, &mut argmax).map_err(wrap)?;
        keep(&self.argmax, argmax)?;
        Ok(output)
    }

    fn backward<T: Float>(&self, saved: [&[T]; 4], gradients: Gradients<'_, T>) -> Result<()> {
        let [input, weight, output, upstream] = saved;
        let argmax = kept(&self.argmax, "the CPU")?;
        let pooled = Pooled { output, argmax };
        backward(&self.shape, input, weight, pooled, upstream, gradients).map_err(wrap)
    }

    #[cfg(feature = "cuda")]
    fn cuda_forward(
        &self,
        [input, weight, bias]: [crate::cuda::candle::Elements<'_>; 3],
    ) -> Result<candle_core::CudaStorage> {
        let (output, codes) = super::cuda::run_forward(&self.shape, &input, &weight, &bias)?;
        keep(&self.codes, codes)?;
        Ok(output)
    }

    #[cfg(feature = "cuda")]
    fn cuda_backward(&self, saved: SavedTensors<'_>) -> Result<[Option<Tensor>; 3]> {
        let codes = kept(&self.codes, "the GPU")?;
        super::cuda::run_backward(&self.shape, codes, &saved)
    }
}

/// `conv_pool` makes an op for each call, so candle runs the forward pass once per op.
fn keep<T>(place: &OnceLock<T>, argmax: T) -> Result<()> {
    match place.set(argmax) {
        Ok(()) => Ok(()),
        Err(_) => bail!("{OP}: an application of the op was run twice"),
    }
}

fn kept<'a, T>(place: &'a OnceLock<T>, device: &str) -> Result<&'a T> {
    match place.get() {
        Some(argmax) => Ok(argmax),
        None => bail!("{OP}: the backward pass needs a forward pass on {device}"),
    }
}
