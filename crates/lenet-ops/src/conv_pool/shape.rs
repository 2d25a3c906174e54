//! Sizes of a call, and what its forward pass leaves for the backward pass.

use crate::error::{OpsError, check_lengths};

pub(super) const OP: &str = "conv_pool";

/// Sizes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvPoolShape {
    /// Images N; may be 0.
    pub batch: usize,
    /// Channels C per image.
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

    pub(super) fn check<T>(&self, input: &[T], weight: &[T]) -> Result<(), OpsError> {
        self.validate()?;
        let input = ("input", input.len(), self.input_len());
        check_lengths(OP, [input, ("weight", weight.len(), self.weight_len())])
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

/// Results of the forward pass that the backward pass needs.
#[derive(Debug, Clone, Copy)]
pub struct Pooled<'a, T> {
    /// Output, `[N, F, ⌊H/2⌋, ⌊W/2⌋]`.
    pub output: &'a [T],
    /// Place of each output's maximum in its window, 0 to 3 in row order.
    pub argmax: &'a [u8],
}
