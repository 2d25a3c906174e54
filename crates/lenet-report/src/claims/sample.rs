//! From the cells of a comparison to its values, seed by seed, and their estimate.

use std::collections::BTreeMap;

use lenet_results::{ComparisonRecord, PairRecord, Quantity, TestRecord};
use lenet_stats::{Estimate, Interval, StatsError};

use crate::claims::observations::Reader;
use crate::claims::timings::PerSeed;

/// How often the values of a comparison may have been looked at before their number was fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looks {
    /// Once: the number of seeds was fixed beforehand.
    Once,
    /// After each seed, to decide whether to go on.
    EverySeed,
}

/// The values of a comparison.
#[derive(Debug)]
pub(crate) struct Sample {
    quantity: Quantity,
    /// Whether the values were looked at seed by seed.
    looks: Looks,
    /// Whether the values lie between 0 and 1.
    bounded: bool,
    /// Whether the values are changes of the quantity, which have a sign whatever the quantity.
    is_change: bool,
    /// One value for each seed that all cells share; of ratios the logarithm.
    pub(crate) values: Vec<f64>,
    /// Pairs of cells behind each value.
    pub(crate) cells: usize,
    /// Pairs without a value.
    pub(crate) missing: usize,
    /// Pairs left out because they learned too little.
    pub(crate) left_out: usize,
    /// Whether some runtimes were measured in several rounds of one process.
    pub(crate) shares_a_process: bool,
    /// What chance alone explains, of the quantities that are measured in it.
    chance: Option<f64>,
}

impl Sample {
    pub(crate) fn new(
        test: &TestRecord,
        comparison: &ComparisonRecord,
        reader: &Reader,
        looks: Looks,
    ) -> Self {
        let mut sample = Self {
            quantity: test.quantity,
            looks,
            bounded: !comparison.is_change()
                && test.quantity == Quantity::Value
                && test.left.measure.is_accuracy(),
            is_change: comparison.is_change(),
            values: Vec::new(),
            cells: 0,
            missing: 0,
            left_out: 0,
            shares_a_process: false,
            chance: None,
        };
        let mut averages = Vec::new();
        for pairs in [&comparison.pairs, &comparison.baseline] {
            let mut values: Vec<PerSeed> = Vec::new();
            for pair in pairs {
                if !learned(test, pair, reader) {
                    sample.left_out += 1;
                    continue;
                }
                let found = of_pair(test, pair, reader);
                let mut cells = std::iter::once(&pair.left).chain(&pair.right);
                sample.shares_a_process |= cells.any(|cell| reader.shares_a_process(cell));
                if found.is_empty() {
                    sample.missing += 1;
                } else {
                    sample.cells += 1;
                    values.push(found);
                }
            }
            averages.push(together(&values));
        }
        let (of_pairs, of_baseline) = (&averages[0], &averages[1]);
        sample.values = if comparison.is_change() {
            let change =
                |(seed, value): (&(usize, u64), &f64)| Some(value - of_baseline.get(seed)?);
            of_pairs.iter().filter_map(change).collect()
        } else {
            of_pairs.values().copied().collect()
        };
        sample.chance = chance(test, comparison, reader);
        sample
    }

    /// Whether every cell of the comparison has a value.
    pub(crate) fn is_complete(&self) -> bool {
        self.missing == 0 && self.cells > 0
    }

    /// The estimate with its interval.
    ///
    /// # Errors
    /// If there are no values or one is not finite.
    pub(crate) fn estimate(&self, level: f64) -> Result<Estimate, StatsError> {
        match self.quantity {
            Quantity::Value | Quantity::Difference | Quantity::Reduction => self.mean(level),
            Quantity::Distance if self.is_change => self.mean(level),
            Quantity::Distance => Ok(mapped(self.mean(level)?, |value| value.max(0.0))),
            Quantity::Ratio => Ok(mapped(self.mean(level)?, f64::exp)),
            Quantity::Spread => self.spread(level),
            Quantity::SpreadBeyondChance => {
                let spread = self.spread(level)?;
                let chance = self.chance.ok_or(StatsError::Empty)?;
                Ok(mapped(spread, |value| value / chance))
            }
            Quantity::DistanceBeyondChance => {
                let mean = lenet_stats::mean(&self.values, level)?;
                let distance = mean.point.abs() / self.chance.ok_or(StatsError::Empty)?;
                let reach = lenet_stats::normal_quantile(1.0 - (1.0 - level) / 2.0);
                Ok(Estimate {
                    point: distance,
                    interval: Some(Interval {
                        low: (distance - reach).max(0.0),
                        high: distance + reach,
                    }),
                    ..mean
                })
            }
        }
    }

    fn mean(&self, level: f64) -> Result<Estimate, StatsError> {
        match (self.looks, self.bounded) {
            (Looks::Once, false) => lenet_stats::mean(&self.values, level),
            (Looks::Once, true) => lenet_stats::bounded_mean(&self.values, level),
            (Looks::EverySeed, false) => lenet_stats::mean_sequence(&self.values, level),
            (Looks::EverySeed, true) => {
                let mean = lenet_stats::mean_sequence(&self.values, level)?;
                Ok(mapped(mean, |value| value.clamp(0.0, 1.0)))
            }
        }
    }

