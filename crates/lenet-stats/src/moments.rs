//! Means, standard deviations and paired differences.

use crate::error::{StatsError, check};
use crate::estimate::{Estimate, Interval};
use crate::quantile::{chi_square_above, chi_square_below, student_t};

/// Mean of the observations with Student's t interval. One observation gives no interval.
///
/// # Errors
/// If there are no observations, an observation is not finite, or `level` is not in (0, 1).
pub fn mean(values: &[f64], level: f64) -> Result<Estimate, StatsError> {
    check(values, level)?;
    let n = values.len();
    let (mean, deviation) = moments(values);
    let interval = (n > 1).then(|| {
        let quantile = student_t((1.0 - level) / 2.0, n - 1);
        let half = quantile * deviation / (n as f64).sqrt();
        Interval {
            low: mean - half,
            high: mean + half,
        }
    });
    Ok(Estimate {
        point: mean,
        interval,
        level,
        n,
    })
}

/// Mean of `left[i] − right[i]` with Student's t interval of the differences. It is the estimate for
/// two settings that ran with the same seeds.
///
/// # Errors
/// If the samples differ in length or are empty, a difference is not finite, or `level` is not
/// in (0, 1).
pub fn paired_difference(left: &[f64], right: &[f64], level: f64) -> Result<Estimate, StatsError> {
    if left.len() != right.len() {
        return Err(StatsError::Unpaired {
            left: left.len(),
            right: right.len(),
        });
    }
    let differences: Vec<f64> = left.iter().zip(right).map(|(l, r)| l - r).collect();
    mean(&differences, level)
}

/// Sample standard deviation (divisor n − 1) with the chi-square interval, which assumes normally
/// distributed observations. One observation gives 0 and no interval.
///
/// # Errors
/// If there are no observations, an observation is not finite, or `level` is not in (0, 1).
pub fn standard_deviation(values: &[f64], level: f64) -> Result<Estimate, StatsError> {
    check(values, level)?;
    let n = values.len();
    let (_, deviation) = moments(values);
    let interval = (n > 1).then(|| deviation_interval(deviation, n, 1.0 - level));
    Ok(Estimate {
        point: deviation,
        interval,
        level,
        n,
    })
}

/// Chi-square interval of the standard deviation of `n ≥ 2` normal observations. It misses the true
/// one with probability `error`, half on either side.
pub(crate) fn deviation_interval(deviation: f64, n: usize, error: f64) -> Interval {
    let freedom = n - 1;
    let bound = |chi_square: f64| deviation * (freedom as f64 / chi_square).sqrt();
    Interval {
        low: bound(chi_square_above(error / 2.0, freedom)),
        high: bound(chi_square_below(error / 2.0, freedom)),
    }
}

/// Mean and sample standard deviation. Two passes about the first value give equal observations
/// exactly their value as mean and a deviation of exactly 0.
pub(crate) fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let origin = values[0];
    let mean = origin + values.iter().map(|v| v - origin).sum::<f64>() / n;
    if values.len() == 1 {
        return (mean, 0.0);
    }
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}

#[cfg(test)]
mod tests;
