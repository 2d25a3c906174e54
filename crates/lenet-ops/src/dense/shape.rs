//! Sizes of a call.

use crate::error::{OpsError, check_lengths};

pub(super) const OP: &str = "dense";

/// Sizes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DenseShape {
    /// Rows N; may be 0.
    pub batch: usize,
    /// Inputs I per row.
    pub inputs: usize,
    /// Outputs O per row.
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

    pub(super) fn check<T>(&self, input: &[T], weight: &[T]) -> Result<(), OpsError> {
        self.validate()?;
        let input = ("input", input.len(), self.input_len());
        check_lengths(OP, [input, ("weight", weight.len(), self.weight_len())])
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
