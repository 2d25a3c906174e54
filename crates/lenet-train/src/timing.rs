//! How long steps and evaluations take, for estimates and benchmarks.

use std::time::Instant;

use lenet_data::{Split, Splits, epoch_order};
use lenet_core::{Trial};

use crate::RunOptions;
use crate::backend::{self, Member, Step, TrainingSums};
use crate::config;
use crate::engine;
use crate::error::TrainError;

/// What [`time_steps`] or [`time_group`] measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Wall-clock seconds of one optimizer step of all networks: the median, of a group the mean.
    pub step_seconds: f64,
    /// Wall-clock seconds of the forward pass of one image in an evaluation, by all networks.
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
    config: &Trial,
    data: &Splits,
    options: &RunOptions,
    steps: usize,
) -> Result<Timing, TrainError> {
    config::check(config, data)?;
    let geometry = config::geometry(&config.network, data)?;
    let state = (
        engine::start(config, &geometry, options.init.as_deref())?,
        Vec::new(),
    );
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

    let some = evaluated(data);
    let started = Instant::now();
    backend.evaluate(&some, None)?;
    let image_seconds = started.elapsed().as_secs_f64() / some.len() as f64;
    Ok(Timing {
        step_seconds,
        image_seconds,
    })
}

/// Times `steps` steps of trials that are trained together, at most an epoch's, after as many
/// untimed ones, and an evaluation as [`time_steps`] does. They must agree as for
/// [`run_group`](crate::run_group); `data` stands for the images of all. Nothing is kept.
///
/// # Errors
/// No trial; as [`run_group`](crate::run_group).
pub fn time_group(
    configs: &[&Trial],
    data: &Splits,
    options: &RunOptions,
    steps: usize,
) -> Result<Timing, TrainError> {
    let Some(first) = configs.first() else {
        let reason = "there is no trial to time".to_owned();
        return Err(TrainError::Data { reason });
    };
    let geometry = config::geometry(&first.network, data)?;
    let mut networks = Vec::with_capacity(configs.len());
    let mut orders = Vec::with_capacity(configs.len());
    for config in configs {
        config::check(config, data)?;
        let parameters = engine::start(config, &geometry, None)?;
        networks.push((config::rule(&config.optimizer), (parameters, Vec::new())));
        orders.push(epoch_order(&data.train, config.seed, 1));
    }
    let mut group = backend::build_group(&geometry, first, options, networks)?;
    group.place(data)?;
    let batches = data.train.len().div_ceil(first.batch_size);
    let timed = steps.clamp(1, batches);
    let members: Vec<Member<'_>> = configs
        .iter()
        .zip(&orders)
        .enumerate()
        .map(|(network, (config, order))| Member {
            network,
            order,
            first_step: 0,
            learning_rates: vec![config.learning_rate; batches],
            dropout: engine::dropout(config, 1),
            sums: TrainingSums::default(),
        })
        .collect();
    let mut seconds = 0.0;
    // The first time round kernels may have to be compiled and launches recorded.
    for _ in 0..2 {
        group.begin_epoch(&data.train.set, &members, 0)?;
        let started = Instant::now();
        for _ in 0..timed {
            group.step()?;
        }
        // Waits for the device.
        group.training_sums()?;
        seconds = started.elapsed().as_secs_f64();
    }
    let some = evaluated(data);
    let all: Vec<usize> = (0..configs.len()).collect();
    let started = Instant::now();
    group.evaluate(&some, &all)?;
    Ok(Timing {
        step_seconds: seconds / timed as f64,
        image_seconds: started.elapsed().as_secs_f64() / some.len() as f64,
    })
}

/// The test images whose evaluation is timed.
fn evaluated(data: &Splits) -> Split {
    let images = data.test.indices.len().min(EVALUATED);
    Split {
        set: data.test.set.clone(),
        indices: data.test.indices[..images].to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn a_group_takes_the_time_of_all() {
        let (config, data) = (testing::config(), testing::splits());
        let other = Trial {
            seed: 2,
            ..config.clone()
        };
        let options = RunOptions::default();
        let begun = Instant::now();
        // More than an epoch has, which is eight.
        let timing = time_group(&[&config, &other], &data, &options, 99).unwrap();
        let clock = begun.elapsed().as_secs_f64();
        assert!(timing.step_seconds > 0.0 && timing.image_seconds > 0.0);
        let sum = 8.0 * timing.step_seconds + 21.0 * timing.image_seconds;
        assert!(sum <= clock, "{timing:?} in {clock} s");
        let none = time_group(&[], &data, &options, 1).unwrap_err().to_string();
        assert!(none.contains("no trial"), "{none}");
        let bad = Trial {
            learning_rate: f64::NAN,
            ..config
        };
        assert!(time_group(&[&bad], &data, &options, 1).is_err());
    }
}
