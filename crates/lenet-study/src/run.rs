//! The scheduler: workers take groups of outstanding trials from one queue and train them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use lenet_core::{DeviceKind, Shape};
use lenet_results::{SelfCheck, Store, StoreError};
use lenet_train::{RunOptions, TrainError};

use crate::allocation::Allocation;
use crate::data_sets::DataSets;
use crate::engine::{Engine, Training};
use crate::error::StudyError;
use crate::event::{FailedTrial, RunEvent, RunSummary};
use crate::joint::joint_study;
use crate::memory::{Memory, Taken};
use crate::outstanding::{Work, outstanding, survey};
use crate::plan::{Plan, PlannedTrial};
use crate::queue::Queue;
use crate::trial::{RunContext, TrialEnd, run_trials, tell_set_aside};

/// How to run a study. No setting changes a result.
#[derive(Debug, Clone, Default)]
pub struct RunSettings {
    /// Trials that run at once, counting every trial of a group; `None`: see
    /// [`Allocation::choose`].
    pub jobs: Option<usize>,
    /// Threads per step; `None`: see [`Allocation::choose`].
    pub threads: Option<usize>,
    /// Ordinal of the CUDA device, for trials whose device is CUDA.
    pub cuda_ordinal: usize,
    /// Set it to stop the study: every trial saves a checkpoint at its next step and ends.
    pub stop: Arc<AtomicBool>,
}

impl RunSettings {
    /// Divides the cores among `outstanding` trials, of which up to `capacity` can be trained
    /// together.
    #[must_use]
    pub fn allocation(&self, plan: &Plan, outstanding: usize, capacity: usize) -> Allocation {
        let cores = lenet_results::cores();
        let gpu = plan
            .trials
            .iter()
            .any(|trial| trial.config.device == DeviceKind::Cuda);
        Allocation::choose(cores, outstanding, capacity, gpu, self.jobs, self.threads)
    }

    pub(crate) fn options(&self, threads: usize) -> RunOptions {
        RunOptions {
            threads,
            cuda_ordinal: self.cuda_ordinal,
            stop: Arc::clone(&self.stop),
            ..RunOptions::default()
        }
    }
}

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
    run_with(&Training, plan, data, store, settings, observer)
}

