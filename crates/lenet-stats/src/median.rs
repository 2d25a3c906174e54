//! The median with its distribution-free interval.

use crate::error::{StatsError, check};
use crate::estimate::{Estimate, Interval};

/// Median of the observations with a distribution-free interval.
///
/// The interval runs between two order statistics, the k-th smallest and the k-th largest. It covers
/// the true median with probability 1 − 2·P(B < k), where B is binomial (n, ½), whatever the
/// distribution. The function takes the largest k for which that probability is at least `level`.
/// Where no k reaches the level (below six observations, for 95 %) there is no interval.
///
/// # Errors
/// If there are no observations, an observation is not finite, or `level` is not in (0, 1).
pub fn median(values: &[f64], level: f64) -> Result<Estimate, StatsError> {
    check(values, level)?;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let interval = rank(n, level).map(|k| Interval {
        low: sorted[k - 1],
        high: sorted[n - k],
    });
    let point = if n % 2 == 1 {
        sorted[n / 2]
    } else {
        f64::midpoint(sorted[n / 2 - 1], sorted[n / 2])
    };
    Ok(Estimate {
        point,
        interval,
        level,
        n,
    })
}

/// Largest k, counted from 1, whose interval has at least the level.
fn rank(n: usize, level: f64) -> Option<usize> {
    // Logarithms, because 2^-n underflows for n above 1074.
    let mut log_term = -(n as f64) * std::f64::consts::LN_2;
    let mut below = 0.0;
    let mut best = None;
    for k in 1..=n / 2 {
        below += log_term.exp();
        if 1.0 - 2.0 * below < level {
            break;
        }
        best = Some(k);
        log_term += ((n - k + 1) as f64 / k as f64).ln();
    }
    best
}

#[cfg(test)]
mod tests;
