//! Carrying out the training of a study: all of it, or what one of many workers takes.

mod checks;
mod crew;
mod kept;
mod pull;
mod settings;

use std::time::Instant;

use lenet_results::{Store, StoreError};

use crate::data_sets::DataSets;
use crate::engine::{Engine, Training};
use crate::error::StudyError;
use crate::event::{FailedTrial, RunEvent, RunSummary};
use crate::joint::joint_study;
use crate::outstanding::{Survey, Work, outstanding, survey};
use crate::plan::Plan;
use crate::trial::tell_set_aside;
use crew::{Check, Crew};

pub use pull::{Share, work};
pub use settings::RunSettings;

/// Runs every trial of the plan that has no result in the store. Interrupted trials resume from
/// their checkpoints; failed trials are tried again. Before the first trial, `run` writes
/// `study.json` and checks the gradients of each code path that the trials take. When a trial
/// fails, the others go on.
///
/// # Errors
/// Before any trial: the operating system refuses a record, or a later version wrote it, the store cannot be
/// written, the device cannot be used, or a self-check fails. Later: the store can no longer be
/// written; then the other trials stop cleanly.
pub fn run(
    plan: &Plan,
    data: &DataSets,
    store: &Store,
    settings: &RunSettings,
    observer: &(dyn Fn(RunEvent<'_>) + Sync),
) -> Result<RunSummary, StudyError> {
    let found = survey(plan, store)?;
    run_surveyed(plan, data, store, &found, settings, observer)
}

/// [`run`] of a plan whose trials were looked at just now.
///
/// # Errors
/// As [`run`].
pub fn run_surveyed(
    plan: &Plan,
    data: &DataSets,
    store: &Store,
    found: &Survey,
    settings: &RunSettings,
    observer: &(dyn Fn(RunEvent<'_>) + Sync),
) -> Result<RunSummary, StudyError> {
    run_with(&Training, plan, data, (store, found), settings, observer)
}

/// [`run_surveyed`] with an engine that tests can replace.
pub(crate) fn run_with(
    engine: &dyn Engine,
    plan: &Plan,
    data: &DataSets,
    (store, found): (&Store, &Survey),
    settings: &RunSettings,
    observer: &(dyn Fn(RunEvent<'_>) + Sync),
) -> Result<RunSummary, StudyError> {
    let begun = Instant::now();
    plan.check_level()?;
    mend(plan, store, found)?;
    let rounds: Vec<usize> = plan.trials.iter().map(|trial| trial.round).collect();
    let crew = Crew::new(engine, (plan, data, store), settings, observer);
    let pass = crew.pass(&outstanding(&rounds, &found.work))?;
    store.mend_study()?.iter().for_each(tell_set_aside);
    let study = joint_study(plan, store.read_study()?);
    store.write_study(&study)?;
    let count = |wanted: fn(&Work) -> bool| found.work.iter().filter(|work| wanted(work)).count();
    let already_done = count(|work| matches!(work, Work::Done));
    let elsewhere = count(|work| matches!(work, Work::Elsewhere));
    observer(RunEvent::Begin {
        trials: plan.trials.len(),
        done: already_done,
        resumed: count(|work| matches!(work, Work::Resume { .. })),
        retried: count(|work| matches!(work, Work::Retry)),
        elsewhere,
        jobs: pass.allocation.jobs,
        threads: pass.allocation.threads,
    });
    let ends = crew.train(pass, Check::First)?;
    kept::tidy(plan, store)?;
    let position = |failed: &FailedTrial| {
        let mut trials = plan.trials.iter();
        trials.position(|trial| trial.identity == failed.identity)
    };
    let mut failed = ends.failed;
    failed.sort_by_key(position);
    let already_done = already_done + ends.done_meanwhile;
    let elsewhere = elsewhere + ends.elsewhere.len();
    let ended = already_done + ends.finished + failed.len() + elsewhere;
    let remaining = plan.trials.len() - ended;
    Ok(RunSummary {
        trials: plan.trials.len(),
        already_done,
        finished: ends.finished,
        failed,
        elsewhere,
        remaining,
        interrupted: remaining > 0,
        seconds: begun.elapsed().as_secs_f64(),
    })
}

/// Makes anew what is damaged of finished trials, from their results, and removes what is left over.
fn mend(plan: &Plan, store: &Store, found: &Survey) -> Result<(), StudyError> {
    store.tidy(&found.listing);
    for &position in &found.to_mend {
        let place = store.trial(&plan.trials[position].identity);
        let Ok(Some(record)) = place.read_record() else {
            continue;
        };
        match place.mend(&record) {
            // The process that writes it now does so.
            Err(StoreError::Locked { .. }) => {}
            mended => mended?.iter().for_each(tell_set_aside),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
