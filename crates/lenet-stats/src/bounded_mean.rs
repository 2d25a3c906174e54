//! The mean of shares, with an interval that stays between 0 and 1.

use crate::error::{StatsError, check};
use crate::estimate::{Estimate, Interval};
use crate::moments::moments;
use crate::quantile::student_t;

/// Mean of values in [0, 1], such as accuracies, with an interval inside [0, 1].
///
/// The interval is Student's t interval of the mean's logit, turned back into shares:
/// logit(m) ± t·s / (√n·m·(1 − m)), where m is the mean, s the sample standard deviation and t the
/// quantile with n − 1 degrees of freedom. Its half-width follows by the delta method (Oehlert, A note on
/// the delta method, 1992). It is right for a mean whose error is small against its distance from 0 and 1.
///
/// Equal values have that value as both bounds. One value gives no interval.
///
/// # Errors
/// If there are no values, a value is not finite or lies outside [0, 1], or `level` is not in (0, 1).
pub fn bounded_mean(values: &[f64], level: f64) -> Result<Estimate, StatsError> {
    check(values, level)?;
    let mut indexed = values.iter().enumerate();
    if let Some((index, &value)) = indexed.find(|(_, v)| !(0.0..=1.0).contains(*v)) {
        return Err(StatsError::NotShare { index, value });
    }
    let n = values.len();
    let (mean, deviation) = moments(values);
    let interval = (n > 1).then(|| {
        let variance = mean * (1.0 - mean);
        // Values next to 1 may differ and yet have a mean that rounds to 1.
        if variance <= 0.0 {
            return Interval {
                low: mean,
                high: mean,
            };
        }
        let quantile = student_t((1.0 - level) / 2.0, n - 1);
        let factor = (quantile * deviation / ((n as f64).sqrt() * variance)).exp();
        Interval {
            low: mean / (mean + (1.0 - mean) * factor),
            high: mean / (mean + (1.0 - mean) / factor),
        }
    });
    Ok(Estimate {
        point: mean,
        interval,
        level,
        n,
    })
}

#[cfg(test)]
mod tests;
