//! Order statistics of small samples, at the confidence level of the report.

use lenet_stats::{Estimate, Interval, StatsError, median};

/// Confidence level of every interval in a report.
pub(crate) const LEVEL: f64 = 0.95;

/// Least and greatest of some values; `None` without values.
pub(crate) fn extremes(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().fold(None, |ends, value| {
        let (low, high) = ends.unwrap_or((value, value));
        Some((f64::min(low, value), f64::max(high, value)))
    })
}

/// Median with its distribution-free 95 % interval. Where there are too few values for that, the
/// interval is their range, and its level is the probability that the range covers the true median.
///
/// # Errors
/// If there are no values or a value is not finite.
pub(crate) fn median_or_range(values: &[f64]) -> Result<Estimate, StatsError> {
    let estimate = median(values, LEVEL)?;
    if estimate.interval.is_some() {
        return Ok(estimate);
    }
    let ends = extremes(values.iter().copied()).filter(|_| values.len() > 1);
    Ok(Estimate {
        interval: ends.map(|(low, high)| Interval { low, high }),
        level: 1.0 - 0.5f64.powi(values.len() as i32 - 1),
        ..estimate
    })
}

/// Quantile of sorted values by linear interpolation between order statistics (type 7 of
/// Hyndman & Fan 1996).
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    let (below, above) = (at.floor() as usize, at.ceil() as usize);
    sorted[below] + (at - below as f64) * (sorted[above] - sorted[below])
}
