//! Trials from their locks to their records.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Instant;

use lenet_data::Splits;
use lenet_results::{EpochRecord, Outcome, SelfCheck, Store, StoreError, TrialWriter};
use lenet_train::{Ended, Event, GroupTrial, RunOptions, TrainError, Watcher};

use crate::data_sets::DataSets;
use crate::engine::Engine;
use crate::error::StudyError;
use crate::event::RunEvent;
use crate::plan::PlannedTrial;

/// How a trial's stretch ended.
#[derive(Debug)]
pub(crate) enum TrialEnd {
    Finished,
    Failed(String),
    Interrupted,
    /// Another process took it between the survey and now.
    Elsewhere,
}

/// What the trials of a run share.
pub(crate) struct Shared<'a> {
    pub(crate) engine: &'a dyn Engine,
    pub(crate) data: &'a DataSets,
    pub(crate) store: &'a Store,
    pub(crate) observer: &'a (dyn Fn(RunEvent<'_>) + Sync),
    /// Groups in flight at once.
    pub(crate) workers: usize,
}

/// Runs trials together and writes their records; `note` is told of each one's end, as soon as
/// it has come.
///
/// Whatever goes wrong inside a trial, a panic included, is its own failure and recorded as
/// such: where a group fails as a whole, those of its trials that had not ended go on in halves
/// of it, down to single trials.
pub(crate) fn run_trials(
    shared: &Shared<'_>,
    trials: &[&PlannedTrial],
    options: &RunOptions,
    check: Option<&SelfCheck>,
    note: Note<'_>,
) {
    let begun = Instant::now();
    let (mut members, mut journals) = (Vec::new(), Vec::new());
    let mut broken = false;
    for &trial in trials {
        match take(shared, trial) {
            Ok(Some((member, writer))) => {
                members.push(member);
                journals.push(Some(Journal::new(writer)));
            }
            Ok(None) => note(trial, Ok(TrialEnd::Elsewhere)),
            Err(error) => {
                broken = true;
                note(trial, Err(error));
            }
        }
    }
    if broken {
        for member in &members {
            note(member.trial, Ok(TrialEnd::Interrupted));
        }
        return;
    }
    let group: Vec<GroupTrial<'_>> = members
        .iter()
        .map(|member| GroupTrial {
            config: &member.trial.config,
            data: &member.splits,
            checkpoint: Some(&member.checkpoint),
            init: None,
        })
        .collect();
    let mut desk = Desk {
        shared,
        options,
        check,
        begun,
        trials: members.iter().map(|member| member.trial).collect(),
        journals,
        running: Vec::new(),
        note,
    };
    desk.run(&group, (0..group.len()).collect());
}

/// What is told of a trial's end.
pub(crate) type Note<'n> = &'n mut dyn FnMut(&PlannedTrial, Result<TrialEnd, StudyError>);

/// A trial whose folder is ours.
struct Member<'p> {
    trial: &'p PlannedTrial,
    checkpoint: PathBuf,
    splits: Splits,
}

/// Takes a trial's folder; `None` where another process has it.
fn take<'p>(
    shared: &Shared<'_>,
    trial: &'p PlannedTrial,
) -> Result<Option<(Member<'p>, TrialWriter)>, StudyError> {
    let splits = shared.data.splits(&trial.data, &trial.config)?;
    let place = shared.store.trial(&trial.identity);
    let writer = match place.begin(&trial.config) {
        Err(StoreError::Locked { .. }) => return Ok(None),
        other => other?,
    };
    let member = Member {
        trial,
        checkpoint: place.checkpoint_path(),
        splits,
    };
    Ok(Some((member, writer)))
}

/// Where a group's trials are written down.
struct Desk<'a> {
    shared: &'a Shared<'a>,
    options: &'a RunOptions,
    check: Option<&'a SelfCheck>,
    begun: Instant,
    trials: Vec<&'a PlannedTrial>,
    /// Of the trials that have not ended.
    journals: Vec<Option<Journal>>,
    /// Which of the trials the engine runs, in its order.
    running: Vec<usize>,
    note: Note<'a>,
}

