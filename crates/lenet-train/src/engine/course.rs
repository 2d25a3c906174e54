//! The state of a running trial, and the learning rate, order and outcome that follow from it.

use std::path::Path;

use lenet_core::{Geometry, Trial};
use lenet_data::{Splits, epoch_order};
use lenet_results::{EpochRecord, Outcome};

use super::{dropout, start};
use crate::RunOptions;
use crate::backend::{self, EvaluationSums, Member, State, TrainingSums};
use crate::checkpoint::{Checkpoint, CheckpointError, Progress, most_bytes};
use crate::config;
use crate::error::TrainError;
use crate::memory::{MemoryUse, ensure_memory, memory_bytes};
use crate::outcome::outcome;
use crate::record::level_name;

/// One of the trials that [`run_group`](crate::run_group) trains together.
#[derive(Debug, Clone, Copy)]
pub struct GroupTrial<'a> {
    /// The trial's settings.
    pub config: &'a Trial,
    /// The trial's images.
    pub data: &'a Splits,
    /// See [`RunOptions::checkpoint`].
    pub checkpoint: Option<&'a Path>,
    /// The last checkpoint of a trial that [begins](Trial::begins) this one. Without a checkpoint of its own
    /// the trial goes on from it, if it can be used, and comes to the same bits as from the start.
    pub earlier: Option<&'a Path>,
    /// See [`RunOptions::init`].
    pub init: Option<&'a Path>,
}

/// A running trial: its settings, images and progress. The group holds its network.
pub(super) struct Course<'a> {
    pub trial: &'a Trial,
    pub data: &'a Splits,
    pub geometry: Geometry,
    /// Batches per epoch.
    pub batches: usize,
    pub progress: Progress,
    checkpoint: Option<&'a Path>,
}

impl<'a> Course<'a> {
    /// Starts a trial, or resumes it if its checkpoint exists. Also returns the network's
    /// parameters and moments.
    pub fn begin(
        asked: &GroupTrial<'a>,
        options: &RunOptions,
    ) -> Result<(Self, State), TrainError> {
        let &GroupTrial {
            config: trial,
            data,
            checkpoint,
            earlier,
            init,
        } = asked;
        config::check(trial, data)?;
        let geometry = config::geometry(&trial.network, data)?;
        let used = match checkpoint {
            Some(_) => MemoryUse::Study,
            None => MemoryUse::Training,
        };
        let images = data.train.indices.len();
        let needed = memory_bytes(trial, &geometry, images, options.threads, used);
        ensure_memory(needed)?;
        let identity = trial.identity();
        let level = level_name(trial, options);
        let most = most_bytes(geometry.parameter_count(), trial);
        let batches = images.div_ceil(trial.batch_size);
        let saved = match checkpoint {
            Some(path) => Checkpoint::read(path, &identity, most)?,
            None => None,
        };
        let (progress, state) = match saved {
            Some(Checkpoint {
                progress,
                parameters,
                moments,
            }) => {
                if progress.level != level {
                    tracing::warn!(
                        from = progress.level,
                        to = level,
                        "a trial goes on with another instruction set"
                    );
                }
                (Progress { level, ..progress }, (parameters, moments))
            }
            None => {
                let known = earlier.and_then(|path| {
                    let found = continued(path, trial, &level, most)?;
                    let whole = found.progress.check(batches, images).is_ok();
                    let state = (found.parameters, found.moments);
                    let fits = backend::check_state(&geometry, trial.optimizer, &state).is_ok();
                    (whole && fits).then_some((found.progress, state))
                });
                match known {
                    Some(known) => known,
                    None => {
                        let progress = Progress::start(trial, identity, level);
                        (progress, (start(trial, &geometry, init)?, Vec::new()))
                    }
                }
            }
        };
        backend::check_state(&geometry, trial.optimizer, &state)?;
        if let (Some(path), Err(reason)) = (checkpoint, progress.check(batches, images)) {
            let file = path.to_owned();
            return Err(CheckpointError::Broken { file, reason }.into());
        }
        let course = Self {
            trial,
            data,
            geometry,
            batches,
            progress,
            checkpoint,
        };
        Ok((course, state))
    }

    /// The current epoch, counted from 1.
    pub fn epoch(&self) -> usize {
        self.progress.epochs.len() + 1
    }

    /// Positions in the training set of the current epoch's images, in training order.
    pub fn order(&self) -> Vec<u32> {
        epoch_order(&self.data.train, self.trial.seed, self.epoch())
    }

