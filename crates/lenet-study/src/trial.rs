//! Runs a group of trials: takes their locks, follows their events, writes their records.

mod claim;
mod log;
mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use lenet_results::{Outcome, SelfCheck, Store, StoreError};
use lenet_train::{CheckpointError, Ended, Event, GroupTrial, RunOptions, TrainError, Watcher};

use crate::data_sets::DataSets;
use crate::engine::Engine;
use crate::error::StudyError;
use crate::event::RunEvent;
use crate::plan::PlannedTrial;
use claim::{Claim, claim};
use log::ProgressLog;
use words::{error_chain, panic_message};

pub(crate) use claim::tell_set_aside;

/// How a trial's run in this process ended.
#[derive(Debug)]
pub(crate) enum TrialEnd {
    Finished,
    Failed(String),
    Interrupted,
    /// Another process took the lock after the store was surveyed.
    Elsewhere,
    /// Another process has finished the trial since the store was surveyed.
    DoneMeanwhile,
}

/// What all workers use and none changes: the engine, the data, the store and the observer.
pub(crate) struct RunContext<'a> {
    pub(crate) engine: &'a dyn Engine,
    pub(crate) data: &'a DataSets,
    pub(crate) store: &'a Store,
    pub(crate) observer: &'a (dyn Fn(RunEvent<'_>) + Sync),
    /// Groups that run at once.
    pub(crate) workers: usize,
    /// Whether trials keep their predictions.
    pub(crate) predictions: bool,
}

/// Callback for the end of a trial; it receives the trial and how it ended.
pub(crate) type OnEnd<'n, 't> = &'n mut dyn FnMut(&'t PlannedTrial, Result<TrialEnd, StudyError>);

/// Trains trials together and writes their records. Calls `on_end` once per trial, as soon as
/// that trial ends.
///
/// Whatever goes wrong inside a trial, a panic included, is recorded as that trial's failure.
/// If a group fails as a whole, the trials that had not ended run again in two halves, and so on
/// down to single trials.
pub(crate) fn run_trials<'t>(
    context: &RunContext<'_>,
    trials: &[&'t PlannedTrial],
    options: &RunOptions,
    check: Option<&SelfCheck>,
    on_end: OnEnd<'_, 't>,
) {
    let started = Instant::now();
    let (mut locked, mut logs) = (Vec::new(), Vec::new());
    let mut broken = false;
    for &trial in trials {
        match claim((context.data, context.store), trial) {
            Ok(Claim::Locked(trial, writer)) => {
                let runs = trial.earlier_runs(context.store);
                locked.push(trial);
                logs.push(Some(ProgressLog::new(*writer, runs)));
            }
            Ok(Claim::Elsewhere) => on_end(trial, Ok(TrialEnd::Elsewhere)),
            Ok(Claim::Done) => on_end(trial, Ok(TrialEnd::DoneMeanwhile)),
            Err(error) => {
                broken = true;
                on_end(trial, Err(error));
            }
        }
    }
    if broken {
        for locked in &locked {
            on_end(locked.trial, Ok(TrialEnd::Interrupted));
        }
        return;
    }
    let group: Vec<GroupTrial<'_>> = locked
        .iter()
        .map(|locked| GroupTrial {
            config: &locked.trial.config,
            data: &locked.splits,
            checkpoint: Some(&locked.checkpoint),
            earlier: locked.earlier.as_deref(),
            init: None,
        })
        .collect();
    let mut group_run = GroupRun {
        context,
        options,
        check,
        started,
        trials: locked.iter().map(|locked| locked.trial).collect(),
        logs,
        active: Vec::new(),
        anew: Vec::new(),
        on_end,
    };
    group_run.run(&group, (0..group.len()).collect());
}

/// A group while it runs: its trials, a progress log for each trial that has not ended, and
/// which trials the engine trains now.
struct GroupRun<'a, 't> {
    context: &'a RunContext<'a>,
    options: &'a RunOptions,
    check: Option<&'a SelfCheck>,
    started: Instant,
    trials: Vec<&'t PlannedTrial>,
    /// One entry per trial; `None` once the trial has ended.
    logs: Vec<Option<ProgressLog>>,
    /// Indices into `trials` of the trials that the engine trains now, in the engine's order.
    active: Vec<usize>,
    /// Trials that begin anew once the group that the engine trains now has ended.
    anew: Vec<usize>,
    on_end: OnEnd<'a, 't>,
}

