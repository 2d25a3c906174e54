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
    if x < (a + 1.0) / (a + b + 2.0) {
        let below = increment(a, b, x, y) * continued_fraction(a, b, x);
        (below, 1.0 - below)
    } else {
        let above = increment(b, a, y, x) * continued_fraction(b, a, y);
        (1.0 - above, above)
    }
}

/// I_x(a, b) − I_x(a + 1, b) = x^a·y^b / (a·B(a, b)).
pub(crate) fn increment(a: f64, b: f64, x: f64, y: f64) -> f64 {
    binomial_density(a, b, x, y) * b / (a + b)
}

/// The continued fraction of I_x(a, b) as a multiple of its leading factor, by Lentz's method (Press et
/// al., Numerical Recipes, 2007, section 6.4).
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    let not_zero = |value: f64| {
        if value == 0.0 {
            f64::MIN_POSITIVE
        } else {
            value
        }
    };
    let mut c = 1.0;
    let mut d = not_zero(1.0 - (a + b) * x / (a + 1.0)).recip();
    let mut fraction = d;
    for m in 1..MOST_TERMS {
        let m = m as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut factor = 1.0;
        for term in [even, odd] {
            d = not_zero(1.0 + term * d).recip();
            c = not_zero(1.0 + term / c);
            factor = c * d;
            fraction *= factor;
        }
        if (factor - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests;
