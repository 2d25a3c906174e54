//! What the candle ops of an input, a weight and a bias share.

use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, WithDType};

use super::{Float, Held, elements, with_float};
#[cfg(feature = "cuda")]
use crate::cuda::candle::Elements;
use crate::gradients::Gradients;

/// One application of an op to an input, a weight and a bias that fit each other. candle keeps it
/// for the backward pass.
pub(crate) trait WeightedOp: Send + Sync + 'static {
    const NAME: &'static str;

    fn output_shape(&self) -> Shape;

    /// Computes the output from input, weight and bias.
    fn forward<T: Float>(&self, arguments: [&[T]; 3]) -> Result<Vec<T>>;

    /// Computes the gradients from input, weight, output and upstream gradient.
    fn backward<T: Float>(&self, saved: [&[T]; 4], gradients: Gradients<'_, T>) -> Result<()>;

    #[cfg(feature = "cuda")]
    fn cuda_forward(&self, arguments: [Elements<'_>; 3]) -> Result<candle_core::CudaStorage>;

    #[cfg(feature = "cuda")]
    fn cuda_backward(&self, saved: SavedTensors<'_>) -> Result<[Option<Tensor>; 3]>;
}

/// What the backward pass reads: arguments, output and upstream gradient.
pub(crate) struct SavedTensors<'a> {
    pub(crate) input: &'a Tensor,
    pub(crate) weight: &'a Tensor,
    pub(crate) bias: &'a Tensor,
    pub(crate) output: &'a Tensor,
    pub(crate) upstream: &'a Tensor,
}

/// Applies an op.
pub(crate) fn apply(
    op: impl WeightedOp,
    input: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
) -> Result<Tensor> {
    input
        .contiguous()?
        .apply_op3(&weight.contiguous()?, &bias.contiguous()?, Applied(op))
}

struct Applied<O>(O);

impl<O: WeightedOp> Applied<O> {
    fn backward<T: Float>(&self, saved: &SavedTensors<'_>) -> Result<[Option<Tensor>; 3]> {
        let &SavedTensors {
            input,
            weight,
            bias,
            output,
            upstream,
        } = saved;
        let zeros = |tensor: &Tensor| vec![T::ZERO; tensor.elem_count()];
        let mut to_input = input.track_op().then(|| zeros(input));
        let [mut to_weight, mut to_bias] = [weight, bias].map(zeros);
        self.0.backward(
            [
                Held::new(O::NAME, input).elements::<T>()?,
                Held::new(O::NAME, weight).elements()?,
                Held::new(O::NAME, output).elements()?,
                Held::new(O::NAME, &upstream.contiguous()?).elements()?,
            ],
            Gradients {
                input: to_input.as_deref_mut(),
                weight: &mut to_weight,
                bias: &mut to_bias,
            },
        )?;
        let as_tensor = |values, of: &Tensor| Tensor::from_vec(values, of.shape(), input.device());
        let to_input = to_input.map(|values| as_tensor(values, input));
        let [to_weight, to_bias] = [as_tensor(to_weight, weight)?, as_tensor(to_bias, bias)?];
        Ok([to_input.transpose()?, Some(to_weight), Some(to_bias)])
    }
}

impl<O: WeightedOp> CustomOp3 for Applied<O> {
    fn name(&self) -> &'static str {
        O::NAME
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
        let output = with_float!(O::NAME, input.dtype(), T => {
            let input = elements::<T>(O::NAME, input, input_layout)?;
            let weight = elements::<T>(O::NAME, weight, weight_layout)?;
            let bias = elements::<T>(O::NAME, bias, bias_layout)?;
            Ok(T::to_cpu_storage_owned(self.0.forward([input, weight, bias])?))
        })?;
        Ok((output, self.0.output_shape()))
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
        let output = self.0.cuda_forward([
            Elements::new(O::NAME, input, input_layout)?,
            Elements::new(O::NAME, weight, weight_layout)?,
            Elements::new(O::NAME, bias, bias_layout)?,
        ])?;
        Ok((output, self.0.output_shape()))
    }

    fn bwd(
        &self,
        input: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        output: &Tensor,
        upstream: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let saved = SavedTensors {
            input,
            weight,
            bias,
            output,
            upstream,
        };
        #[cfg(feature = "cuda")]
        if input.device().is_cuda() {
            return self.0.cuda_backward(saved).map(Into::into);
        }
        let gradients = with_float!(O::NAME, input.dtype(), T => self.backward::<T>(&saved))?;
        Ok(gradients.into())
    }
}
