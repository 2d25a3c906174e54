//! This project's own path: loss and all gradients in one call, on flat buffers.

use std::time::Instant;

use lenet_data::Split;
use lenet_ops::net::{Dropout, Images, Network};
use lenet_ops::optimizer::Rule;
use lenet_ops::{Geometry, Level};
use lenet_results::PhaseSeconds;

use super::{Backend, EVALUATION_BATCH, EvaluationSums, Step, TrainingSums, peak};
use crate::error::TrainError;

/// A network on the CPU, computed by `lenet_ops::net`.
#[derive(Debug)]
pub(super) struct Fused {
    network: Network,
    rule: Rule,
    parameters: Vec<f32>,
    gradients: Vec<f32>,
    moments: Vec<f32>,
    labels: Vec<u8>,
    sums: TrainingSums,
}

impl Fused {
    pub fn new(
        geometry: &Geometry,
        level: Level,
        threads: usize,
        rule: Rule,
        parameters: Vec<f32>,
        moments: Vec<f32>,
    ) -> Result<Self, TrainError> {
        Ok(Self {
            network: Network::new(geometry, level, threads.max(1))?,
            rule,
            gradients: vec![0.0; parameters.len()],
            parameters,
            moments,
            labels: Vec::new(),
            sums: TrainingSums::default(),
        })
    }

    fn gather_labels(&mut self, split: &Split, batch: &[u32]) {
        let labels = split.set.labels();
        self.labels.clear();
        self.labels
            .extend(batch.iter().map(|&index| labels[index as usize]));
    }

    fn compute_gradients(
        &mut self,
        split: &Split,
        batch: &[u32],
        dropout: Option<Dropout>,
    ) -> Result<TrainingSums, TrainError> {
        self.gather_labels(split, batch);
        self.gradients_of_gathered(split, batch, dropout)
    }

    /// The labels of the batch must have been gathered.
    fn gradients_of_gathered(
        &mut self,
        split: &Split,
        batch: &[u32],
        dropout: Option<Dropout>,
    ) -> Result<TrainingSums, TrainError> {
        let images = Images::Bytes {
            pixels: split.set.pixels(),
            indices: batch,
        };
        let sums = self.network.loss_and_gradients(
            &self.parameters,
            images,
            &self.labels,
            dropout,
            &mut self.gradients,
        )?;
        Ok(TrainingSums {
            loss: sums.loss,
            correct: sums.correct as f64,
        })
    }

    /// Applies the gradients and books the batch.
    fn update(&mut self, sums: TrainingSums, step: Step) {
        self.sums.loss += sums.loss;
        self.sums.correct += sums.correct;
        self.network.update(
            &self.rule,
            step.learning_rate,
            step.number,
            &mut self.parameters,
            &self.gradients,
            &mut self.moments,
        );
    }
}

impl Backend for Fused {
    fn step(&mut self, split: &Split, batch: &[u32], step: Step) -> Result<(), TrainError> {
        let sums = self.compute_gradients(split, batch, step.dropout)?;
        self.update(sums, step);
        Ok(())
    }

    fn step_in_phases(
        &mut self,
        split: &Split,
        batch: &[u32],
        step: Step,
        phases: &mut PhaseSeconds,
    ) -> Result<(), TrainError> {
        let begun = Instant::now();
        self.gather_labels(split, batch);
        let gathered = Instant::now();
        let sums = self.gradients_of_gathered(split, batch, step.dropout)?;
        let computed = Instant::now();
        self.update(sums, step);
        let updated = Instant::now();
        let images = Images::Bytes {
            pixels: split.set.pixels(),
            indices: batch,
        };
        self.network
            .evaluate(&self.parameters, images, &self.labels)?;
        let forward = updated.elapsed().as_secs_f64();
        phases.prepare += (gathered - begun).as_secs_f64();
        phases.forward += forward;
        phases.backward += (computed - gathered).as_secs_f64() - forward;
        phases.optimizer += (updated - computed).as_secs_f64();
        Ok(())
    }

    fn gradients(
        &mut self,
        split: &Split,
        batch: &[u32],
        dropout: Option<Dropout>,
    ) -> Result<Vec<f32>, TrainError> {
        self.compute_gradients(split, batch, dropout)?;
        Ok(self.gradients.clone())
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
        mut logits: Option<&mut Vec<f32>>,
    ) -> Result<EvaluationSums, TrainError> {
        let classes = self.network.geometry().classes;
        if let Some(logits) = logits.as_deref_mut() {
            logits.clear();
            logits.resize(split.indices.len() * classes, 0.0);
        }
        let mut all = EvaluationSums::EMPTY;
        for (number, batch) in split.indices.chunks(EVALUATION_BATCH).enumerate() {
            self.gather_labels(split, batch);
            let images = Images::Bytes {
                pixels: split.set.pixels(),
                indices: batch,
            };
            let sums = self
                .network
                .evaluate(&self.parameters, images, &self.labels)?;
            all.loss += sums.loss;
            all.correct += sums.correct as f64;
            all.peak_activation = peak(all.peak_activation, sums.peak_activation);
            if let Some(logits) = logits.as_deref_mut() {
                let start = number * EVALUATION_BATCH * classes;
                let rows = &mut logits[start..start + batch.len() * classes];
                self.network.logits(&self.parameters, images, rows)?;
            }
        }
        Ok(all)
    }

    fn parameters(&mut self) -> Result<Vec<f32>, TrainError> {
        Ok(self.parameters.clone())
    }

    fn moments(&mut self) -> Result<Vec<f32>, TrainError> {
        Ok(self.moments.clone())
    }
}
