//! ReLU and max-pool of a window's four places, in registers.

use super::DEAD;
use crate::simd::Simd;

/// The largest of four places, plus `bias`, through ReLU, and its code: of equal ones the first.
/// NaN and infinities give NaN.
#[inline(always)]
pub(super) fn pool<S: Simd>(
    simd: S,
    places: [S::Vector; 4],
    bias: Option<S::Vector>,
) -> (S::Vector, S::Vector) {
    let zero = simd.splat(0.0);
    let mut best = simd.max(
        simd.max(places[0], places[1]),
        simd.max(places[2], places[3]),
    );
    // Counted from the last place back, with whole numbers, which leaves the floating-point units
    // to the multiplications around this.
    let mut code = zero;
    for &place in places[..3].iter().rev() {
        code = simd.next_where(simd.ne(place, best), code);
    }
    if let Some(bias) = bias {
        best = simd.add(best, bias);
    }
    // Zero, or NaN where a place is not finite: the comparisons above lose NaN.
    let sum = simd.add(
        simd.add(places[0], places[1]),
        simd.add(places[2], places[3]),
    );
    let value = simd.max(best, simd.mul(sum, zero));
    let dead = simd.splat(f32::from_bits(DEAD));
    let alive = simd.ne(value, zero);
    (value, simd.select(alive, code, dead))
}
