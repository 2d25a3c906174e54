//! How many observations a verdict needs.

use crate::error::check_level;
use crate::mean_sequence::half_width;
use crate::quantile::student_t;

/// Least number of observations, two or more, whose interval of [`mean`](crate::mean) has a half-width
/// below `distance`, if their sample standard deviation is `deviation`. Both are in the unit of the
/// observations; the sign of `distance` does not count.
///
/// It plans: with the deviation of a few runs and the distance between their mean and a bound, it says how
/// many runs would leave the bound outside, should both stay as they are (Student, 1908).
///
/// None if more than `most` are needed, as for a distance of 0; and if `deviation` is negative, `level` is
/// not in (0, 1), or one of them is NaN.
#[must_use]
pub fn observations_needed(
    deviation: f64,
    distance: f64,
    level: f64,
    most: usize,
) -> Option<usize> {
    let tail = (1.0 - level) / 2.0;
    least(deviation, distance, level, most, |n| {
        Some(student_t(tail, n - 1) / (n as f64).sqrt())
    })
}

/// The same for the interval of [`mean_sequence`](crate::mean_sequence).
#[must_use]
pub fn observations_needed_in_sequence(
    deviation: f64,
    distance: f64,
    level: f64,
    most: usize,
) -> Option<usize> {
    least(deviation, distance, level, most, |n| half_width(n, level))
}

/// Least n from 2 to `most` with half_width(n)·deviation < |distance|. The half-width falls with n, so
/// doubling and bisection find it.
fn least(
    deviation: f64,
    distance: f64,
    level: f64,
    most: usize,
    half_width: impl Fn(usize) -> Option<f64>,
) -> Option<usize> {
    check_level(level).ok()?;
    if !(deviation >= 0.0) {
        return None;
    }
    let enough = |n| half_width(n).is_some_and(|half| half * deviation < distance.abs());
    let (mut too_few, mut high) = (1, 2.min(most));
    if most < 2 {
        return None;
    }
    while !enough(high) {
        if high == most {
            return None;
        }
        too_few = high;
        high = high.saturating_mul(2).min(most);
    }
    while high - too_few > 1 {
        let middle = usize::midpoint(too_few, high);
        if enough(middle) {
            high = middle;
        } else {
            too_few = middle;
        }
    }
    Some(high)
}

#[cfg(test)]
mod tests;
