//! How long steps, evaluations and the phases of an epoch take.

mod bench;

use std::sync::atomic::Ordering;
use std::time::Instant;

use lenet_core::Trial;
use lenet_data::Splits;
use lenet_ops::{Level, peak};
use lenet_results::PhaseSeconds;

use crate::RunOptions;
use crate::backend::Clock;
use crate::error::TrainError;
use bench::Bench;

/// What [`time_steps`] or [`time_group`] measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Wall-clock seconds of one optimizer step of all networks: the median, of a group the mean.
    pub step_seconds: f64,
    /// Wall-clock seconds of the forward pass of one image in an evaluation, by all networks.
    pub image_seconds: f64,
}

/// FLOP/s that one thread of the processor reaches at most with `level`, measured in some tens of
/// milliseconds.
#[must_use]
pub fn peak_of(level: Level) -> f64 {
    peak::flops_per_second(level, 200)
}

/// Times `steps` optimizer steps (after a first, untimed one) and the evaluation of up to 1,000
/// test images. Nothing of the trial is kept.
///
/// # Errors
/// As [`run`](crate::run).
pub fn time_steps(
    trial: &Trial,
    data: &Splits,
    options: &RunOptions,
    steps: usize,
) -> Result<Timing, TrainError> {
    let trials = [trial];
    let mut bench = Bench::new(&trials, data, options)?;
    let mut seconds = Vec::with_capacity(steps.max(1));
    for number in 0..=steps.max(1) {
        if number.is_multiple_of(bench.batches) {
            bench.begin_epoch(&mut Clock::off())?;
        }
        let started = Instant::now();
        bench.group.step(&mut Clock::off())?;
        // Waits for the device.
        bench.group.training_sums()?;
        if number > 0 {
            seconds.push(started.elapsed().as_secs_f64());
        }
    }
    seconds.sort_by(f64::total_cmp);
    Ok(Timing {
        step_seconds: seconds[seconds.len() / 2],
        image_seconds: bench.time_an_image()?,
    })
}

/// Times `steps` steps of trials that are trained together, at most an epoch's, after as many
/// untimed ones, and an evaluation as [`time_steps`] does. They must agree as for
/// [`run_group`](crate::run_group); `data` stands for the images of all. Nothing is kept.
///
/// # Errors
/// No trial; as [`run_group`](crate::run_group).
pub fn time_group(
    trials: &[&Trial],
    data: &Splits,
    options: &RunOptions,
    steps: usize,
) -> Result<Timing, TrainError> {
    let mut bench = Bench::new(trials, data, options)?;
    let timed = steps.clamp(1, bench.batches);
    let mut seconds = 0.0;
    // The first time round kernels may have to be compiled and launches recorded.
    for _ in 0..2 {
        bench.begin_epoch(&mut Clock::off())?;
        let started = Instant::now();
        for _ in 0..timed {
            bench.group.step(&mut Clock::off())?;
        }
        // Waits for the device.
        bench.group.training_sums()?;
        seconds = started.elapsed().as_secs_f64();
    }
    Ok(Timing {
        step_seconds: seconds / timed as f64,
        image_seconds: bench.time_an_image()?,
    })
}

/// Trains the first epoch of a trial and evaluates validation and test data, with a clock around
/// each phase. Nothing of the trial is kept. `None` where `options.stop` was raised.
///
/// The clock waits for the device at the end of every phase, which an ordinary run never does
/// within an epoch: what is measured here explains a runtime, it does not replace it.
///
/// The stock backend is timed phase by phase. The fused one on the CPU computes loss and gradients
/// in one call, so after each step a forward pass of the same images is timed too; what the one
/// call took beyond it counts as the backward pass. That forward pass stores no masks for a
/// backward one, so `forward` is slightly low and `backward` by as much high; their sum is the
/// call's own time. The fused backend also makes floats of bytes within its kernels: its `prepare`
/// is the shuffling and the gathering of labels, its `copy` on a GPU the sending of an epoch's
/// orders and rates.
///
/// # Errors
/// As [`run`](crate::run).
pub fn time_phases(
    trial: &Trial,
    data: &Splits,
    options: &RunOptions,
) -> Result<Option<PhaseSeconds>, TrainError> {
    let trials = [trial];
    let mut bench = Bench::new(&trials, data, options)?;
    let mut phases = PhaseSeconds::default();
    let mut clock = Clock::start(&mut phases);
    bench.begin_epoch(&mut clock)?;
    for _ in 0..bench.batches {
        if options.stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        bench.group.step(&mut clock)?;
    }
    // Waits for the device.
    bench.group.training_sums()?;
    clock.lap(|phases| &mut phases.optimizer);
    bench.group.evaluate(&data.validation, &[0], None)?;
    bench.group.evaluate(&data.test, &[0], None)?;
    clock.lap(|phases| &mut phases.evaluation);
    Ok(Some(phases))
}

#[cfg(test)]
mod tests;
