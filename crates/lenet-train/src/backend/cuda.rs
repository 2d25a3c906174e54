//! This project's own path on a GPU: any number of networks in the same launches.

use std::sync::Arc;
use std::time::Instant;

use lenet_data::{ImageSet, Split, Splits};
use lenet_ops::cuda::Gpu;
use lenet_ops::net::cuda::{Ensemble, Part, SetId, Start, StepPart};
use lenet_ops::net::{BatchSums, Dropout};
use lenet_core::{Geometry, Optimizer, Precision, Trial};
use lenet_results::{PhaseSeconds};

use super::{Backend, EvaluationSums, Group, Member, State, Step, TrainingSums};
use crate::RunOptions;
use crate::device;
use crate::error::TrainError;

/// Most trials of one launch; with more, a stop would be noticed late.
const MOST_TRIALS: usize = 1024;

/// Share of the free memory that a group may take.
const SHARE: f64 = 0.8;

/// A group on the GPU that the options name.
pub(super) fn group(
    geometry: &Geometry,
    config: &Trial,
    options: &RunOptions,
    networks: &[(Rule, State)],
) -> Result<Box<dyn Group>, TrainError> {
    let (precision, batch_size) = (of_ops(config.precision), config.batch_size);
    let cuda = Cuda::new(open(options)?, geometry, precision, batch_size, networks)?;
    Ok(Box::new(cuda))
}

/// As the ops know it.
fn of_ops(precision: lenet_core::Precision) -> Precision {
    match precision {
        lenet_core::Precision::Single => Precision::Single,
        lenet_core::Precision::Tf32 => Precision::Tf32,
    }
}

/// One network on it.
pub(super) fn alone(
    geometry: &Geometry,
    rule: Rule,
    options: &RunOptions,
    state: State,
) -> Result<Box<dyn Backend>, TrainError> {
    Ok(Box::new(Alone::new(open(options)?, geometry, rule, state)?))
}

/// Networks of any optimizer that its free memory takes, trained on epochs of `images` images.
pub(super) fn capacity(
    geometry: &Geometry,
    config: &Trial,
    images: usize,
    options: &RunOptions,
) -> Result<usize, TrainError> {
    let (free, _) = open(options)?.memory()?;
    let room = (free as f64 * SHARE) as u64;
    let (precision, batch_size) = (of_ops(config.precision), config.batch_size);
    let fits = |&networks: &usize| {
        let each = Ensemble::bytes_each(geometry, precision, batch_size, networks, 2, images);
        networks as u64 * each <= room
    };
    Ok((1..=MOST_TRIALS).rev().find(fits).unwrap_or(1))
}

/// Whether the GPU is there.
pub(super) fn find(ordinal: usize) -> Result<(), TrainError> {
    match Gpu::new(ordinal) {
        Ok(_) => Ok(()),
        Err(error) => Err(device::no_gpu(ordinal, &error.to_string())),
    }
}

/// Whether it takes the kernels too; the first time they are compiled here.
pub(super) fn prepare(
    ordinal: usize,
    precision: lenet_core::Precision,
) -> Result<(), TrainError> {
    let gpu = Gpu::new(ordinal)?;
    of_ops(precision).check(gpu.compute_capability())?;
    Ok(gpu.load_kernels()?)
}

fn open(options: &RunOptions) -> Result<Arc<Gpu>, TrainError> {
    Ok(Arc::new(Gpu::new(options.cuda_ordinal)?))
}

/// Networks on one GPU, computed by `lenet_ops::net::cuda`.
#[derive(Debug)]
pub(super) struct Cuda {
    ensemble: Ensemble,
    /// Sets that lie on the GPU.
    placed: Vec<(Arc<ImageSet>, SetId)>,
    /// What the members of the epoch under way began with.
    before: Vec<TrainingSums>,
}

impl Cuda {
    pub fn new(
        gpu: Arc<Gpu>,
        geometry: &Geometry,
        precision: Precision,
        batch_size: usize,
        networks: &[(Rule, State)],
    ) -> Result<Self, TrainError> {
        let starts: Vec<_> = networks
            .iter()
            .map(|(rule, (parameters, moments))| Start {
                rule: *rule,
                parameters,
                moments,
            })
            .collect();
        Ok(Self {
            ensemble: Ensemble::new(gpu, geometry, precision, batch_size, &starts)?,
            placed: Vec::new(),
            before: Vec::new(),
        })
    }

    /// The set on the GPU, put there where it is not yet.
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

