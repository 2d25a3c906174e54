//! Images per second at one point of filters, batch size, threads and backend.

use std::sync::Barrier;

use lenet_core::{Architecture, Backend, Data, Dropout, Geometry, Samples, Trial};
use lenet_data::{Dataset, SplitSpec};
use lenet_ops::Level;
use lenet_train::{Event, RunOptions};
use serde::Serialize;

/// Where to measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpeedPoint {
    /// Filters of both convolutions.
    pub filters: usize,
    /// Images per step.
    pub batch_size: usize,
    /// Training images per epoch.
    pub samples: usize,
    /// Epochs that are measured, after one that warms up.
    pub epochs: usize,
    /// Threads of one step.
    pub threads: usize,
    /// Trials side by side.
    pub jobs: usize,
    /// Rate of (connected) dropout.
    pub dropout: f64,
    /// Which code computes the network.
    pub backend: Backend,
    /// Instruction set of the fused backend.
    pub level: Level,
}

/// What was measured at a point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Speed {
    /// Filters of both convolutions.
    pub filters: usize,
    /// Images per step.
    pub batch_size: usize,
    /// Threads of one step.
    pub threads: usize,
    /// Trials side by side.
    pub jobs: usize,
    /// `fused` or `stock`.
    pub backend: Backend,
    /// Instruction set, `candle` for the stock backend.
    pub level: String,
    /// Training images per second, of all jobs together: the median over epochs.
    pub train_images_per_second: f64,
    /// Validation and test images per second, of all jobs together: the median over epochs.
    pub evaluation_images_per_second: f64,
    /// Training's GFLOP per second, as [`Geometry::training_flops`] counts them.
    pub gflops: f64,
    /// `gflops` as a share of the measured peak of all threads in use.
    pub share_of_fma_peak: f64,
}

/// Why a point could not be measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchError {
    /// A size of the point is zero.
    #[error("`{key}` is 0: give at least 1")]
    Zero {
        /// The size, e.g. `filters`.
        key: &'static str,
    },
    /// The data set has too few images.
    #[error(transparent)]
    Data(#[from] lenet_data::DataError),
    /// Training failed.
    #[error(transparent)]
    Train(#[from] lenet_train::TrainError),
    /// Training ended before enough epochs were measured.
    #[error("training ended after {epochs} epochs: the network diverged; nothing to measure")]
    Ended {
        /// Epochs done.
        epochs: usize,
    },
}

/// Measures one point. `peak_flops` is the floating-point operations per second that one thread
/// reaches, from [`lenet_train::peak_of`]. Measure it once for a whole table.
///
/// # Errors
/// A size is zero, the data set is too small, or training fails.
pub fn measure(point: &SpeedPoint, data: &Dataset, peak_flops: f64) -> Result<Speed, BenchError> {
    let sizes = [
        ("filters", point.filters),
        ("batch_size", point.batch_size),
        ("samples", point.samples),
        ("epochs", point.epochs),
        ("threads", point.threads),
        ("jobs", point.jobs),
    ];
    if let Some((key, _)) = sizes.iter().find(|(_, size)| *size == 0) {
        return Err(BenchError::Zero { key });
    }
    // All jobs begin each measurement together, so that none has the machine to itself.
    let barrier = Barrier::new(point.jobs);
    let jobs: Vec<Result<(f64, f64), BenchError>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..point.jobs)
            .map(|job| {
                scope.spawn({
                    let barrier = &barrier;
                    move || one_trial(point, data, job, barrier)
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    let mut train = 0.0;
    let mut evaluation = 0.0;
    for job in jobs {
        let (train_rate, evaluation_rate) = job?;
        train += train_rate;
        evaluation += evaluation_rate;
    }
    let flops = Geometry::lab_2017(point.filters).training_flops() as f64 * train;
    Ok(Speed {
        filters: point.filters,
        batch_size: point.batch_size,
        threads: point.threads,
        jobs: point.jobs,
        backend: point.backend,
        level: match point.backend {
            Backend::Fused => point.level.name().to_owned(),
            Backend::Stock => "candle".to_owned(),
        },
        train_images_per_second: train,
        evaluation_images_per_second: evaluation,
        gflops: flops / 1e9,
        share_of_fma_peak: flops / (peak_flops * (point.threads * point.jobs) as f64),
    })
}

/// Images per second of training and of evaluation of one trial.
fn one_trial(
    point: &SpeedPoint,
    data: &Dataset,
    job: usize,
    barrier: &Barrier,
) -> Result<(f64, f64), BenchError> {
    let config = config(point, data, job as u64);
    let splits = data.split(&SplitSpec {
        validation: config.data.validation,
        samples: config.data.samples.into(),
        seed: config.seed,
    });
    // Every job must reach the barrier, or the others would wait for it forever.
    barrier.wait();
    let splits = splits?;
    let options = RunOptions {
        threads: point.threads,
        level: Some(point.level),
        ..RunOptions::default()
    };
    let (mut train, mut evaluation) = (Vec::new(), Vec::new());
    let evaluated = splits.validation.indices.len() + splits.test.indices.len();
    lenet_train::run(&config, &splits, &options, &mut |event| {
        if let Event::Epoch(epoch) = event
            && epoch.epoch > 1
        {
            train.push(point.samples as f64 / epoch.train_seconds);
            evaluation.push(evaluated as f64 / epoch.evaluation_seconds);
        }
    })?;
    if train.len() < point.epochs {
        return Err(BenchError::Ended {
            epochs: train.len() + 1,
        });
    }
    Ok((median(&mut train), median(&mut evaluation)))
}

fn config(point: &SpeedPoint, data: &Dataset, seed: u64) -> Trial {
    Trial {
        data: Data {
            source: data.source.clone(),
            samples: Samples::Drawn(point.samples),
            ..Data::default()
        },
        network: Architecture {
            filters: vec![point.filters; 2],
            ..Architecture::default()
        },
        dropout: Dropout::connected(point.dropout),
        // Speed does not depend on it as long as the network stays alive; wide networks diverge
        // at the study's 0.1.
        learning_rate: 0.01,
        batch_size: point.batch_size,
        epochs: point.epochs + 1,
        seed,
        backend: point.backend,
        ..Trial::default()
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        (values[middle - 1] + values[middle]) / 2.0
    }
}
