//! Estimates how long a study will take, from a few timed steps.

use lenet_core::{DeviceKind, Shape, Trial};
use lenet_data::{Split, Splits};
use lenet_train::{RunOptions, Timing};

use crate::data_sets::DataSets;
use crate::engine::{Engine, Training};
use crate::error::StudyError;
use crate::plan::{Plan, PlannedTrial};
use crate::queue::Queue;
use crate::run::RunSettings;

/// Steps timed per kind of trial.
const CALIBRATION_STEPS: usize = 8;

/// The estimated time of the outstanding trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Outstanding trials.
    pub trials: usize,
    /// Seconds of all trials, one after the other; a group counts once.
    pub trial_seconds: f64,
    /// Wall-clock seconds with `jobs` trials at once. Neither early stopping nor cores that slow
    /// each other down are taken into account.
    pub wall_seconds: f64,
    /// Trials that run at once.
    pub jobs: usize,
}

/// What determines a trial's time per step: images and shape, whether dropout is on, and the
/// optimizer.
type Kind<'p> = ((&'p str, Shape<'p>), bool, &'static str);

fn kind(planned: &PlannedTrial) -> Kind<'_> {
    let trial = &planned.config;
    let drops = trial.dropout.effective_rate() > 0.0;
    (planned.shape(), drops, trial.optimizer.name())
}

/// Times a few steps of each kind of trial at `positions` in the plan (see
/// [`outstanding`](crate::outstanding())), and adds up the epochs. Trials that will be trained
/// together are timed together. An interrupted trial counts in full; a group takes as many epochs
/// as its longest trial.
///
/// # Errors
/// As [`lenet_train::time_steps`] and [`lenet_train::time_group`].
pub fn estimate(
    plan: &Plan,
    positions: &[usize],
    data: &DataSets,
    settings: &RunSettings,
) -> Result<Estimate, StudyError> {
    let capacity = |trial: &Trial, splits: &Splits, options: &RunOptions| {
        Training.group_capacity(trial, splits, options)
    };
    estimate_with(&capacity, plan, positions, data, settings)
}

/// How many trials like this one can be trained together, as [`Engine::group_capacity`].
type Capacity<'c> = &'c dyn Fn(&Trial, &Splits, &RunOptions) -> usize;

fn estimate_with(
    capacity: Capacity<'_>,
    plan: &Plan,
    positions: &[usize],
    data: &DataSets,
    settings: &RunSettings,
) -> Result<Estimate, StudyError> {
    let trials = positions.iter().map(|&position| &plan.trials[position]);
    let one_thread = settings.options(1);
    let mut queue = Queue::new(trials, |trial| {
        let splits = data.splits(&trial.data, &trial.config)?;
        Ok(capacity(&trial.config, &splits, &one_thread))
    })?;
    let allocation = settings.allocation(plan, queue.len(), queue.capacity());
    let options = settings.options(allocation.threads);
    let mut known: Vec<((Kind<'_>, usize), Timing)> = Vec::new();
    let mut seconds = Vec::new();
    loop {
        let group = queue.take(allocation.group);
        let Some(&first) = group.first() else { break };
        let splits = data.splits(&first.data, &first.config)?;
        let kind = (kind(first), group.len());
        let timing = match known.iter().find(|(other, _)| *other == kind) {
            Some((_, timing)) => *timing,
            None => {
                let timing = time(&group, &splits, &options)?;
                known.push((kind, timing));
                timing
            }
        };
        let images = |split: &Split| split.indices.len();
        let steps = images(&splits.train).div_ceil(first.config.batch_size) as f64;
        let evaluated = (images(&splits.validation) + images(&splits.test)) as f64;
        let epoch = steps * timing.step_seconds + evaluated * timing.image_seconds;
        let epochs = group.iter().map(|trial| trial.config.epochs).max();
        seconds.push(epoch * epochs.unwrap_or(0) as f64);
    }
    Ok(Estimate {
        trials: positions.len(),
        trial_seconds: seconds.iter().sum(),
        wall_seconds: makespan(&seconds, allocation.workers()),
        jobs: allocation.jobs,
    })
}

fn time(
    group: &[&PlannedTrial],
    splits: &Splits,
    options: &RunOptions,
) -> Result<Timing, StudyError> {
    Ok(match group {
        [trial] if trial.config.device == DeviceKind::Cpu => {
            lenet_train::time_steps(&trial.config, splits, options, CALIBRATION_STEPS)?
        }
        group => {
            let trials: Vec<&Trial> = group.iter().map(|planned| &planned.config).collect();
            lenet_train::time_group(&trials, splits, options, CALIBRATION_STEPS)?
        }
    })
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
mod tests {
    use lenet_data::{Dataset, ImageSet};

    use super::*;
    use crate::config::StudyConfig;
    use crate::overrides::Overrides;

    /// One network: three seeds, each with one epoch and with four.
    const STUDY: &str = r#"
name = "times"
seeds = 3
[base]
filters = 2
hidden = 4
validation = 10
batch_size = 5
[[figure]]
id = "same"
[figure.axes]
epochs = [1, 4]
"#;

    #[test]
    fn trials_together_are_timed_together() {
        let images = |count: usize| {
            let labels = (0..count).map(|i| (i % 3) as u8).collect();
            ImageSet::new(vec![0; count * 64], labels, [1, 8, 8]).unwrap()
        };
        let set = Dataset::new("blank", images(40), images(10)).unwrap();
        let data = DataSets::default().with("mnist", set);
        let config = StudyConfig::parse(STUDY, "times").unwrap();
        let plan = Plan::expand(&config, &Overrides::default(), &data).unwrap();
        let settings = RunSettings {
            jobs: Some(6),
            ..RunSettings::default()
        };
        let all: Vec<usize> = (0..6).collect();
        let of = |capacity: usize| {
            estimate_with(&|_, _, _| capacity, &plan, &all, &data, &settings).unwrap()
        };
        let (alone, three, six) = (of(1), of(3), of(6));
        for found in [alone, three, six] {
            assert_eq!((found.trials, found.jobs), (6, 6));
            assert!(found.trial_seconds > 0.0, "{found:?}");
        }
        // Six at once, two groups at once, one group.
        assert!(alone.wall_seconds < alone.trial_seconds);
        assert!(three.wall_seconds < three.trial_seconds);
        assert_eq!(six.wall_seconds, six.trial_seconds);
    }

    #[test]
    fn trials_go_to_the_first_free_job() {
        assert_eq!(makespan(&[], 2), 0.0);
        assert_eq!(makespan(&[3.0, 1.0, 1.0, 1.0], 2), 3.0);
        assert_eq!(makespan(&[1.0, 1.0, 5.0], 2), 6.0);
        assert_eq!(makespan(&[2.0, 2.0], 1), 4.0);
    }
}
