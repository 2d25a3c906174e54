//! An engine that pretends to train.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use lenet_core::Trial;
use lenet_data::Splits;
use lenet_results::{Environment, EpochRecord, Outcome, RunRecord, SelfCheck};
use lenet_train::{Ended, Event, GroupTrial, RunOptions, TrainError, Watcher};

use crate::engine::Engine;

/// Computes "results" from seed and epoch. Its checkpoint holds the number of epochs done.
#[derive(Default)]
pub(crate) struct Fake {
    /// Trials with this seed return an error in their second epoch.
    pub(crate) failing_seed: Option<u64>,
    /// Trials with this seed panic in their second epoch.
    pub(crate) panicking_seed: Option<u64>,
    /// Raises the stop flag after this many epochs of all trials.
    pub(crate) stop_after: Option<usize>,
    pub(crate) broken_gradients: bool,
    /// How many trials it can train together; 0 counts as 1.
    pub(crate) capacity: usize,
    /// Whether groups of more than one trial fail as a whole.
    pub(crate) failing_groups: bool,
    /// The identities of each group's trials.
    pub(crate) groups: Mutex<Vec<Vec<String>>>,
    pub(crate) epochs_run: AtomicUsize,
    pub(crate) checks: AtomicUsize,
    pub(crate) in_flight: AtomicUsize,
    pub(crate) most_in_flight: AtomicUsize,
}

pub(crate) fn epoch_record(trial: &Trial, epoch: usize) -> EpochRecord {
    let value = trial.learning_rate / (trial.seed as f64 * epoch as f64 + 1.0 / 3.0);
    EpochRecord {
        epoch,
        step: epoch as u64,
        learning_rate: trial.learning_rate,
        train_loss: value,
        train_accuracy: value,
        validation_loss: f64::NAN,
        validation_accuracy: value,
        test_loss: value,
        test_accuracy: value,
        dead: false,
        train_seconds: 0.0,
        evaluation_seconds: 0.0,
    }
}

impl Engine for Fake {
    fn self_check(&self, _: &Trial, _: &Splits, _: &RunOptions) -> Result<SelfCheck, TrainError> {
        self.checks.fetch_add(1, Ordering::SeqCst);
        Ok(SelfCheck {
            worst_relative_error: if self.broken_gradients {
                f64::NAN
            } else {
                1e-7
            },
            worst_tensor: "conv1.weight".into(),
            tolerance: 1e-4,
            passed: !self.broken_gradients,
            seconds: 0.1,
        })
    }

    fn group_capacity(&self, _: &Trial, _: &Splits, _: &RunOptions) -> usize {
        self.capacity
    }

    fn run_record(
        &self,
        _: &Trial,
        options: &RunOptions,
        jobs: usize,
        group: usize,
        from_epoch: usize,
        check: Option<SelfCheck>,
    ) -> RunRecord {
        RunRecord {
            from_epoch,
            started_unix: 0,
            environment: Environment::collect(),
            threads: options.threads,
            jobs,
            group,
            device: "cpu".into(),
            level: "fake".into(),
            self_check: check,
            scheduler: None,
        }
    }

    fn run_group(
        &self,
        trials: &[GroupTrial<'_>],
        options: &RunOptions,
        watcher: &mut dyn Watcher,
    ) -> Result<(), TrainError> {
        let now = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_in_flight.fetch_max(now, Ordering::SeqCst);
        let identities = trials.iter().map(|trial| trial.config.identity());
        self.groups.lock().unwrap().push(identities.collect());
        for (number, trial) in trials.iter().enumerate() {
            if number > 0 && self.failing_groups {
                watcher.event(
                    number,
                    Event::Started {
                        from_epoch: 0,
                        epochs: &[],
                        group: trials.len(),
                    },
                );
                return Err(TrainError::Device {
                    reason: "overfull".to_owned(),
                });
            }
            let mut observer = |event: Event<'_>| watcher.event(number, event);
            let ended = self.train(trial, trials.len(), options, &mut observer);
            watcher.ended(number, ended);
        }
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }
}

impl Fake {
    fn train(
        &self,
        asked: &GroupTrial<'_>,
        group: usize,
        options: &RunOptions,
        observer: &mut dyn FnMut(Event<'_>),
    ) -> Result<Ended, TrainError> {
        let (trial, checkpoint) = (asked.config, asked.checkpoint.unwrap());
        let own = std::fs::read_to_string(checkpoint).ok();
        let earlier = asked.earlier.map(std::fs::read_to_string);
        let saved = own.or(earlier.and_then(Result::ok));
        let done = saved.map_or(0, |text| text.parse().unwrap());
        let mut epochs: Vec<_> = (1..=done).map(|epoch| epoch_record(trial, epoch)).collect();
        observer(Event::Started {
            from_epoch: done,
            epochs: &epochs,
            group,
        });
        for epoch in done + 1..=trial.epochs {
            std::thread::sleep(std::time::Duration::from_millis(1));
            if options.stop.load(Ordering::SeqCst) {
                return Ok(Ended::Interrupted {
                    epochs: epochs.len(),
                });
            }
            if epoch == 2 && self.failing_seed == Some(trial.seed) {
                return Err(TrainError::Device {
                    reason: "lost".to_owned(),
                });
            }
            assert!(
                epoch != 2 || self.panicking_seed != Some(trial.seed),
                "pretended fault"
            );
            epochs.push(epoch_record(trial, epoch));
            std::fs::write(checkpoint, epoch.to_string()).unwrap();
            observer(Event::Epoch(&epochs[epoch - 1]));
            if Some(self.epochs_run.fetch_add(1, Ordering::SeqCst) + 1) == self.stop_after {
                options.stop.store(true, Ordering::SeqCst);
            }
        }
        Ok(Ended::Finished {
            outcome: Outcome::Completed {},
            epochs,
            parameters: vec![],
            predictions: None,
        })
    }
}
