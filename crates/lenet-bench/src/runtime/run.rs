//! Measuring what is missing.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lenet_core::{Data, DeviceKind, Dropout, Samples, Trial, Validation};
use lenet_data::{Split, Splits};
use lenet_ops::{Level, gpu};
use lenet_results::{
    DataPlacement, Outcome, RuntimePoint, RuntimeRecord, RuntimeSample, RuntimeStore, RuntimeWork,
};
use lenet_train::{Ended, Event, GroupTrial, RunOptions, TrainError, Watcher};

use super::error::RuntimeError;
use super::host;
use super::plan::{Plan, network};
use super::schedule::{Work, outstanding};
use super::session::{Sessions, same_environment};

/// Images of the evaluations in a warm-up, at most.
const WARM_UP_EVALUATED: usize = 1000;

/// Where a measurement reads and writes.
#[derive(Debug, Clone, Copy)]
pub struct RunContext<'a> {
    /// Images; the plan was made for them.
    pub data: &'a Splits,
    /// Records.
    pub store: &'a RuntimeStore,
    /// Instruction set of the fused backend.
    pub level: Level,
    /// Raised from outside to stop; the measurement under way is thrown away.
    pub stop: &'a Arc<AtomicBool>,
}

/// How far a run is, told before each piece of work.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// What comes next, e.g. `round 2, cpu fused, 8 filters, batch 64, dropout 0`.
    pub next: String,
    /// Pieces of work done by this run.
    pub done: usize,
    /// Pieces of work of this run.
    pub total: usize,
    /// Share of the run's floating-point work that is done, from 0 to 1: what time is estimated
    /// by.
    pub share: f64,
}

/// Measures what the store lacks of the plan. All records of the plan in the order of its
/// points, or `None` where `stop` was raised.
///
/// # Errors
/// Records that cannot be used or belong to another machine or build, a device that fails.
pub fn run(
    plan: &Plan,
    context: RunContext<'_>,
    observer: &mut dyn FnMut(&Progress),
) -> Result<Option<Vec<RuntimeRecord>>, RuntimeError> {
    let sessions = Sessions::begin(plan, context.level);
    let mut records = Vec::with_capacity(plan.points.len());
    for point in &plan.points {
        let record = match context.store.read(point)? {
            Some(record) => record,
            None => RuntimeRecord::new(point.clone(), work_of(point, context.data)?),
        };
        for earlier in &record.sessions {
            same_environment(&earlier.environment, &sessions.of(point).environment)?;
        }
        records.push(record);
    }
    let work = outstanding(&records, plan.repeats, plan.phase_passes, plan.seed);
    let mut measurement = Measurement {
        plan,
        context,
        sessions,
        warm: vec![false; records.len()],
        records,
    };
    let weights: Vec<f64> = measurement.records.iter().map(cost).collect();
    let weight = |work: &Work| weights[work.point()];
    let total: f64 = work.iter().map(weight).sum();
    let mut spent = 0.0;
    for (done, &next) in work.iter().enumerate() {
        observer(&Progress {
            next: name(next, &plan.points[next.point()]),
            done,
            total: work.len(),
            share: spent / total,
        });
        if !measurement.measure(next)? {
            return Ok(None);
        }
        spent += weight(&next);
    }
    Ok(Some(measurement.records))
}

struct Measurement<'a> {
    plan: &'a Plan,
    context: RunContext<'a>,
    sessions: Sessions,
    /// Which points this process has warmed up.
    warm: Vec<bool>,
    records: Vec<RuntimeRecord>,
}

impl Measurement<'_> {
    /// Does one piece of work and writes its point's record; `false` where it was stopped.
    fn measure(&mut self, work: Work) -> Result<bool, RuntimeError> {
        let at = work.point();
        let point = &self.plan.points[at];
        if !self.warm[at] && self.plan.warm_up_samples > 0 {
            let some = warm_up(self.context.data, self.plan.warm_up_samples);
            if sample(point, &some, self.context)?.is_none() {
                return Ok(false);
            }
        }
        self.warm[at] = true;
        match work {
            Work::Sample {
                round, position, ..
            } => {
                let Some(taken) = sample(point, self.context.data, self.context)? else {
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
            Work::Phases { .. } => {
                let (config, options) = trial(point, self.context);
                let phases = lenet_train::time_phases(&config, self.context.data, &options)?;
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

    /// Index of this process's session in a record, which gets it when it is first needed.
    fn session_of(&mut self, at: usize) -> usize {
        let session = self.sessions.of(&self.plan.points[at]);
        let sessions = &mut self.records[at].sessions;
        if sessions.last() != Some(session) {
            sessions.push(session.clone());
        }
        sessions.len() - 1
    }
}

/// One epoch and its evaluations, of all the point's trials; `None` where it was stopped.
fn sample(
    point: &RuntimePoint,
    data: &Splits,
    context: RunContext<'_>,
) -> Result<Option<RuntimeSample>, RuntimeError> {
    let (config, options) = trial(point, context);
    let knows_peak = host::forget_peak_memory();
    let gpu = (point.device == DeviceKind::Cuda).then_some(point.ordinal);
    let gpu = gpu.filter(|&ordinal| gpu::forget_peak_memory(ordinal));
    let seeds = (0..point.trials as u64).map(|n| config.seed.wrapping_add(n));
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
            init: None,
        })
        .collect();
    let mut seen = Seen::default();
    lenet_train::run_group(&group, &options, &mut seen)?;
    if let Some(error) = seen.error {
        return Err(error.into());
    }
    if seen.finished < point.trials {
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

fn trial(point: &RuntimePoint, context: RunContext<'_>) -> (Trial, RunOptions) {
    let config = Trial {
        data: Data {
            source: point.source.clone(),
            validation: Validation::first(point.validation),
            samples: Samples::Drawn(point.samples),
        },
        network: network(point.filters),
        dropout: Dropout::connected(point.dropout),
        learning_rate: point.learning_rate,
        batch_size: point.batch_size,
        epochs: 1,
        seed: point.seed,
        backend: point.backend,
        device: point.device,
        ..Trial::default()
    };
    let options = RunOptions {
        threads: point.threads,
        cuda_ordinal: point.ordinal,
        level: Some(context.level),
        streamed: point.placement == DataPlacement::Streamed,
        stop: Arc::clone(context.stop),
        ..RunOptions::default()
    };
    (config, options)
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

fn work_of(point: &RuntimePoint, data: &Splits) -> Result<RuntimeWork, RuntimeError> {
    let geometry = lenet_train::geometry(&network(point.filters), data)?;
    Ok(RuntimeWork {
        train_flops: geometry.training_flops() * (point.trials * point.samples) as u64,
        evaluation_flops: geometry.forward_flops()
            * (point.trials * (point.validation + point.test)) as u64,
    })
}

/// What a sample's time is foreseen by.
fn cost(record: &RuntimeRecord) -> f64 {
    (record.work.train_flops + record.work.evaluation_flops) as f64
}

fn name(work: Work, point: &RuntimePoint) -> String {
    let what = match work {
        Work::Sample { round, .. } => format!("round {round}"),
        Work::Phases { .. } => "phases".to_owned(),
    };
    let group = match point.trials {
        1 => String::new(),
        trials => format!(", {trials} trials"),
    };
    format!(
        "{what}: {} {} {}, {} filters, batch {}, dropout {}{group}",
        point.device_name(),
        point.backend.name(),
        point.placement.name(),
        point.filters,
        point.batch_size,
        point.dropout
    )
}

#[cfg(test)]
mod tests;
