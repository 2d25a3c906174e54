//! The mean of values that are looked at as they come.

use crate::error::{StatsError, check};
use crate::estimate::{Estimate, Interval};
use crate::moments::moments;

/// Variance of the normal prior on the effect size, (true mean − hypothesis) / true standard deviation.
///
/// The intervals of [`mean_sequence`] are valid whatever the prior; it decides where they are narrow. With
/// a small variance three values have no interval, with a large one ten values have a wide one. 100 has
/// intervals of three values for levels below 0.9966, and of two for levels below 0.929. `oracle/prior.py`
/// counts the values until an effect of 0 is excluded, for true effects of 1 to 30 and up to ten values.
/// At levels of 0.99 to 0.999, which joint verdicts need, 100 takes at most 6 to 11 per cent more values
/// than the best variance for each effect; at 0.95 it takes at most 31 per cent more, for effects of 30.
pub const PRIOR: f64 = 100.0;

/// Mean of normal values with a confidence sequence: intervals that hold at every n at once. Whoever looks
/// after each value and stops when the interval pleases still errs with probability 1 − level at most.
///
/// A value μ lies in the interval at n if the Bayes factor against it is below 1 / (1 − level):
///
/// BF(μ) = (1 + n·g)^(−1/2) · \[(1 + t²/ν) / (1 + t²/(ν·(1 + n·g)))\]^(n/2), with ν = n − 1,
/// t = √n·(mean − μ)/s and g = [`PRIOR`].
///
/// It is the Bayes factor of Gönen, Johnson, Lu and Westfall (2005) for a normal prior on the effect size.
/// If μ is the true mean, BF is a nonnegative martingale that starts at 1, for any true standard deviation
/// (Hendriksen, de Heide and Grünwald, 2021; Wang and Ramdas, Anytime-valid t-tests, 2023), so it ever
/// reaches 1 / (1 − level) with probability 1 − level at most (Ville, 1939).
///
/// While there are too few values for a bounded interval there is none. See [`PRIOR`] for how many it
/// takes.
///
/// # Errors
/// If there are no values, a value is not finite, or `level` is not in (0, 1).
pub fn mean_sequence(values: &[f64], level: f64) -> Result<Estimate, StatsError> {
    check(values, level)?;
    let n = values.len();
    let (mean, deviation) = moments(values);
    let half = half_width(n, level).filter(|_| n > 1);
    let interval = half.map(|half| Interval {
        low: mean - half * deviation,
        high: mean + half * deviation,
    });
    Ok(Estimate {
        point: mean,
        interval,
        level,
        n,
    })
}

/// Half of the width of the interval of `n ≥ 2` values alone, in sample standard deviations. None where
/// the Bayes factor stays below its bound for every mean.
pub(crate) fn half_width(n: usize, level: f64) -> Option<f64> {
    let count = n as f64;
    let shrink = 1.0 + count * PRIOR;
    // BF < 1 / (1 − level) is (1 + u) / (1 + u / shrink) < ratio, with u = t² / ν.
    let ln_ratio = (shrink.ln() - 2.0 * (1.0 - level).ln()) / count;
    let bounded = -(ln_ratio - shrink.ln()).exp_m1();
    (bounded > 0.0).then(|| ((count - 1.0) / count * ln_ratio.exp_m1() / bounded).sqrt())
}

#[cfg(test)]
mod tests;
