//! Mean cross-entropy of softmax over a batch, in nats.
//!
//! With logits z `[N, K]` and labels y `[N]`:
//!
//! ```text
//! loss = 1/N · Σ_n (ln Σ_k exp(z[n,k] − m[n]) − (z[n,y[n]] − m[n])),  m[n] = max_k z[n,k]
//! ∂loss/∂z[n,k] = 1/N · (softmax(z[n])[k] − [k = y[n]])
//! ```
//!
//! Subtracting the row's maximum m changes neither value and keeps every exponential in [0, 1].

pub(crate) mod cpu;
#[cfg(feature = "cuda")]
pub(crate) mod cuda;
pub mod reference;
mod shape;
mod tensor;

#[cfg(test)]
mod tests;

pub use shape::SoftmaxCrossEntropyShape;
pub(crate) use shape::check_labels;
pub use tensor::softmax_cross_entropy;

use crate::error::{OpsError, check_length};
use crate::real::Real;
use shape::OP;

/// The mean loss of a batch.
///
/// # Errors
/// The shape is impossible, a buffer has the wrong length, or a label is not below the number of
/// classes.
pub fn forward<T: Real>(
    shape: &SoftmaxCrossEntropyShape,
    logits: &[T],
    labels: &[u8],
) -> Result<T, OpsError> {
    shape.check(logits, labels)?;
    Ok(reference::forward(shape, logits, labels))
}

/// Writes the gradient of the mean loss, times `upstream`, to `gradient`, `[N, K]`.
///
/// # Errors
/// As [`forward`].
pub fn backward<T: Real>(
    shape: &SoftmaxCrossEntropyShape,
    logits: &[T],
    labels: &[u8],
    upstream: T,
    gradient: &mut [T],
) -> Result<(), OpsError> {
    shape.check(logits, labels)?;
    check_length(OP, "gradient", gradient.len(), shape.logits_len())?;
    reference::backward(shape, logits, labels, upstream, gradient);
    Ok(())
}
