//! The engine: one trial, or several in step.

mod course;
mod group;

pub use course::GroupTrial;
pub use group::{Watcher, run_group};

use std::path::Path;

use lenet_core::random::derived_seed;
use lenet_core::{Geometry, Trial};
use lenet_data::Splits;
use lenet_model::{init::initial_parameters, weights};
use lenet_ops::dropout::Mask;

use crate::error::TrainError;
use crate::{Ended, Event, RunOptions};

/// Runs one trial.
///
/// Everything random is drawn from streams of the configuration's seed: initial weights
/// (`weights/<name>`), the order of each epoch and the dropout masks (`dropout`), so that trials
/// with one seed share all three, and a rate that is not connected changes no number.
///
/// # Errors
/// A [`TrainError`] for anything that is not a result of the training itself.
pub fn run(
    config: &Trial,
    data: &Splits,
    options: &RunOptions,
    observer: &mut dyn FnMut(Event<'_>),
) -> Result<Ended, TrainError> {
    let trial = GroupTrial {
        config,
        data,
        checkpoint: options.checkpoint.as_deref(),
        init: options.init.as_deref(),
    };
    let mut alone = Alone {
        observer,
        ended: None,
    };
    run_group(&[trial], options, &mut alone)?;
    alone.ended.expect("the end of every trial is told")
}

/// Watches a group of one.
struct Alone<'o> {
    observer: &'o mut dyn FnMut(Event<'_>),
    ended: Option<Result<Ended, TrainError>>,
}

impl Watcher for Alone<'_> {
    fn event(&mut self, _: usize, event: Event<'_>) {
        (self.observer)(event);
    }

    fn ended(&mut self, _: usize, ended: Result<Ended, TrainError>) {
        self.ended = Some(ended);
    }
}

/// Random numbers of a trial's dropout masks at one step.
pub(crate) fn dropout(config: &Trial, step: u64) -> Option<Mask> {
    let rate = config.dropout.effective_rate();
    let seed = derived_seed(config.seed, "dropout");
    (rate > 0.0).then_some(Mask { rate, seed, step })
}

/// Parameters before the first step: drawn, or those of the file `init`.
pub(crate) fn start(
    config: &Trial,
    geometry: &Geometry,
    init: Option<&Path>,
) -> Result<Vec<f32>, TrainError> {
    Ok(match init {
        Some(file) => weights::load(file, geometry)?,
        None => initial_parameters(geometry, config.seed),
    })
}

#[cfg(test)]
mod tests;
