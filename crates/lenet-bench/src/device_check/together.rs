//! Trials trained together on the device, which must be to the last bit what they are alone.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lenet_core::{Backend, Dropout, Optimizer, Trial};
use lenet_results::Outcome;
use lenet_train::{Ended, Event, GroupTrial, RunOptions, TrainError, Watcher};

use super::training::{config, folder};
use super::{Answer, Checked};

/// A learning rate that no network survives.
const FATAL: f64 = 1e30;

/// The same trial twice.
pub(super) fn repetition(checked: &Checked<'_>) -> Result<Answer, TrainError> {
    let configs = [config(checked, Backend::Fused, checked.kind, 1)];
    let once = Run::new(&configs).go(checked, &checked.options())?;
    let again = Run::new(&configs).go(checked, &checked.options())?;
    Ok(of_ends(&again, &once))
}

/// Compares trials that differ in all that a group allows with the same trials alone.
pub(super) fn group(checked: &Checked<'_>) -> Result<Answer, TrainError> {
    let configs = configs(checked);
    let together = Run::new(&configs).go(checked, &checked.options())?;
    let mut alone = Vec::new();
    for config in &configs {
        let one = std::slice::from_ref(config);
        alone.extend(Run::new(one).go(checked, &checked.options())?);
    }
    let diverged = alone
        .iter()
        .filter(|end| {
            matches!(
                end,
                Ended::Finished {
                    outcome: Outcome::Diverged { .. },
                    ..
                }
            )
        })
        .count();
    if diverged == 0 {
        let detail = format!("no trial diverged at a learning rate of {FATAL:e}");
        return Ok(Answer::new(false, detail));
    }
    let answer = of_ends(&together, &alone);
    Ok(Answer {
        detail: format!(
            "{}, {diverged} of which diverge: {}",
            configs.len(),
            answer.detail
        ),
        ..answer
    })
}

/// Compares a group that is stopped within its second epoch and resumed with one that is not.
pub(super) fn resumption(checked: &Checked<'_>) -> Result<Answer, TrainError> {
    let configs = configs(checked);
    let whole = Run::new(&configs).go(checked, &checked.options())?;
    let folder = folder()?;
    let files = (0..configs.len()).map(|number| folder.path().join(number.to_string()));
    let mut run = Run::new(&configs);
    run.files = files.collect();
    let stop = Arc::new(AtomicBool::new(false));
    run.stop = Some(Arc::clone(&stop));
    let stopped = RunOptions {
        stop,
        ..checked.options()
    };
    let first = run.go(checked, &stopped)?;
    let left = first
        .iter()
        .filter(|end| matches!(end, Ended::Interrupted { .. }))
        .count();
    run.stop = None;
    let resumed = run.go(checked, &checked.options())?;
    let answer = of_ends(&resumed, &whole);
    if left == 0 {
        let detail = "it did not stop in its second epoch".to_owned();
        return Ok(Answer::new(false, detail));
    }
    Ok(Answer {
        detail: format!(
            "{left} of {} went on in epoch 2: {}",
            configs.len(),
            answer.detail
        ),
        ..answer
    })
}

/// Five settings for each seed; the last diverges.
fn configs(checked: &Checked<'_>) -> Vec<Trial> {
    let adam = Optimizer::ADAM;
    let rms_prop = Optimizer::RMSPROP;
    let settings = [
        (Optimizer::SGD, 0.1, 0.0),
        (Optimizer::MOMENTUM, 0.01, 0.5),
        (adam, 0.001, 0.25),
        (rms_prop, 0.001, 0.0),
        (Optimizer::SGD, FATAL, 0.0),
    ];
    let of = |seed| {
        settings.map(|(optimizer, learning_rate, rate)| Trial {
            optimizer,
            learning_rate,
            dropout: Dropout {
                rate,
                connected: true,
            },
            ..config(checked, Backend::Fused, checked.kind, seed)
        })
    };
    (1..=checked.seeds).flat_map(of).collect()
}

