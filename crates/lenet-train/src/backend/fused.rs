//! The fused backend on the CPU: one call computes the loss and all gradients, in flat buffers.

use std::sync::Arc;

use lenet_core::{Geometry, Optimizer};
use lenet_data::{ImageSet, Split, Splits};
use lenet_ops::Level;
use lenet_ops::dropout::Mask;
use lenet_ops::net::{BatchSums, Images, Network};

use super::aligned::Aligned;
use super::turns::Turns;
use super::{Clock, EVALUATION_BATCH, EvaluationSums, Group, Member, State, TrainingSums, peak};
use crate::error::TrainError;

/// Networks on the CPU, computed one after the other by `lenet_ops::net`.
#[derive(Debug)]
pub(super) struct Fused {
    network: Network,
    batch_size: usize,
    trained: Vec<Trained>,
    epoch: Option<Turns>,
    /// Gradients of the current step.
    gradients: Aligned,
    /// Labels of the current batch.
    labels: Vec<u8>,
}

/// The state of one network.
#[derive(Debug)]
struct Trained {
    optimizer: Optimizer,
    parameters: Aligned,
    moments: Aligned,
    sums: TrainingSums,
}

impl Fused {
    pub fn new(
        geometry: &Geometry,
        level: Level,
        threads: usize,
        batch_size: usize,
        networks: Vec<(Optimizer, State)>,
    ) -> Result<Self, TrainError> {
        let trained = |(optimizer, (parameters, moments)): (Optimizer, State)| Trained {
            optimizer,
            parameters: Aligned::new(&parameters),
            moments: Aligned::new(&moments),
            sums: TrainingSums::default(),
        };
        Ok(Self {
            network: Network::new(geometry, level, threads)?,
            batch_size,
            trained: networks.into_iter().map(trained).collect(),
            epoch: None,
            gradients: Aligned::new(&vec![0.0; geometry.parameter_count()]),
            labels: Vec::new(),
        })
    }
}

/// The images of a batch; writes their labels to `labels`.
fn gather<'s>(split: &'s Split, batch: &'s [u32], labels: &mut Vec<u8>) -> Images<'s> {
    let all = split.set.labels();
    labels.clear();
    labels.extend(batch.iter().map(|&index| all[index as usize]));
    Images::Bytes {
        pixels: split.set.pixels(),
        indices: batch,
    }
}

impl Group for Fused {
    fn place(&mut self, _: &Splits) -> Result<(), TrainError> {
        Ok(())
    }

    fn begin_epoch(
        &mut self,
        set: &Arc<ImageSet>,
        members: &[Member<'_>],
        from: usize,
    ) -> Result<(), TrainError> {
        for member in members {
            self.trained[member.network].sums = member.sums;
        }
        self.epoch = Some(Turns::new(set, members, from, self.batch_size));
        Ok(())
    }

    /// If the clock runs, each step is followed by a forward pass of the same images, which
    /// separates the forward from the backward pass.
    fn step(&mut self, clock: &mut Clock<'_>) -> Result<(), TrainError> {
        let epoch = self.epoch.as_mut().expect("an epoch was begun");
        for turn in epoch.take_batch() {
            let trained = &mut self.trained[turn.network];
            let images = gather(turn.split, turn.batch, &mut self.labels);
            clock.lap(|phases| &mut phases.prepare);
            let sums = self.network.loss_and_gradients(
                &trained.parameters,
                images,
                &self.labels,
                turn.dropout,
                &mut self.gradients,
            )?;
            clock.lap(|phases| &mut phases.backward);
            trained.sums.loss += sums.loss;
            trained.sums.correct += sums.correct as f64;
            self.network.update(
                &trained.optimizer,
                turn.learning_rate,
                turn.step,
                &mut trained.parameters,
                &self.gradients,
                &mut trained.moments,
            );
            clock.lap(|phases| &mut phases.optimizer);
            if clock.runs() {
                let network = &mut self.network;
                network.evaluate(&trained.parameters, images, &self.labels)?;
                clock.shift(|phases| (&mut phases.backward, &mut phases.forward));
            }
        }
        Ok(())
    }

    fn training_sums(&mut self) -> Result<Vec<TrainingSums>, TrainError> {
        let epoch = self.epoch.as_ref().expect("an epoch was begun");
        let sums = epoch.networks().map(|network| self.trained[network].sums);
        Ok(sums.collect())
    }

    fn gradients(
        &mut self,
        split: &Split,
        batch: &[u32],
        dropout: Option<Mask>,
    ) -> Result<Vec<f32>, TrainError> {
        let images = gather(split, batch, &mut self.labels);
        self.network.loss_and_gradients(
            &self.trained[0].parameters,
            images,
            &self.labels,
            dropout,
            &mut self.gradients,
        )?;
        Ok(self.gradients.to_vec())
    }

    fn evaluate(
        &mut self,
        split: &Split,
        networks: &[usize],
        logits: Option<&mut Vec<f32>>,
    ) -> Result<Vec<EvaluationSums>, TrainError> {
        if let Some(logits) = logits {
            self.logits(split, networks, logits)?;
        }
        let mut found = Vec::with_capacity(networks.len());
        for &network in networks {
            let parameters = &self.trained[network].parameters;
            let mut all = EvaluationSums::default();
            for batch in split.indices.chunks(EVALUATION_BATCH) {
                let images = gather(split, batch, &mut self.labels);
                let sums = self.network.evaluate(parameters, images, &self.labels)?;
                all.add(sums);
            }
            found.push(all);
        }
        Ok(found)
    }

    fn logits(
        &mut self,
        split: &Split,
        networks: &[usize],
        logits: &mut Vec<f32>,
    ) -> Result<(), TrainError> {
        logits.clear();
        let classes = self.network.geometry().classes;
        for &network in networks {
            let parameters = &self.trained[network].parameters;
            for batch in split.indices.chunks(EVALUATION_BATCH) {
                let images = gather(split, batch, &mut self.labels);
                let begin = logits.len();
                logits.resize(begin + batch.len() * classes, 0.0);
                let rows = &mut logits[begin..];
                self.network.logits(parameters, images, rows)?;
            }
        }
        Ok(())
    }

    fn parameters(&mut self, network: usize) -> Result<Vec<f32>, TrainError> {
        Ok(self.trained[network].parameters.to_vec())
    }

    fn moments(&mut self, network: usize) -> Result<Vec<f32>, TrainError> {
        Ok(self.trained[network].moments.to_vec())
    }
}

impl EvaluationSums {
    fn add(&mut self, batch: BatchSums) {
        self.loss += batch.loss;
        self.correct += batch.correct as f64;
        self.peak_activation = peak(self.peak_activation, batch.peak_activation);
    }
}
