//! The stock backend: candle's own ops and autograd, on the CPU or a GPU. Nothing is read back
//! from the device within an epoch.

use std::sync::Arc;

use candle_core::backprop::GradStore;
use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::ops::log_softmax;
use lenet_core::{Backend, Geometry, Optimizer};
use lenet_data::{ImageSet, Split, Splits, gather_f32};
use lenet_model::{LeNet, LeNetConfig, Normalization, Parameters};
use lenet_ops::dropout::Mask;

use super::tensor_optimizer::TensorOptimizer;
use super::turns::{Turn, Turns};
use super::{Clock, EVALUATION_BATCH, EvaluationSums, Group, Member, State, TrainingSums};
use crate::RunOptions;
use crate::error::TrainError;

/// Networks that candle computes, one after the other.
///
/// On the CPU they run in a thread pool of their own, so convolutions and matrix products use no
/// more threads than asked for. candle runs large element-wise ops in its process-wide pool, which
/// only the environment variable `CANDLE_NUM_THREADS` limits.
pub(super) struct Stock {
    pool: rayon::ThreadPool,
    images: DeviceImages,
    networks: Vec<TensorNetwork>,
    batch_size: usize,
    epoch: Option<Turns>,
}

/// A network of tensors, its optimizer and its sums.
struct TensorNetwork {
    network: LeNet,
    parameters: Parameters,
    optimizer: TensorOptimizer,
    /// Sum of the losses and number of correct images, `[2]`, f64.
    sums: Tensor,
}

/// Makes batches on the device: from host memory, or from image sets in device memory.
struct DeviceImages {
    device: Device,
    /// Whether batches are gathered in host memory. Then `sets` stays empty.
    streamed: bool,
    normalization: Normalization,
    sets: Vec<ResidentSet>,
}

/// An image set in device memory.
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
        batch_size: usize,
        networks: Vec<(Optimizer, State)>,
    ) -> std::result::Result<Self, TrainError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.threads.max(1))
            .thread_name(|index| format!("candle-{index}"))
            .build()
            .map_err(|e| TrainError::Threads {
                reason: e.to_string(),
            })?;
        let networks = networks
            .into_iter()
            .map(|(optimizer, state)| TensorNetwork::new(geometry, optimizer, &state, &device));
        Ok(Self {
            networks: networks.collect::<std::result::Result<_, TrainError>>()?,
            images: DeviceImages {
                device,
                streamed: options.streamed,
                normalization: options.normalization,
                sets: Vec::new(),
            },
            pool,
            batch_size,
            epoch: None,
        })
    }
}

impl DeviceImages {
    /// If the clock runs, waits for the device and adds the time to a phase.
    fn lap(
        &self,
        clock: &mut Clock<'_>,
        phase: impl FnOnce(&mut lenet_results::PhaseSeconds) -> &mut f64,
    ) -> Result<()> {
        if clock.runs() {
            self.device.synchronize()?;
            clock.lap(phase);
        }
        Ok(())
    }

    /// Images `[N, C·H·W]`, f32 as the network takes them, and labels `[N]`.
    fn batch(
        &mut self,
        split: &Split,
        indices: &[u32],
        clock: &mut Clock<'_>,
    ) -> Result<(Tensor, Tensor)> {
        if self.streamed {
            let mut pixels = Vec::new();
            gather_f32(&split.set, indices, &mut pixels);
            let all = split.set.labels();
            let labels: Vec<u32> = indices
                .iter()
                .map(|&index| u32::from(all[index as usize]))
                .collect();
            self.lap(clock, |phases| &mut phases.prepare)?;
            let shape = (indices.len(), split.set.image_len());
            let images = self.normalized(Tensor::from_vec(pixels, shape, &self.device)?)?;
            let labels = Tensor::from_vec(labels, indices.len(), &self.device)?;
            self.lap(clock, |phases| &mut phases.copy)?;
            return Ok((images, labels));
        }
        let at = self.resident(&split.set)?;
        let indices = Tensor::from_slice(indices, indices.len(), &self.device)?;
        self.lap(clock, |phases| &mut phases.copy)?;
        let pixels = self.sets[at].pixels.index_select(&indices, 0)?;
        let images = self.normalized((pixels.to_dtype(DType::F32)? / 255.0)?)?;
        let labels = self.sets[at].labels.index_select(&indices, 0)?;
        self.lap(clock, |phases| &mut phases.prepare)?;
        Ok((images, labels))
    }

