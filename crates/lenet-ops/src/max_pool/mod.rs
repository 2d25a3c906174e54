//! 2×2 max-pool with stride 2. The gradient flows to the first maximum of each window.
//!
//! `out[p, i, j]` = max over the window {2i, 2i+1} × {2j, 2j+1} of `x[p]`, for each plane p of
//! `[N, C]`. The last row or column of an odd side is not pooled. The gradient of an output flows to
//! the first of the equal maxima in row order of its window, and to no other place, as in PyTorch and
//! TensorFlow.

pub mod reference;
mod tensor;

#[cfg(test)]
mod tests;

pub use tensor::max_pool_2x2;

use crate::error::OpsError;

const OP: &str = "max_pool_2x2";

/// Sizes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxPoolShape {
    /// Number of planes, images × channels; may be 0.
    pub planes: usize,
    /// Rows of a plane, at least 2.
    pub height: usize,
    /// Columns of a plane, at least 2.
    pub width: usize,
}

impl MaxPoolShape {
    /// Checks every size.
    ///
    /// # Errors
    /// [`OpsError::Shape`] where a plane holds no window.
    pub fn validate(&self) -> Result<(), OpsError> {
        if self.height < 2 || self.width < 2 {
            let reason = format!(
                "a plane of {}×{} holds no 2×2 window",
                self.height, self.width
            );
            return Err(OpsError::Shape { op: OP, reason });
        }
        Ok(())
    }

    /// Elements of the input.
    #[must_use]
    pub fn input_len(&self) -> usize {
        self.planes * self.height * self.width
    }

    /// `[rows, columns]` of a pooled plane.
    #[must_use]
    pub fn pooled(&self) -> [usize; 2] {
        [self.height / 2, self.width / 2]
    }

    /// Elements of the output.
    #[must_use]
    pub fn output_len(&self) -> usize {
        let [rows, columns] = self.pooled();
        self.planes * rows * columns
    }
}
