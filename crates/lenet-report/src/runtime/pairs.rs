//! Runtimes compared round by round: what slows the machine for a while slows both sides.

use std::collections::BTreeMap;

use lenet_stats::{Estimate, Interval, StatsError};

use super::Point;

/// One value for each round.
pub(crate) type Rounds = BTreeMap<usize, f64>;

/// A point's runtimes: an epoch and its evaluations, in seconds.
pub(crate) fn runtime(point: &Point) -> Rounds {
    let samples = point.record.samples.iter();
    samples.map(|s| (s.round, s.seconds())).collect()
}

/// A point's epochs alone, in seconds.
pub(crate) fn training(point: &Point) -> Rounds {
    let samples = point.record.samples.iter();
    samples.map(|s| (s.round, s.train_seconds)).collect()
}

/// Logarithm of `left ÷ right` in each round that both have.
pub(crate) fn log_ratio(left: &Rounds, right: &Rounds) -> Rounds {
    let both = left
        .iter()
        .filter_map(|(round, l)| Some((*round, *l, right.get(round)?)));
    both.map(|(round, l, r)| (round, (l / r).ln())).collect()
}

/// Mean of several quantities in each round that all of them have.
pub(crate) fn together(all: &[Rounds]) -> Rounds {
    let Some((first, rest)) = all.split_first() else {
        return Rounds::new();
    };
    let mean = |(round, value): (&usize, &f64)| {
        let others: Option<Vec<f64>> = rest.iter().map(|r| r.get(round).copied()).collect();
        let sum = value + others?.iter().sum::<f64>();
        Some((*round, sum / all.len() as f64))
    };
    first.iter().filter_map(mean).collect()
}

/// The ratio whose logarithms are given: their mean with Student's t interval, turned back into
/// a ratio. (Five rounds have no distribution-free interval of 95 %.)
///
/// # Errors
/// No rounds, or a ratio that is not finite and above zero.
pub(crate) fn factor(logs: &Rounds, level: f64) -> Result<Estimate, StatsError> {
    let values: Vec<f64> = logs.values().copied().collect();
    let mean = lenet_stats::mean(&values, level)?;
    let interval = mean.interval.map(|i| Interval {
        low: i.low.exp(),
        high: i.high.exp(),
    });
    Ok(Estimate {
        point: mean.point.exp(),
        interval,
        ..mean
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(values: &[(usize, f64)]) -> Rounds {
        values.iter().copied().collect()
    }

    #[test]
    fn a_slow_round_leaves_the_ratio_alone() {
        let left = rounds(&[(1, 2.0), (2, 8.0), (3, 2.0)]);
        let right = rounds(&[(1, 1.0), (2, 4.0), (4, 1.0)]);
        let found = factor(&log_ratio(&left, &right), 0.95).unwrap();
        assert_eq!((found.n, found.point), (2, 2.0));
        let interval = found.interval.unwrap();
        assert_eq!((interval.low, interval.high), (2.0, 2.0));
    }

    #[test]
    fn only_whole_rounds_are_taken_together() {
        let both = together(&[rounds(&[(1, 1.0), (2, 2.0)]), rounds(&[(2, 4.0), (3, 9.0)])]);
        assert_eq!(both, rounds(&[(2, 3.0)]));
        assert_eq!(together(&[]), Rounds::new());
    }

    #[test]
    fn what_has_no_ratio_is_refused() {
        assert!(factor(&Rounds::new(), 0.95).is_err());
        for (left, right) in [(f64::NAN, 1.0), (0.0, 1.0), (1.0, 0.0)] {
            let logs = log_ratio(&rounds(&[(1, left)]), &rounds(&[(1, right)]));
            assert!(factor(&logs, 0.95).is_err(), "{left} ÷ {right}");
        }
        let once = factor(&rounds(&[(1, 0.0)]), 0.95).unwrap();
        assert_eq!((once.point, once.interval), (1.0, None));
    }
}
