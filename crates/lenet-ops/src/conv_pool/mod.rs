//! Convolution + bias + ReLU + 2×2 max-pool as one op.
//!
//! For image n, filter f and pooled place (i, j), with p = (K − 1)/2 and x zero outside the image:
//!
//! ```text
//! z[n,f,y,x] = bias[f] + Σ_{c,r,s} weight[f,c,r,s] · input[n,c,y+r−p,x+s−p]
//! out[n,f,i,j] = max over the window {2i, 2i+1} × {2j, 2j+1} of max(z, 0)
//! ```
//!
//! | tensor | shape |
//! | --- | --- |
//! | input | `[N, C, H, W]` |
//! | weight | `[F, C, K, K]`, K odd |
//! | bias | `[F]` |
//! | output, argmax | `[N, F, ⌊H/2⌋, ⌊W/2⌋]` |
//!
//! The last row or column of an odd side is not pooled. The argmax is the place of the maximum in
//! its window, 0 to 3 in row order: the first of equal maxima, the last of several NaN. The gradient
//! flows to that place alone, and nowhere where the output is 0. PyTorch's
//! `max_pool2d(relu(conv2d(…, padding="same")), 2)` does the same.

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
pub(crate) use call::ConvPoolFloat;
pub use shape::{ConvPoolShape, Pooled};
pub use tensor::conv_pool;

use crate::error::{OpsError, check_lengths};
use call::{BackwardCall, ForwardCall};
use shape::OP;

/// Computes output and argmax from input, weight and bias. `T` is f32 or f64.
///
/// # Errors
/// The shape is impossible, a buffer has the wrong length, or `LENET_SIMD` names an instruction set
/// that this machine lacks.
pub fn forward<T: ConvPoolFloat>(
    shape: &ConvPoolShape,
    input: &[T],
    weight: &[T],
    bias: &[T],
    output: &mut [T],
    argmax: &mut [u8],
) -> Result<(), OpsError> {
    shape.check(input, weight)?;
    let bias_len = ("bias", bias.len(), shape.filters);
    let output_len = ("output", output.len(), shape.output_len());
    let argmax_len = ("argmax", argmax.len(), shape.output_len());
    check_lengths(OP, [bias_len, output_len, argmax_len])?;
    T::forward(ForwardCall {
        shape,
        input,
        weight,
        bias,
        output,
        argmax,
    })
}

/// Computes the gradients from `upstream`, the loss's gradient with respect to the output. `T` is
/// f32 or f64.
///
/// # Errors
/// As [`forward`].
pub fn backward<T: ConvPoolFloat>(
    shape: &ConvPoolShape,
    input: &[T],
    weight: &[T],
    pooled: Pooled<'_, T>,
    upstream: &[T],
    gradients: Gradients<'_, T>,
) -> Result<(), OpsError> {
    shape.check(input, weight)?;
    let output_len = ("output", pooled.output.len(), shape.output_len());
    let argmax_len = ("argmax", pooled.argmax.len(), shape.output_len());
    let upstream_len = ("upstream", upstream.len(), shape.output_len());
    check_lengths(OP, [output_len, argmax_len, upstream_len])?;
    gradients.check(OP, [shape.input_len(), shape.weight_len(), shape.filters])?;
    T::backward(BackwardCall {
        shape,
        input,
        weight,
        pooled,
        upstream,
        gradients,
    })
}
