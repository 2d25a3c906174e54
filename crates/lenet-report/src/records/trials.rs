//! Accuracies of trials after an epoch.

use std::collections::BTreeMap;

use lenet_results::{EpochRecord, Outcome, TrialRecord};
use lenet_stats::{Estimate, StatsError};

/// A quantity of an epoch.
pub(crate) type Metric = fn(&EpochRecord) -> f64;

/// Accuracy on the validation images.
pub(crate) const VALIDATION: Metric = |e| e.validation_accuracy;
/// Accuracy on the test images.
pub(crate) const TEST: Metric = |e| e.test_accuracy;

/// One value per seed.
pub(crate) type PerSeed = BTreeMap<u64, f64>;

/// The last epoch that all trials reached. A trial that stopped early or diverged keeps its last
/// network, so it counts as having reached every epoch.
pub(crate) fn common_last_epoch<'r>(
    trials: impl Iterator<Item = &'r TrialRecord> + Clone,
) -> Option<usize> {
    let last = |t: &TrialRecord| t.epochs.last().map(|e| e.epoch);
    let running = trials.clone().filter(|t| !keeps_its_last(t));
    let running = running.filter_map(last).min();
    running.or_else(|| trials.filter_map(last).max())
}

/// The value of a trial after an epoch, counted from 1. A trial that stopped early or diverged keeps
/// its last value.
pub(crate) fn value_at(
    trial: &TrialRecord,
    epoch: usize,
    metric: impl Fn(&EpochRecord) -> f64,
) -> Option<f64> {
    // They stand in order, and every epoch of a long trial is asked for.
    let found = trial.epochs.binary_search_by_key(&epoch, |e| e.epoch);
    let found = found.ok().and_then(|place| trial.epochs.get(place));
    let last = trial.epochs.last();
    let kept = last.filter(|e| keeps_its_last(trial) && e.epoch < epoch);
    found.or(kept).map(metric)
}

/// The values of trials after an epoch, by seed.
pub(crate) fn per_seed<'r>(
    trials: impl IntoIterator<Item = &'r TrialRecord>,
    epoch: usize,
    metric: Metric,
) -> PerSeed {
    let value = |trial: &TrialRecord| Some((trial.config.seed, value_at(trial, epoch, metric)?));
    trials.into_iter().filter_map(value).collect()
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

fn keeps_its_last(trial: &TrialRecord) -> bool {
    matches!(
        trial.outcome,
        Outcome::Stopped { .. } | Outcome::Diverged { .. }
    )
}

#[cfg(test)]
mod tests;
