//! What the candle ops share: checks that refuse with a sentence, and slices of CPU tensors.

pub(crate) mod weighted;

use candle_core::{
    CpuStorage, DType, Device, Layout, Result, Storage, StorageRef, Tensor, WithDType, bail,
};

use crate::conv_pool::ConvPoolFloat;
use crate::dense::DenseFloat;
use crate::error::OpsError;

/// A number type that both candle and the kernels support.
pub(crate) trait Float: WithDType + ConvPoolFloat + DenseFloat {}

impl Float for f32 {}
impl Float for f64 {}

/// Evaluates an expression with `$float` standing for the type of a float `DType`.
macro_rules! with_float {
    ($op:expr, $dtype:expr, $float:ident => $body:expr) => {
        match $dtype {
            candle_core::DType::F32 => {
                type $float = f32;
                $body
            }
            candle_core::DType::F64 => {
                type $float = f64;
                $body
            }
            other => Err(crate::tensor::unsupported($op, other)),
        }
    };
}
pub(crate) use with_float;

/// The error for a type that is neither f32 nor f64.
pub(crate) fn unsupported(op: &str, dtype: DType) -> candle_core::Error {
    candle_core::Error::msg(format!("{op}: tensors are f32 or f64, not {dtype:?}")).bt()
}

/// Refuses tensors that are not all on the CPU with the same float type.
pub(crate) fn check_floats(op: &str, tensors: &[(&str, &Tensor)]) -> Result<()> {
    for (name, tensor) in tensors {
        check_cpu(op, name, tensor)?;
    }
    check_types(op, tensors)
}

/// Like [`check_floats`], for an op that also has kernels for GPUs.
pub(crate) fn check_placed_floats(op: &str, tensors: &[(&str, &Tensor)]) -> Result<()> {
    let on_gpu = |(_, tensor): &(&str, &Tensor)| tensor.device().is_cuda();
    if !cfg!(feature = "cuda") || !tensors.iter().any(on_gpu) {
        return check_floats(op, tensors);
    }
    let (first_name, first) = tensors[0];
    for (name, tensor) in tensors {
        if !tensor.device().same_device(first.device()) {
            bail!(
                "{op}: {name} is on {:?} and {first_name} on {:?}; put both on the same device",
                tensor.device().location(),
                first.device().location()
            );
        }
    }
    check_types(op, tensors)
}

fn check_types(op: &str, tensors: &[(&str, &Tensor)]) -> Result<()> {
    let Some((first_name, first)) = tensors.first() else {
        return Ok(());
    };
    for (name, tensor) in tensors {
        if !matches!(tensor.dtype(), DType::F32 | DType::F64) {
            return Err(unsupported(op, tensor.dtype()));
        }
        if tensor.dtype() != first.dtype() {
            bail!(
                "{op}: {name} is {:?} and {first_name} {:?}; give both the same type",
                tensor.dtype(),
                first.dtype()
            );
        }
    }
    Ok(())
}

/// Refuses a tensor that is not on the CPU.
pub(crate) fn check_cpu(op: &str, name: &str, tensor: &Tensor) -> Result<()> {
    if !matches!(tensor.device(), Device::Cpu) {
        bail!(
            "{op}: {name} is on {:?}, but this op runs on the CPU; use the stock backend there",
            tensor.device().location()
        );
    }
    Ok(())
}

/// Refuses a tensor of another shape.
pub(crate) fn check_shape(op: &str, name: &str, tensor: &Tensor, want: &[usize]) -> Result<()> {
    if tensor.dims() != want {
        bail!(
            "{op}: {name} has shape {:?}, but {want:?} is needed",
            tensor.dims()
        );
    }
    Ok(())
}

/// Refuses a tensor of another rank; `axes` names the axes that the op needs.
pub(crate) fn check_rank(op: &str, name: &str, tensor: &Tensor, axes: &[&str]) -> Result<()> {
    if tensor.rank() != axes.len() {
        bail!(
            "{op}: {name} has shape {:?}, but [{}] is needed",
            tensor.dims(),
            axes.join(", ")
        );
    }
    Ok(())
}

/// Turns this crate's error into candle's.
pub(crate) fn wrap(error: OpsError) -> candle_core::Error {
    candle_core::Error::wrap(error)
}

/// The elements of a contiguous layout.
pub(crate) fn elements<'a, T: Float>(
    op: &str,
    storage: &'a CpuStorage,
    layout: &Layout,
) -> Result<&'a [T]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<T>()?[start..end]),
        None => bail!("{op}: a tensor of {:?} is not contiguous", layout.dims()),
    }
}

/// A CPU tensor's storage, locked for reading.
pub(crate) struct Held<'a> {
    op: &'static str,
    storage: StorageRef<'a>,
    layout: &'a Layout,
}

impl<'a> Held<'a> {
    /// Locks a contiguous tensor.
    pub(crate) fn new(op: &'static str, tensor: &'a Tensor) -> Self {
        let (storage, layout) = tensor.storage_and_layout();
        Self {
            op,
            storage,
            layout,
        }
    }

    /// The tensor's elements.
    pub(crate) fn elements<T: Float>(&self) -> Result<&[T]> {
        match &*self.storage {
            Storage::Cpu(storage) => elements(self.op, storage, self.layout),
            _ => bail!(
                "{}: the fused ops run on the CPU; use the stock backend there",
                self.op
            ),
        }
    }
}

#[cfg(test)]
mod tests;
