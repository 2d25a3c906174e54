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
        let ForwardCall {
            shape,
            input,
            weight,
            bias,
            output,
            argmax,
        } = call;
        reference::forward(shape, input, weight, bias, output, argmax);
        Ok(())
    }

    /// Computes the gradients.
    fn backward(call: BackwardCall<'_, Self>) -> Result<(), OpsError> {
        let BackwardCall {
            shape,
            input,
            weight,
            pooled,
            upstream,
            gradients,
        } = call;
        reference::backward(shape, input, weight, pooled, upstream, gradients);
        Ok(())
    }
}

impl ConvPoolFloat for f64 {}
