//! Where the backward pass of an op with weight and bias writes.

use crate::error::{OpsError, check_length, check_lengths};

/// Buffers for the gradients of an op's arguments. The backward pass overwrites them.
#[derive(Debug)]
pub struct Gradients<'a, T> {
    /// Gradient of the input, where it is wanted.
    pub input: Option<&'a mut [T]>,
    /// Gradient of the weight.
    pub weight: &'a mut [T],
    /// Gradient of the bias.
    pub bias: &'a mut [T],
}

impl<T: Copy> Gradients<'_, T> {
    /// Checks the buffers against the lengths of input, weight and bias.
    pub(crate) fn check(
        &self,
        op: &'static str,
        [input, weight, bias]: [usize; 3],
    ) -> Result<(), OpsError> {
        if let Some(gradient) = &self.input {
            check_length(op, "input gradient", gradient.len(), input)?;
        }
        let weights = ("weight gradient", self.weight.len(), weight);
        check_lengths(op, [weights, ("bias gradient", self.bias.len(), bias)])
    }

    /// Sets every element.
    pub(crate) fn fill(&mut self, value: T) {
        if let Some(input) = &mut self.input {
            input.fill(value);
        }
        self.weight.fill(value);
        self.bias.fill(value);
    }
}
