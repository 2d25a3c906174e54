//! How long a study will take, from a short calibration.

use lenet_results::{BackendKind, DeviceKind, NetworkConfig};
use lenet_train::Timing;

use crate::data_sets::DataSets;
use crate::error::StudyError;
use crate::plan::{Plan, PlannedTrial};
use crate::run::RunSettings;

/// Steps timed for each kind of trial.
const CALIBRATION_STEPS: usize = 8;

/// How long the outstanding trials will take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Trials that it counts.
    pub trials: usize,
    /// Seconds of all of them, one after the other.
    pub trial_seconds: f64,
    /// Seconds on the clock with the trials shared out over `jobs`. Early stops are not
    /// foreseen, nor are cores that slow each other down.
    pub wall_seconds: f64,
    /// Trials in flight at once.
    pub jobs: usize,
}

/// What a trial's time per step depends on.
#[derive(PartialEq)]
struct Kind<'p> {
    data: &'p str,
    network: &'p NetworkConfig,
    batch_size: usize,
    drops: bool,
    optimizer: &'static str,
    backend: BackendKind,
    device: DeviceKind,
}

impl<'p> Kind<'p> {
    fn of(trial: &'p PlannedTrial) -> Self {
        let config = &trial.config;
        Self {
            data: &trial.data,
            network: &config.network,
            batch_size: config.batch_size,
            drops: config.dropout.effective_rate() > 0.0,
            optimizer: config.optimizer.name(),
            backend: config.backend,
            device: config.device,
        }
    }
}

/// Times a few steps of each kind of trial among the plan's `positions` (see
/// [`outstanding`](crate::outstanding())) and adds up. An interrupted trial counts whole.
///
/// # Errors
/// As [`lenet_train::time_steps`].
pub fn estimate(
    plan: &Plan,
    positions: &[usize],
    data: &DataSets,
    settings: &RunSettings,
) -> Result<Estimate, StudyError> {
    let allocation = settings.allocation(plan, positions.len());
    let options = settings.options(allocation.threads);
    let mut known: Vec<(Kind<'_>, Timing)> = Vec::new();
    let mut seconds = Vec::new();
    for &position in positions {
        let trial = &plan.trials[position];
        let splits = data.splits(&trial.data, &trial.config)?;
        let kind = Kind::of(trial);
        let timing = match known.iter().find(|(other, _)| *other == kind) {
            Some((_, timing)) => *timing,
            None => {
                let timing =
                    lenet_train::time_steps(&trial.config, &splits, &options, CALIBRATION_STEPS)?;
                known.push((kind, timing));
                timing
            }
        };
        let images = |split: &lenet_data::Split| split.indices.len();
        let steps = images(&splits.train).div_ceil(trial.config.batch_size) as f64;
        let evaluated = (images(&splits.validation) + images(&splits.test)) as f64;
        let epoch = steps * timing.step_seconds + evaluated * timing.image_seconds;
        seconds.push(epoch * trial.config.epochs as f64);
    }
    Ok(Estimate {
        trials: positions.len(),
        trial_seconds: seconds.iter().sum(),
        wall_seconds: makespan(&seconds, allocation.jobs),
        jobs: allocation.jobs,
    })
}

/// When the last trial ends if each job takes the next trial as soon as it is free.
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
    use super::makespan;

    #[test]
    fn trials_go_to_the_first_free_job() {
        assert_eq!(makespan(&[], 2), 0.0);
        assert_eq!(makespan(&[3.0, 1.0, 1.0, 1.0], 2), 3.0);
        assert_eq!(makespan(&[1.0, 1.0, 5.0], 2), 6.0);
        assert_eq!(makespan(&[2.0, 2.0], 1), 4.0);
    }
}
