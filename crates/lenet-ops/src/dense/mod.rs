//! Dense layer: y = x·Wᵀ + b, with or without ReLU.
//!
//! | tensor | shape |
//! | --- | --- |
//! | input | `[N, I]` |
//! | weight | `[O, I]` |
//! | bias | `[O]` |
//! | output | `[N, O]` |
//!
//! ReLU passes no gradient where the output is 0 and passes NaN on, as PyTorch's does.

pub(crate) mod cpu;
#[cfg(feature = "cuda")]
pub(crate) mod cuda;
pub mod reference;
mod tensor;

#[cfg(test)]
mod tests;

pub use tensor::dense;

use crate::error::{OpsError, check_length};
use crate::real::Real;

const OP: &str = "dense";

/// Sizes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DenseShape {
    /// Rows N; may be 0.
    pub batch: usize,
    /// Inputs I of a row.
    pub inputs: usize,
    /// Outputs O of a row.
    pub outputs: usize,
    /// Whether ReLU follows.
    pub relu: bool,
}

impl DenseShape {
    /// Checks every size.
    ///
    /// # Errors
    /// [`OpsError::Shape`] where there are no inputs or no outputs.
    pub fn validate(&self) -> Result<(), OpsError> {
        if self.inputs == 0 || self.outputs == 0 {
            let reason = format!(
                "{} inputs and {} outputs: give at least one of each",
                self.inputs, self.outputs
            );
            return Err(OpsError::Shape { op: OP, reason });
        }
        Ok(())
    }

    fn check<T>(&self, input: &[T], weight: &[T]) -> Result<(), OpsError> {
        self.validate()?;
        check_length(OP, "input", input.len(), self.input_len())?;
        check_length(OP, "weight", weight.len(), self.weight_len())
    }

    /// Elements of the input.
    #[must_use]
    pub fn input_len(&self) -> usize {
        self.batch * self.inputs
    }

    /// Elements of the weight.
    #[must_use]
    pub fn weight_len(&self) -> usize {
        self.outputs * self.inputs
    }

    /// Elements of the output.
    #[must_use]
    pub fn output_len(&self) -> usize {
        self.batch * self.outputs
    }
}

/// Where the backward pass writes; what was there is overwritten.
#[derive(Debug)]
pub struct Gradients<'a, T> {
    /// Gradient of the input, where it is wanted.
    pub input: Option<&'a mut [T]>,
    /// Gradient of the weight.
    pub weight: &'a mut [T],
    /// Gradient of the bias.
    pub bias: &'a mut [T],
}

/// Output from input, weight and bias.
///
/// # Errors
/// An impossible shape, a buffer of the wrong length.
pub fn forward<T: Kernels>(
    shape: &DenseShape,
    input: &[T],
    weight: &[T],
    bias: &[T],
    output: &mut [T],
) -> Result<(), OpsError> {
    shape.check(input, weight)?;
    check_length(OP, "bias", bias.len(), shape.outputs)?;
    check_length(OP, "output", output.len(), shape.output_len())?;
    T::forward(shape, input, weight, bias, output)
}

/// Gradients from `upstream`, the loss's gradient with respect to the output.
///
/// # Errors
/// An impossible shape, a buffer of the wrong length.
pub fn backward<T: Kernels>(
    shape: &DenseShape,
    input: &[T],
    weight: &[T],
    output: &[T],
    upstream: &[T],
    gradients: Gradients<'_, T>,
) -> Result<(), OpsError> {
    shape.check(input, weight)?;
    check_length(OP, "output", output.len(), shape.output_len())?;
    check_length(OP, "upstream", upstream.len(), shape.output_len())?;
    if let Some(input) = &gradients.input {
        check_length(OP, "input gradient", input.len(), shape.input_len())?;
    }
    check_length(
        OP,
        "weight gradient",
        gradients.weight.len(),
        shape.weight_len(),
    )?;
    check_length(OP, "bias gradient", gradients.bias.len(), shape.outputs)?;
    T::backward(shape, input, weight, output, upstream, gradients)
}

/// The code that computes the op for a number type, on checked buffers.
pub trait Kernels: Real {
    /// As [`reference::forward`].
    ///
    /// # Errors
    /// [`OpsError::Level`] where the environment names instructions that this machine lacks.
    fn forward(
        shape: &DenseShape,
        input: &[Self],
        weight: &[Self],
        bias: &[Self],
        output: &mut [Self],
    ) -> Result<(), OpsError> {
        reference::forward(shape, input, weight, bias, output);
        Ok(())
    }

    /// As [`reference::backward`].
    ///
    /// # Errors
    /// [`OpsError::Level`] where the environment names instructions that this machine lacks.
    fn backward(
        shape: &DenseShape,
        input: &[Self],
        weight: &[Self],
        output: &[Self],
        upstream: &[Self],
        gradients: Gradients<'_, Self>,
    ) -> Result<(), OpsError> {
        reference::backward(shape, input, weight, output, upstream, gradients);
        Ok(())
    }
}

impl Kernels for f32 {
    fn forward(
        shape: &DenseShape,
        input: &[f32],
        weight: &[f32],
        bias: &[f32],
        output: &mut [f32],
    ) -> Result<(), OpsError> {
        cpu::rows::forward(shape, input, weight, bias, output)
    }

    fn backward(
        shape: &DenseShape,
        input: &[f32],
        weight: &[f32],
        output: &[f32],
        upstream: &[f32],
        gradients: Gradients<'_, f32>,
    ) -> Result<(), OpsError> {
        cpu::rows::backward(shape, input, weight, output, upstream, gradients)
    }
}

impl Kernels for f64 {}
