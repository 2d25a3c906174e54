//! Measuring what is missing.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lenet_core::{DataPlacement, DeviceKind, Trial};
use lenet_data::{Split, Splits};
use lenet_ops::{Level, gpu};
use lenet_results::{Outcome, RuntimeRecord, RuntimeSample, RuntimeStore};
use lenet_train::{Ended, Event, GroupTrial, RunOptions, TrainError, Watcher};

use super::host;
use super::pieces::{Part, Piece, outstanding};
use super::session::{Sessions, check_environments};
use crate::data_sets::DataSets;
use crate::error::StudyError;
use crate::plan::{Plan, PlannedRuntime};
use crate::trial::tell_set_aside;

/// Images of the evaluations in a warm-up, at most.
const WARM_UP_EVALUATED: usize = 1000;

/// Where a measurement reads and writes.
#[derive(Debug, Clone, Copy)]
pub struct MeasureContext<'a> {
    /// Images; the plan was made for them.
    pub data: &'a DataSets,
    /// Records.
    pub store: &'a RuntimeStore,
    /// Instruction set of the fused backend.
    pub level: Level,
    /// Raised from outside to stop; the measurement under way is thrown away.
    pub stop: &'a Arc<AtomicBool>,
}

/// How far a measurement is, told before each piece of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// What comes next, e.g. `round 2: cpu fused streamed, 8 filters, batch 64, dropout 0`.
    pub next: String,
    /// Pieces done by this measurement.
    pub done: usize,
    /// Pieces of this measurement.
    pub total: usize,
    /// Share of the measurement's floating-point work that is done, from 0 to 1: what time is
    /// estimated by.
    pub share: f64,
}

/// What a measurement has to do.
pub(super) struct Agenda {
    /// A record for each runtime of the plan, with what the store holds.
    pub(super) records: Vec<RuntimeRecord>,
    /// What is left.
    pub(super) pieces: Vec<Piece>,
}

impl Agenda {
    /// Damaged records are set aside, to be measured anew.
    ///
    /// # Errors
    /// Records that cannot be used or belong to another machine or build.
    pub(super) fn new(plan: &Plan, part: Part, store: &RuntimeStore) -> Result<Self, StudyError> {
        let mut records = Vec::with_capacity(plan.runtimes.len());
        for runtime in &plan.runtimes {
            let found = match store.read(&runtime.identity) {
                Err(error) if error.is_damage() => {
                    store
                        .mend(&runtime.identity)?
                        .iter()
                        .for_each(tell_set_aside);
                    None
                }
                read => read?,
            };
            records.push(found.unwrap_or_else(|| runtime.blank.clone()));
        }
        check_environments(&records)?;
        let mut pieces = outstanding(&plan.runtimes, &records, plan.seed);
        pieces.retain(|piece| part.has(*piece));
        Ok(Self { records, pieces })
    }

    /// Before each piece: what comes next, and how far the measurement is.
    pub(super) fn progress(&self, plan: &Plan) -> Vec<Progress> {
        let total: f64 = self.pieces.iter().map(|piece| self.cost(*piece)).sum();
        let mut spent = 0.0;
        let progress = |(done, &piece): (usize, &Piece)| {
            let share = spent / total;
            spent += self.cost(piece);
            Progress {
                next: name(piece, &plan.runtimes[piece.runtime()]),
                done,
                total: self.pieces.len(),
                share,
            }
        };
        self.pieces.iter().enumerate().map(progress).collect()
    }

    /// What a piece's time is foreseen by.
    fn cost(&self, piece: Piece) -> f64 {
        let work = self.records[piece.runtime()].work;
        (work.train_flops + work.evaluation_flops) as f64
    }
}

/// Measures what the store lacks of a part of the plan, in this process. All records of the plan in
/// the order of its runtimes, or `None` where `stop` was raised.
///
/// # Errors
/// Records that cannot be used or belong to another machine or build, a device that fails.
pub fn run(
    plan: &Plan,
    part: Part,
    context: MeasureContext<'_>,
    observer: &mut dyn FnMut(&Progress),
) -> Result<Option<Vec<RuntimeRecord>>, StudyError> {
    let agenda = Agenda::new(plan, part, context.store)?;
    let progress = agenda.progress(plan);
    let Agenda { records, pieces } = agenda;
    let mut measurement = Measurement {
        plan,
        context,
        sessions: Sessions::begin(&plan.runtimes, context.level),
        warm: vec![false; records.len()],
        session: vec![None; records.len()],
        records,
    };
    for (piece, progress) in pieces.into_iter().zip(&progress) {
        observer(progress);
        if !measurement.measure(piece)? {
            return Ok(None);
        }
    }
    Ok(Some(measurement.records))
}

struct Measurement<'a> {
    plan: &'a Plan,
    context: MeasureContext<'a>,
    sessions: Sessions,
    /// Which runtimes this process has warmed up.
    warm: Vec<bool>,
    /// Index of this process's session in each record that has it.
    session: Vec<Option<usize>>,
    records: Vec<RuntimeRecord>,
}

