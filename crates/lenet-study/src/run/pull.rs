//! Workers that pull: many processes on one folder, each of which takes what is left.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use lenet_results::{Store, TrialState};

use super::crew::{Check, Crew};
use super::settings::RunSettings;
use crate::data_sets::DataSets;
use crate::engine::{Engine, Training};
use crate::error::StudyError;
use crate::event::{FailedTrial, RunEvent, RunSummary};
use crate::outstanding::{Work, glance};
use crate::plan::{Plan, PlannedTrial};

/// How often a worker that waits looks whether it shall stop.
const TICK: Duration = Duration::from_millis(100);
/// How often it looks at the trials that others run: at first, and at most.
const PAUSE: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(10)];

/// Which worker of how many this is: it begins with its own part of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Counted from 0. A larger one than there are workers counts anew from 0.
    pub index: usize,
    /// Number of workers, at least 1.
    pub of: usize,
}

impl Share {
    /// The position in a plan of so many trials that it begins with.
    fn begins(self, trials: usize) -> usize {
        let of = self.of.max(1);
        self.index % of * trials / of
    }
}

/// Carries out what is left of a plan beside other processes that do the same. The worker begins with its
/// own part, looks under each trial's lock whether the trial is still to be run, and then at what others
/// left; a trial whose process died is taken over. It ends when every trial has ended. It writes neither
/// `study.json` nor a report.
///
/// # Errors
/// As [`run`](super::run).
pub fn work(
    plan: &Plan,
    data: &DataSets,
    store: &Store,
    settings: &RunSettings,
    share: Share,
    observer: &(dyn Fn(RunEvent<'_>) + Sync),
) -> Result<RunSummary, StudyError> {
    work_with(&Training, plan, data, store, (settings, share), observer)
}

/// [`work`] with an engine that tests can replace.
pub(super) fn work_with(
    engine: &dyn Engine,
    plan: &Plan,
    data: &DataSets,
    store: &Store,
    (settings, share): (&RunSettings, Share),
    observer: &(dyn Fn(RunEvent<'_>) + Sync),
) -> Result<RunSummary, StudyError> {
    let begun = Instant::now();
    plan.check_level()?;
    let work = glance(plan, store)?;
    let first = share.begins(plan.trials.len());
    let positions = (first..plan.trials.len()).chain(0..first);
    let mut order: Vec<usize> = positions.filter(|&p| work[p] != Work::Done).collect();
    let mut summary = RunSummary {
        trials: plan.trials.len(),
        already_done: plan.trials.len() - order.len(),
        finished: 0,
        failed: Vec::new(),
        elsewhere: 0,
        remaining: 0,
        interrupted: false,
        seconds: 0.0,
    };
    let crew = Crew::new(engine, (plan, data, store), settings, observer);
    let mut is_first = true;
    loop {
        let pass = crew.pass(&order)?;
        if std::mem::take(&mut is_first) {
            observer(RunEvent::Begin {
                trials: plan.trials.len(),
                done: summary.already_done,
                resumed: 0,
                retried: work.iter().filter(|w| **w == Work::Retry).count(),
                elsewhere: 0,
                jobs: pass.allocation.jobs,
                threads: pass.allocation.threads,
            });
        }
        let ends = crew.train(pass, Check::InTime)?;
        summary.finished += ends.finished;
        summary.already_done += ends.done_meanwhile;
        summary.failed.extend(ends.failed);
        if settings.stop.load(Ordering::Relaxed) {
            summary.elsewhere = ends.elsewhere.len();
            break;
        }
        let waited = wait(&crew, ends.elsewhere);
        summary.already_done += waited.done;
        summary.failed.extend(waited.failed);
        summary.elsewhere = waited.running;
        let left: HashSet<&str> = waited.left.iter().map(|t| t.identity.as_str()).collect();
        order.retain(|&p| left.contains(plan.trials[p].identity.as_str()));
        if order.is_empty() || settings.stop.load(Ordering::Relaxed) {
            break;
        }
    }
    let ended = summary.already_done + summary.finished + summary.failed.len();
    summary.remaining = plan.trials.len() - ended - summary.elsewhere;
    summary.interrupted = settings.stop.load(Ordering::Relaxed) && ended < plan.trials.len();
    summary.seconds = begun.elapsed().as_secs_f64();
    Ok(summary)
}

/// What became of trials that others ran.
#[derive(Default)]
struct Waited<'p> {
    done: usize,
    failed: Vec<FailedTrial>,
    /// Those that nobody runs any more.
    left: Vec<&'p PlannedTrial>,
    /// Those that others still ran when the worker was stopped.
    running: usize,
}

/// Waits until others have finished their trials, or one of these is left by whoever ran it.
fn wait<'p>(crew: &Crew<'p>, mut elsewhere: Vec<&'p PlannedTrial>) -> Waited<'p> {
    let mut waited = Waited::default();
    let mut pause = PAUSE[0];
    loop {
        elsewhere.retain(|trial| {
            let place = crew.store.trial(&trial.identity);
            if place.published().exists() {
                waited.done += 1;
                return false;
            }
            if place.is_held() {
                return true;
            }
            match place.state() {
                TrialState::Done(_) => waited.done += 1,
                // Tried by another process, which told.
                TrialState::Failed(record) => {
                    waited.failed.push(FailedTrial::of(trial, &record));
                }
                _ => waited.left.push(trial),
            }
            false
        });
        let is_over = elsewhere.is_empty() || !waited.left.is_empty();
        if is_over || !sleep(pause, crew.settings) {
            waited.running = elsewhere.len();
            // They are looked at again once what is left was run.
            waited.left.extend(elsewhere);
            return waited;
        }
        pause = (pause * 3 / 2).min(PAUSE[1]);
    }
}

/// `false` if the worker was stopped meanwhile.
fn sleep(pause: Duration, settings: &RunSettings) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < pause {
        if settings.stop.load(Ordering::Relaxed) {
            return false;
        }
        std::thread::sleep(TICK.min(pause));
    }
    true
}

#[cfg(test)]
mod tests;
