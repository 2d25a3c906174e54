//! From samples to what is said of them.

use lenet_data::Splits;
use lenet_results::{PhaseSeconds, RuntimeRecord};
use lenet_stats::{Interval, StatsError, median};

use super::error::RuntimeError;
use super::run::flops;

/// Level of the intervals, where there are samples enough.
const LEVEL: f64 = 0.95;
/// A round whose typical point is off by more than this share is marked.
const ROUND_TOLERANCE: f64 = 0.05;

/// What a point's samples say.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Median runtime in seconds: an epoch and the evaluations.
    pub median: f64,
    /// Distribution-free interval of the median; `None` for a single sample.
    pub interval: Option<Interval>,
    /// Its level: 0.95 from six samples on; with fewer it is their range, whose level is
    /// 1 − 2^(1 − n).
    pub level: f64,
    /// First and third quartile of the runtime.
    pub quartiles: [f64; 2],
    /// Images trained on a second, at the median training time.
    pub train_images_per_second: f64,
    /// Rate of the whole sample in FLOP/s, on the count of the direct method.
    pub flops_per_second: f64,
    /// The same as a share of what all threads reach at most; `None` where that is unknown.
    pub share_of_peak: Option<f64>,
    /// Median of each phase over the passes that timed them; `None` where none did.
    pub phases: Option<PhaseSeconds>,
    /// How much more (or, negative, less) the phases add up to than the median runtime, as a
    /// share of it.
    pub phases_excess: Option<f64>,
    /// Most memory of the process in any sample, in bytes.
    pub peak_memory_bytes: Option<u64>,
    /// For each sample whether it lies beyond Tukey's fences, 1.5 interquartile ranges from the
    /// quartiles.
    pub outliers: Vec<bool>,
    /// Whether the network's numbers stopped being finite in some sample.
    pub diverged: bool,
}

/// Summarizes a point's samples.
///
/// # Errors
/// No samples, a time that is not finite, a network that does not fit the images.
pub fn summarize(record: &RuntimeRecord, data: &Splits) -> Result<Summary, RuntimeError> {
    let seconds: Vec<f64> = record.samples.iter().map(|s| s.seconds()).collect();
    let train: Vec<f64> = record.samples.iter().map(|s| s.train_seconds).collect();
    let estimate = median(&seconds, LEVEL)?;
    let (interval, level) = match estimate.interval {
        Some(interval) => (Some(interval), LEVEL),
        None => range(&seconds),
    };
    let mut sorted = seconds.clone();
    sorted.sort_by(f64::total_cmp);
    let quartiles = [quantile(&sorted, 0.25), quantile(&sorted, 0.75)];
    let reach = 1.5 * (quartiles[1] - quartiles[0]);
    let fences = quartiles[0] - reach..=quartiles[1] + reach;
    let [train_flops, evaluation_flops] = flops(&record.point, data)?;
    let flops_per_second = (train_flops + evaluation_flops) / estimate.point;
    let peak = record
        .sessions
        .last()
        .and_then(|session| session.peak_flops_per_thread);
    let phases = phases(&record.phases)?;
    Ok(Summary {
        median: estimate.point,
        interval,
        level,
        quartiles,
        train_images_per_second: record.point.samples as f64 / median(&train, LEVEL)?.point,
        flops_per_second,
        share_of_peak: peak.map(|peak| flops_per_second / (peak * record.point.threads as f64)),
        phases,
        phases_excess: phases.map(|phases| phases.sum() / estimate.point - 1.0),
        peak_memory_bytes: record
            .samples
            .iter()
            .filter_map(|s| s.peak_memory_bytes)
            .max(),
        outliers: seconds.iter().map(|s| !fences.contains(s)).collect(),
        diverged: record.samples.iter().any(|s| s.diverged),
    })
}

/// A round against all others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoundSpeed {
    /// The round, from 1.
    pub round: usize,
    /// Median over points of the sample's time by the point's own median.
    pub ratio: f64,
    /// Whether that is off by more than 5 %: something slowed, or quickened, the whole machine.
    pub out_of_line: bool,
}

/// Every round's speed against the points' medians.
///
/// # Errors
/// A record without samples, a time that is not finite.
pub fn rounds(records: &[RuntimeRecord]) -> Result<Vec<RoundSpeed>, StatsError> {
    let mut ratios: std::collections::BTreeMap<usize, Vec<f64>> = Default::default();
    for record in records {
        let seconds: Vec<f64> = record.samples.iter().map(|s| s.seconds()).collect();
        let middle = median(&seconds, LEVEL)?.point;
        for sample in &record.samples {
            ratios
                .entry(sample.round)
                .or_default()
                .push(sample.seconds() / middle);
        }
    }
    ratios
        .into_iter()
        .map(|(round, ratios)| {
            let ratio = median(&ratios, LEVEL)?.point;
            Ok(RoundSpeed {
                round,
                ratio,
                out_of_line: !((ratio - 1.0).abs() <= ROUND_TOLERANCE),
            })
        })
        .collect()
}