impl Measurement<'_> {
    /// Does one piece and writes its record; `false` where it was stopped.
    fn measure(&mut self, piece: Piece) -> Result<bool, StudyError> {
        let at = piece.runtime();
        let runtime = &self.plan.runtimes[at];
        let record = &runtime.blank;
        let data = self.context.data.splits(&runtime.data, &record.config)?;
        let images = runtime.parameters.warm_up_samples;
        if !self.warm[at] && images > 0 {
            let some = warm_up(&data, images);
            if sample(record, &some, self.context)?.is_none() {
                return Ok(false);
            }
        }
        self.warm[at] = true;
        match piece {
            Piece::Sample {
                round, position, ..
            } => {
                let Some(taken) = sample(record, &data, self.context)? else {
                    return Ok(false);
                };
                let session = self.session_of(at);
                self.records[at].samples.push(RuntimeSample {
                    round,
                    position,
                    session,
                    ..taken
                });
            }
            Piece::Phases { .. } => {
                let options = options(record, self.context);
                let phases = lenet_train::time_phases(&record.config, &data, &options)?;
                let Some(phases) = phases else {
                    return Ok(false);
                };
                self.session_of(at);
                self.records[at].phases.push(phases);
            }
        }
        self.context.store.write(&self.records[at])?;
        Ok(true)
    }

    /// Index of this process's session in a record, which gets it when it is first needed: another
    /// process's is another one, even if it says the same.
    fn session_of(&mut self, at: usize) -> usize {
        if let Some(session) = self.session[at] {
            return session;
        }
        let record = &mut self.records[at];
        record.sessions.push(self.sessions.of(record).clone());
        let session = record.sessions.len() - 1;
        self.session[at] = Some(session);
        session
    }
}

/// One epoch and its evaluations, of all the record's trials; `None` where it was stopped.
fn sample(
    record: &RuntimeRecord,
    data: &Splits,
    context: MeasureContext<'_>,
) -> Result<Option<RuntimeSample>, StudyError> {
    let (config, execution) = (&record.config, &record.execution);
    let options = options(record, context);
    let knows_peak = host::forget_peak_memory();
    let gpu = (config.device == DeviceKind::Cuda).then_some(execution.ordinal);
    let gpu = gpu.filter(|&ordinal| gpu::forget_peak_memory(ordinal));
    let seeds = (0..execution.trials as u64).map(|n| config.seed.wrapping_add(n));
    let configs: Vec<Trial> = seeds
        .map(|seed| Trial {
            seed,
            ..config.clone()
        })
        .collect();
    let group: Vec<GroupTrial<'_>> = configs
        .iter()
        .map(|config| GroupTrial {
            config,
            data,
            checkpoint: None,
            earlier: None,
            init: None,
        })
        .collect();
    let mut seen = Seen::default();
    lenet_train::run_group(&group, &options, &mut seen)?;
    if let Some(error) = seen.error {
        return Err(error.into());
    }
    if seen.finished < execution.trials {
        return Ok(None);
    }
    Ok(Some(RuntimeSample {
        round: 0,
        position: 0,
        session: 0,
        train_seconds: seen.train_seconds,
        evaluation_seconds: seen.evaluation_seconds,
        peak_memory_bytes: knows_peak.then(host::peak_memory).flatten(),
        peak_device_memory_bytes: gpu.and_then(gpu::peak_memory),
        diverged: seen.diverged,
    }))
}

/// What a sample's trials came to together.
#[derive(Default)]
struct Seen {
    /// Each trial has its share of the clock's, so these sum up to it.
    train_seconds: f64,
    evaluation_seconds: f64,
    finished: usize,
    diverged: bool,
    error: Option<TrainError>,
}

impl Watcher for Seen {
    fn event(&mut self, _: usize, event: Event<'_>) {
        if let Event::Epoch(epoch) = event {
            self.train_seconds += epoch.train_seconds;
            self.evaluation_seconds += epoch.evaluation_seconds;
        }
    }

    fn ended(&mut self, _: usize, ended: Result<Ended, TrainError>) {
        match ended {
            Ok(Ended::Finished { outcome, .. }) => {
                self.finished += 1;
                self.diverged |= matches!(outcome, Outcome::Diverged { .. });
            }
            Ok(Ended::Interrupted { .. }) => {}
            Err(error) => self.error = Some(error),
        }
    }
}

fn options(record: &RuntimeRecord, context: MeasureContext<'_>) -> RunOptions {
    let execution = &record.execution;
    RunOptions {
        threads: execution.threads,
        cuda_ordinal: execution.ordinal,
        level: Some(context.level),
        streamed: execution.placement == DataPlacement::Streamed,
        stop: Arc::clone(context.stop),
        ..RunOptions::default()
    }
}

/// The first images of each split.
fn warm_up(data: &Splits, samples: usize) -> Splits {
    let first = |split: &Split, most: usize| Split {
        set: Arc::clone(&split.set),
        indices: split.indices.iter().copied().take(most).collect(),
    };
    Splits {
        train: first(&data.train, samples),
        validation: first(&data.validation, WARM_UP_EVALUATED),
        test: first(&data.test, WARM_UP_EVALUATED),
        ..data.clone()
    }
}

fn name(piece: Piece, runtime: &PlannedRuntime) -> String {
    match piece {
        Piece::Sample { round, .. } => format!("round {round}: {}", runtime.label),
        Piece::Phases { .. } => format!("phases: {}", runtime.label),
    }
}

#[cfg(test)]
mod tests;
