//! The op in its plainest loops.

use super::mask::Mask;
use super::philox;
use super::shape::DropoutShape;
use crate::real::Real;

/// Words below this drop their unit: round(rate · 2³²), halves rounded away from zero.
#[must_use]
pub fn threshold(rate: f64) -> u64 {
    // The product is exact, and below 2³² + 1 for any rate below 1.
    (rate * 4_294_967_296.0).round() as u64
}

/// Writes the scales, 0 or 1/(1 − rate), of units 0 to `out.len()` of the batch's image `image`.
pub fn scale_factors<T: Real>(mask: Mask, image: usize, out: &mut [T]) {
    let threshold = threshold(mask.rate);
    let kept = T::from_f64(1.0 / (1.0 - mask.rate));
    for (block, out) in out.chunks_mut(4).enumerate() {
        let words = philox::block_of_units(mask, image as u32, block as u32);
        for (scale, word) in out.iter_mut().zip(words) {
            *scale = if u64::from(word) >= threshold {
                kept
            } else {
                T::ZERO
            };
        }
    }
}

/// Writes `input` times its mask to `output`.
///
/// # Panics
/// A buffer is shorter than its shape needs.
pub fn apply<T: Real>(shape: &DropoutShape, mask: Mask, input: &[T], output: &mut [T]) {
    let mut scales = vec![T::ZERO; shape.units];
    for image in 0..shape.batch {
        scale_factors(mask, image, &mut scales);
        let start = image * shape.units;
        for (unit, &scale) in scales.iter().enumerate() {
            output[start + unit] = input[start + unit] * scale;
        }
    }
}
