//! Comparisons in pairs, and the verdicts that follow from their intervals.
//!
//! A pair shares a seed or a round, so what affects both sides cancels. Where several comparisons
//! decide one verdict, each has the level 1 − 0.05 ÷ their number (Bonferroni). Together they err no
//! more often than one comparison would.

use std::collections::BTreeMap;

use lenet_stats::{Estimate, Interval, StatsError};

use crate::claims::Verdict;
use crate::records::estimates::LEVEL;
use crate::records::runtimes::PerRound;
use crate::records::trials::PerSeed;

/// `value(left, right)` for each key that both sides have.
pub(crate) fn matched<K: Ord + Copy>(
    left: &BTreeMap<K, f64>,
    right: &BTreeMap<K, f64>,
    value: impl Fn(f64, f64) -> f64,
) -> BTreeMap<K, f64> {
    let both = left
        .iter()
        .filter_map(|(key, l)| Some((*key, value(*l, *right.get(key)?))));
    both.collect()
}

/// Mean of `left − right` over the seeds that both sides have.
///
/// # Errors
/// If no seed is shared or a value is not finite.
pub(crate) fn paired(left: &PerSeed, right: &PerSeed, level: f64) -> Result<Estimate, StatsError> {
    let pairs = left.iter().filter_map(|(s, l)| Some((*l, *right.get(s)?)));
    let (left, right): (Vec<f64>, Vec<f64>) = pairs.unzip();
    lenet_stats::paired_difference(&left, &right, level)
}

/// Logarithm of `left ÷ right` in each round that both sides have.
pub(crate) fn log_ratio(left: &PerRound, right: &PerRound) -> PerRound {
    matched(left, right, |l, r| (l / r).ln())
}

/// Mean of several quantities in each round that all of them have.
pub(crate) fn together(all: &[PerRound]) -> PerRound {
    let Some((first, rest)) = all.split_first() else {
        return PerRound::new();
    };
    let mean = |(round, value): (&usize, &f64)| {
        let others: Option<Vec<f64>> = rest.iter().map(|r| r.get(round).copied()).collect();
        let sum = value + others?.iter().sum::<f64>();
        Some((*round, sum / all.len() as f64))
    };
    first.iter().filter_map(mean).collect()
}

/// The ratio whose logarithms are given. The function takes the mean of the logarithms with Student's
/// t interval and turns both back into ratios, because five rounds have no distribution-free interval
/// of 95 %.
///
/// # Errors
/// If there are no rounds or a logarithm is not finite.
pub(crate) fn factor(logs: &PerRound, level: f64) -> Result<Estimate, StatsError> {
    let values: Vec<f64> = logs.values().copied().collect();
    let mean = lenet_stats::mean(&values, level)?;
    Ok(Estimate {
        point: mean.point.exp(),
        interval: mean.interval.map(|i| Interval {
            low: i.low.exp(),
            high: i.high.exp(),
        }),
        ..mean
    })
}

/// Level of each of several comparisons that together err as often as one.
pub(crate) fn bonferroni(comparisons: usize) -> f64 {
    1.0 - (1.0 - LEVEL) / comparisons.max(1) as f64
}

/// The level of several comparisons in words.
pub(crate) fn joint_level(comparisons: usize) -> String {
    format!("95 % jointly over {comparisons} comparisons (Bonferroni)")
}

/// Holds if the interval lies above the bound; does not hold if it lies below.
pub(crate) fn above(interval: Option<Interval>, bound: f64) -> Verdict {
    match interval {
        Some(i) if i.low > bound => Verdict::Holds,
        Some(i) if i.high < bound => Verdict::DoesNotHold,
        _ => Verdict::Undecided,
    }
}

/// Holds if all parts hold; does not hold if one part does not.
pub(crate) fn all(parts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let mut verdict = Verdict::Holds;
    for part in parts {
        match part {
            Verdict::DoesNotHold => return part,
            Verdict::Holds => {}
            Verdict::Undecided | Verdict::NotMeasured => verdict = Verdict::Undecided,
        }
    }
    verdict
}

/// The lower bound of an estimate, or its point if there is no interval.
pub(crate) fn lower_bound(estimate: &Estimate) -> f64 {
    estimate.low().unwrap_or(estimate.point)
}

#[cfg(test)]
mod tests;
