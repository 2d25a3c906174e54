//! The training loop.

use std::sync::atomic::Ordering;
use std::time::Instant;

use lenet_data::{Splits, epoch_order};
use lenet_model::{init::initial_parameters, weights};
use lenet_ops::Geometry;
use lenet_ops::net::Dropout;
use lenet_results::{EpochRecord, TrialConfig};

use crate::backend::{self, Backend, EvaluationSums, Step, TrainingSums};
use crate::checkpoint::{Checkpoint, Progress};
use crate::config;
use crate::error::TrainError;
use crate::outcome::outcome;
use crate::record::level_name;
use crate::schedule::Schedule;
use crate::{Ended, Event, RunOptions};

/// About so many [`Event::Step`] are sent an epoch.
const EVENTS_PER_EPOCH: usize = 50;

/// Runs one trial.
///
/// Everything random is drawn from streams of the configuration's seed: initial weights
/// (`weights/<name>`), the order of each epoch and the dropout masks (`dropout`), so that trials
/// with one seed share all three, and a rate that is not connected changes no number.
///
/// # Errors
/// A [`TrainError`] for anything that is not a result of the training itself.
pub fn run(
    config: &TrialConfig,
    data: &Splits,
    options: &RunOptions,
    observer: &mut dyn FnMut(Event<'_>),
) -> Result<Ended, TrainError> {
    let mut trial = Trial::begin(config, data, options)?;
    observer(Event::Started {
        from_epoch: trial.progress.epochs.len(),
        epochs: &trial.progress.epochs,
    });
    loop {
        let parameters = trial.backend.parameters()?;
        let finite = all_finite(&parameters);
        if let Some(outcome) = outcome(config, &trial.progress.epochs, finite) {
            let epochs = trial.progress.epochs;
            return Ok(Ended::Finished {
                outcome,
                epochs,
                parameters,
            });
        }
        if !trial.train_epoch(observer)? {
            trial.save()?;
            return Ok(Ended::Interrupted {
                epochs: trial.progress.epochs.len(),
            });
        }
        let finite = all_finite(&trial.backend.parameters()?);
        trial.finish_epoch(finite)?;
        trial.save()?;
        if let Some(record) = trial.progress.epochs.last() {
            observer(Event::Epoch(record));
        }
    }
}

/// Random numbers of a trial's dropout masks at one step.
pub(crate) fn dropout(config: &TrialConfig, step: u64) -> Option<Dropout> {
    let rate = config.dropout.effective_rate();
    let seed = lenet_rng::derived_seed(config.seed, "dropout");
    (rate > 0.0).then_some(Dropout { rate, seed, step })
}

/// Parameters before the first step.
pub(crate) fn start(
    config: &TrialConfig,
    geometry: &Geometry,
    options: &RunOptions,
) -> Result<Vec<f32>, TrainError> {
    Ok(match &options.init {
        Some(file) => weights::load(file, geometry)?,
        None => initial_parameters(geometry, config.seed),
    })
}

/// A trial under way.
struct Trial<'a> {
    config: &'a TrialConfig,
    data: &'a Splits,
    options: &'a RunOptions,
    schedule: Schedule,
    batches: usize,
    backend: Box<dyn Backend>,
    progress: Progress,
}

impl<'a> Trial<'a> {
    /// Starts afresh or from the checkpoint.
    fn begin(
        config: &'a TrialConfig,
        data: &'a Splits,
        options: &'a RunOptions,
    ) -> Result<Self, TrainError> {
        config::check(config, data)?;
        let geometry = config::geometry(&config.network, data)?;
        let identity = config.identity();
        let level = level_name(config, options);
        let saved = match &options.checkpoint {
            Some(path) => Checkpoint::read(path, &identity)?,
            None => None,
        };
        let (progress, state) = match saved {
            Some(Checkpoint {
                progress,
                parameters,
                moments,
            }) => {
                if progress.level != level {
                    tracing::info!(
                        from = progress.level,
                        to = level,
                        "a trial goes on with another instruction set"
                    );
                }
                (Progress { level, ..progress }, (parameters, moments))
            }
            None => {
                let progress = Progress {
                    identity,
                    config: config.clone(),
                    level,
                    epochs: Vec::new(),
                    step: 0,
                    batch: 0,
                    loss_bits: 0f64.to_bits(),
                    correct: 0,
                    train_seconds: 0.0,
                };
                (progress, (start(config, &geometry, options)?, Vec::new()))
            }
        };
        let rule = config::rule(&config.optimizer);
        let mut backend = backend::build(
            &geometry,
            config.backend,
            config.device,
            rule,
            options,
            state,
        )?;
        backend.place(data)?;
        backend.set_training_sums(TrainingSums {
            loss: f64::from_bits(progress.loss_bits),
            correct: progress.correct as f64,
        })?;
        let batches = data.train.indices.len().div_ceil(config.batch_size);
        let schedule = Schedule::new(config.schedule, batches as u64, config.epochs as u64);
        Ok(Self {
            config,
            data,
            options,
            schedule,
            batches,
            backend,
            progress,
        })
    }

