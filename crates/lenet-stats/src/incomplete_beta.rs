//! The regularized incomplete beta function, with both of its tails.
//!
//! statrs 0.19 stops its continued fraction after 141 terms. Grids of thousands of values need more.

use crate::density::binomial_density;

/// Terms for which a continued fraction is followed. It takes some √max(a, b) of them.
const MOST_TERMS: usize = 1_000_000;

/// I_x(a, b) and 1 − I_x(a, b) for positive `a` and `b`, where `y` = 1 − `x`. Neither is computed from the
/// other where it is the smaller one, so small tails keep their digits.
pub(crate) fn incomplete_beta(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    if b * x < a * y {
        let below = a * increment(a, b, x, y) / continued_fraction(a, b, x, y);
        (below, 1.0 - below)
    } else {
        let above = b * increment(b, a, y, x) / continued_fraction(b, a, y, x);
        (1.0 - above, above)
    }
}

/// I_x(a, b) − I_x(a + 1, b) = x^a·y^b / (a·B(a, b)).
pub(crate) fn increment(a: f64, b: f64, x: f64, y: f64) -> f64 {
    binomial_density(a, b, x, y) * b / (a + b)
}

/// x^a·y^b / (B(a, b)·I_x(a, b)) as a continued fraction (Didonato and Morris, Algorithm 708: significant
/// digit computation of the incomplete beta function ratios, 1992), by Lentz's method (Press et al., Numerical
/// Recipes, 2007, section 5.2).
fn continued_fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let not_zero = |value: f64| {
        if value == 0.0 {
            f64::MIN_POSITIVE
        } else {
            value
        }
    };
    let distance = a * y - b * x + 1.0;
    let mut fraction = not_zero(a / (a + 1.0) * distance);
    let (mut c, mut d) = (fraction, 0.0);
    for m in 1..MOST_TERMS {
        let m = m as f64;
        let before = a + 2.0 * m - 1.0;
        let step = m * (b - m) * x / before;
        let numerator = (a + m - 1.0) / before * (a + b + m - 1.0) * x * step;
        let denominator = m + step + (a + m) / (a + 2.0 * m + 1.0) * (distance + m * (1.0 + y));
        d = not_zero(denominator + numerator * d).recip();
        c = not_zero(denominator + numerator / c);
        let factor = c * d;
        fraction *= factor;
        if (factor - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests;