    fn step(&mut self) -> Result<(), TrainError> {
        Ok(self.ensemble.step()?)
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
    ) -> Result<Vec<EvaluationSums>, TrainError> {
        let set = self.set(&split.set)?;
        let sums = self
            .ensemble
            .evaluate(set, &split.indices, networks, None)?;
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

/// One network by itself, in f32, for checks and for timing its phases. Unlike a [`Group`], which is
/// told of an epoch at once, it is told of a batch at a time, and waits for the GPU each time.
#[derive(Debug)]
pub(super) struct Alone {
    gpu: Arc<Gpu>,
    geometry: Geometry,
    rule: Rule,
    cuda: Cuda,
    /// Images that `cuda` has memory for.
    batch_size: usize,
    sums: TrainingSums,
}

impl Alone {
    pub fn new(
        gpu: Arc<Gpu>,
        geometry: &Geometry,
        rule: Rule,
        state: State,
    ) -> Result<Self, TrainError> {
        Ok(Self {
            cuda: Cuda::new(
                Arc::clone(&gpu),
                geometry,
                Precision::Single,
                1,
                &[(rule, state)],
            )?,
            batch_size: 1,
            gpu,
            geometry: geometry.clone(),
            rule,
            sums: TrainingSums::default(),
        })
    }

    /// Makes room for batches of so many images.
    fn reserve(&mut self, images: usize) -> Result<(), TrainError> {
        if images > self.batch_size {
            let state = (self.cuda.parameters(0)?, self.cuda.moments(0)?);
            let networks = [(self.rule, state)];
            let gpu = Arc::clone(&self.gpu);
            let placed = std::mem::take(&mut self.cuda.placed);
            self.cuda = Cuda::new(gpu, &self.geometry, Precision::Single, images, &networks)?;
            self.batch_size = images;
            for (set, _) in placed {
                self.cuda.set(&set)?;
            }
        }
        Ok(())
    }

    fn begin(&mut self, split: &Split, batch: &[u32], step: Step) -> Result<(), TrainError> {
        self.reserve(batch.len())?;
        let member = Member {
            network: 0,
            order: batch,
            first_step: step.number - 1,
            learning_rates: vec![step.learning_rate],
            dropout: step.dropout,
            sums: self.sums,
        };
        self.cuda.begin_epoch(&split.set, &[member], 0)
    }

    fn end(&mut self) -> Result<(), TrainError> {
        self.sums = self.cuda.training_sums()?[0];
        Ok(())
    }
}

impl Backend for Alone {
    fn place(&mut self, data: &Splits) -> Result<(), TrainError> {
        self.cuda.place(data)
    }

    fn step(&mut self, split: &Split, batch: &[u32], step: Step) -> Result<(), TrainError> {
        self.begin(split, batch, step)?;
        self.cuda.step()?;
        self.end()
    }

    fn step_in_phases(
        &mut self,
        split: &Split,
        batch: &[u32],
        step: Step,
        phases: &mut PhaseSeconds,
    ) -> Result<(), TrainError> {
        let mut since = Instant::now();
        let mut lap = || {
            let now = Instant::now();
            (now - std::mem::replace(&mut since, now)).as_secs_f64()
        };
        self.begin(split, batch, step)?;
        self.gpu.synchronize()?;
        phases.copy += lap();
        self.cuda.ensemble.step_in_parts(&mut |part| {
            *match part {
                StepPart::Forward => &mut phases.forward,
                StepPart::Backward => &mut phases.backward,
                StepPart::Update => &mut phases.optimizer,
            } += lap();
        })?;
        self.end()
    }

    fn gradients(
        &mut self,
        split: &Split,
        batch: &[u32],
        dropout: Option<Dropout>,
    ) -> Result<Vec<f32>, TrainError> {
        self.reserve(batch.len())?;
        let set = self.cuda.set(&split.set)?;
        let (_, gradients) = self.cuda.ensemble.gradients(set, batch, 0, dropout)?;
        Ok(gradients)
    }

    fn training_sums(&mut self) -> Result<TrainingSums, TrainError> {
        Ok(self.sums)
    }

    fn set_training_sums(&mut self, sums: TrainingSums) -> Result<(), TrainError> {
        self.sums = sums;
        Ok(())
    }

    fn evaluate(
        &mut self,
        split: &Split,
        logits: Option<&mut Vec<f32>>,
    ) -> Result<EvaluationSums, TrainError> {
        let set = self.cuda.set(&split.set)?;
        let sums = self
            .cuda
            .ensemble
            .evaluate(set, &split.indices, &[0], logits)?;
        Ok(evaluation(sums[0]))
    }

    fn parameters(&mut self) -> Result<Vec<f32>, TrainError> {
        self.cuda.parameters(0)
    }

    fn moments(&mut self) -> Result<Vec<f32>, TrainError> {
        self.cuda.moments(0)
    }
}
