//! Sizes of a call.

use crate::error::{OpsError, check_lengths};

pub(super) const OP: &str = "softmax_cross_entropy";

/// Sizes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoftmaxCrossEntropyShape {
    /// Rows N, at least 1, since an empty batch has no mean.
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

    pub(super) fn check<T>(&self, logits: &[T], labels: &[u8]) -> Result<(), OpsError> {
        self.validate()?;
        let logits = ("logits", logits.len(), self.logits_len());
        check_lengths(OP, [logits, ("labels", labels.len(), self.batch)])?;
        check_labels(labels, self.classes)
    }
}

/// Refuses a label that is not below `classes`.
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