/// [`run`] with an engine that tests can replace.
pub(crate) fn run_with(
    engine: &dyn Engine,
    plan: &Plan,
    data: &DataSets,
    store: &Store,
    settings: &RunSettings,
    observer: &(dyn Fn(RunEvent<'_>) + Sync),
) -> Result<RunSummary, StudyError> {
    let begun = Instant::now();
    let work = survey(plan, store)?;
    mend(plan, store, &work)?;
    let rounds: Vec<usize> = plan.trials.iter().map(|trial| trial.round).collect();
    let order = outstanding(&rounds, &work);
    let memory = Memory::new(lenet_train::available_bytes());
    let bytes = |trial: &PlannedTrial, threads| {
        let set = data.get(&trial.data);
        set.map_or(0, |set| engine.memory(&trial.config, set, threads))
    };
    // What cannot be trained comes last, so that its failure holds up nothing.
    let order = order.iter().map(|&position| &plan.trials[position]);
    let (fitting, too_large): (Vec<_>, Vec<_>) =
        order.partition(|trial| memory.holds(bytes(trial, 1)));
    let waiting = fitting.into_iter().chain(too_large);
    let one_thread = settings.options(1);
    let queue = Queue::new(waiting, |trial| {
        let splits = data.splits(&trial.data, &trial.config)?;
        Ok(engine.group_capacity(&trial.config, &splits, &one_thread))
    })?;
    let allocation = settings.allocation(plan, queue.len(), queue.capacity());
    store.mend_study()?.iter().for_each(tell_set_aside);
    let study = joint_study(plan, store.read_study()?);
    store.write_study(&study)?;
    let count = |wanted: fn(&Work) -> bool| work.iter().filter(|work| wanted(work)).count();
    let already_done = count(|work| matches!(work, Work::Done));
    observer(RunEvent::Begin {
        trials: plan.trials.len(),
        done: already_done,
        resumed: count(|work| matches!(work, Work::Resume { .. })),
        retried: count(|work| matches!(work, Work::Retry)),
        elsewhere: count(|work| matches!(work, Work::Elsewhere)),
        jobs: allocation.jobs,
        threads: allocation.threads,
    });

    let options = settings.options(allocation.threads);
    let fits = |trial: &PlannedTrial| memory.holds(bytes(trial, options.threads));
    let checks = SelfChecks::run(engine, &queue, data, &options, &fits, observer)?;
    let state = Mutex::new(SchedulerState::new(
        queue,
        work.iter().filter(|w| **w == Work::Elsewhere).count(),
    ));
    let context = RunContext {
        engine,
        data,
        store,
        observer,
        workers: allocation.workers(),
        predictions: plan.predictions,
    };
    std::thread::scope(|scope| {
        for number in 0..allocation.workers() {
            let thread = std::thread::Builder::new().name(format!("trials {number}"));
            let room = |trials: &[&PlannedTrial], threads| {
                let bytes = trials.iter().map(|trial| bytes(trial, threads));
                memory.take(bytes.fold(0, u64::saturating_add), &settings.stop)
            };
            let (state, context, checks) = (&state, &context, &checks);
            let work = move || worker(state, context, checks, allocation, settings, &room);
            match thread.spawn_scoped(scope, work) {
                Ok(_) => {}
                Err(error) if number == 0 => return Err(no_thread(&error)),
                // Those that there are do all the work.
                Err(error) => {
                    tracing::warn!("{number} trials run at once, since no more can: {error}");
                    break;
                }
            }
        }
        Ok(())
    })?;

    let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = state.error {
        return Err(error);
    }
    let position = |failed: &FailedTrial| {
        plan.trials
            .iter()
            .position(|trial| trial.identity == failed.identity)
    };
    let mut failed = state.failed;
    failed.sort_by_key(position);
    let already_done = already_done + state.done_meanwhile;
    let remaining =
        plan.trials.len() - already_done - state.finished - failed.len() - state.elsewhere;
    Ok(RunSummary {
        trials: plan.trials.len(),
        already_done,
        finished: state.finished,
        failed,
        elsewhere: state.elsewhere,
        remaining,
        interrupted: remaining > 0,
        seconds: begun.elapsed().as_secs_f64(),
    })
}

/// Makes anew what is damaged of finished trials, from their results, and removes what is left over.
fn mend(plan: &Plan, store: &Store, work: &[Work]) -> Result<(), StudyError> {
    let done = plan
        .trials
        .iter()
        .zip(work)
        .filter(|(_, work)| **work == Work::Done);
    for (trial, _) in done {
        let place = store.trial(&trial.identity);
        let Ok(Some(record)) = place.read_record() else {
            continue;
        };
        if place.damage(&record).is_empty() && !place.checkpoint_path().exists() {
            continue;
        }
        match place.mend(&record) {
            // The process that writes it now does so.
            Err(StoreError::Locked { .. }) => {}
            mended => mended?.iter().for_each(tell_set_aside),
        }
    }
    Ok(())
}

fn no_thread(error: &std::io::Error) -> StudyError {
    let reason = error.to_string();
    StudyError::Train(TrainError::Threads { reason })
}

/// The result of the self-check for each code path, keyed by data set and shape.
struct SelfChecks<'p>(Vec<((&'p str, Shape<'p>), SelfCheck)>);

impl<'p> SelfChecks<'p> {
    /// Checks each code path once, with the first trial that takes it, unless it does not fit in
    /// memory. Reports the check that came closest to its bound.
    fn run(
        engine: &dyn Engine,
        queue: &Queue<'p>,
        data: &DataSets,
        options: &RunOptions,
        fits: &dyn Fn(&PlannedTrial) -> bool,
        observer: &(dyn Fn(RunEvent<'_>) + Sync),
    ) -> Result<Self, StudyError> {
        let mut checks = Self(Vec::new());
        for planned in queue.trials().filter(|trial| fits(trial)) {
            if checks.get(planned).is_some() {
                continue;
            }
            let trial = &planned.config;
            let splits = data.splits(&planned.data, trial)?;
            let check = engine.self_check(trial, &splits, options)?;
            if !check.passed {
                return Err(StudyError::SelfCheck {
                    tensor: check.worst_tensor,
                    error: check.worst_relative_error,
                    tolerance: check.tolerance,
                    device: format!("{}, {} backend", trial.device, trial.backend),
                });
            }
            checks.0.push((planned.shape(), check));
        }
        let share = |check: &SelfCheck| check.worst_relative_error / check.tolerance;
        let all = checks.0.iter().map(|(_, check)| check);
        if let Some(closest) = all.clone().max_by(|a, b| share(a).total_cmp(&share(b))) {
            observer(RunEvent::SelfCheck(&SelfCheck {
                seconds: all.map(|check| check.seconds).sum(),
                ..closest.clone()
            }));
        }
        Ok(checks)
    }

    /// The result for the code path that a trial takes.
    fn get(&self, trial: &PlannedTrial) -> Option<&SelfCheck> {
        let (set, shape) = trial.shape();
        let same =
            |(known, other): &(&str, Shape<'_>)| *known == set && shape.is_computed_as(other);
        let found = self.0.iter().find(|(path, _)| same(path));
        found.map(|(_, check)| check)
    }
}

/// What the workers share and change: the queue of waiting trials and the counts of those that
/// ended.
struct SchedulerState<'p> {
    queue: Queue<'p>,
    /// Unfinished trials per round.
    left_in_round: Vec<usize>,
    /// Complete rounds that were reported.
    rounds_reported: usize,
    running: usize,
    finished: usize,
    failed: Vec<FailedTrial>,
    elsewhere: usize,
    /// Finished by another process after the store was surveyed.
    done_meanwhile: usize,
    error: Option<StudyError>,
}

impl<'p> SchedulerState<'p> {
    fn new(queue: Queue<'p>, elsewhere: usize) -> Self {
        let rounds = queue.trials().map(|trial| trial.round + 1).max();
        let mut left_in_round = vec![0; rounds.unwrap_or(0)];
        for trial in queue.trials() {
            left_in_round[trial.round] += 1;
        }
        Self {
            rounds_reported: left_in_round.iter().take_while(|left| **left == 0).count(),
            queue,
            left_in_round,
            running: 0,
            finished: 0,
            failed: Vec::new(),
            elsewhere,
            done_meanwhile: 0,
            error: None,
        }
    }

    /// Counts a trial that ended. Returns the number of complete rounds if it grew.
    fn record_end(
        &mut self,
        trial: &PlannedTrial,
        end: Result<TrialEnd, StudyError>,
    ) -> Option<usize> {
        self.running -= 1;
        match end {
            Ok(TrialEnd::Finished) => self.finished += 1,
            Ok(TrialEnd::Failed(message)) => self.failed.push(FailedTrial {
                identity: trial.identity.clone(),
                label: trial.label.clone(),
                message,
            }),
            Ok(TrialEnd::Elsewhere) => self.elsewhere += 1,
            Ok(TrialEnd::DoneMeanwhile) => self.done_meanwhile += 1,
            Ok(TrialEnd::Interrupted) => return None,
            Err(error) => {
                self.error.get_or_insert(error);
                return None;
            }
        }
        self.left_in_round[trial.round] -= 1;
        let complete = self
            .left_in_round
            .iter()
            .take_while(|left| **left == 0)
            .count();
        (complete > std::mem::replace(&mut self.rounds_reported, complete)).then_some(complete)
    }
}

/// Trains one group after another until the queue is empty, the study is stopped, or the store
/// fails.
fn worker<'m>(
    state: &Mutex<SchedulerState<'_>>,
    context: &RunContext<'_>,
    checks: &SelfChecks<'_>,
    allocation: Allocation,
    settings: &RunSettings,
    room: &dyn Fn(&[&PlannedTrial], usize) -> Option<Taken<'m>>,
) {
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let (trials, threads) = {
            let mut state = lock();
            if settings.stop.load(Ordering::Relaxed) || state.error.is_some() {
                return;
            }
            let trials = state.queue.take(allocation.group);
            state.running += trials.len();
            (
                trials,
                allocation.threads_when(state.running + state.queue.len()),
            )
        };
        let Some(first) = trials.first() else {
            return;
        };
        let Some(_taken) = room(&trials, threads) else {
            return;
        };
        let check = checks.get(first);
        let mut on_end = |trial: &PlannedTrial, end: Result<TrialEnd, StudyError>| {
            if let Err(error) = &end {
                tracing::error!("{}: {error}", trial.label);
                settings.stop.store(true, Ordering::Relaxed);
            }
            let complete = lock().record_end(trial, end);
            if let Some(rounds) = complete {
                (context.observer)(RunEvent::RoundFinished { rounds });
            }
        };
        let options = RunOptions {
            predictions: context.predictions,
            ..settings.options(threads)
        };
        run_trials(context, &trials, &options, check, &mut on_end);
    }
}

#[cfg(test)]
mod tests;
