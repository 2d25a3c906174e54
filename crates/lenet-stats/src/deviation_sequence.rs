//! The standard deviation of values that are looked at as they come.

use crate::error::{StatsError, check};
use crate::estimate::Estimate;
use crate::moments::{deviation_interval, moments};

/// Sample standard deviation of normal values with a confidence sequence: intervals that hold at every n
/// at once, as those of [`mean_sequence`](crate::mean_sequence) do for the mean.
///
/// The probability 1 − level of an error is spent over the looks, as Lan and DeMets (Discrete sequential
/// boundaries for clinical trials, 1983) do: the chi-square interval of the first n values misses the true
/// standard deviation with probability (1 − level) / (k·(k + 1)), where k = n − 1 counts the looks. These
/// sum to 1 − level over all n, which bounds the probability that any interval misses.
///
/// One value gives 0 and no interval.
///
/// # Errors
/// If there are no values, a value is not finite, or `level` is not in (0, 1).
pub fn deviation_sequence(values: &[f64], level: f64) -> Result<Estimate, StatsError> {
    check(values, level)?;
    let n = values.len();
    let (_, deviation) = moments(values);
    let interval = (n > 1).then(|| {
        let look = (n - 1) as f64;
        let error = (1.0 - level) / (look * (look + 1.0));
        deviation_interval(deviation, n, error)
    });
    Ok(Estimate {
        point: deviation,
        interval,
        level,
        n,
    })
}

#[cfg(test)]
mod tests;