    /// What the group needs to train the trial's network for the current epoch.
    pub fn member<'o>(&self, network: usize, order: &'o [u32]) -> Member<'o> {
        let first_step = self.progress.step - self.progress.batch as u64;
        let steps = first_step + 1..=first_step + self.batches as u64;
        Member {
            network,
            order,
            first_step,
            learning_rates: steps.map(|step| self.learning_rate(step)).collect(),
            dropout: dropout(self.trial, first_step + 1),
            sums: TrainingSums {
                loss: f64::from_bits(self.progress.loss_bits),
                correct: self.progress.correct as f64,
            },
        }
    }

    fn learning_rate(&self, step: u64) -> f64 {
        let Trial {
            schedule, epochs, ..
        } = self.trial;
        let factor = schedule.factor(step, self.batches as u64, *epochs as u64);
        self.trial.learning_rate * factor
    }

    /// Counts one batch.
    pub fn advance(&mut self) {
        self.progress.step += 1;
        self.progress.batch += 1;
    }

    /// Stores the current epoch's sums and adds to its seconds.
    pub fn book(&mut self, sums: TrainingSums, seconds: f64) {
        self.progress.loss_bits = sums.loss.to_bits();
        self.progress.correct = sums.correct as u64;
        self.progress.train_seconds += seconds;
    }

    /// Whether all batches of the current epoch are done.
    pub fn is_at_epochs_end(&self) -> bool {
        self.progress.batch == self.batches
    }

    /// Appends the record of a complete epoch. `finite`: all parameters are finite.
    pub fn finish_epoch(
        &mut self,
        finite: bool,
        validation: EvaluationSums,
        test: EvaluationSums,
        evaluation_seconds: f64,
    ) {
        let mean = |sum: f64, count: usize| canonical(sum / count as f64);
        let of = |sums: EvaluationSums, count| [mean(sums.loss, count), mean(sums.correct, count)];
        let [validation_loss, validation_accuracy] =
            of(validation, self.data.validation.indices.len());
        let [test_loss, test_accuracy] = of(test, self.data.test.indices.len());
        let samples = self.data.train.indices.len();
        let (epoch, learning_rate) = (self.epoch(), self.learning_rate(self.progress.step));
        let progress = &mut self.progress;
        progress.epochs.push(EpochRecord {
            epoch,
            step: progress.step,
            learning_rate,
            train_loss: mean(f64::from_bits(progress.loss_bits), samples),
            train_accuracy: mean(progress.correct as f64, samples),
            validation_loss,
            validation_accuracy,
            test_loss,
            test_accuracy,
            // candle's ReLU turns NaN into 0; such a network diverged and is not dead.
            dead: finite && validation.peak_activation == 0.0,
            train_seconds: progress.train_seconds,
            evaluation_seconds,
        });
        progress.batch = 0;
        progress.loss_bits = 0f64.to_bits();
        progress.correct = 0;
        progress.train_seconds = 0.0;
    }

    /// The outcome if the trial has ended. Only valid between epochs.
    pub fn outcome(&self, finite: bool) -> Option<Outcome> {
        outcome(self.trial, &self.progress.epochs, finite)
    }

    /// Whether the trial writes checkpoints.
    pub fn is_saved(&self) -> bool {
        self.checkpoint.is_some()
    }

    /// Writes the checkpoint, if the trial has one.
    pub fn save(&self, (parameters, moments): State) -> Result<(), TrainError> {
        if let Some(path) = self.checkpoint {
            let checkpoint = Checkpoint {
                progress: self.progress.clone(),
                parameters,
                moments,
            };
            checkpoint.write(path)?;
        }
        Ok(())
    }
}

/// The state that a trial goes on from where another one ended; `None`, with a warning, where it cannot.
fn continued(path: &Path, trial: &Trial, level: &str, most: u64) -> Option<Checkpoint> {
    let reason = match Checkpoint::read_earlier(path, trial, most) {
        Ok(Some(found)) if found.progress.level == level => return Some(found),
        Ok(Some(found)) => format!("instruction set {} computed it", found.progress.level),
        Ok(None) => return None,
        Err(error) => error.to_string(),
    };
    let file = path.display();
    tracing::warn!("{file}: {reason}; the trial that was to go on from it begins anew");
    None
}

pub(super) fn all_finite(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite())
}

/// Replaces any NaN by the one bit pattern that reading a file gives.
fn canonical(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value }
}
