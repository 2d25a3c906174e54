//! From the samples of a point to their summary.

use std::collections::BTreeMap;

use lenet_core::DeviceKind;
use lenet_results::{PhaseSeconds, RuntimeRecord};
use lenet_stats::{Interval, StatsError, median};

use crate::records::estimates::{LEVEL, median_or_range, quantile};

/// A round is marked if it is off by more than this share.
const ROUND_TOLERANCE: f64 = 0.05;

/// Summary of the samples of one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Median runtime in seconds. A runtime is one epoch and the evaluations after it.
    pub median: f64,
    /// Distribution-free interval of the median in seconds; `None` for a single sample.
    pub interval: Option<Interval>,
    /// Confidence level of the interval. It is 0.95 for six samples or more. For n < 6 samples the
    /// interval is their range, and its level is 1 − 2^(1 − n).
    pub level: f64,
    /// First and third quartile of the runtime in seconds.
    pub quartiles: [f64; 2],
    /// Training images per second, at the median training time.
    pub train_images_per_second: f64,
    /// FLOP/s of the whole sample. Operations are counted by the direct method.
    pub flops_per_second: f64,
    /// `flops_per_second` as a share of the peak of the device: all threads together as measured,
    /// or the nominal peak of a GPU. `None` if the peak is unknown.
    pub share_of_peak: Option<f64>,
    /// Median of each phase in seconds, over the passes that timed phases; `None` without such a
    /// pass.
    pub phases: Option<PhaseSeconds>,
    /// Sum of the phases relative to the median runtime, minus 1. Negative if the phases take less.
    pub phases_excess: Option<f64>,
    /// Largest memory of the process over all samples, in bytes.
    pub peak_memory_bytes: Option<u64>,
    /// Largest device memory of the process over all samples, in bytes.
    pub peak_device_memory_bytes: Option<u64>,
    /// For each sample, whether it lies beyond Tukey's fences, which are 1.5 interquartile ranges
    /// from the quartiles.
    pub outliers: Vec<bool>,
    /// Whether the numbers of the network stopped being finite in some sample.
    pub diverged: bool,
}

/// Summarizes the samples of a point.
///
/// # Errors
/// If there are no samples or a time is not finite.
pub fn summarize(record: &RuntimeRecord) -> Result<Summary, StatsError> {
    let samples = || record.samples.iter();
    let seconds: Vec<f64> = samples().map(|s| s.seconds()).collect();
    let train: Vec<f64> = samples().map(|s| s.train_seconds).collect();
    let estimate = median_or_range(&seconds)?;
    let mut sorted = seconds.clone();
    sorted.sort_by(f64::total_cmp);
    let quartiles = [quantile(&sorted, 0.25), quantile(&sorted, 0.75)];
    let reach = 1.5 * (quartiles[1] - quartiles[0]);
    let fences = quartiles[0] - reach..=quartiles[1] + reach;
    // Sums and products as floats: a record may hold any counts.
    let flops = record.work.train_flops as f64 + record.work.evaluation_flops as f64;
    let flops_per_second = flops / estimate.point;
    let images = record.execution.trials as f64 * record.images.train as f64;
    let phases = median_phases(&record.phases)?;
    Ok(Summary {
        median: estimate.point,
        interval: estimate.interval,
        level: estimate.level,
        quartiles,
        train_images_per_second: images / median(&train, LEVEL)?.point,
        flops_per_second,
        share_of_peak: peak_flops(record).map(|peak| flops_per_second / peak),
        phases,
        phases_excess: phases.map(|phases| phases.sum() / estimate.point - 1.0),
        peak_memory_bytes: samples().filter_map(|s| s.peak_memory_bytes).max(),
        peak_device_memory_bytes: samples().filter_map(|s| s.peak_device_memory_bytes).max(),
        outliers: seconds.iter().map(|s| !fences.contains(s)).collect(),
        diverged: samples().any(|s| s.diverged),
    })
}

/// Peak FLOP/s of the device.
fn peak_flops(record: &RuntimeRecord) -> Option<f64> {
    let session = record.sessions.last()?;
    match record.config.device {
        DeviceKind::Cpu => Some(session.peak_flops_per_thread? * record.execution.threads as f64),
        DeviceKind::Cuda => session.environment.gpu.as_ref()?.nominal_flops(),
    }
}

/// The speed of a round relative to the other rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoundSpeed {
    /// Number of the round, from 1.
    pub round: usize,
    /// Time of a sample divided by the median of its point; the median of this ratio over points.
    pub ratio: f64,
    /// Whether the ratio differs from 1 by more than 5 %. Then something slowed or sped up the
    /// whole machine.
    pub out_of_line: bool,
}

/// Speed of every round relative to the medians of the points.
///
/// # Errors
/// If a record has no samples or a time is not finite.
pub fn rounds<'a>(
    records: impl IntoIterator<Item = &'a RuntimeRecord>,
) -> Result<Vec<RoundSpeed>, StatsError> {
    let mut ratios: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for record in records {
        let seconds: Vec<f64> = record.samples.iter().map(|s| s.seconds()).collect();
        let middle = median(&seconds, LEVEL)?.point;
        for sample in &record.samples {
            let of_round = ratios.entry(sample.round).or_default();
            of_round.push(sample.seconds() / middle);
        }
    }
    let speed = |(round, ratios): (usize, Vec<f64>)| {
        let ratio = median(&ratios, LEVEL)?.point;
        Ok(RoundSpeed {
            round,
            ratio,
            out_of_line: !((ratio - 1.0).abs() <= ROUND_TOLERANCE),
        })
    };
    ratios.into_iter().map(speed).collect()
}

fn median_phases(passes: &[PhaseSeconds]) -> Result<Option<PhaseSeconds>, StatsError> {
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
mod tests;
