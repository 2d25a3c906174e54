//! Where an epoch's time goes, measured with a clock around each phase.
//!
//! The clock waits for the device at the end of every phase, which an ordinary run never does
//! within an epoch: what is measured here explains a runtime, it does not replace it.

use std::sync::atomic::Ordering;
use std::time::Instant;

use candle_core::{Device, Result};
use lenet_data::{Splits, epoch_order};
use lenet_core::{Trial};
use lenet_results::{PhaseSeconds};

use crate::RunOptions;
use crate::backend::{self, Step};
use crate::config;
use crate::engine;
use crate::error::TrainError;

/// A clock that gives the time since its last lap to a phase, or one that does not run.
#[derive(Debug)]
pub(crate) struct Clock {
    running: Option<(Device, Instant)>,
    seconds: PhaseSeconds,
}

impl Clock {
    /// Measures nothing and waits for nothing.
    pub fn off() -> Self {
        Self {
            running: None,
            seconds: PhaseSeconds::default(),
        }
    }

    /// Starts now.
    pub fn start(device: &Device) -> Self {
        Self {
            running: Some((device.clone(), Instant::now())),
            seconds: PhaseSeconds::default(),
        }
    }

    /// Waits for the device and books the time since the last lap.
    pub fn lap(&mut self, phase: impl FnOnce(&mut PhaseSeconds) -> &mut f64) -> Result<()> {
        if let Some((device, since)) = &mut self.running {
            device.synchronize()?;
            let now = Instant::now();
            *phase(&mut self.seconds) += now.duration_since(*since).as_secs_f64();
            *since = now;
        }
        Ok(())
    }

    /// Adds what was measured to `sums`.
    pub fn add_to(&self, sums: &mut PhaseSeconds) {
        sums.prepare += self.seconds.prepare;
        sums.copy += self.seconds.copy;
        sums.forward += self.seconds.forward;
        sums.backward += self.seconds.backward;
        sums.optimizer += self.seconds.optimizer;
        sums.evaluation += self.seconds.evaluation;
    }
}

/// Trains the first epoch of a trial and evaluates validation and test data, with a clock around
/// each phase. Nothing of the trial is kept. `None` where `options.stop` was raised.
///
/// The stock backend is timed phase by phase. The fused one on the CPU computes loss and gradients in
/// one call, so after each step a forward pass of the same images is timed too; what the one call
/// took beyond it counts as the backward pass. That forward pass stores no masks for a backward
/// one, so `forward` is slightly low and `backward` by as much high; their sum is the call's own
/// time. The fused backend also makes floats of bytes within its kernels: its `prepare` is the
/// shuffling and the gathering of labels. On a GPU it is told here of every step by itself, which
/// counts as `copy`; an ordinary run tells it of an epoch at once.
///
/// # Errors
/// As [`run`](crate::run).
pub fn time_phases(
    config: &Trial,
    data: &Splits,
    options: &RunOptions,
) -> std::result::Result<Option<PhaseSeconds>, TrainError> {
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
    let mut phases = PhaseSeconds::default();
    let started = Instant::now();
    let order = epoch_order(&data.train, config.seed, 1);
    phases.prepare += started.elapsed().as_secs_f64();
    for (batch, number) in order.chunks(config.batch_size).zip(1..) {
        if options.stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let step = Step {
            number,
            learning_rate: config.learning_rate,
            dropout: engine::dropout(config, number),
        };
        backend.step_in_phases(&data.train, batch, step, &mut phases)?;
    }
    let started = Instant::now();
    backend.evaluate(&data.validation, None)?;
    backend.evaluate(&data.test, None)?;
    phases.evaluation += started.elapsed().as_secs_f64();
    Ok(Some(phases))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use lenet_core::{Backend, Dropout};

    use super::*;
    use crate::backend::Backend;
    use crate::testing;

    const PATHS: [(Backend, bool); 3] = [
        (Backend::Fused, false),
        (Backend::Stock, false),
        (Backend::Stock, true),
    ];

    fn config(kind: Backend) -> Trial {
        Trial {
            backend: kind,
            dropout: Dropout::connected(0.5),
            ..testing::config()
        }
    }

    fn build(kind: Backend, streamed: bool) -> Box<dyn Backend> {
        let (config, data) = (config(kind), testing::splits());
        let options = RunOptions {
            streamed,
            ..RunOptions::default()
        };
        let geometry = config::geometry(&config.network, &data).unwrap();
        let state = (engine::start(&config, &geometry, None).unwrap(), Vec::new());
        let rule = config::rule(&config.optimizer);
        backend::build(&geometry, kind, config.device, rule, &options, state).unwrap()
    }

    /// The parameters after three steps.
    fn trained(kind: Backend, streamed: bool, phases: Option<&mut PhaseSeconds>) -> Vec<f32> {
        let data = testing::splits();
        let mut backend = build(kind, streamed);
        let mut phases = phases;
        for number in 1..=3 {
            let step = Step {
                number,
                learning_rate: 0.1,
                dropout: engine::dropout(&config(kind), number),
            };
            let batch = &data.train.indices[..8];
            match &mut phases {
                Some(phases) => backend
                    .step_in_phases(&data.train, batch, step, phases)
                    .unwrap(),
                None => backend.step(&data.train, batch, step).unwrap(),
            }
        }
        backend.parameters().unwrap()
    }

    #[test]
    fn the_clock_changes_no_number() {
        for (kind, streamed) in PATHS {
            let mut phases = PhaseSeconds::default();
            let timed = trained(kind, streamed, Some(&mut phases));
            assert_eq!(
                timed,
                trained(kind, streamed, None),
                "{kind:?} streamed {streamed}"
            );
            assert!(
                phases.forward > 0.0 && phases.optimizer > 0.0,
                "{kind:?}: {phases:?}"
            );
        }
    }

    /// Both ways divide bytes by 255, one on the host, one by a tensor operation.
    #[test]
    fn streamed_images_are_the_resident_ones() {
        let streamed = trained(Backend::Stock, true, None);
        let resident = trained(Backend::Stock, false, None);
        for (a, b) in streamed.iter().zip(&resident) {
            assert!((a - b).abs() <= 1e-5, "{a} {b}");
        }
    }

    #[test]
    fn an_epoch_is_taken_apart() {
        for (kind, streamed) in PATHS {
            let options = RunOptions {
                streamed,
                ..RunOptions::default()
            };
            let started = Instant::now();
            let phases = time_phases(&config(kind), &testing::splits(), &options)
                .unwrap()
                .expect("nobody stops it");
            let total = started.elapsed().as_secs_f64();
            assert!(
                phases.prepare > 0.0 && phases.evaluation > 0.0,
                "{phases:?}"
            );
            assert!(
                phases.sum() > 0.0 && phases.sum() <= total,
                "{phases:?} {total}"
            );
        }
    }

    #[test]
    fn stopping_leaves_no_measurement() {
        let options = RunOptions {
            stop: Arc::new(AtomicBool::new(true)),
            ..RunOptions::default()
        };
        let ended = time_phases(&config(Backend::Fused), &testing::splits(), &options);
        assert_eq!(ended.unwrap(), None);
    }
}
