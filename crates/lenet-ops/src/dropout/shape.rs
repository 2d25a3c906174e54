//! Sizes of a call.

use crate::error::OpsError;

pub(super) const OP: &str = "dropout";

/// Sizes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DropoutShape {
    /// Images N; may be 0.
    pub batch: usize,
    /// Units U per image.
    pub units: usize,
}

impl DropoutShape {
    /// Checks every size.
    ///
    /// # Errors
    /// [`OpsError::Shape`] where the number of images or of units exceeds 32 bits.
    pub fn validate(&self) -> Result<(), OpsError> {
        let largest = u32::MAX as usize;
        if self.batch > largest || self.units > largest {
            let reason = format!(
                "[{}, {}] is more than {largest} a side",
                self.batch, self.units
            );
            return Err(OpsError::Shape { op: OP, reason });
        }
        Ok(())
    }

    /// Elements of input and output.
    #[must_use]
    pub fn len(&self) -> usize {
        self.batch * self.units
    }

    /// Whether there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
