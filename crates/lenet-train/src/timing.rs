//! Times optimizer steps, evaluations and the phases of an epoch.

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

/// The result of [`time_steps`] or [`time_group`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Wall-clock seconds of one optimizer step of all networks: the median from [`time_steps`],
    /// the mean from [`time_group`].
    pub step_seconds: f64,
    /// Wall-clock seconds per image of an evaluation by all networks.
    pub image_seconds: f64,
}

/// FLOP/s that one thread of the processor reaches at most with `level`, measured in some tens of
/// milliseconds.
#[must_use]
pub fn peak_of(level: Level) -> f64 {
    peak::flops_per_second(level, 200)
}

/// Times `steps` optimizer steps after one untimed step, and an evaluation of up to 1,000 test
/// images. Keeps nothing of the trial.
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
        // Reading the sums waits for the device.
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

/// Times `steps` optimizer steps (at most one epoch) of trials that are trained together, after
/// as many untimed steps, and an evaluation as in [`time_steps`]. The trials must agree as for
/// [`run_group`](crate::run_group); all train on `data`. Keeps nothing of the trials.
///
/// # Errors
/// As [`run_group`](crate::run_group), and if `trials` is empty.
pub fn time_group(
    trials: &[&Trial],
    data: &Splits,
    options: &RunOptions,
    steps: usize,
) -> Result<Timing, TrainError> {
    let mut bench = Bench::new(trials, data, options)?;
    let timed = steps.clamp(1, bench.batches);
    let mut seconds = 0.0;
    // The first pass may compile kernels and record launches; only the second one counts.
    for _ in 0..2 {
        bench.begin_epoch(&mut Clock::off())?;
        let started = Instant::now();
        for _ in 0..timed {
            bench.group.step(&mut Clock::off())?;
        }
        // Reading the sums waits for the device.
        bench.group.training_sums()?;
        seconds = started.elapsed().as_secs_f64();
    }
    Ok(Timing {
        step_seconds: seconds / timed as f64,
        image_seconds: bench.time_an_image()?,
    })
}

/// Trains the first epoch of a trial, evaluates validation and test splits, and times each phase.
/// Keeps nothing of the trial. `None` if `options.stop` was set.
///
/// The clock waits for the device at the end of every phase, which an ordinary run never does
/// within an epoch. So these seconds explain a runtime but do not replace its measurement.
///
/// - The stock backend is timed phase by phase.
/// - The fused backend on the CPU computes loss and gradients in one call. After each step, a
///   forward pass of the same images is timed; the rest of the call's time counts as the backward
///   pass. The extra forward pass stores no masks for a backward pass, so `forward` is slightly
///   low and `backward` is high by the same amount; their sum is the call's time.
/// - The fused backend converts bytes to floats within its kernels. Its `prepare` is shuffling
///   and gathering of labels; its `copy`, on a GPU, sends the epoch's orders and learning rates.
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
    // Reading the sums waits for the device.
    bench.group.training_sums()?;
    clock.lap(|phases| &mut phases.optimizer);
    bench.group.evaluate(&data.validation, &[0], None)?;
    bench.group.evaluate(&data.test, &[0], None)?;
    clock.lap(|phases| &mut phases.evaluation);
    Ok(Some(phases))
}

#[cfg(test)]
mod tests;
