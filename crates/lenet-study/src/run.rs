//! The scheduler: outstanding trials over the machine's cores, or in groups over its GPU.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use lenet_core::{DeviceKind, Shape};
use lenet_results::{SelfCheck, Store};
use lenet_train::RunOptions;

use crate::allocation::Allocation;
use crate::data_sets::DataSets;
use crate::engine::{Engine, Training};
use crate::error::StudyError;
use crate::event::{FailedTrial, RunEvent, RunSummary};
use crate::joint::joint_study;
use crate::outstanding::{Work, outstanding, survey};
use crate::plan::{Plan, PlannedTrial};
use crate::queue::Queue;
use crate::trial::{Shared, TrialEnd, run_trials};

/// How a study is run; nothing of it changes a number.
#[derive(Debug, Clone, Default)]
pub struct RunSettings {
    /// Trials at once, those that are trained together included; `None`: see
    /// [`Allocation::choose`].
    pub jobs: Option<usize>,
    /// Threads of a step; `None`: see [`Allocation::choose`].
    pub threads: Option<usize>,
    /// CUDA device of the trials that ask for one.
    pub cuda_ordinal: usize,
    /// Raised from outside to stop cleanly at each trial's next step.
    pub stop: Arc<AtomicBool>,
}

impl RunSettings {
    /// How the cores are shared out among so many outstanding trials, of which up to `capacity`
    /// can be trained together.
    #[must_use]
    pub fn allocation(&self, plan: &Plan, outstanding: usize, capacity: usize) -> Allocation {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
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

/// Runs every trial of the plan that has no result in the store, interrupted ones from where
/// they were and failed ones again. `study.json` is written first, then each code path that the
/// trials take proves itself. A trial that fails leaves the others running.
///
/// # Errors
/// Before any trial: a record that cannot be read or is of a later version, a store that cannot
/// be written, a device that cannot be used, a failed self-check. Later: the store can no
/// longer be written; then the other trials stop cleanly.
pub fn run(
    plan: &Plan,
    data: &DataSets,
    store: &Store,
    settings: &RunSettings,
    observer: &(dyn Fn(RunEvent<'_>) + Sync),
) -> Result<RunSummary, StudyError> {
    run_with(&Training, plan, data, store, settings, observer)
}

/// [`run`] with any engine.
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
    let rounds: Vec<usize> = plan.trials.iter().map(|trial| trial.round).collect();
    let order = outstanding(&rounds, &work);
    let waiting = order.iter().map(|&position| &plan.trials[position]);
    let one_thread = settings.options(1);
    let queue = Queue::new(waiting, |trial| {
        let splits = data.splits(&trial.data, &trial.config)?;
        Ok(engine.group_capacity(&trial.config, &splits, &one_thread))
    })?;
    let allocation = settings.allocation(plan, queue.len(), queue.capacity());
    let study = joint_study(&plan.study, store.read_study()?, false);
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
    let checks = Checks::run(engine, &queue, data, &options, observer)?;
    let board = Mutex::new(Board::new(
        queue,
        work.iter().filter(|w| **w == Work::Elsewhere).count(),
    ));
    let shared = Shared {
        engine,
        data,
        store,
        observer,
        workers: allocation.workers(),
    };
    std::thread::scope(|scope| {
        for _ in 0..allocation.workers() {
            scope.spawn(|| worker(&board, &shared, &checks, allocation, settings));
        }
    });

    let board = board.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = board.error {
        return Err(error);
    }
    let place = |failed: &FailedTrial| {
        plan.trials
            .iter()
            .position(|trial| trial.identity == failed.identity)
    };
    let mut failed = board.failed;
    failed.sort_by_key(place);
    let remaining =
        plan.trials.len() - already_done - board.finished - failed.len() - board.elsewhere;
    Ok(RunSummary {
        trials: plan.trials.len(),
        already_done,
        finished: board.finished,
        failed,
        elsewhere: board.elsewhere,
        remaining,
        interrupted: remaining > 0,
        seconds: begun.elapsed().as_secs_f64(),
    })
}

/// The check of each code path that trials take.
struct Checks<'p>(Vec<((&'p str, Shape<'p>), SelfCheck)>);

impl<'p> Checks<'p> {
    /// Checks each code path once, with the first trial that takes it, and tells of the check that
    /// came closest to its bound.
    fn run(
        engine: &dyn Engine,
        queue: &Queue<'p>,
        data: &DataSets,
        options: &RunOptions,
        observer: &(dyn Fn(RunEvent<'_>) + Sync),
    ) -> Result<Self, StudyError> {
        let mut checks = Self(Vec::new());
        for trial in queue.trials() {
            if checks.of(trial).is_some() {
                continue;
            }
            let splits = data.splits(&trial.data, &trial.config)?;
            let check = engine.self_check(&trial.config, &splits, options)?;
            if !check.passed {
                let config = &trial.config;
                return Err(StudyError::SelfCheck {
                    tensor: check.worst_tensor,
                    error: check.worst_relative_error,
                    tolerance: check.tolerance,
                    device: format!("{}, {} backend", config.device, config.backend),
                });
            }
            checks.0.push((trial.shape(), check));
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

    /// The check of the code path that a trial takes.
    fn of(&self, trial: &PlannedTrial) -> Option<&SelfCheck> {
        let (set, shape) = trial.shape();
        let same =
            |(known, other): &(&str, Shape<'_>)| *known == set && shape.is_computed_as(other);
        let found = self.0.iter().find(|(path, _)| same(path));
        found.map(|(_, check)| check)
    }
}

/// What the workers share and write.
struct Board<'p> {
    queue: Queue<'p>,
    /// Unfinished trials of each round, and rounds told of already.
    left_in_round: Vec<usize>,
    rounds_told: usize,
    running: usize,
    finished: usize,
    failed: Vec<FailedTrial>,
    elsewhere: usize,
    error: Option<StudyError>,
}

impl<'p> Board<'p> {
    fn new(queue: Queue<'p>, elsewhere: usize) -> Self {
        let rounds = queue.trials().map(|trial| trial.round + 1).max();
        let mut left_in_round = vec![0; rounds.unwrap_or(0)];
        for trial in queue.trials() {
            left_in_round[trial.round] += 1;
        }
        Self {
            rounds_told: left_in_round.iter().take_while(|left| **left == 0).count(),
            queue,
            left_in_round,
            running: 0,
            finished: 0,
            failed: Vec::new(),
            elsewhere,
            error: None,
        }
    }

    /// Takes note of a trial's end; rounds that are whole now, if that is news.
    fn note(&mut self, trial: &PlannedTrial, end: Result<TrialEnd, StudyError>) -> Option<usize> {
        self.running -= 1;
        match end {
            Ok(TrialEnd::Finished) => self.finished += 1,
            Ok(TrialEnd::Failed(message)) => self.failed.push(FailedTrial {
                identity: trial.identity.clone(),
                label: trial.label.clone(),
                message,
            }),
            Ok(TrialEnd::Elsewhere) => self.elsewhere += 1,
            Ok(TrialEnd::Interrupted) => return None,
            Err(error) => {
                self.error.get_or_insert(error);
                return None;
            }
        }
        self.left_in_round[trial.round] -= 1;
        let whole = self
            .left_in_round
            .iter()
            .take_while(|left| **left == 0)
            .count();
        (whole > std::mem::replace(&mut self.rounds_told, whole)).then_some(whole)
    }
}

fn worker(
    board: &Mutex<Board<'_>>,
    shared: &Shared<'_>,
    checks: &Checks<'_>,
    allocation: Allocation,
    settings: &RunSettings,
) {
    let lock = || board.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let (trials, threads) = {
            let mut board = lock();
            if settings.stop.load(Ordering::Relaxed) || board.error.is_some() {
                return;
            }
            let trials = board.queue.take(allocation.group);
            board.running += trials.len();
            (
                trials,
                allocation.threads_when(board.running + board.queue.len()),
            )
        };
        let Some(first) = trials.first() else {
            return;
        };
        let check = checks.of(first);
        let mut note = |trial: &PlannedTrial, end: Result<TrialEnd, StudyError>| {
            if let Err(error) = &end {
                tracing::error!("{}: {error}", trial.label);
                settings.stop.store(true, Ordering::Relaxed);
            }
            let whole = lock().note(trial, end);
            if let Some(rounds) = whole {
                (shared.observer)(RunEvent::RoundFinished { rounds });
            }
        };
        let options = settings.options(threads);
        run_trials(shared, &trials, &options, check, &mut note);
    }
}

#[cfg(test)]
mod tests;
