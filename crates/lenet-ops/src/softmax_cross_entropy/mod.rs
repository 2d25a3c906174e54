//! Mean cross-entropy of softmax over a batch, in nats.
//!
//! With logits z `[N, K]` and labels y `[N]`:
//!
//! ```text
//! loss = 1/N · Σ_n (ln Σ_k exp(z[n,k] − m[n]) − (z[n,y[n]] − m[n])),  m[n] = max_k z[n,k]
//! ∂loss/∂z[n,k] = 1/N · (softmax(z[n])[k] − [k = y[n]])
//! ```
//!
//! Taking the row's maximum away changes neither value and keeps every exponential in [0, 1].

pub(crate) mod cpu;
#[cfg(feature = "cuda")]
pub(crate) mod cuda;
pub mod reference;
mod tensor;

#[cfg(test)]
mod tests;

pub use tensor::softmax_cross_entropy;

use crate::error::{OpsError, check_length};
use crate::real::Real;

const OP: &str = "softmax_cross_entropy";

/// Sizes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoftmaxCrossEntropyShape {
    /// Rows N, at least 1: an empty batch has no mean.
    pub batch: usize,
    /// Classes K.
    pub classes: usize,
}

impl SoftmaxCrossEntropyShape {
    /// Checks every size.
    ///
    /// # Errors
    /// [`OpsError::Shape`] where there are no rows or no classes.
    pub fn validate(&self) -> Result<(), OpsError> {
        if self.batch == 0 || self.classes == 0 {
            let reason = format!(
                "{} rows of {} logits: give at least one of each",
                self.batch, self.classes
            );
            return Err(OpsError::Shape { op: OP, reason });
        }
        Ok(())
    }

    /// Elements of the logits.
    #[must_use]
    pub fn logits_len(&self) -> usize {
        self.batch * self.classes
    }

    fn check<T>(&self, logits: &[T], labels: &[u8]) -> Result<(), OpsError> {
        self.validate()?;
        check_length(OP, "logits", logits.len(), self.logits_len())?;
        check_length(OP, "labels", labels.len(), self.batch)?;
        check_labels(labels, self.classes)
    }
}

/// Refuses a label that names none of `classes`.
pub(crate) fn check_labels(labels: &[u8], classes: usize) -> Result<(), OpsError> {
    match labels
        .iter()
        .position(|&label| usize::from(label) >= classes)
    {
        None => Ok(()),
        Some(position) => Err(OpsError::Label {
            label: labels[position],
            position,
            classes,
        }),
    }
}

/// Mean loss of a batch.
///
/// # Errors
/// An impossible shape, a buffer of the wrong length, a label that names no class.
pub fn forward<T: Real>(
    shape: &SoftmaxCrossEntropyShape,
    logits: &[T],
    labels: &[u8],
) -> Result<T, OpsError> {
    shape.check(logits, labels)?;
    Ok(reference::forward(shape, logits, labels))
}

/// Gradient of the mean loss times `upstream` into `gradient`, `[N, K]`.
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