    /// Trains what is left of the epoch under way; `false` where `stop` was raised before its
    /// end.
    fn train_epoch(&mut self, observer: &mut dyn FnMut(Event<'_>)) -> Result<bool, TrainError> {
        let epoch = self.progress.epochs.len() + 1;
        let order = epoch_order(&self.data.train, self.config.seed, epoch);
        let started = Instant::now();
        let every = self.batches.div_ceil(EVENTS_PER_EPOCH);
        let batches = order
            .chunks(self.config.batch_size)
            .skip(self.progress.batch);
        let mut whole = true;
        for batch in batches {
            if self.options.stop.load(Ordering::Relaxed) {
                whole = false;
                break;
            }
            let number = self.progress.step + 1;
            let learning_rate = self.config.learning_rate * self.schedule.factor(number);
            let dropout = dropout(self.config, number);
            let step = Step {
                number,
                learning_rate,
                dropout,
            };
            self.backend.step(&self.data.train, batch, step)?;
            self.progress.step = number;
            self.progress.batch += 1;
            if self.progress.batch.is_multiple_of(every) {
                let (batch, batches) = (self.progress.batch, self.batches);
                observer(Event::Step {
                    epoch,
                    batch,
                    batches,
                });
            }
        }
        // Reading the sums waits for the device, so the clock stops after it.
        let sums = self.backend.training_sums()?;
        self.progress.loss_bits = sums.loss.to_bits();
        self.progress.correct = sums.correct as u64;
        self.progress.train_seconds += started.elapsed().as_secs_f64();
        Ok(whole)
    }

    /// Evaluates after a whole epoch and makes its record; `finite` tells whether all
    /// parameters are.
    fn finish_epoch(&mut self, finite: bool) -> Result<(), TrainError> {
        let started = Instant::now();
        let validation = self.backend.evaluate(&self.data.validation, None)?;
        let test = self.backend.evaluate(&self.data.test, None)?;
        let evaluation_seconds = started.elapsed().as_secs_f64();
        let mean = |sum: f64, count: usize| canonical(sum / count as f64);
        let of = |sums: EvaluationSums, count| [mean(sums.loss, count), mean(sums.correct, count)];
        let [validation_loss, validation_accuracy] =
            of(validation, self.data.validation.indices.len());
        let [test_loss, test_accuracy] = of(test, self.data.test.indices.len());
        let progress = &mut self.progress;
        let samples = self.data.train.indices.len();
        progress.epochs.push(EpochRecord {
            epoch: progress.epochs.len() + 1,
            step: progress.step,
            learning_rate: self.config.learning_rate * self.schedule.factor(progress.step),
            train_loss: mean(f64::from_bits(progress.loss_bits), samples),
            train_accuracy: mean(progress.correct as f64, samples),
            validation_loss,
            validation_accuracy,
            test_loss,
            test_accuracy,
            // candle's ReLU turns NaN into 0, which is no death.
            dead: finite && validation.peak_activation == 0.0,
            train_seconds: progress.train_seconds,
            evaluation_seconds,
        });
        progress.batch = 0;
        progress.loss_bits = 0f64.to_bits();
        progress.correct = 0;
        progress.train_seconds = 0.0;
        self.backend.set_training_sums(TrainingSums::default())
    }

    fn save(&mut self) -> Result<(), TrainError> {
        if let Some(path) = &self.options.checkpoint {
            let checkpoint = Checkpoint {
                progress: self.progress.clone(),
                parameters: self.backend.parameters()?,
                moments: self.backend.moments()?,
            };
            checkpoint.write(path)?;
        }
        Ok(())
    }
}

fn all_finite(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite())
}

/// NaN with the one bit pattern that files give back.
fn canonical(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value }
}

#[cfg(test)]
mod tests;
