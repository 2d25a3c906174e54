//! How long steps and evaluations take, for estimates and benchmarks.

use std::time::Instant;

use lenet_data::{Split, Splits, epoch_order};
use lenet_results::TrialConfig;

use crate::RunOptions;
use crate::backend::{self, Step};
use crate::config;
use crate::engine;
use crate::error::TrainError;

/// What [`time_steps`] measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Wall-clock seconds of one optimizer step, the median.
    pub step_seconds: f64,
    /// Wall-clock seconds of the forward pass of one image in an evaluation.
    pub image_seconds: f64,
}

/// Images of the evaluation that is timed, at most.
const EVALUATED: usize = 1000;

/// Times `steps` optimizer steps (after a first, untimed one) and the evaluation of up to 1,000
/// test images. Nothing of the trial is kept.
///
/// # Errors
/// As [`run`](crate::run).
pub fn time_steps(
    config: &TrialConfig,
    data: &Splits,
    options: &RunOptions,
    steps: usize,
) -> Result<Timing, TrainError> {
    config::check(config, data)?;
    let geometry = config::geometry(&config.network, data)?;
    let state = (engine::start(config, &geometry, options)?, Vec::new());
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
    let order = epoch_order(&data.train, config.seed, 1);
    let whole = order.chunks(config.batch_size);
    let mut seconds = Vec::with_capacity(steps.max(1));
    for (batch, number) in whole.cycle().zip(1..=steps.max(1) as u64 + 1) {
        let dropout = engine::dropout(config, number);
        let step = Step {
            number,
            learning_rate: config.learning_rate,
            dropout,
        };
        let started = Instant::now();
        backend.step(&data.train, batch, step)?;
        // Waits for the device.
        backend.training_sums()?;
        if number > 1 {
            seconds.push(started.elapsed().as_secs_f64());
        }
    }
    seconds.sort_by(f64::total_cmp);
    let step_seconds = seconds[seconds.len() / 2];

    let images = data.test.indices.len().min(EVALUATED);
    let some = Split {
        set: data.test.set.clone(),
        indices: data.test.indices[..images].to_vec(),
    };
    let started = Instant::now();
    backend.evaluate(&some, None)?;
    let image_seconds = started.elapsed().as_secs_f64() / images as f64;
    Ok(Timing {
        step_seconds,
        image_seconds,
    })
}
