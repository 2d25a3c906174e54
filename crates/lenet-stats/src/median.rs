//! The median and its distribution-free interval.

use crate::error::{StatsError, check};
use crate::estimate::{Estimate, Interval, Method};

/// Median with the interval between two order statistics, the k-th from either end, that covers
/// the true median with probability 1 − 2·P(B < k) ≥ `level`, B binomial (n, ½), whatever the
/// distribution. Fewer observations than such a k needs (six, for 95 %) give no interval.
///
/// # Errors
/// If there are no observations, one is not finite, or `level` is not in (0, 1).
pub fn median(values: &[f64], level: f64) -> Result<Estimate, StatsError> {
    check(values, level)?;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let interval = rank(n, level).map(|k| Interval {
        low: sorted[k - 1],
        high: sorted[n - k],
    });
    Ok(Estimate {
        point: middle(&sorted),
        interval,
        level,
        method: Method::OrderStatistics,
        n,
    })
}

/// Middle value of sorted, non-empty observations; the mean of the two for an even number.
pub(crate) fn middle(sorted: &[f64]) -> f64 {
    let n = sorted.len();
    if n % 2 == 1 {
        sorted[n / 2]
    } else {
        f64::midpoint(sorted[n / 2 - 1], sorted[n / 2])
    }
}

/// Largest k, counted from 1, whose interval still has the level.
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
mod tests {
    use super::*;

    /// From `1 - 2 * scipy.stats.binom.cdf(k - 1, n, 0.5)`: 0.9375 for n = 5, k = 1; 0.969 for
    /// 6, 1; 0.979 for 10, 2; 0.891 for 10, 3; 0.959 for 20, 6; 0.885 for 20, 7.
    #[test]
    fn ranks_agree_with_scipy() {
        for (n, want) in [
            (1, None),
            (5, None),
            (6, Some(1)),
            (10, Some(2)),
            (20, Some(6)),
        ] {
            assert_eq!(rank(n, 0.95), want, "n = {n}");
        }
        assert_eq!(rank(10, 0.98), Some(1));
        assert!(rank(5000, 0.95).is_some());
    }

    #[test]
    fn median_of_odd_and_even_samples() {
        assert_eq!(median(&[3.0, 1.0, 2.0], 0.95).unwrap().point, 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0], 0.95).unwrap().point, 2.5);
        let e = median(&[6.0, 5.0, 4.0, 3.0, 2.0, 1.0], 0.95).unwrap();
        assert_eq!((e.low(), e.high()), (Some(1.0), Some(6.0)));
    }

    #[test]
    fn nan_is_refused() {
        assert!(median(&[1.0, f64::NAN], 0.95).is_err());
    }
}