    /// What the network takes for these pixels.
    fn normalized(&self, pixels: Tensor) -> Result<Tensor> {
        if self.normalization.is_none() {
            return Ok(pixels);
        }
        let Normalization { mean, deviation } = self.normalization;
        (pixels - f64::from(mean))? / f64::from(deviation)
    }

    /// The index of a set in `sets`; copies the set to the device first if need be.
    fn resident(&mut self, set: &Arc<ImageSet>) -> Result<usize> {
        let mut known = self.sets.iter();
        if let Some(at) = known.position(|known| Arc::ptr_eq(&known.set, set)) {
            return Ok(at);
        }
        self.sets.push(ResidentSet::new(set, &self.device)?);
        Ok(self.sets.len() - 1)
    }
}

impl TensorNetwork {
    fn new(
        geometry: &Geometry,
        optimizer: Optimizer,
        (parameters, moments): &State,
        device: &Device,
    ) -> std::result::Result<Self, TrainError> {
        let parameters = Parameters::new(geometry, parameters, DType::F32, device)?;
        let config = LeNetConfig::new(geometry, 0.0);
        let network = LeNet::with_backend(parameters.var_builder(), &config, Backend::Stock)?;
        Ok(Self {
            network,
            parameters,
            optimizer: TensorOptimizer::new(geometry, optimizer, moments, device)?,
            sums: Tensor::zeros(2, DType::F64, device)?,
        })
    }

    /// Gradients of the mean loss, and the batch's sums, `[2]`.
    fn backward(
        &self,
        images: &mut DeviceImages,
        split: &Split,
        batch: &[u32],
        dropout: Option<Mask>,
        clock: &mut Clock<'_>,
    ) -> Result<(GradStore, Tensor)> {
        let (pixels, labels) = images.batch(split, batch, clock)?;
        let logits = self.network.forward_train(&pixels, dropout)?;
        let losses = losses(&logits, &labels)?;
        let mean = losses.mean_all()?;
        let sums = sums(&logits, &labels, &losses)?;
        images.lap(clock, |phases| &mut phases.forward)?;
        let gradients = mean.backward()?;
        images.lap(clock, |phases| &mut phases.backward)?;
        Ok((gradients, sums))
    }

    fn step(
        &mut self,
        images: &mut DeviceImages,
        turn: Turn<'_>,
        clock: &mut Clock<'_>,
    ) -> Result<()> {
        let Turn { split, batch, .. } = turn;
        let (gradients, sums) = self.backward(images, split, batch, turn.dropout, clock)?;
        for (index, (name, var)) in self.parameters.iter().enumerate() {
            let gradient = gradient_of(&gradients, name, var)?;
            self.optimizer
                .update(index, var, gradient, turn.learning_rate, turn.step)?;
        }
        self.sums = (&self.sums + sums)?;
        images.lap(clock, |phases| &mut phases.optimizer)
    }

    fn gradients(
        &self,
        images: &mut DeviceImages,
        split: &Split,
        batch: &[u32],
        dropout: Option<Mask>,
    ) -> Result<Vec<f32>> {
        let (gradients, _) = self.backward(images, split, batch, dropout, &mut Clock::off())?;
        let mut flat = Vec::new();
        for (name, var) in self.parameters.iter() {
            let gradient = gradient_of(&gradients, name, var)?;
            flat.extend(gradient.flatten_all()?.to_vec1::<f32>()?);
        }
        Ok(flat)
    }