/// Trials that are trained together, and how they ended.
struct Run<'c> {
    configs: &'c [Trial],
    /// One checkpoint for each trial, or none.
    files: Vec<PathBuf>,
    /// Raised in the second epoch.
    stop: Option<Arc<AtomicBool>>,
    ends: Vec<Option<Result<Ended, TrainError>>>,
}

impl<'c> Run<'c> {
    fn new(configs: &'c [Trial]) -> Self {
        Self {
            configs,
            files: Vec::new(),
            stop: None,
            ends: Vec::new(),
        }
    }

    /// How each trial ended, in the order of the trials.
    fn go(
        &mut self,
        checked: &Checked<'_>,
        options: &RunOptions,
    ) -> Result<Vec<Ended>, TrainError> {
        let files = self.files.clone();
        let trials: Vec<GroupTrial<'_>> = self
            .configs
            .iter()
            .enumerate()
            .map(|(number, config)| GroupTrial {
                config,
                data: checked.data,
                checkpoint: files.get(number).map(PathBuf::as_path),
                earlier: None,
                init: None,
            })
            .collect();
        self.ends = trials.iter().map(|_| None).collect();
        lenet_train::run_group(&trials, options, self)?;
        let ends = std::mem::take(&mut self.ends).into_iter();
        ends.map(|end| end.unwrap_or_else(|| Err(untold())))
            .collect()
    }
}

impl Watcher for Run<'_> {
    fn event(&mut self, _: usize, event: Event<'_>) {
        if let (Event::Step { epoch: 2, .. }, Some(stop)) = (event, &self.stop) {
            stop.store(true, Ordering::Relaxed);
        }
    }

    fn ended(&mut self, trial: usize, ended: Result<Ended, TrainError>) {
        self.ends[trial] = Some(ended);
    }
}

fn untold() -> TrainError {
    TrainError::Data {
        reason: "the end of a trial was not told".to_owned(),
    }
}

fn of_ends(got: &[Ended], want: &[Ended]) -> Answer {
    let wrong = got.iter().zip(want).filter(|(got, want)| !same(got, want));
    let wrong = wrong.count() + got.len().abs_diff(want.len());
    Answer::new(
        wrong == 0 && !got.is_empty(),
        match wrong {
            0 => "the same bits".to_owned(),
            wrong => format!("{wrong} of {} are not the same bits", want.len()),
        },
    )
}

/// Whether two trials ended alike: outcome, records, parameters and predictions, bit for bit.
fn same(got: &Ended, want: &Ended) -> bool {
    let (
        Ended::Finished {
            outcome: got_outcome,
            epochs: got_epochs,
            parameters: got_parameters,
            predictions: got_predictions,
        },
        Ended::Finished {
            outcome,
            epochs,
            parameters,
            predictions,
        },
    ) = (got, want)
    else {
        return false;
    };
    let mut pairs = got_epochs.iter().zip(epochs);
    got_outcome == outcome
        && got_epochs.len() == epochs.len()
        && pairs.all(|(got, want)| got.same_outcome(want))
        && bits(got_parameters) == bits(parameters)
        && got_predictions == predictions
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[cfg(test)]
mod tests {
    use lenet_results::CheckVerdict::{Failed, Passed};

    use super::*;

    #[test]
    fn one_bit_is_seen() {
        let end = |parameters: &[f32]| Ended::Finished {
            outcome: Outcome::Completed {},
            epochs: Vec::new(),
            parameters: parameters.to_vec(),
            predictions: None,
        };
        let one = [end(&[0.0, f32::NAN])];
        assert_eq!(of_ends(&one, &one).verdict, Passed);
        assert_eq!(of_ends(&[end(&[-0.0, f32::NAN])], &one).verdict, Failed);
        assert_eq!(of_ends(&[end(&[0.0])], &one).verdict, Failed);
        assert_eq!(of_ends(&[], &one).verdict, Failed);
        assert_eq!(of_ends(&[], &[]).verdict, Failed);
        let interrupted = [Ended::Interrupted { epochs: 1 }];
        assert_eq!(of_ends(&interrupted, &interrupted).verdict, Failed);
    }
}