/// The range of n samples and the probability that it holds the median.
fn range(values: &[f64]) -> (Option<Interval>, f64) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let level = 1.0 - 0.5f64.powi(values.len() as i32 - 1);
    ((values.len() > 1).then_some(Interval { low, high }), level)
}

/// Quantile of sorted values by linear interpolation between order statistics (type 7 of
/// Hyndman & Fan 1996).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    let (below, above) = (at.floor() as usize, at.ceil() as usize);
    sorted[below] + (at - below as f64) * (sorted[above] - sorted[below])
}

fn phases(passes: &[PhaseSeconds]) -> Result<Option<PhaseSeconds>, StatsError> {
    if passes.is_empty() {
        return Ok(None);
    }
    let of = |phase: fn(&PhaseSeconds) -> f64| {
        let seconds: Vec<f64> = passes.iter().map(phase).collect();
        Ok(median(&seconds, LEVEL)?.point)
    };
    Ok(Some(PhaseSeconds {
        prepare: of(|p| p.prepare)?,
        copy: of(|p| p.copy)?,
        forward: of(|p| p.forward)?,
        backward: of(|p| p.backward)?,
        optimizer: of(|p| p.optimizer)?,
        evaluation: of(|p| p.evaluation)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    fn of(seconds: &[f64]) -> Summary {
        summarize(&testing::record(2, seconds), &testing::splits()).unwrap()
    }

    #[test]
    fn five_samples_have_an_interval_of_its_own_level() {
        let found = of(&[1.0, 3.0, 2.0, 5.0, 4.0]);
        assert_eq!((found.median, found.quartiles), (3.0, [2.0, 4.0]));
        let interval = found.interval.unwrap();
        assert_eq!(
            (interval.low, interval.high, found.level),
            (1.0, 5.0, 0.9375)
        );
        assert_eq!(found.outliers, [false; 5]);

        let six = of(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!((six.median, six.level), (3.5, 0.95));
        assert_eq!(six.quartiles, [2.25, 4.75]);
        let one = of(&[1.0]);
        assert_eq!((one.interval, one.level), (None, 0.0));
    }

    #[test]
    fn rates_follow_from_the_median() {
        let found = of(&[2.0, 2.0, 100.0]);
        let [train, evaluation] =
            flops(&testing::record(2, &[]).point, &testing::splits()).unwrap();
        assert_eq!(found.train_images_per_second, 40.0 / 1.5);
        assert_eq!(found.flops_per_second, (train + evaluation) / 2.0);
        // Two threads of 1 GFLOP/s each.
        assert_eq!(found.share_of_peak, Some(found.flops_per_second / 2e9));
        assert_eq!(found.peak_memory_bytes, Some(1 << 20));
    }

    #[test]
    fn samples_out_of_line_are_marked_and_kept() {
        let found = of(&[1.0, 1.01, 0.99, 1.0, 1.5]);
        assert_eq!(found.outliers, [false, false, false, false, true]);
        assert_eq!(found.interval.unwrap().high, 1.5);
    }

    #[test]
    fn a_slow_round_is_marked() {
        let scale = |by: f64| [by, by, 1.2 * by, by, 0.99 * by];
        let records: Vec<_> = [1.0, 20.0, 0.1]
            .iter()
            .map(|&by| testing::record(2, &scale(by)))
            .collect();
        let found = rounds(&records).unwrap();
        let marked: Vec<_> = found
            .iter()
            .filter(|r| r.out_of_line)
            .map(|r| r.round)
            .collect();
        assert_eq!(marked, [3]);
        assert!((found[2].ratio - 1.2).abs() < 1e-12);
        assert_eq!(found.len(), 5);
    }

    #[test]
    fn phases_are_medians_held_against_the_total() {
        let mut record = testing::record(2, &[1.0, 1.0]);
        for forward in [0.5, 0.1, 0.3] {
            record.phases.push(PhaseSeconds {
                forward,
                evaluation: 0.6,
                ..PhaseSeconds::default()
            });
        }
        let found = summarize(&record, &testing::splits()).unwrap();
        assert_eq!(found.phases.unwrap().forward, 0.3);
        assert!((found.phases_excess.unwrap() + 0.1).abs() < 1e-12);
    }

    #[test]
    fn nothing_and_nan_have_no_summary() {
        let data = testing::splits();
        assert!(summarize(&testing::record(2, &[]), &data).is_err());
        assert!(summarize(&testing::record(2, &[1.0, f64::NAN]), &data).is_err());
    }
}