    fn evaluate(
        &self,
        images: &mut DeviceImages,
        split: &Split,
        mut rows: Option<&mut Vec<f32>>,
    ) -> Result<EvaluationSums> {
        let mut all = Tensor::zeros(2, DType::F64, &images.device)?;
        let mut peaks = Vec::new();
        for batch in split.indices.chunks(EVALUATION_BATCH) {
            let (pixels, labels) = images.batch(split, batch, &mut Clock::off())?;
            let hidden = self.network.hidden_activations(&pixels)?.detach();
            let logits = self.network.logits_from_hidden(&hidden)?.detach();
            let losses = losses(&logits, &labels)?;
            all = (all + sums(&logits, &labels, &losses)?)?;
            peaks.push(hidden.flatten_all()?.max(0)?);
            if let Some(rows) = rows.as_deref_mut() {
                rows.extend(logits.flatten_all()?.to_vec1::<f32>()?);
            }
        }
        let TrainingSums { loss, correct } = pair(&all)?;
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

/// Sum of the losses and number of correct images, `[2]`, f64. An image is correct if its label's
/// logit is the largest; of equal logits the first counts, and an image with a NaN is wrong.
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

fn pair(sums: &Tensor) -> Result<TrainingSums> {
    let values = sums.to_vec1::<f64>()?;
    Ok(TrainingSums {
        loss: values[0],
        correct: values[1],
    })
}

impl Group for Stock {
    fn place(&mut self, data: &Splits) -> std::result::Result<(), TrainError> {
        if !self.images.streamed {
            for split in [&data.train, &data.validation, &data.test] {
                self.images.resident(&split.set)?;
            }
        }
        Ok(self.images.device.synchronize()?)
    }

    fn begin_epoch(
        &mut self,
        set: &Arc<ImageSet>,
        members: &[Member<'_>],
        from: usize,
    ) -> std::result::Result<(), TrainError> {
        for member in members {
            let values = [member.sums.loss, member.sums.correct];
            let sums = Tensor::from_slice(&values, 2, &self.images.device)?;
            self.networks[member.network].sums = sums;
        }
        self.epoch = Some(Turns::new(set, members, from, self.batch_size));
        Ok(())
    }

    fn step(&mut self, clock: &mut Clock<'_>) -> std::result::Result<(), TrainError> {
        let Self {
            pool,
            images,
            networks,
            epoch,
            ..
        } = self;
        let epoch = epoch.as_mut().expect("an epoch was begun");
        for turn in epoch.take_batch() {
            pool.install(|| networks[turn.network].step(images, turn, clock))?;
        }
        Ok(())
    }

    fn training_sums(&mut self) -> std::result::Result<Vec<TrainingSums>, TrainError> {
        let epoch = self.epoch.as_ref().expect("an epoch was begun");
        let sums = epoch
            .networks()
            .map(|network| pair(&self.networks[network].sums));
        Ok(sums.collect::<Result<_>>()?)
    }

    fn gradients(
        &mut self,
        split: &Split,
        batch: &[u32],
        dropout: Option<Mask>,
    ) -> std::result::Result<Vec<f32>, TrainError> {
        let (network, images) = (&self.networks[0], &mut self.images);
        Ok(self
            .pool
            .install(|| network.gradients(images, split, batch, dropout))?)
    }

    fn evaluate(
        &mut self,
        split: &Split,
        networks: &[usize],
        mut logits: Option<&mut Vec<f32>>,
    ) -> std::result::Result<Vec<EvaluationSums>, TrainError> {
        if let Some(logits) = logits.as_deref_mut() {
            logits.clear();
        }
        let mut found = Vec::with_capacity(networks.len());
        for &network in networks {
            let (network, images) = (&self.networks[network], &mut self.images);
            let logits = logits.as_deref_mut();
            found.push(
                self.pool
                    .install(|| network.evaluate(images, split, logits))?,
            );
        }
        Ok(found)
    }

    fn parameters(&mut self, network: usize) -> std::result::Result<Vec<f32>, TrainError> {
        Ok(self.networks[network].parameters.to_flat()?)
    }

    fn moments(&mut self, network: usize) -> std::result::Result<Vec<f32>, TrainError> {
        Ok(self.networks[network].optimizer.moments()?)
    }
}
