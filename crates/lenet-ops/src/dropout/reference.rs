//! The op in its plainest loops.

use super::{DropoutShape, philox};
use crate::net::Dropout;
use crate::real::Real;

/// Words below this drop their unit: round(rate · 2³²), halves away from zero.
#[must_use]
pub fn threshold(rate: f64) -> u64 {
    // The product is exact, and below 2³² + 1 for any rate below 1.
    (rate * 4_294_967_296.0).round() as u64
}

/// Writes the scales, 0 or 1/(1 − rate), of units 0 to `out.len()` of the batch's image `image`.
pub fn scale_factors<T: Real>(dropout: Dropout, image: usize, out: &mut [T]) {
    let threshold = threshold(dropout.rate);
    let kept = T::from_f64(1.0 / (1.0 - dropout.rate));
    for (block, out) in out.chunks_mut(4).enumerate() {
        let words = philox::block_of_units(dropout, image as u32, block as u32);
        for (scale, word) in out.iter_mut().zip(words) {
            *scale = if u64::from(word) >= threshold {
                kept
            } else {
                T::ZERO
            };
        }
    }
}

/// `input` times its mask into `output`.
///
/// # Panics
/// Where a buffer is shorter than its shape asks for.
pub fn apply<T: Real>(shape: &DropoutShape, dropout: Dropout, input: &[T], output: &mut [T]) {
    let mut scales = vec![T::ZERO; shape.units];
    for image in 0..shape.batch {
        scale_factors(dropout, image, &mut scales);
        let start = image * shape.units;
        for (unit, &scale) in scales.iter().enumerate() {
            output[start + unit] = input[start + unit] * scale;
        }
    }
}
