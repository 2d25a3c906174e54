//! Quantiles of the distributions behind the intervals.
//!
//! Each takes the probability of a tail. One minus a small tail would keep few of its digits.
//!
//! statrs 0.19 computes the probabilities of tails to 12 digits, but not all quantiles: with one degree
//! of freedom, its chi-square quantile is seven times the right one at 1e-5, and its quantile of
//! Student's t is nine per cent off at 1e-8. So the quantiles here are roots of the probabilities.

use statrs::distribution::{ChiSquared, Continuous, ContinuousCDF, StudentsT};

use crate::root::root;

/// The value that Student's t exceeds with probability `tail`, below one half.
pub(crate) fn student_t(tail: f64, degrees_of_freedom: usize) -> f64 {
    student_t_of(tail, degrees_of_freedom as f64)
}

/// The same for a fraction of degrees of freedom, 1 or more.
pub(crate) fn student_t_of(tail: f64, degrees_of_freedom: f64) -> f64 {
    let t = StudentsT::new(0.0, 1.0, degrees_of_freedom)
        .expect("callers have at least two observations");
    root(1.0, |x| {
        let above = t.sf(x);
        ((tail / above).ln(), x * t.pdf(x) / above)
    })
}

/// The value below which chi-square lies with probability `tail`.
pub(crate) fn chi_square_below(tail: f64, degrees_of_freedom: usize) -> f64 {
    let chi_square = distribution(degrees_of_freedom);
    root(degrees_of_freedom as f64, |x| {
        let below = chi_square.cdf(x);
        ((below / tail).ln(), x * chi_square.pdf(x) / below)
    })
}

/// The value that chi-square exceeds with probability `tail`.
pub(crate) fn chi_square_above(tail: f64, degrees_of_freedom: usize) -> f64 {
    let chi_square = distribution(degrees_of_freedom);
    root(degrees_of_freedom as f64, |x| {
        let above = chi_square.sf(x);
        ((tail / above).ln(), x * chi_square.pdf(x) / above)
    })
}

fn distribution(degrees_of_freedom: usize) -> ChiSquared {
    ChiSquared::new(degrees_of_freedom as f64).expect("callers have at least two observations")
}

#[cfg(test)]
mod tests;