impl Desk<'_> {
    /// Runs the trials at these places of `all`.
    fn run(&mut self, all: &[GroupTrial<'_>], numbers: Vec<usize>) {
        if numbers.is_empty() {
            return;
        }
        let group: Vec<GroupTrial<'_>> = numbers.iter().map(|&number| all[number]).collect();
        self.running.clone_from(&numbers);
        let (engine, options) = (self.shared.engine, self.options);
        let ended = catch_unwind(AssertUnwindSafe(|| engine.run_group(&group, options, self)));
        let message = match ended {
            Ok(Ok(())) => return,
            Ok(Err(error)) => chain(&error),
            Err(panic) => format!("panicked: {}", panic_message(&*panic)),
        };
        if let [number] = numbers[..] {
            self.end(number, Err(message));
            return;
        }
        let mut left = numbers;
        left.retain(|&number| self.journals[number].is_some());
        tracing::warn!("{} trials go on apart: {message}", left.len());
        for &number in &left {
            self.stand_aside(number);
        }
        let other_half = left.split_off(left.len() / 2);
        self.run(all, left);
        self.run(all, other_half);
    }

    /// Tells that a trial waits for its turn, if it was begun.
    fn stand_aside(&mut self, number: usize) {
        let trial = self.trials[number];
        if let Some(journal) = &mut self.journals[number]
            && std::mem::take(&mut journal.begun)
        {
            let epochs = journal.epochs.len();
            (self.shared.observer)(RunEvent::TrialInterrupted { trial, epochs });
        }
    }

    /// Writes the record of a trial that has ended.
    fn end(&mut self, number: usize, ended: Result<Ended, String>) {
        if let Some(journal) = self.journals[number].take() {
            let trial = self.trials[number];
            let end = self.close(trial, journal, ended);
            (self.note)(trial, end);
        }
    }

    fn close(
        &self,
        trial: &PlannedTrial,
        journal: Journal,
        ended: Result<Ended, String>,
    ) -> Result<TrialEnd, StudyError> {
        let observer = self.shared.observer;
        if let Some(error) = journal.error {
            return Err(error.into());
        }
        let (outcome, epochs) = match ended {
            Ok(Ended::Interrupted { epochs }) => {
                observer(RunEvent::TrialInterrupted { trial, epochs });
                return Ok(TrialEnd::Interrupted);
            }
            Ok(Ended::Finished {
                outcome, epochs, ..
            }) => (outcome, epochs),
            Err(message) => (Outcome::Failed { message }, journal.epochs),
        };
        let record = journal.writer.finish(outcome, epochs, trial.parameters)?;
        let seconds = self.begun.elapsed().as_secs_f64();
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

impl Watcher for Desk<'_> {
    fn event(&mut self, number: usize, event: Event<'_>) {
        let number = self.running[number];
        let (shared, trial) = (self.shared, self.trials[number]);
        let Some(journal) = &mut self.journals[number] else {
            return;
        };
        match event {
            Event::Started {
                from_epoch,
                epochs,
                group,
            } => {
                let run = shared.engine.run_record(
                    &trial.config,
                    self.options,
                    shared.workers * group,
                    group,
                    from_epoch,
                    self.check.cloned(),
                );
                journal.start(epochs, &run);
                (shared.observer)(RunEvent::TrialStarted { trial, from_epoch });
            }
            Event::Step {
                epoch,
                batch,
                batches,
            } => {
                (shared.observer)(RunEvent::TrialStep {
                    trial,
                    epoch,
                    batch,
                    batches,
                });
            }
            Event::Epoch(epoch) => {
                journal.epoch(epoch);
                (shared.observer)(RunEvent::TrialEpoch { trial, epoch });
            }
            _ => {}
        }
    }

    fn ended(&mut self, number: usize, ended: Result<Ended, TrainError>) {
        self.end(self.running[number], ended.map_err(|error| chain(&error)));
    }
}

/// Writes a trial's events to its folder; the first error is kept and ends the writing.
struct Journal {
    writer: TrialWriter,
    /// Whether the trial was told to have begun and not told to wait since.
    begun: bool,
    epochs: Vec<EpochRecord>,
    error: Option<StoreError>,
}

impl Journal {
    fn new(writer: TrialWriter) -> Self {
        Self {
            writer,
            begun: false,
            epochs: Vec::new(),
            error: None,
        }
    }

    fn start(&mut self, epochs: &[EpochRecord], run: &lenet_results::RunRecord) {
        self.begun = true;
        self.epochs = epochs.to_vec();
        self.write(|writer| {
            writer.restore_epochs(epochs)?;
            writer.append_run(run)
        });
    }

    fn epoch(&mut self, epoch: &EpochRecord) {
        self.epochs.push(epoch.clone());
        self.write(|writer| writer.append_epoch(epoch));
    }

    fn write(&mut self, action: impl FnOnce(&mut TrialWriter) -> Result<(), StoreError>) {
        if self.error.is_none() {
            self.error = action(&mut self.writer).err();
        }
    }
}

/// An error and what it came from, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    owned
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}
