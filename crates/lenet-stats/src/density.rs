//! Probabilities of the binomial and the Poisson distribution, to nearly all digits for any counts.
//!
//! Both are written with the deviance and the error of Stirling's formula (Loader, Fast and accurate
//! computation of binomial probabilities, 2000). Differences of logarithms of large factorials would lose
//! the digits that matter.

use std::f64::consts::TAU;

use libm::lgamma;

/// Γ(n + 1) / (Γ(a + 1)·Γ(b + 1)) · p^a · q^b with n = a + b, for positive `a` and `b`, which need not be
/// whole, and p + q = 1, both positive.
pub(crate) fn binomial_density(a: f64, b: f64, p: f64, q: f64) -> f64 {
    let n = a + b;
    let corrections = stirling_error(n) - stirling_error(a) - stirling_error(b);
    let exponent = corrections - deviance(a, n * p) - deviance(b, n * q);
    (n / (TAU * a * b)).sqrt() * exponent.exp()
}

/// Probability of `count` where the expected count is `mean`, which is positive.
pub(crate) fn poisson_density(count: f64, mean: f64) -> f64 {
    if count == 0.0 {
        return (-mean).exp();
    }
    (-stirling_error(count) - deviance(count, mean)).exp() / (TAU * count).sqrt()
}

/// ln Γ(n + 1) less Stirling's formula for it, ln(√(2πn)·(n/e)^n). `n` is positive.
fn stirling_error(n: f64) -> f64 {
    // Above 15 the series is exact to the last digit; below, the logarithms are small enough.
    if n <= 15.0 {
        return lgamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * TAU.ln();
    }
    let square = n * n;
    let series = [
        1.0 / 1188.0,
        1.0 / 1680.0,
        1.0 / 1260.0,
        1.0 / 360.0,
        1.0 / 12.0,
    ];
    series.iter().fold(0.0, |sum, term| term - sum / square) / n
}

/// x·ln(x/m) + m − x for positive `x` and `m`, without cancellation where they are close.
fn deviance(x: f64, m: f64) -> f64 {
    let difference = x - m;
    if difference.abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() - difference;
    }
    // The series of ln((1 + v)/(1 − v)).
    let v = difference / (x + m);
    let mut term = 2.0 * x * v;
    let mut sum = difference * v;
    for odd in (3..).step_by(2) {
        term *= v * v;
        let next = sum + term / f64::from(odd);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

#[cfg(test)]
mod tests;
