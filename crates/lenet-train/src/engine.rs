//! The engine runs one trial, or several in step.

mod course;
mod group;
mod predict;

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
/// Initial weights (`weights/<name>`), the order of each epoch (`shuffle/<epoch>`) and dropout
/// masks (`dropout`) come from random streams keyed by the trial's seed. So trials with one seed
/// share all three, and a dropout layer that is not connected changes no result.
///
/// # Errors
/// A [`TrainError`] for everything except results of training, such as divergence.
pub fn run(
    trial: &Trial,
    data: &Splits,
    options: &RunOptions,
    observer: &mut dyn FnMut(Event<'_>),
) -> Result<Ended, TrainError> {
    let member = GroupTrial {
        config: trial,
        data,
        checkpoint: options.checkpoint.as_deref(),
        earlier: None,
        init: options.init.as_deref(),
    };
    let mut alone = Alone {
        observer,
        ended: None,
    };
    run_group(&[member], options, &mut alone)?;
    alone.ended.expect("the end of every trial is told")
}

/// The watcher of a group of one trial: passes its events on and keeps its end.
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

/// The dropout mask of a trial at one step; `None` without dropout.
pub(crate) fn dropout(trial: &Trial, step: u64) -> Option<Mask> {
    let rate = trial.dropout.effective_rate();
    let seed = derived_seed(trial.seed, "dropout");
    (rate > 0.0).then_some(Mask { rate, seed, step })
}

/// Parameters before the first step: drawn from the seed, or read from the file `init`.
pub(crate) fn start(
    trial: &Trial,
    geometry: &Geometry,
    init: Option<&Path>,
) -> Result<Vec<f32>, TrainError> {
    Ok(match init {
        Some(file) => weights::load(file, geometry)?,
        None => initial_parameters(geometry, trial.seed),
    })
}

#[cfg(test)]
mod tests;
