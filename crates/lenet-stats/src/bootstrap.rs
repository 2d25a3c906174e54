//! Seeded percentile bootstrap of any statistic.

use rand::Rng;

use crate::error::{StatsError, check};
use crate::estimate::{Estimate, Interval, Method};

/// `statistic` of the observations with its percentile bootstrap interval (Efron 1979): the
/// statistic is computed anew on `resamples` samples drawn with replacement, and the interval
/// runs between the quantiles that leave (1 − `level`) / 2 on each side. The draws depend on
/// `seed` alone. One observation gives no interval.
///
/// # Errors
/// If there are no observations, one is not finite, the statistic of a sample is not finite,
/// `level` is not in (0, 1), or `resamples` is below 100.
pub fn bootstrap(
    values: &[f64],
    level: f64,
    resamples: usize,
    seed: u64,
    statistic: impl Fn(&[f64]) -> f64,
) -> Result<Estimate, StatsError> {
    check(values, level)?;
    if resamples < 100 {
        return Err(StatsError::Resamples(resamples));
    }
    let n = values.len();
    let point = statistic(values);
    check(&[point], level)?;
    let interval = if n > 1 {
        let mut rng = lenet_core::random::stream(seed, "bootstrap");
        let mut sample = vec![0.0; n];
        let mut found = Vec::with_capacity(resamples);
        for _ in 0..resamples {
            for slot in &mut sample {
                // u64: the width of usize must not reach the draws.
                let index = rng.random_range(0..n as u64);
                *slot = values[index as usize];
            }
            found.push(statistic(&sample));
        }
        check(&found, level)?;
        found.sort_by(f64::total_cmp);
        let tail = (1.0 - level) / 2.0;
        Some(Interval {
            low: quantile(&found, tail),
            high: quantile(&found, 1.0 - tail),
        })
    } else {
        None
    };
    Ok(Estimate {
        point,
        interval,
        level,
        method: Method::Bootstrap { resamples, seed },
        n,
    })
}

/// Quantile of sorted values with linear interpolation (type 7 of Hyndman & Fan 1996).
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let position = p * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn average(values: &[f64]) -> f64 {
        values.iter().sum::<f64>() / values.len() as f64
    }

    #[test]
    fn quantiles_interpolate() {
        let sorted = [0.0, 10.0, 20.0, 30.0];
        assert_eq!(quantile(&sorted, 0.0), 0.0);
        assert_eq!(quantile(&sorted, 0.5), 15.0);
        assert_eq!(quantile(&sorted, 1.0), 30.0);
    }

    #[test]
    fn the_seed_decides_the_interval() {
        let values: Vec<f64> = (0..30).map(|i| f64::from(i * i % 17)).collect();
        let run = |seed| bootstrap(&values, 0.95, 500, seed, average).unwrap();
        assert_eq!(run(1), run(1));
        assert_ne!(run(1).interval, run(2).interval);
    }

    /// For the mean of 100 values it must come close to the t interval.
    #[test]
    fn agrees_with_the_t_interval_on_a_large_sample() {
        let mut rng = lenet_core::random::stream(5, "test");
        let values: Vec<f64> = (0..100).map(|_| rng.random_range(0.0..1.0)).collect();
        let by_t = crate::mean(&values, 0.95).unwrap();
        let by_bootstrap = bootstrap(&values, 0.95, 10_000, 0, average).unwrap();
        let width = by_t.high().unwrap() - by_t.low().unwrap();
        for (a, b) in [
            (by_t.low(), by_bootstrap.low()),
            (by_t.high(), by_bootstrap.high()),
        ] {
            let difference = (a.unwrap() - b.unwrap()).abs();
            assert!(difference <= 0.1 * width, "{difference} of {width}");
        }
    }

    #[test]
    fn small_or_bad_input() {
        let one = bootstrap(&[2.0], 0.95, 100, 0, average).unwrap();
        assert_eq!((one.point, one.interval), (2.0, None));
        assert!(bootstrap(&[1.0, 2.0], 0.95, 99, 0, average).is_err());
        assert!(bootstrap(&[1.0, 2.0], 0.95, 100, 0, |_| f64::NAN).is_err());
    }
}