impl GroupRun<'_, '_> {
    /// Trains those trials of `all` that `indices` names.
    fn run(&mut self, all: &[GroupTrial<'_>], indices: Vec<usize>) {
        if indices.is_empty() {
            return;
        }
        let group: Vec<GroupTrial<'_>> = indices.iter().map(|&index| all[index]).collect();
        self.active.clone_from(&indices);
        let (engine, options) = (self.context.engine, self.options);
        let ended = catch_unwind(AssertUnwindSafe(|| engine.run_group(&group, options, self)));
        let message = match ended {
            Ok(Ok(())) => return self.run_anew(all),
            Ok(Err(error)) => error_chain(&error),
            Err(panic) => format!("panicked: {}", panic_message(&*panic)),
        };
        if let [index] = indices[..] {
            self.end(index, Err(message));
            return;
        }
        self.anew.clear();
        let mut left = indices;
        left.retain(|&index| self.logs[index].is_some());
        tracing::warn!("{} trials go on apart: {message}", left.len());
        for &index in &left {
            self.report_interrupted(index);
        }
        let other_half = left.split_off(left.len() / 2);
        self.run(all, left);
        self.run(all, other_half);
    }

    /// Trains the trials from their start whose checkpoints were set aside.
    fn run_anew(&mut self, all: &[GroupTrial<'_>]) {
        let again = std::mem::take(&mut self.anew);
        self.run(all, again);
    }

    /// Moves away a checkpoint that cannot be used, so that the trial begins anew; `false` if the error
    /// is another one, or there is no such file.
    fn set_checkpoint_aside(
        &mut self,
        index: usize,
        error: &TrainError,
    ) -> Result<bool, StoreError> {
        let is_unusable = matches!(
            error,
            TrainError::Checkpoint(
                CheckpointError::Broken { .. } | CheckpointError::OtherTrial { .. }
            )
        );
        let Some(log) = self.logs[index].as_mut().filter(|_| is_unusable) else {
            return Ok(false);
        };
        let Some(kept) = log.writer.set_checkpoint_aside()? else {
            return Ok(false);
        };
        let label = &self.trials[index].label;
        tracing::warn!(
            "{error}; it is kept as {}, and {label} begins anew",
            kept.display()
        );
        self.anew.push(index);
        Ok(true)
    }

    /// Reports a trial as interrupted if it was reported as started.
    fn report_interrupted(&mut self, index: usize) {
        let trial = self.trials[index];
        if let Some(log) = &mut self.logs[index]
            && std::mem::take(&mut log.reported_started)
        {
            let epochs = log.epochs.len();
            (self.context.observer)(RunEvent::TrialInterrupted { trial, epochs });
        }
    }

    /// Writes the record of a trial that has ended, and reports its end.
    fn end(&mut self, index: usize, ended: Result<Ended, String>) {
        if let Some(log) = self.logs[index].take() {
            let trial = self.trials[index];
            let end = self.close(trial, log, ended);
            (self.on_end)(trial, end);
        }
    }

    /// Ends a trial, without a record, for an error that is the study's.
    fn stop(&mut self, index: usize, error: StoreError) {
        if self.logs[index].take().is_some() {
            (self.on_end)(self.trials[index], Err(error.into()));
        }
    }

    fn close(
        &self,
        trial: &PlannedTrial,
        mut log: ProgressLog,
        ended: Result<Ended, String>,
    ) -> Result<TrialEnd, StudyError> {
        let observer = self.context.observer;
        match log.error {
            // Another process has taken the trial over; a result counts all the same.
            Some(StoreError::Locked { .. }) => match ended {
                Ok(Ended::Finished { .. }) => {}
                _ => return Ok(TrialEnd::Elsewhere),
            },
            Some(error) => return Err(error.into()),
            None => {}
        }
        let (outcome, epochs) = match ended {
            Ok(Ended::Interrupted { epochs }) => {
                observer(RunEvent::TrialInterrupted { trial, epochs });
                return Ok(TrialEnd::Interrupted);
            }
            Ok(Ended::Finished {
                outcome,
                epochs,
                predictions,
                ..
            }) => {
                if let Some(predictions) = predictions {
                    log.writer.keep_predictions(&predictions)?;
                }
                (outcome, epochs)
            }
            Err(message) => (Outcome::Failed { message }, log.epochs),
        };
        let finished = log.writer.finish(outcome, epochs, trial.parameters)?;
        if let Some(conflict) = &finished.conflict {
            tracing::warn!("{}: {conflict}", trial.label);
        }
        let record = finished.record;
        let seconds = self.started.elapsed().as_secs_f64();
        observer(RunEvent::TrialFinished {
            trial,
            outcome: &record.outcome,
            seconds,
        });
        Ok(match record.outcome {
            Outcome::Failed { message } => TrialEnd::Failed(message),
            _ => TrialEnd::Finished,
        })
    }
}

impl Watcher for GroupRun<'_, '_> {
    fn event(&mut self, number: usize, event: Event<'_>) {
        let index = self.active[number];
        let (context, trial) = (self.context, self.trials[index]);
        let Some(log) = &mut self.logs[index] else {
            return;
        };
        match event {
            Event::Started {
                from_epoch,
                epochs,
                group,
            } => {
                let run = context.engine.run_record(
                    &trial.config,
                    self.options,
                    context.workers * group,
                    group,
                    from_epoch,
                    self.check.cloned(),
                );
                log.start(epochs, &run);
                (context.observer)(RunEvent::TrialStarted { trial, from_epoch });
            }
            Event::Step {
                epoch,
                batch,
                batches,
            } => {
                (context.observer)(RunEvent::TrialStep {
                    trial,
                    epoch,
                    batch,
                    batches,
                });
            }
            Event::Epoch(epoch) => {
                log.append(epoch);
                (context.observer)(RunEvent::TrialEpoch { trial, epoch });
            }
            _ => {}
        }
    }

    fn ended(&mut self, number: usize, ended: Result<Ended, TrainError>) {
        let index = self.active[number];
        let error = match ended {
            Ok(ended) => return self.end(index, Ok(ended)),
            Err(error) => error,
        };
        match self.set_checkpoint_aside(index, &error) {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => return self.stop(index, error),
        }
        // A file that cannot be read or written is the folder's fault, not the trial's.
        match error {
            TrainError::Checkpoint(CheckpointError::Io { file: path, source }) => {
                let action = "read or write the checkpoint";
                self.stop(
                    index,
                    StoreError::Io {
                        path,
                        action,
                        source,
                    },
                );
            }
            error => self.end(index, Err(error_chain(&error))),
        }
    }
}
