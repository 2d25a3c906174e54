//! Inverted dropout with a counter-based generator.
//!
//! out = x · s. The scale s is 0 for a dropped unit and 1/(1 − rate) for a kept one. This keeps the
//! expected value, so evaluation needs no scaling (Srivastava et al., "Dropout", JMLR 15, 2014,
//! section 10).
//!
//! The random word of unit u of the batch's i-th image at optimizer step t under a seed is word
//! u mod 4 of the [`philox`] block with
//!
//! ```text
//! key     = [low half of seed, high half of seed]
//! counter = [u / 4, i, low half of t, high half of t]
//! ```
//!
//! A unit is kept exactly where `word ≥ round(rate · 2³²)`. The scale 1/(1 − rate) is computed in
//! f64 and rounded once to the type of x. A mask is thus a function of its coordinates alone: it is
//! never stored, and every device computes the same one.

mod mask;
pub mod philox;
pub mod reference;
mod shape;
mod tensor;

#[cfg(test)]
mod tests;

pub use mask::{Mask, validate_rate};
pub use shape::DropoutShape;
pub use tensor::dropout;

use crate::error::{OpsError, check_lengths};
use crate::real::Real;
use shape::OP;

/// Writes the scales, 0 or 1/(1 − rate), of units 0 to `out.len()` of the batch's image `image`.
/// The rate is in [0, 1); the numbers of the image and of its units fit 32 bits.
pub fn scale_factors(rate: f64, seed: u64, step: u64, image: usize, out: &mut [f32]) {
    reference::scale_factors(Mask { rate, seed, step }, image, out);
}

/// Writes `input` times its mask to `output`. On the upstream gradient instead of `input`, this is
/// the backward pass.
///
/// # Errors
/// The rate or the shape is impossible, or a buffer has the wrong length.
pub fn apply<T: Real>(
    shape: &DropoutShape,
    mask: Mask,
    input: &[T],
    output: &mut [T],
) -> Result<(), OpsError> {
    validate_rate(mask.rate)?;
    shape.validate()?;
    let len = shape.len();
    check_lengths(
        OP,
        [("input", input.len(), len), ("output", output.len(), len)],
    )?;
    reference::apply(shape, mask, input, output);
    Ok(())
}
