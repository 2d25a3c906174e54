//! The scheduler: workers take groups of outstanding trials from one queue and train them.

use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use lenet_results::Store;
use lenet_train::{RunOptions, TrainError};

use super::checks::SelfChecks;
use super::settings::RunSettings;
use crate::allocation::Allocation;
use crate::data_sets::DataSets;
use crate::engine::Engine;
use crate::error::StudyError;
use crate::event::{FailedTrial, RunEvent};
use crate::memory::Memory;
use crate::plan::{Plan, PlannedTrial};
use crate::queue::Queue;
use crate::trial::{RunContext, TrialEnd, run_trials};

/// What trains the trials of a plan, in one pass or in several.
pub(super) struct Crew<'p> {
    pub(super) engine: &'p dyn Engine,
    pub(super) plan: &'p Plan,
    pub(super) data: &'p DataSets,
    pub(super) store: &'p Store,
    pub(super) settings: &'p RunSettings,
    pub(super) observer: &'p (dyn Fn(RunEvent<'_>) + Sync),
    memory: Memory,
    checks: SelfChecks<'p>,
}

/// When the gradients of a code path are checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// Of every path before the first trial.
    First,
    /// Of a path before its first trial.
    InTime,
}

/// Trials to be trained, with the cores divided among them.
pub(super) struct Pass<'p> {
    queue: Queue<'p>,
    pub(super) allocation: Allocation,
}

/// How the trials of a pass ended.
#[derive(Default)]
pub(super) struct Ends<'p> {
    pub(super) finished: usize,
    pub(super) failed: Vec<FailedTrial>,
    /// Those that other processes run.
    pub(super) elsewhere: Vec<&'p PlannedTrial>,
    /// Finished by another process meanwhile.
    pub(super) done_meanwhile: usize,
    /// The first error that is the study's, not a trial's.
    error: Option<StudyError>,
}

