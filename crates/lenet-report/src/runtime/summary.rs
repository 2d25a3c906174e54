//! From samples to what is said of them.

use lenet_core::DeviceKind;
use lenet_results::{PhaseSeconds, RuntimeRecord};
use lenet_stats::{Estimate, Interval, StatsError, median};

use crate::model::LEVEL;

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
    /// The same as a share of what the device reaches at most: all threads together as measured,
    /// or a GPU on paper. `None` where that is unknown.
    pub share_of_peak: Option<f64>,
    /// Median of each phase over the passes that timed them; `None` where none did.
    pub phases: Option<PhaseSeconds>,
    /// How much more (or, negative, less) the phases add up to than the median runtime, as a
    /// share of it.
    pub phases_excess: Option<f64>,
    /// Most memory of the process in any sample, in bytes.
    pub peak_memory_bytes: Option<u64>,
    /// Most device memory of the process in any sample, in bytes.
    pub peak_device_memory_bytes: Option<u64>,
    /// For each sample whether it lies beyond Tukey's fences, 1.5 interquartile ranges from the
    /// quartiles.
    pub outliers: Vec<bool>,
    /// Whether the network's numbers stopped being finite in some sample.
    pub diverged: bool,
}

/// Summarizes a point's samples.
///
/// # Errors
/// No samples, or a time that is not finite.
pub fn summarize(record: &RuntimeRecord) -> Result<Summary, StatsError> {
    let seconds: Vec<f64> = record.samples.iter().map(|s| s.seconds()).collect();
    let train: Vec<f64> = record.samples.iter().map(|s| s.train_seconds).collect();
    let estimate = median_or_range(&seconds)?;
    let mut sorted = seconds.clone();
    sorted.sort_by(f64::total_cmp);
    let quartiles = [quantile(&sorted, 0.25), quantile(&sorted, 0.75)];
    let reach = 1.5 * (quartiles[1] - quartiles[0]);
    let fences = quartiles[0] - reach..=quartiles[1] + reach;
    let flops = record.work.train_flops + record.work.evaluation_flops;
    let flops_per_second = flops as f64 / estimate.point;
    let peak = peak_flops(record);
    let images = record.point.trials * record.point.samples;
    let phases = phases(&record.phases)?;
    Ok(Summary {
        median: estimate.point,
        interval: estimate.interval,
        level: estimate.level,
        quartiles,
        train_images_per_second: images as f64 / median(&train, LEVEL)?.point,
        flops_per_second,
        share_of_peak: peak.map(|peak| flops_per_second / peak),
        phases,
        phases_excess: phases.map(|phases| phases.sum() / estimate.point - 1.0),
        peak_memory_bytes: record
            .samples
            .iter()
            .filter_map(|s| s.peak_memory_bytes)
            .max(),
        peak_device_memory_bytes: record
            .samples
            .iter()
            .filter_map(|s| s.peak_device_memory_bytes)
            .max(),
        outliers: seconds.iter().map(|s| !fences.contains(s)).collect(),
        diverged: record.samples.iter().any(|s| s.diverged),
    })
}

/// FLOP/s that the point's device reaches at most.
fn peak_flops(record: &RuntimeRecord) -> Option<f64> {
    let session = record.sessions.last()?;
    match record.point.device {
        DeviceKind::Cpu => Some(session.peak_flops_per_thread? * record.point.threads as f64),
        DeviceKind::Cuda => session.environment.gpu.as_ref()?.nominal_flops(),
    }
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
pub fn rounds<'a>(
    records: impl IntoIterator<Item = &'a RuntimeRecord>,
) -> Result<Vec<RoundSpeed>, StatsError> {
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

/// Median with its distribution-free interval of 95 %, or, where there are too few values for
/// that, with their range and the probability that it holds the true median.
///
/// # Errors
/// No values, or one that is not finite.
pub(crate) fn median_or_range(values: &[f64]) -> Result<Estimate, StatsError> {
    let estimate = median(values, LEVEL)?;
    if estimate.interval.is_some() {
        return Ok(estimate);
    }
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Ok(Estimate {
        interval: (values.len() > 1).then_some(Interval { low, high }),
        level: 1.0 - 0.5f64.powi(values.len() as i32 - 1),
        ..estimate
    })
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
    use super::*;
    use crate::runtime::testing::{Grid, record};

    fn made(seconds: &[f64]) -> RuntimeRecord {
        record(&Grid::cpu().point(8, 64, 0.0), seconds)
    }

    fn of(seconds: &[f64]) -> Summary {
        summarize(&made(seconds)).unwrap()
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
        let work = made(&[]).work;
        let flops = (work.train_flops + work.evaluation_flops) as f64;
        assert_eq!(found.train_images_per_second, 10_000.0 / 1.5);
        assert_eq!(found.flops_per_second, flops / 2.0);
        // Two threads of 50 GFLOP/s each.
        assert_eq!(found.share_of_peak, Some(found.flops_per_second / 100e9));
        assert_eq!(found.peak_memory_bytes, Some(1 << 20));
        let on_gpu = record(&Grid::gpu().point(8, 64, 0.0), &[1.0]);
        let nominal = on_gpu.sessions[0].environment.gpu.as_ref().unwrap();
        let share = summarize(&on_gpu).unwrap().share_of_peak.unwrap();
        assert_eq!(share, flops / nominal.nominal_flops().unwrap());
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
            .map(|&by| made(&scale(by)))
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
        let mut record = made(&[1.0, 1.0]);
        for forward in [0.5, 0.1, 0.3] {
            record.phases.push(PhaseSeconds {
                forward,
                evaluation: 0.6,
                ..PhaseSeconds::default()
            });
        }
        let found = summarize(&record).unwrap();
        assert_eq!(found.phases.unwrap().forward, 0.3);
        assert!((found.phases_excess.unwrap() + 0.1).abs() < 1e-12);
    }

    #[test]
    fn nothing_and_nan_have_no_summary() {
        assert!(summarize(&made(&[])).is_err());
        assert!(summarize(&made(&[1.0, f64::NAN])).is_err());
    }
}
