//! Quantiles of the distributions behind the intervals.

use statrs::distribution::{ChiSquared, ContinuousCDF, StudentsT};

/// The `p`-quantile of Student's t distribution.
pub(crate) fn student_t(p: f64, degrees_of_freedom: usize) -> f64 {
    StudentsT::new(0.0, 1.0, degrees_of_freedom as f64)
        .expect("callers have at least two observations")
        .inverse_cdf(p)
}

/// The `p`-quantile of the chi-square distribution.
pub(crate) fn chi_square(p: f64, degrees_of_freedom: usize) -> f64 {
    ChiSquared::new(degrees_of_freedom as f64)
        .expect("callers have at least two observations")
        .inverse_cdf(p)
}

#[cfg(test)]
mod tests;