impl<'p> Crew<'p> {
    pub(super) fn new(
        engine: &'p dyn Engine,
        (plan, data, store): (&'p Plan, &'p DataSets, &'p Store),
        settings: &'p RunSettings,
        observer: &'p (dyn Fn(RunEvent<'_>) + Sync),
    ) -> Self {
        Self {
            engine,
            plan,
            data,
            store,
            settings,
            observer,
            memory: Memory::new(lenet_train::available_bytes()),
            checks: SelfChecks::new(engine, data, observer),
        }
    }

    /// The memory that a trial takes.
    fn bytes(&self, trial: &PlannedTrial, threads: usize) -> u64 {
        let set = self.data.get(&trial.data);
        set.map_or(0, |set| self.engine.memory(&trial.config, set, threads))
    }

    /// Prepares to train the trials at these positions, in this order.
    ///
    /// # Errors
    /// A data set is too small for a trial.
    pub(super) fn pass(&self, order: &[usize]) -> Result<Pass<'p>, StudyError> {
        // What cannot be trained comes last, so that its failure holds up nothing.
        let order = order.iter().map(|&position| &self.plan.trials[position]);
        let (fitting, too_large): (Vec<_>, Vec<_>) =
            order.partition(|trial| self.memory.holds(self.bytes(trial, 1)));
        let waiting = fitting.into_iter().chain(too_large);
        let one_thread = self.settings.options(self.plan, 1);
        let queue = Queue::new(waiting, |trial| {
            let splits = self.data.splits(&trial.data, &trial.config)?;
            Ok(self
                .engine
                .group_capacity(&trial.config, &splits, &one_thread))
        })?;
        let allocation = self
            .settings
            .allocation(self.plan, queue.len(), queue.capacity());
        Ok(Pass { queue, allocation })
    }

    /// Trains the trials of a pass.
    ///
    /// # Errors
    /// A self-check fails, or the store can no longer be written; then the other trials stop cleanly.
    pub(super) fn train(&self, pass: Pass<'p>, check: Check) -> Result<Ends<'p>, StudyError> {
        let Pass { queue, allocation } = pass;
        if check == Check::First {
            let options = self.settings.options(self.plan, allocation.threads);
            let fits =
                |trial: &&PlannedTrial| self.memory.holds(self.bytes(trial, options.threads));
            self.checks.prepare(queue.trials().filter(fits), &options)?;
        }
        let state = Mutex::new(SchedulerState::new(queue));
        let context = RunContext {
            engine: self.engine,
            data: self.data,
            store: self.store,
            observer: self.observer,
            workers: allocation.workers(),
            predictions: self.plan.predictions,
        };
        std::thread::scope(|scope| {
            for number in 0..allocation.workers() {
                let thread = std::thread::Builder::new().name(format!("trials {number}"));
                let (state, context) = (&state, &context);
                let work = move || self.worker(state, context, allocation);
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
        let mut ends = state.ends;
        if let Some(error) = ends.error.take() {
            return Err(error);
        }
        Ok(ends)
    }

    /// Trains one group after another until the queue is empty, the study is stopped, or the store
    /// fails.
    fn worker(
        &self,
        state: &Mutex<SchedulerState<'p>>,
        context: &RunContext<'_>,
        allocation: Allocation,
    ) {
        let (settings, observer) = (self.settings, self.observer);
        let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let (trials, threads) = {
                let mut state = lock();
                if settings.stop.load(Ordering::Relaxed) || state.ends.error.is_some() {
                    return;
                }
                let trials = state.queue.take(allocation.group);
                state.running += trials.len();
                (
                    trials,
                    allocation.threads_when(state.running + state.queue.len()),
                )
            };
            let Some(&first) = trials.first() else {
                return;
            };
            let bytes = trials.iter().map(|trial| self.bytes(trial, threads));
            let bytes = bytes.fold(0, u64::saturating_add);
            let Some(_taken) = self.memory.take(bytes, &settings.stop) else {
                return;
            };
            let options = RunOptions {
                predictions: context.predictions,
                ..settings.options(self.plan, threads)
            };
            let mut on_end = |trial: &'p PlannedTrial, end: Result<TrialEnd, StudyError>| {
                if let Err(error) = &end {
                    tracing::error!("{}: {error}", trial.label);
                    settings.stop.store(true, Ordering::Relaxed);
                }
                let complete = lock().record_end(trial, end);
                if let Some(rounds) = complete {
                    observer(RunEvent::RoundFinished { rounds });
                }
            };
            let fits = self.memory.holds(self.bytes(first, threads));
            let checked = self.checks.get(first);
            let check = match checked {
                // Of a trial that does not fit, the trial itself tells.
                None if fits => match self.checks.prepare([first].into_iter(), &options) {
                    Ok(()) => self.checks.get(first),
                    Err(error) => {
                        on_end(first, Err(error));
                        return;
                    }
                },
                checked => checked,
            };
            run_trials(context, &trials, &options, check.as_ref(), &mut on_end);
        }
    }
}

fn no_thread(error: &std::io::Error) -> StudyError {
    let reason = error.to_string();
    StudyError::Train(TrainError::Threads { reason })
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
    ends: Ends<'p>,
}

impl<'p> SchedulerState<'p> {
    fn new(queue: Queue<'p>) -> Self {
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
            ends: Ends::default(),
        }
    }

    /// Counts a trial that ended. Returns the number of complete rounds if it grew.
    fn record_end(
        &mut self,
        trial: &'p PlannedTrial,
        end: Result<TrialEnd, StudyError>,
    ) -> Option<usize> {
        self.running -= 1;
        match end {
            Ok(TrialEnd::Finished) => self.ends.finished += 1,
            Ok(TrialEnd::Failed(message)) => self.ends.failed.push(FailedTrial {
                identity: trial.identity.clone(),
                label: trial.label.clone(),
                message,
            }),
            Ok(TrialEnd::Elsewhere) => self.ends.elsewhere.push(trial),
            Ok(TrialEnd::DoneMeanwhile) => self.ends.done_meanwhile += 1,
            Ok(TrialEnd::Interrupted) => return None,
            Err(error) => {
                self.ends.error.get_or_insert(error);
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
