//! candle's own ops and autograd, on the CPU or a GPU; nothing is read back from the device
//! within an epoch.

use std::sync::Arc;

use candle_core::backprop::GradStore;
use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::ops::log_softmax;
use lenet_data::{ImageSet, Split, Splits, gather_f32};
use lenet_model::{LeNet, LeNetConfig, Parameters};
use lenet_core::{Geometry, Optimizer};
use lenet_ops::net::Dropout;
use lenet_results::PhaseSeconds;

use super::optimizer::TensorOptimizer;
use super::{Backend, EVALUATION_BATCH, EvaluationSums, Step, TrainingSums};
use crate::RunOptions;
use crate::error::TrainError;
use crate::phases::Clock;

/// A network computed by candle.
///
/// On the CPU all of it runs in a pool of its own, so that convolutions and matrix products use
/// no more than the threads asked for. What candle gives to its process-wide pool (large
/// element-wise ops) only the environment variable `CANDLE_NUM_THREADS` bounds.
pub(super) struct Stock {
    pool: rayon::ThreadPool,
    inner: Inner,
}

struct Inner {
    network: LeNet,
    parameters: Parameters,
    optimizer: TensorOptimizer,
    device: Device,
    /// Whether batches are gathered on the host; no set is resident then.
    streamed: bool,
    sets: Vec<ResidentSet>,
    /// Sums of loss and of right answers, `[2]`, f64.
    sums: Tensor,
}

/// An image set on the device.
struct ResidentSet {
    set: Arc<ImageSet>,
    /// `[images, C·H·W]`, u8.
    pixels: Tensor,
    /// `[images]`, u32.
    labels: Tensor,
}

impl Stock {
    pub fn new(
        geometry: &Geometry,
        device: Device,
        options: &RunOptions,
        rule: Rule,
        parameters: &[f32],
        moments: &[f32],
    ) -> std::result::Result<Self, TrainError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.threads.max(1))
            .thread_name(|index| format!("candle-{index}"))
            .build()
            .map_err(|e| TrainError::Threads {
                reason: e.to_string(),
            })?;
        let parameters = Parameters::new(geometry, parameters, DType::F32, &device)?;
        let config = LeNetConfig::new(geometry, 0.0);
        let network = LeNet::with_backend(
            parameters.var_builder(),
            &config,
            lenet_model::Backend::Stock,
        )?;
        let optimizer = TensorOptimizer::new(geometry, rule, moments, &device)?;
        let sums = Tensor::zeros(2, DType::F64, &device)?;
        let inner = Inner {
            network,
            parameters,
            optimizer,
            device,
            streamed: options.streamed,
            sets: Vec::new(),
            sums,
        };
        Ok(Self { pool, inner })
    }
}

impl Inner {
    /// Images `[N, C·H·W]` as the network takes them, and labels `[N]`.
    fn batch(
        &mut self,
        split: &Split,
        indices: &[u32],
        clock: &mut Clock,
    ) -> Result<(Tensor, Tensor)> {
        if self.streamed {
            let mut pixels = Vec::new();
            gather_f32(&split.set, indices, &mut pixels);
            let all = split.set.labels();
            let labels: Vec<u32> = indices
                .iter()
                .map(|&index| u32::from(all[index as usize]))
                .collect();
            clock.lap(|phases| &mut phases.prepare)?;
            let shape = (indices.len(), split.set.image_len());
            let images = Tensor::from_vec(pixels, shape, &self.device)?;
            let labels = Tensor::from_vec(labels, indices.len(), &self.device)?;
            clock.lap(|phases| &mut phases.copy)?;
            return Ok((images, labels));
        }
        let at = self.resident(&split.set)?;
        let indices = Tensor::from_slice(indices, indices.len(), &self.device)?;
        clock.lap(|phases| &mut phases.copy)?;
        let pixels = self.sets[at].pixels.index_select(&indices, 0)?;
        let images = (pixels.to_dtype(DType::F32)? / 255.0)?;
        let labels = self.sets[at].labels.index_select(&indices, 0)?;
        clock.lap(|phases| &mut phases.prepare)?;
        Ok((images, labels))
    }

