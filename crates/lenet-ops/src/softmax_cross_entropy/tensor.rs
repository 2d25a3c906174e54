//! The op on candle tensors.

use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, CustomOp1, DType, Layout, Result, Shape, Tensor, WithDType, bail};

use super::shape::{OP, SoftmaxCrossEntropyShape};
use super::{backward, forward};
use crate::tensor::{
    Held, check_cpu, check_floats, check_rank, check_shape, elements, with_float, wrap,
};

/// Mean cross-entropy of `logits` `[N, K]` with `labels` `[N]` (u8 or u32), in nats, as a scalar;
/// see the [module](super). Has a gradient for the logits.
///
/// # Errors
/// The tensors are not on the CPU, the logits are neither f32 nor f64, the labels are neither u8 nor
/// u32, the shapes do not fit each other, the batch is empty, or a label is not below the number of
/// classes.
pub fn softmax_cross_entropy(logits: &Tensor, labels: &Tensor) -> Result<Tensor> {
    check_floats(OP, &[("logits", logits)])?;
    check_cpu(OP, "labels", labels)?;
    check_rank(OP, "logits", logits, &["rows", "classes"])?;
    let (batch, classes) = logits.dims2()?;
    check_shape(OP, "labels", labels, &[batch])?;
    let shape = SoftmaxCrossEntropyShape { batch, classes };
    shape.validate().map_err(wrap)?;
    let op = SoftmaxCrossEntropy {
        shape,
        labels: read_labels(labels, classes)?,
    };
    logits.contiguous()?.apply_op1(op)
}

fn read_labels(labels: &Tensor, classes: usize) -> Result<Vec<u8>> {
    if !matches!(labels.dtype(), DType::U8 | DType::U32) {
        bail!("{OP}: labels are u8 or u32, not {:?}", labels.dtype());
    }
    let labels = labels.to_dtype(DType::U32)?.to_vec1::<u32>()?;
    let read = |(position, label)| match u8::try_from(label) {
        Ok(byte) if usize::from(byte) < classes => Ok(byte),
        _ => bail!(
            "{OP}: label {label} of row {position} is not below the {classes} classes (256 at most)"
        ),
    };
    labels.into_iter().enumerate().map(read).collect()
}

struct SoftmaxCrossEntropy {
    shape: SoftmaxCrossEntropyShape,
    labels: Vec<u8>,
}

impl CustomOp1 for SoftmaxCrossEntropy {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(&self, logits: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let loss = with_float!(OP, logits.dtype(), T => {
            let logits = elements::<T>(OP, logits, layout)?;
            let loss = forward(&self.shape, logits, &self.labels).map_err(wrap)?;
            Ok(T::to_cpu_storage_owned(vec![loss]))
        })?;
        Ok((loss, Shape::from(())))
    }

    fn bwd(&self, logits: &Tensor, _loss: &Tensor, upstream: &Tensor) -> Result<Option<Tensor>> {
        with_float!(OP, logits.dtype(), T => {
            let mut gradient = vec![0.0; self.shape.logits_len()];
            let upstream = upstream.to_scalar::<T>()?;
            let held = Held::new(OP, logits);
            backward(&self.shape, held.elements()?, &self.labels, upstream, &mut gradient)
                .map_err(wrap)?;
            Ok(Some(Tensor::from_vec(gradient, logits.shape(), logits.device())?))
        })
    }
}
