//! Estimates how long a study will take, from a few timed steps.

use std::collections::HashMap;

use lenet_core::{DeviceKind, Shape, Trial};
use lenet_data::{Split, Splits};
use lenet_train::{RunOptions, Timing, TrainError};

use crate::data_sets::DataSets;
use crate::engine::{Engine, Training};
use crate::error::StudyError;
use crate::plan::{Plan, PlannedTrial};
use crate::queue::Queue;
use crate::run::RunSettings;

/// Steps timed per kind of trial.
const CALIBRATION_STEPS: usize = 8;

/// Most kinds of trials that are timed. The time of another kind follows from the timed kind whose
/// steps take the most similar number of operations.
const MOST_TIMED: usize = 24;

/// The estimated time of the outstanding trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Outstanding trials.
    pub trials: usize,
    /// Seconds of all trials, one after the other; a group counts once. Trials that do not fit in
    /// memory take none.
    pub trial_seconds: f64,
    /// Wall-clock seconds with `jobs` trials at once. Neither early stopping nor cores that slow
    /// each other down are taken into account.
    pub wall_seconds: f64,
    /// Trials that run at once.
    pub jobs: usize,
    /// Kinds of trials: those of one kind take equally long for an epoch.
    pub kinds: usize,
    /// Kinds that were timed.
    pub timed: usize,
}

/// What determines a trial's time per step: images and shape, whether dropout is on, and the
/// optimizer; and how many trials are trained together.
type Kind<'p> = ((&'p str, Shape<'p>), bool, &'static str, usize);

fn kind<'p>(planned: &'p PlannedTrial, group: usize) -> Kind<'p> {
    let trial = &planned.config;
    let drops = trial.dropout.effective_rate() > 0.0;
    (planned.shape(), drops, trial.optimizer.name(), group)
}

/// One kind of group.
struct OfKind<'p> {
    example: Vec<&'p PlannedTrial>,
    /// Operations of a step, and of an image's evaluation, by the whole group.
    work: [f64; 2],
    timing: Option<Timing>,
}