    /// Place of a set among those on the device, where it is put if need be.
    fn resident(&mut self, set: &Arc<ImageSet>) -> Result<usize> {
        let mut known = self.sets.iter();
        if let Some(at) = known.position(|known| Arc::ptr_eq(&known.set, set)) {
            return Ok(at);
        }
        self.sets.push(ResidentSet::new(set, &self.device)?);
        Ok(self.sets.len() - 1)
    }

    /// Gradients of the mean loss, and the batch's sums `[2]`.
    fn backward(
        &mut self,
        split: &Split,
        batch: &[u32],
        dropout: Option<Dropout>,
        clock: &mut Clock,
    ) -> Result<(GradStore, Tensor)> {
        let (images, labels) = self.batch(split, batch, clock)?;
        let logits = self.network.forward_train(&images, dropout)?;
        let losses = losses(&logits, &labels)?;
        let mean = losses.mean_all()?;
        let sums = sums(&logits, &labels, &losses)?;
        clock.lap(|phases| &mut phases.forward)?;
        let gradients = mean.backward()?;
        clock.lap(|phases| &mut phases.backward)?;
        Ok((gradients, sums))
    }

    fn step(&mut self, split: &Split, batch: &[u32], step: Step, clock: &mut Clock) -> Result<()> {
        let (gradients, sums) = self.backward(split, batch, step.dropout, clock)?;
        for (index, (name, var)) in self.parameters.iter().enumerate() {
            let gradient = gradient_of(&gradients, name, var)?;
            self.optimizer
                .update(index, var, gradient, step.learning_rate, step.number)?;
        }
        self.sums = (&self.sums + sums)?;
        clock.lap(|phases| &mut phases.optimizer)
    }

    fn gradients(
        &mut self,
        split: &Split,
        batch: &[u32],
        dropout: Option<Dropout>,
    ) -> Result<Vec<f32>> {
        let (gradients, _) = self.backward(split, batch, dropout, &mut Clock::off())?;
        let mut flat = Vec::new();
        for (name, var) in self.parameters.iter() {
            flat.extend(
                gradient_of(&gradients, name, var)?
                    .flatten_all()?
                    .to_vec1::<f32>()?,
            );
        }
        Ok(flat)
    }

    fn evaluate(
        &mut self,
        split: &Split,
        mut rows: Option<&mut Vec<f32>>,
    ) -> Result<EvaluationSums> {
        if let Some(rows) = rows.as_deref_mut() {
            rows.clear();
        }
        let mut all = Tensor::zeros(2, DType::F64, &self.device)?;
        let mut peaks = Vec::new();
        for batch in split.indices.chunks(EVALUATION_BATCH) {
            let (images, labels) = self.batch(split, batch, &mut Clock::off())?;
            let hidden = self.network.hidden_activations(&images)?.detach();
            let logits = self.network.logits_from_hidden(&hidden)?.detach();
            let losses = losses(&logits, &labels)?;
            all = (all + sums(&logits, &labels, &losses)?)?;
            peaks.push(hidden.flatten_all()?.max(0)?);
            if let Some(rows) = rows.as_deref_mut() {
                rows.extend(logits.flatten_all()?.to_vec1::<f32>()?);
            }
        }
        let [loss, correct] = pair(&all)?;
        let peaks: Vec<f32> = Tensor::stack(&peaks, 0)?.to_vec1()?;
        let peak_activation = peaks.into_iter().fold(0.0, super::peak);
        Ok(EvaluationSums {
            loss,
            correct,
            peak_activation,
        })
    }
}

impl ResidentSet {
    fn new(set: &Arc<ImageSet>, device: &Device) -> Result<Self> {
        let size: usize = set.shape().iter().product();
        let labels: Vec<u32> = set.labels().iter().map(|&label| u32::from(label)).collect();
        Ok(Self {
            set: Arc::clone(set),
            pixels: Tensor::from_slice(set.pixels(), (set.len(), size), device)?,
            labels: Tensor::from_vec(labels, set.len(), device)?,
        })
    }
}

