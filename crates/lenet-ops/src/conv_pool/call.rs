//! A call on checked buffers, and the code that computes it for each number type.

use super::reference;
use super::shape::{ConvPoolShape, Pooled};
use crate::error::OpsError;
use crate::gradients::Gradients;
use crate::real::Real;

/// Arguments of [`forward`](super::forward).
pub struct ForwardCall<'a, T> {
    pub(super) shape: &'a ConvPoolShape,
    pub(super) input: &'a [T],
    pub(super) weight: &'a [T],
    pub(super) bias: &'a [T],
    pub(super) output: &'a mut [T],
    pub(super) argmax: &'a mut [u8],
}

/// Arguments of [`backward`](super::backward).
pub struct BackwardCall<'a, T> {
    pub(super) shape: &'a ConvPoolShape,
    pub(super) input: &'a [T],
    pub(super) weight: &'a [T],
    pub(super) pooled: Pooled<'a, T>,
    pub(super) upstream: &'a [T],
    pub(super) gradients: Gradients<'a, T>,
}

/// A number type that the op is computed in: f64 by the reference, f32 by vector kernels.
pub trait ConvPoolFloat: Real {
    /// Computes output and argmax.
    fn forward(call: ForwardCall<'_, Self>) -> Result<(), OpsError> {
        reference::forward(
            call.shape,
            call.input,
            call.weight,
            call.bias,
            call.output,
            call.argmax,
        );
        Ok(())
    }

    /// Computes the gradients.
    fn backward(call: BackwardCall<'_, Self>) -> Result<(), OpsError> {
        reference::backward(
            call.shape,
            call.input,
            call.weight,
            call.pooled,
            call.upstream,
            call.gradients,
        );
        Ok(())
    }
}

impl ConvPoolFloat for f64 {}
