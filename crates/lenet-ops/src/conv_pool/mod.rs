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
//! An odd side's last row or column is not pooled. Of equal maxima the first in row order counts,
//! and of several NaN the last; the argmax is its code, 0 to 3, in row order of the window. The
//! gradient flows to that place alone, and not at all where the output is 0. All of this is what
//! PyTorch's `max_pool2d(relu(conv2d(…, padding="same")), 2)` does.

pub(crate) mod cpu;
#[cfg(feature = "cuda")]
pub(crate) mod cuda;
pub mod reference;
mod tensor;

#[cfg(test)]
mod tests;

pub use tensor::conv_pool;

use crate::error::{OpsError, check_length};
use crate::real::Real;

const OP: &str = "conv_pool";

/// Sizes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvPoolShape {
    /// Images N; may be 0.
    pub batch: usize,
    /// Channels C of an image.
    pub channels: usize,
    /// Rows H of an image, at least 2.
    pub height: usize,
    /// Columns W of an image, at least 2.
    pub width: usize,
    /// Filters F.
    pub filters: usize,
    /// Side K of the square kernel, odd.
    pub kernel: usize,
}

impl ConvPoolShape {
    /// Checks every size.
    ///
    /// # Errors
    /// [`OpsError::Shape`] naming the first size that is out of range.
    pub fn validate(&self) -> Result<(), OpsError> {
        let fail = |reason: String| Err(OpsError::Shape { op: OP, reason });
        if self.channels == 0 || self.filters == 0 {
            return fail(format!(
                "{} channels and {} filters: give at least one of each",
                self.channels, self.filters
            ));
        }
        if self.kernel.is_multiple_of(2) {
            return fail(format!("kernel side {} is not an odd number", self.kernel));
        }
        if self.height < 2 || self.width < 2 {
            return fail(format!(
                "an image of {}×{} holds no 2×2 window to pool",
                self.height, self.width
            ));
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
        self.batch * self.channels * self.height * self.width
    }

    /// Elements of the weight.
    #[must_use]
    pub fn weight_len(&self) -> usize {
        self.filters * self.channels * self.kernel * self.kernel
    }

    /// `[rows, columns]` of a pooled plane.
    #[must_use]
    pub fn pooled(&self) -> [usize; 2] {
        [self.height / 2, self.width / 2]
    }

    /// Elements of the output and of the argmax.
    #[must_use]
    pub fn output_len(&self) -> usize {
        let [rows, columns] = self.pooled();
        self.batch * self.filters * rows * columns
    }
}

/// What the forward pass gave, for the backward pass.
#[derive(Debug, Clone, Copy)]
pub struct Pooled<'a, T> {
    /// Output, `[N, F, ⌊H/2⌋, ⌊W/2⌋]`.
    pub output: &'a [T],
    /// Place of each output's maximum in its window, 0 to 3 in row order.
    pub argmax: &'a [u8],
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

/// Output and argmax from input, weight and bias.
///
/// # Errors
/// An impossible shape, a buffer of the wrong length.
pub fn forward<T: Kernels>(
    shape: &ConvPoolShape,
    input: &[T],
    weight: &[T],
    bias: &[T],
    output: &mut [T],
    argmax: &mut [u8],
) -> Result<(), OpsError> {
    shape.check(input, weight)?;
    check_length(OP, "bias", bias.len(), shape.filters)?;
    check_length(OP, "output", output.len(), shape.output_len())?;
    check_length(OP, "argmax", argmax.len(), shape.output_len())?;
    T::forward(shape, input, weight, bias, output, argmax)
}

/// Gradients from `upstream`, the loss's gradient with respect to the output.
///
/// # Errors
/// An impossible shape, a buffer of the wrong length.
pub fn backward<T: Kernels>(
    shape: &ConvPoolShape,
    input: &[T],
    weight: &[T],
    pooled: Pooled<'_, T>,
    upstream: &[T],
    gradients: Gradients<'_, T>,
) -> Result<(), OpsError> {
    shape.check(input, weight)?;
    check_length(OP, "output", pooled.output.len(), shape.output_len())?;
    check_length(OP, "argmax", pooled.argmax.len(), shape.output_len())?;
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
    check_length(OP, "bias gradient", gradients.bias.len(), shape.filters)?;
    T::backward(shape, input, weight, pooled, upstream, gradients)
}

/// The code that computes the op for a number type, on checked buffers.
pub trait Kernels: Real {
    /// As [`reference::forward`].
    ///
    /// # Errors
    /// [`OpsError::Level`] where the environment names instructions that this machine lacks.
    fn forward(
        shape: &ConvPoolShape,
        input: &[Self],
        weight: &[Self],
        bias: &[Self],
        output: &mut [Self],
        argmax: &mut [u8],
    ) -> Result<(), OpsError> {
        reference::forward(shape, input, weight, bias, output, argmax);
        Ok(())
    }

    /// As [`reference::backward`].
    ///
    /// # Errors
    /// [`OpsError::Level`] where the environment names instructions that this machine lacks.
    fn backward(
        shape: &ConvPoolShape,
        input: &[Self],
        weight: &[Self],
        pooled: Pooled<'_, Self>,
        upstream: &[Self],
        gradients: Gradients<'_, Self>,
    ) -> Result<(), OpsError> {
        reference::backward(shape, input, weight, pooled, upstream, gradients);
        Ok(())
    }
}

impl Kernels for f32 {
    fn forward(
        shape: &ConvPoolShape,
        input: &[f32],
        weight: &[f32],
        bias: &[f32],
        output: &mut [f32],
        argmax: &mut [u8],
    ) -> Result<(), OpsError> {
        cpu::images::nchw::forward(shape, input, weight, bias, output, argmax)
    }

    fn backward(
        shape: &ConvPoolShape,
        input: &[f32],
        weight: &[f32],
        pooled: Pooled<'_, f32>,
        upstream: &[f32],
        gradients: Gradients<'_, f32>,
    ) -> Result<(), OpsError> {
        cpu::images::nchw::backward(shape, input, weight, pooled, upstream, gradients)
    }
}

impl Kernels for f64 {}