/// Cross-entropy of each image, `[N]`, in nats.
pub(crate) fn losses(logits: &Tensor, labels: &Tensor) -> Result<Tensor> {
    log_softmax(logits, D::Minus1)?
        .gather(&labels.unsqueeze(1)?, 1)?
        .squeeze(1)?
        .neg()
}

/// Sum of the losses and of the images whose largest logit is their label's (the first of equal
/// ones counts; NaN never), `[2]`, f64.
pub(crate) fn sums(logits: &Tensor, labels: &Tensor, losses: &Tensor) -> Result<Tensor> {
    let logits = logits.detach();
    let correct = logits.argmax(D::Minus1)?.eq(labels)?;
    let row = logits.sum(D::Minus1)?;
    let number = row.eq(&row)?;
    let correct = (correct.to_dtype(DType::F64)? * number.to_dtype(DType::F64)?)?.sum_all()?;
    let loss = losses.detach().to_dtype(DType::F64)?.sum_all()?;
    Tensor::stack(&[loss, correct], 0)
}

fn gradient_of<'a>(gradients: &'a GradStore, name: &str, var: &Tensor) -> Result<&'a Tensor> {
    match gradients.get(var) {
        Some(gradient) => Ok(gradient),
        None => candle_core::bail!("`{name}` has no gradient"),
    }
}

fn pair(sums: &Tensor) -> Result<[f64; 2]> {
    let values = sums.to_vec1::<f64>()?;
    Ok([values[0], values[1]])
}

impl Backend for Stock {
    fn place(&mut self, data: &Splits) -> std::result::Result<(), TrainError> {
        if !self.inner.streamed {
            for split in [&data.train, &data.validation, &data.test] {
                self.inner.resident(&split.set)?;
            }
        }
        Ok(self.inner.device.synchronize()?)
    }

    fn step(
        &mut self,
        split: &Split,
        batch: &[u32],
        step: Step,
    ) -> std::result::Result<(), TrainError> {
        let Self { pool, inner } = self;
        Ok(pool.install(|| inner.step(split, batch, step, &mut Clock::off()))?)
    }

    fn step_in_phases(
        &mut self,
        split: &Split,
        batch: &[u32],
        step: Step,
        phases: &mut PhaseSeconds,
    ) -> std::result::Result<(), TrainError> {
        let Self { pool, inner } = self;
        pool.install(|| -> Result<()> {
            let mut clock = Clock::start(&inner.device);
            inner.step(split, batch, step, &mut clock)?;
            clock.add_to(phases);
            Ok(())
        })?;
        Ok(())
    }

    fn gradients(
        &mut self,
        split: &Split,
        batch: &[u32],
        dropout: Option<Dropout>,
    ) -> std::result::Result<Vec<f32>, TrainError> {
        let Self { pool, inner } = self;
        Ok(pool.install(|| inner.gradients(split, batch, dropout))?)
    }

    fn training_sums(&mut self) -> std::result::Result<TrainingSums, TrainError> {
        let [loss, correct] = pair(&self.inner.sums)?;
        Ok(TrainingSums { loss, correct })
    }

    fn set_training_sums(&mut self, sums: TrainingSums) -> std::result::Result<(), TrainError> {
        let values = [sums.loss, sums.correct];
        self.inner.sums = Tensor::from_slice(&values, 2, &self.inner.device)?;
        Ok(())
    }

    fn evaluate(
        &mut self,
        split: &Split,
        logits: Option<&mut Vec<f32>>,
    ) -> std::result::Result<EvaluationSums, TrainError> {
        let Self { pool, inner } = self;
        Ok(pool.install(|| inner.evaluate(split, logits))?)
    }

    fn parameters(&mut self) -> std::result::Result<Vec<f32>, TrainError> {
        Ok(self.inner.parameters.to_flat()?)
    }

    fn moments(&mut self) -> std::result::Result<Vec<f32>, TrainError> {
        Ok(self.inner.optimizer.moments()?)
    }
}
