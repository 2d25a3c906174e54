//! One trial from its lock to its record.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use lenet_results::{EpochRecord, Outcome, SelfCheck, Store, StoreError, TrialWriter};
use lenet_train::{Ended, Event, RunOptions};

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
    pub(crate) jobs: usize,
}

/// Runs one trial and writes its record. Whatever goes wrong inside the trial, a panic
/// included, is its own failure and recorded as such.
pub(crate) fn run_trial(
    shared: &Shared<'_>,
    trial: &PlannedTrial,
    options: &RunOptions,
    check: Option<SelfCheck>,
) -> Result<TrialEnd, StudyError> {
    let begun = Instant::now();
    let place = shared.store.trial(&trial.identity);
    let mut writer = match place.begin(&trial.config) {
        Err(StoreError::Locked { .. }) => return Ok(TrialEnd::Elsewhere),
        other => other?,
    };
    let options = RunOptions {
        checkpoint: Some(place.checkpoint_path()),
        ..options.clone()
    };
    let mut journal = Journal {
        writer: &mut writer,
        epochs: Vec::new(),
        error: None,
    };
    let ended = catch_unwind(AssertUnwindSafe(|| {
        let splits = shared
            .data
            .splits(&trial.data, &trial.config)
            .map_err(|e| e.to_string())?;
        let mut observe = |event: Event<'_>| match event {
            Event::Started { from_epoch, epochs } => {
                let run = shared.engine.run_record(
                    &trial.config,
                    &options,
                    shared.jobs,
                    from_epoch,
                    check.clone(),
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
        };
        shared
            .engine
            .run(&trial.config, &splits, &options, &mut observe)
            .map_err(|error| chain(&error))
    }));
    let ended = ended.unwrap_or_else(|panic| Err(format!("panicked: {}", panic_message(&*panic))));
    let Journal {
        epochs: seen,
        error,
        ..
    } = journal;
    if let Some(error) = error {
        return Err(error.into());
    }
    let (outcome, epochs) = match ended {
        Ok(Ended::Interrupted { epochs }) => {
            (shared.observer)(RunEvent::TrialInterrupted { trial, epochs });
            return Ok(TrialEnd::Interrupted);
        }
        Ok(Ended::Finished {
            outcome, epochs, ..
        }) => (outcome, epochs),
        Err(message) => (Outcome::Failed { message }, seen),
    };
    let record = writer.finish(outcome, epochs, trial.parameters)?;
    let seconds = begun.elapsed().as_secs_f64();
    (shared.observer)(RunEvent::TrialFinished {
        trial,
        outcome: &record.outcome,
        seconds,
    });
    Ok(match record.outcome {
        Outcome::Failed { message } => TrialEnd::Failed(message),
        _ => TrialEnd::Finished,
    })
}

/// Writes a trial's events to its folder; the first error is kept and ends the writing.
struct Journal<'w> {
    writer: &'w mut TrialWriter,
    epochs: Vec<EpochRecord>,
    error: Option<StoreError>,
}

impl Journal<'_> {
    fn start(&mut self, epochs: &[EpochRecord], run: &lenet_results::RunRecord) {
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
            self.error = action(self.writer).err();
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
