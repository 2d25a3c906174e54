//! A group of trials that is set up for timing.

use std::time::Instant;

use lenet_core::{DeviceKind, Trial};
use lenet_data::{Split, Splits, epoch_order};

use crate::RunOptions;
use crate::backend::{self, Clock, Group, Member, TrainingSums};
use crate::config;
use crate::engine;
use crate::error::TrainError;
use crate::memory::{MemoryUse, ensure_memory, memory_bytes};

/// Most images in the timed evaluation.
const EVALUATED: usize = 1000;

/// A group at the start of its first epoch, with its trials and images.
pub(super) struct Bench<'a> {
    pub group: Box<dyn Group>,
    /// Batches per epoch.
    pub batches: usize,
    trials: &'a [&'a Trial],
    data: &'a Splits,
}

impl<'a> Bench<'a> {
    pub fn new(
        trials: &'a [&'a Trial],
        data: &'a Splits,
        options: &RunOptions,
    ) -> Result<Self, TrainError> {
        let Some(first) = trials.first() else {
            let reason = "there is no trial to time".to_owned();
            return Err(TrainError::Data { reason });
        };
        let geometry = config::geometry(&first.network, data)?;
        let images = data.train.indices.len();
        let used = MemoryUse::Training;
        let bytes = trials.iter();
        let bytes =
            bytes.map(|trial| memory_bytes(trial, &geometry, images, options.threads, used));
        ensure_memory(bytes.fold(0, u64::saturating_add))?;
        let mut networks = Vec::with_capacity(trials.len());
        for trial in trials {
            config::check(trial, data)?;
            let parameters = engine::start(trial, &geometry, options.init.as_deref())?;
            networks.push((trial.optimizer, (parameters, Vec::new())));
        }
        let mut group = backend::build(&geometry, &first.shape(), options, networks)?;
        group.place(data)?;
        Ok(Self {
            group,
            batches: data.train.len().div_ceil(first.batch_size),
            trials,
            data,
        })
    }

    /// Begins the first epoch of every trial, with a constant learning rate.
    pub fn begin_epoch(&mut self, clock: &mut Clock<'_>) -> Result<(), TrainError> {
        let trials = self.trials.iter();
        let orders: Vec<Vec<u32>> = trials
            .map(|trial| epoch_order(&self.data.train, trial.seed, 1))
            .collect();
        clock.lap(|phases| &mut phases.prepare);
        let both = self.trials.iter().zip(&orders).enumerate();
        let members: Vec<Member<'_>> = both
            .map(|(network, (trial, order))| Member {
                network,
                order,
                first_step: 0,
                learning_rates: vec![trial.learning_rate; self.batches],
                dropout: engine::dropout(trial, 1),
                sums: TrainingSums::default(),
            })
            .collect();
        self.group.begin_epoch(&self.data.train.set, &members, 0)?;
        clock.lap(|phases| match self.trials[0].device {
            DeviceKind::Cpu => &mut phases.prepare,
            DeviceKind::Cuda => &mut phases.copy,
        });
        Ok(())
    }

    /// Wall-clock seconds per image of an evaluation of test images by all networks.
    pub fn time_an_image(&mut self) -> Result<f64, TrainError> {
        let test = &self.data.test;
        let some = Split {
            set: test.set.clone(),
            indices: test.indices[..test.len().min(EVALUATED)].to_vec(),
        };
        let all: Vec<usize> = (0..self.trials.len()).collect();
        let started = Instant::now();
        self.group.evaluate(&some, &all, None)?;
        Ok(started.elapsed().as_secs_f64() / some.len() as f64)
    }
}
