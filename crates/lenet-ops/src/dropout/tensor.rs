//! The op on candle tensors.

use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, WithDType};

use super::shape::{DropoutShape, OP};
use super::{Mask, apply, validate_rate};
use crate::tensor::{Held, check_floats, check_rank, elements, with_float, wrap};

/// Inverted dropout of `input` `[N, U]` for training: each unit is 0 with probability `rate` in
/// [0, 1), and divided by 1 − `rate` otherwise. `seed` and `step` decide which, see the
/// [module](super).
///
/// # Errors
/// The tensor is not on the CPU, neither f32 nor f64, or not of rank 2; or the rate is not a
/// probability below 1.
pub fn dropout(input: &Tensor, rate: f64, seed: u64, step: u64) -> Result<Tensor> {
    check_floats(OP, &[("input", input)])?;
    check_rank(OP, "input", input, &["images", "units"])?;
    validate_rate(rate).map_err(wrap)?;
    let (batch, units) = input.dims2()?;
    let shape = DropoutShape { batch, units };
    let mask = Mask { rate, seed, step };
    input.contiguous()?.apply_op1(Dropped { shape, mask })
}

/// One application of the op.
struct Dropped {
    shape: DropoutShape,
    mask: Mask,
}

impl CustomOp1 for Dropped {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(&self, input: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let output = with_float!(OP, input.dtype(), T => {
            let input = elements::<T>(OP, input, layout)?;
            let mut output = vec![0.0; self.shape.len()];
            apply(&self.shape, self.mask, input, &mut output).map_err(wrap)?;
            Ok(T::to_cpu_storage_owned(output))
        })?;
        Ok((output, Shape::from((self.shape.batch, self.shape.units))))
    }

    fn bwd(&self, _input: &Tensor, output: &Tensor, upstream: &Tensor) -> Result<Option<Tensor>> {
        with_float!(OP, output.dtype(), T => {
            let mut gradient: Vec<T> = vec![0.0; self.shape.len()];
            let upstream = upstream.contiguous()?;
            let held = Held::new(OP, &upstream);
            apply(&self.shape, self.mask, held.elements()?, &mut gradient).map_err(wrap)?;
            Ok(Some(Tensor::from_vec(gradient, output.shape(), output.device())?))
        })
    }
}
