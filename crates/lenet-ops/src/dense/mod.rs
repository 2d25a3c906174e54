//! Dense layer: y = x·Wᵀ + b, with or without ReLU.
//!
//! | tensor | shape |
//! | --- | --- |
//! | input | `[N, I]` |
//! | weight | `[O, I]` |
//! | bias | `[O]` |
//! | output | `[N, O]` |
//!
//! As in PyTorch, ReLU passes NaN on, and passes no gradient where the output is 0.

mod call;
pub(crate) mod cpu;
#[cfg(feature = "cuda")]
pub(crate) mod cuda;
pub mod reference;
mod shape;
mod tensor;

#[cfg(test)]
mod tests;

pub use crate::gradients::Gradients;
pub(crate) use call::DenseFloat;
pub use shape::DenseShape;
pub use tensor::dense;

use crate::error::{OpsError, check_lengths};
use call::{BackwardCall, ForwardCall};
use shape::OP;

/// Computes the output from input, weight and bias. `T` is f32 or f64.
///
/// # Errors
/// The shape is impossible, a buffer has the wrong length, or `LENET_SIMD` names an instruction set
/// that this machine lacks.
pub fn forward<T: DenseFloat>(
    shape: &DenseShape,
    input: &[T],
    weight: &[T],
    bias: &[T],
    output: &mut [T],
) -> Result<(), OpsError> {
    shape.check(input, weight)?;
    let bias_len = ("bias", bias.len(), shape.outputs);
    let output_len = ("output", output.len(), shape.output_len());
    check_lengths(OP, [bias_len, output_len])?;
    T::forward(ForwardCall {
        shape,
        input,
        weight,
        bias,
        output,
    })
}

/// Computes the gradients from `upstream`, the loss's gradient with respect to the output. `T` is
/// f32 or f64.
///
/// # Errors
/// As [`forward`].
pub fn backward<T: DenseFloat>(
    shape: &DenseShape,
    input: &[T],
    weight: &[T],
    output: &[T],
    upstream: &[T],
    gradients: Gradients<'_, T>,
) -> Result<(), OpsError> {
    shape.check(input, weight)?;
    let output_len = ("output", output.len(), shape.output_len());
    let upstream_len = ("upstream", upstream.len(), shape.output_len());
    check_lengths(OP, [output_len, upstream_len])?;
    gradients.check(OP, [shape.input_len(), shape.weight_len(), shape.outputs])?;
    T::backward(BackwardCall {
        shape,
        input,
        weight,
        output,
        upstream,
        gradients,
    })
}
