//! The fused backend on a GPU: the kernels of `lenet-ops`, several networks per launch.

use std::sync::Arc;

use lenet_core::{Geometry, Optimizer, Precision, Shape};
use lenet_data::{ImageSet, Split, Splits};
use lenet_ops::cuda::Gpu;
use lenet_ops::dropout::Mask;
use lenet_ops::net::BatchSums;
use lenet_ops::net::cuda::{Ensemble, Part, SetId, Start, StepPart};
use lenet_ops::precision;

use super::{Clock, EvaluationSums, Group, Member, State, TrainingSums};
use crate::RunOptions;
use crate::device;
use crate::error::TrainError;

/// Most trials per launch. With more, a step would take so long that a stop is noticed late.
const MOST_TRIALS: usize = 1024;

/// Fraction of the free memory that a group may take.
const SHARE: f64 = 0.8;

/// Makes a group on the GPU that the options name.
pub(super) fn group(
    geometry: &Geometry,
    shape: &Shape<'_>,
    options: &RunOptions,
    networks: &[(Optimizer, State)],
) -> Result<Box<dyn Group>, TrainError> {
    let starts: Vec<_> = networks
        .iter()
        .map(|(optimizer, (parameters, moments))| Start {
            optimizer: *optimizer,
            parameters,
            moments,
        })
        .collect();
    let gpu = open(options)?;
    let (precision, batch_size) = (shape.precision, shape.batch_size);
    Ok(Box::new(Cuda {
        ensemble: Ensemble::new(Arc::clone(&gpu), geometry, precision, batch_size, &starts)?,
        gpu,
        placed: Vec::new(),
        before: Vec::new(),
    }))
}

/// How many networks fit into the GPU's free memory, whatever their optimizers, with `images`
/// images per epoch.
pub(super) fn capacity(
    geometry: &Geometry,
    shape: &Shape<'_>,
    images: usize,
    options: &RunOptions,
) -> Result<usize, TrainError> {
    let (free, _) = open(options)?.memory()?;
    let room = (free as f64 * SHARE) as u64;
    let (precision, batch_size) = (shape.precision, shape.batch_size);
    let fits = |&networks: &usize| {
        let each = Ensemble::bytes_each(geometry, precision, batch_size, networks, 2, images);
        networks as u64 * each <= room
    };
    Ok((1..=MOST_TRIALS).rev().find(fits).unwrap_or(1))
}

/// Checks that the GPU can be opened.
pub(super) fn find(ordinal: usize) -> Result<(), TrainError> {
    match Gpu::new(ordinal) {
        Ok(_) => Ok(()),
        Err(error) => Err(device::no_gpu(ordinal, &error.to_string())),
    }
}

/// Checks that the GPU supports the precision, and loads the kernels. The first call compiles
/// them.
pub(super) fn prepare(ordinal: usize, precision: Precision) -> Result<(), TrainError> {
    let gpu = Gpu::new(ordinal)?;
    precision::check(precision, gpu.compute_capability())?;
    Ok(gpu.load_kernels()?)
}

fn open(options: &RunOptions) -> Result<Arc<Gpu>, TrainError> {
    Ok(Arc::new(Gpu::new(options.cuda_ordinal)?))
}

/// Networks on one GPU, computed by `lenet_ops::net::cuda`, and the image sets in its memory.
#[derive(Debug)]
struct Cuda {
    gpu: Arc<Gpu>,
    ensemble: Ensemble,
    /// Image sets in device memory.
    placed: Vec<(Arc<ImageSet>, SetId)>,
    /// The sums that the members of the current epoch began with.
    before: Vec<TrainingSums>,
}

impl Cuda {
    /// The id of a set in device memory; copies the set there first if need be.
    fn set(&mut self, set: &Arc<ImageSet>) -> Result<SetId, TrainError> {
        if let Some((_, id)) = self
            .placed
            .iter()
            .find(|(known, _)| Arc::ptr_eq(known, set))
        {
            return Ok(*id);
        }
        let id = self.ensemble.place(set.pixels(), set.labels())?;
        self.placed.push((Arc::clone(set), id));
        Ok(id)
    }
}

impl Group for Cuda {
    fn place(&mut self, data: &Splits) -> Result<(), TrainError> {
        for split in [&data.train, &data.validation, &data.test] {
            self.set(&split.set)?;
        }
        Ok(())
    }

    fn begin_epoch(
        &mut self,
        set: &Arc<ImageSet>,
        members: &[Member<'_>],
        from: usize,
    ) -> Result<(), TrainError> {
        let set = self.set(set)?;
        let parts: Vec<_> = members
            .iter()
            .map(|member| Part {
                network: member.network,
                order: member.order,
                first_step: member.first_step,
                learning_rates: &member.learning_rates,
                dropout: member.dropout,
            })
            .collect();
        self.before = members.iter().map(|member| member.sums).collect();
        Ok(self.ensemble.begin_epoch(set, &parts, from)?)
    }

    fn step(&mut self, clock: &mut Clock<'_>) -> Result<(), TrainError> {
        if !clock.runs() {
            return Ok(self.ensemble.step()?);
        }
        self.gpu.synchronize()?;
        clock.lap(|phases| &mut phases.copy);
        Ok(self.ensemble.step_in_parts(&mut |part| {
            clock.lap(|phases| match part {
                StepPart::Forward => &mut phases.forward,
                StepPart::Backward => &mut phases.backward,
                StepPart::Update => &mut phases.optimizer,
            });
        })?)
    }

    fn gradients(
        &mut self,
        split: &Split,
        batch: &[u32],
        dropout: Option<Mask>,
    ) -> Result<Vec<f32>, TrainError> {
        let set = self.set(&split.set)?;
        let (_, gradients) = self.ensemble.gradients(set, batch, 0, dropout)?;
        Ok(gradients)
    }

    fn training_sums(&mut self) -> Result<Vec<TrainingSums>, TrainError> {
        let before = self.before.iter().map(|before| BatchSums {
            loss: before.loss,
            correct: before.correct as usize,
            ..BatchSums::default()
        });
        let mut sums: Vec<BatchSums> = before.collect();
        self.ensemble.add_training_sums(&mut sums)?;
        let training = |sums: BatchSums| TrainingSums {
            loss: sums.loss,
            correct: sums.correct as f64,
        };
        Ok(sums.into_iter().map(training).collect())
    }

    fn evaluate(
        &mut self,
        split: &Split,
        networks: &[usize],
        logits: Option<&mut Vec<f32>>,
    ) -> Result<Vec<EvaluationSums>, TrainError> {
        let set = self.set(&split.set)?;
        let sums = self
            .ensemble
            .evaluate(set, &split.indices, networks, logits)?;
        Ok(sums.into_iter().map(evaluation).collect())
    }

    fn parameters(&mut self, network: usize) -> Result<Vec<f32>, TrainError> {
        Ok(self.ensemble.parameters(network)?)
    }

    fn moments(&mut self, network: usize) -> Result<Vec<f32>, TrainError> {
        Ok(self.ensemble.moments(network)?)
    }
}

fn evaluation(sums: BatchSums) -> EvaluationSums {
    EvaluationSums {
        loss: sums.loss,
        correct: sums.correct as f64,
        peak_activation: sums.peak_activation,
    }
}