/// Times a few steps of the kinds of trial at `positions` in the plan (see
/// [`outstanding`](crate::outstanding())), of two dozen where there are more, and adds up the epochs.
/// Trials that will be trained together are timed together. An interrupted trial counts in full; a group
/// takes as many epochs as its longest trial. `progress` is called before each timing with the number of
/// timings done and that of all.
///
/// # Errors
/// As [`lenet_train::time_steps`] and [`lenet_train::time_group`], but for memory.
pub fn estimate(
    plan: &Plan,
    positions: &[usize],
    data: &DataSets,
    settings: &RunSettings,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Estimate, StudyError> {
    let capacity = |trial: &Trial, splits: &Splits, options: &RunOptions| {
        Training.group_capacity(trial, splits, options)
    };
    estimate_with(&capacity, plan, positions, data, settings, progress)
}

/// How many trials like this one can be trained together, as [`Engine::group_capacity`].
type Capacity<'c> = &'c dyn Fn(&Trial, &Splits, &RunOptions) -> usize;

fn estimate_with(
    capacity: Capacity<'_>,
    plan: &Plan,
    positions: &[usize],
    data: &DataSets,
    settings: &RunSettings,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Estimate, StudyError> {
    let trials = positions.iter().map(|&position| &plan.trials[position]);
    let one_thread = settings.options(plan, 1);
    let mut queue = Queue::new(trials, |trial| {
        let splits = data.splits(&trial.data, &trial.config)?;
        Ok(capacity(&trial.config, &splits, &one_thread))
    })?;
    let allocation = settings.allocation(plan, queue.len(), queue.capacity());
    let options = settings.options(plan, allocation.threads);
    let mut numbers: HashMap<Kind<'_>, usize> = HashMap::new();
    let mut kinds: Vec<OfKind<'_>> = Vec::new();
    // The kind of each group, in the order in which they are run, and its epochs.
    let mut groups: Vec<(usize, usize)> = Vec::new();
    loop {
        let group = queue.take(allocation.group);
        let Some(&first) = group.first() else { break };
        let epochs = group.iter().map(|trial| trial.new_epochs()).max();
        let kind = kind(first, group.len());
        let number = match numbers.get(&kind) {
            Some(&number) => number,
            None => {
                numbers.insert(kind, kinds.len());
                let work = operations(&group, data);
                kinds.push(OfKind {
                    example: group,
                    work,
                    timing: None,
                });
                kinds.len() - 1
            }
        };
        groups.push((number, epochs.unwrap_or(0)));
    }
    let chosen = spread(&kinds);
    for (done, &number) in chosen.iter().enumerate() {
        progress(done, chosen.len());
        let kind = &mut kinds[number];
        let splits = data.splits(&kind.example[0].data, &kind.example[0].config)?;
        match time(&kind.example, &splits, &options) {
            Ok(timing) => kind.timing = Some(timing),
            // It will not be trained either.
            Err(TrainError::Memory { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut epochs = Vec::with_capacity(kinds.len());
    for (number, kind) in kinds.iter().enumerate() {
        let timing = match chosen.contains(&number) {
            true => kind.timing,
            false => by_the_nearest(&kinds, kind.work),
        };
        epochs.push(match timing {
            Some(timing) => epoch(kind.example[0], timing, data)?,
            None => 0.0,
        });
    }
    let seconds = groups
        .iter()
        .map(|&(number, count)| epochs[number] * count as f64);
    let seconds: Vec<f64> = seconds.collect();
    Ok(Estimate {
        trials: positions.len(),
        trial_seconds: seconds.iter().sum(),
        wall_seconds: makespan(&seconds, allocation.workers()),
        jobs: allocation.jobs,
        kinds: kinds.len(),
        timed: kinds.iter().filter(|kind| kind.timing.is_some()).count(),
    })
}

/// Operations of a step, and of an image's evaluation, by all trials of a group.
fn operations(group: &[&PlannedTrial], data: &DataSets) -> [f64; 2] {
    let trial = &group[0].config;
    let Some(set) = data.get(&group[0].data) else {
        return [0.0; 2];
    };
    let geometry = trial.network.for_images(set.train.shape(), set.classes);
    let batch = trial.batch_size.min(set.train.len());
    let trials = group.len() as f64;
    [
        geometry.training_flops() as f64 * batch as f64 * trials,
        geometry.forward_flops() as f64 * trials,
    ]
}

/// Numbers of the kinds to time: all, or as many as [`MOST_TIMED`] from the least work to the most.
fn spread(kinds: &[OfKind<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..kinds.len()).collect();
    if order.len() <= MOST_TIMED {
        return order;
    }
    order.sort_by(|&a, &b| kinds[a].work[0].total_cmp(&kinds[b].work[0]));
    let last = order.len() - 1;
    let places = (0..MOST_TIMED).map(|i| i * last / (MOST_TIMED - 1));
    places.map(|place| order[place]).collect()
}

/// The timing of the kind whose steps are most like those of this work, in proportion.
fn by_the_nearest(kinds: &[OfKind<'_>], work: [f64; 2]) -> Option<Timing> {
    let timed = kinds
        .iter()
        .filter_map(|kind| Some((kind.work, kind.timing?)));
    let distance = |other: &[f64; 2]| (other[0].max(1.0).ln() - work[0].max(1.0).ln()).abs();
    let nearest = timed.min_by(|(a, _), (b, _)| distance(a).total_cmp(&distance(b)));
    nearest.map(|(other, timing)| Timing {
        step_seconds: timing.step_seconds * work[0] / other[0].max(1.0),
        image_seconds: timing.image_seconds * work[1] / other[1].max(1.0),
    })
}

/// Seconds of an epoch and its evaluations.
fn epoch(trial: &PlannedTrial, timing: Timing, data: &DataSets) -> Result<f64, StudyError> {
    let splits = data.splits(&trial.data, &trial.config)?;
    let images = |split: &Split| split.indices.len();
    let steps = images(&splits.train).div_ceil(trial.config.batch_size) as f64;
    let evaluated = (images(&splits.validation) + images(&splits.test)) as f64;
    Ok(steps * timing.step_seconds + evaluated * timing.image_seconds)
}

fn time(
    group: &[&PlannedTrial],
    splits: &Splits,
    options: &RunOptions,
) -> Result<Timing, TrainError> {
    match group {
        [trial] if trial.config.device == DeviceKind::Cpu => {
            lenet_train::time_steps(&trial.config, splits, options, CALIBRATION_STEPS)
        }
        group => {
            let trials: Vec<&Trial> = group.iter().map(|planned| &planned.config).collect();
            lenet_train::time_group(&trials, splits, options, CALIBRATION_STEPS)
        }
    }
}

/// When the last trial ends, if each job takes the next trial as soon as it is free.
fn makespan(seconds: &[f64], jobs: usize) -> f64 {
    let mut busy_until = vec![0.0_f64; jobs.max(1)];
    for &trial in seconds {
        let first_free = busy_until.iter_mut().min_by(|a, b| a.total_cmp(b));
        *first_free.expect("there is at least one job") += trial;
    }
    busy_until.into_iter().fold(0.0, f64::max)
}

#[cfg(test)]
mod tests;