    fn spread(&self, level: f64) -> Result<Estimate, StatsError> {
        match self.looks {
            Looks::Once => lenet_stats::standard_deviation(&self.values, level),
            Looks::EverySeed => lenet_stats::deviation_sequence(&self.values, level),
        }
    }

    /// Seeds in all that would leave a bound outside the interval of the mean, which is `distance`
    /// away; `None` beyond `most`.
    ///
    /// # Errors
    /// If the estimate is no mean, or there are too few values.
    pub(crate) fn seeds_needed(
        &self,
        distance: f64,
        level: f64,
        most: usize,
    ) -> Result<Option<usize>, StatsError> {
        let deviation = self.deviation().ok_or(StatsError::Empty)?;
        Ok(match self.looks {
            Looks::Once => lenet_stats::observations_needed(deviation, distance, level, most),
            Looks::EverySeed => {
                lenet_stats::observations_needed_in_sequence(deviation, distance, level, most)
            }
        })
    }

    /// Standard deviation of the values whose mean is the estimate; `None` where it is not a mean.
    fn deviation(&self) -> Option<f64> {
        let is_mean = matches!(
            self.quantity,
            Quantity::Value
                | Quantity::Difference
                | Quantity::Distance
                | Quantity::Reduction
                | Quantity::Ratio
        );
        let deviation = lenet_stats::standard_deviation(&self.values, 0.95).ok()?;
        (is_mean && self.values.len() > 1).then_some(deviation.point)
    }
}

/// An estimate on another scale, which grows with the first.
fn mapped(estimate: Estimate, scale: impl Fn(f64) -> f64) -> Estimate {
    Estimate {
        point: scale(estimate.point),
        interval: estimate.interval.map(|i| Interval {
            low: scale(i.low),
            high: scale(i.high),
        }),
        ..estimate
    }
}

/// The quantity of a pair in each seed that both cells have.
fn of_pair(test: &TestRecord, pair: &PairRecord, reader: &Reader) -> PerSeed {
    let left = reader.read(&pair.left, &test.left);
    let (Some(cell), Some(reading)) = (&pair.right, &test.right) else {
        return left;
    };
    let right = reader.read(cell, reading);
    let value = |l: f64, r: f64| match test.quantity {
        Quantity::Ratio => (l / r).ln(),
        Quantity::Distance => (l - r).abs(),
        Quantity::Reduction => 1.0 - r / l,
        _ => l - r,
    };
    let both = left
        .iter()
        .filter_map(|(seed, l)| Some((*seed, value(*l, *right.get(seed)?))));
    both.collect()
}

/// Whether the mean of the left cell reaches the test's threshold. A cell without values does, so
/// that it counts as missing.
fn learned(test: &TestRecord, pair: &PairRecord, reader: &Reader) -> bool {
    let Some(threshold) = &test.only else {
        return true;
    };
    let values = reader.read(&pair.left, &threshold.reading);
    let mean = values.values().sum::<f64>() / values.len() as f64;
    values.is_empty() || mean >= threshold.at_least
}

/// Mean over several cells in each seed that all of them have.
fn together(all: &[PerSeed]) -> PerSeed {
    let mut sums: BTreeMap<(usize, u64), (f64, usize)> = BTreeMap::new();
    for (seed, value) in all.iter().flatten() {
        let (sum, count) = sums.entry(*seed).or_default();
        *sum += value;
        *count += 1;
    }
    let complete = sums
        .into_iter()
        .filter(|(_, (_, count))| *count == all.len());
    complete
        .map(|(seed, (sum, count))| (seed, sum / count as f64))
        .collect()
}

/// Standard deviation that finite sets of images explain: of one accuracy, of the difference
/// between two, or of a change of either. √(p (1 − p) ÷ images) with the mean accuracy p.
fn chance(test: &TestRecord, comparison: &ComparisonRecord, reader: &Reader) -> Option<f64> {
    let mut variance = chance_variance(test, &comparison.pairs, reader)?;
    if comparison.is_change() {
        variance += chance_variance(test, &comparison.baseline, reader)?;
    }
    (variance > 0.0).then(|| variance.sqrt())
}

/// Mean over the pairs of the variance that finite sets of images explain.
fn chance_variance(test: &TestRecord, pairs: &[PairRecord], reader: &Reader) -> Option<f64> {
    let mut variances = Vec::new();
    for pair in pairs {
        if !learned(test, pair, reader) || of_pair(test, pair, reader).is_empty() {
            continue;
        }
        let mut sides = vec![(&pair.left, &test.left)];
        sides.extend(pair.right.iter().zip(&test.right));
        let mut variance = 0.0;
        for (cell, reading) in sides {
            let values = reader.read(cell, reading);
            let mean = values.values().sum::<f64>() / values.len() as f64;
            let images = reader.images(cell, reading.measure)?;
            variance += mean * (1.0 - mean) / images as f64;
        }
        variances.push(variance);
    }
    Some(variances.iter().sum::<f64>() / variances.len() as f64)
}

#[cfg(test)]
mod tests;
