//! The difference of the means of two independent samples.

use crate::error::{StatsError, check};
use crate::estimate::{Estimate, Interval};
use crate::moments::moments;
use crate::quantile::student_t_of;

/// Mean of `left` less mean of `right` with Welch's interval: Student's t, with the degrees of freedom of
/// Welch (1947) and Satterthwaite (1946). The samples are independent, and their deviations may differ; runs
/// with the same seeds are pairs, for [`paired_difference`](crate::paired_difference). A sample of one gives
/// no interval. `n` counts the observations of both.
///
/// # Errors
/// If a sample is empty, an observation is not finite, or `level` is not in (0, 1).
pub fn welch_difference(left: &[f64], right: &[f64], level: f64) -> Result<Estimate, StatsError> {
    check(left, level)?;
    check(right, level)?;
    let (left_mean, left_deviation) = moments(left);
    let (right_mean, right_deviation) = moments(right);
    let point = left_mean - right_mean;
    let [a, b] = [(left_deviation, left), (right_deviation, right)]
        .map(|(deviation, values)| deviation.powi(2) / values.len() as f64);
    let interval = (left.len() > 1 && right.len() > 1).then(|| {
        let half = match a + b > 0.0 {
            true => {
                let [p, q] = [left, right].map(|values| (values.len() - 1) as f64);
                // Shares first: the squares of small variances would vanish.
                let [a_share, b_share] = [a / (a + b), b / (a + b)];
                let degrees = 1.0 / (a_share.powi(2) / p + b_share.powi(2) / q);
                student_t_of((1.0 - level) / 2.0, degrees) * (a + b).sqrt()
            }
            false => 0.0,
        };
        Interval {
            low: point - half,
            high: point + half,
        }
    });
    Ok(Estimate {
        point,
        interval,
        level,
        n: left.len() + right.len(),
    })
}

#[cfg(test)]
mod tests;
