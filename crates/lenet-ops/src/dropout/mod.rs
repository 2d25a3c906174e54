//! Inverted dropout with a counter-based generator.
//!
//! out = x · s, where s is 0 for a dropped unit and 1/(1 − rate) for a kept one, so that the
//! expected value does not change and evaluation needs no scaling (Srivastava et al., "Dropout",
//! JMLR 15, 2014, section 10).
//!
//! The random word of unit u of the batch's i-th image at optimizer step t under a seed is word
//! u mod 4 of the [`philox`] block with
//!
//! ```text
//! key     = [low half of seed, high half of seed]
//! counter = [u / 4, i, low half of t, high half of t]
//! ```
//!
//! and the unit is kept exactly where `word ≥ round(rate · 2³²)`. The scale is 1/(1 − rate) in
//! f64, rounded once to the type of x. A mask is thus a function of its coordinates alone: it is
//! never stored, and any device computes the same one.

pub mod philox;
pub mod reference;
mod tensor;

#[cfg(test)]
mod tests;

pub use tensor::dropout;

use crate::error::{OpsError, check_length};
use crate::net::Dropout;
use crate::real::Real;

const OP: &str = "dropout";

/// Sizes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DropoutShape {
    /// Images N; may be 0.
    pub batch: usize,
    /// Units U of an image.
    pub units: usize,
}

impl DropoutShape {
    /// Checks every size.
    ///
    /// # Errors
    /// [`OpsError::Shape`] where an image or unit has no 32-bit coordinate.
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

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Refuses a rate that is no probability below 1.
///
/// # Errors
/// [`OpsError::Shape`] where it is negative, 1 or more, or NaN.
pub fn validate_rate(rate: f64) -> Result<(), OpsError> {
    if (0.0..1.0).contains(&rate) {
        Ok(())
    } else {
        let reason = format!("rate {rate} is not in [0, 1)");
        Err(OpsError::Shape { op: OP, reason })
    }
}

/// Writes the scales, 0 or 1/(1 − rate), of units 0 to `out.len()` of the batch's image `image`.
/// A rate is in [0, 1); an image and a unit have 32-bit coordinates.
pub fn scale_factors(rate: f64, seed: u64, step: u64, image: usize, out: &mut [f32]) {
    reference::scale_factors(Dropout { rate, seed, step }, image, out);
}

/// `input` times its mask into `output`; with the upstream gradient for `input`, the backward
/// pass.
///
/// # Errors
/// An impossible rate or shape, a buffer of the wrong length.
pub fn apply<T: Real>(
    shape: &DropoutShape,
    dropout: Dropout,
    input: &[T],
    output: &mut [T],
) -> Result<(), OpsError> {
    validate_rate(dropout.rate)?;
    shape.validate()?;
    check_length(OP, "input", input.len(), shape.len())?;
    check_length(OP, "output", output.len(), shape.len())?;
    reference::apply(shape, dropout, input, output);
    Ok(())
}
