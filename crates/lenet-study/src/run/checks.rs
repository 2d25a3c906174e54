//! The self-check of each code path that trials take.

use std::sync::{Mutex, PoisonError};

use lenet_core::Shape;
use lenet_results::SelfCheck;
use lenet_train::RunOptions;

use crate::data_sets::DataSets;
use crate::engine::Engine;
use crate::error::StudyError;
use crate::event::RunEvent;
use crate::plan::PlannedTrial;

/// The result for each code path, keyed by data set and shape.
pub(super) struct SelfChecks<'p> {
    engine: &'p dyn Engine,
    data: &'p DataSets,
    observer: &'p (dyn Fn(RunEvent<'_>) + Sync),
    known: Mutex<Vec<(Path<'p>, SelfCheck)>>,
}

/// A data set and a shape.
type Path<'p> = (&'p str, Shape<'p>);

impl<'p> SelfChecks<'p> {
    pub(super) fn new(
        engine: &'p dyn Engine,
        data: &'p DataSets,
        observer: &'p (dyn Fn(RunEvent<'_>) + Sync),
    ) -> Self {
        Self {
            engine,
            data,
            observer,
            known: Mutex::new(Vec::new()),
        }
    }

    /// Checks each code path of these trials that was not checked before, and reports the check that came
    /// closest to its bound.
    ///
    /// # Errors
    /// [`StudyError::SelfCheck`] if a check fails; the data or the device cannot be used.
    pub(super) fn prepare(
        &self,
        trials: impl Iterator<Item = &'p PlannedTrial>,
        options: &RunOptions,
    ) -> Result<(), StudyError> {
        // While one worker checks a path, the others wait for its result.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.len();
        for planned in trials {
            if find(&known, planned).is_some() {
                continue;
            }
            let trial = &planned.config;
            let splits = self.data.splits(&planned.data, trial)?;
            let check = self.engine.self_check(trial, &splits, options)?;
            if !check.passed {
                return Err(StudyError::SelfCheck {
                    tensor: check.worst_tensor,
                    error: check.worst_relative_error,
                    tolerance: check.tolerance,
                    device: format!("{}, {} backend", trial.device, trial.backend),
                });
            }
            known.push((planned.shape(), check));
        }
        let share = |check: &SelfCheck| check.worst_relative_error / check.tolerance;
        let new = known[before..].iter().map(|(_, check)| check);
        if let Some(closest) = new.clone().max_by(|a, b| share(a).total_cmp(&share(b))) {
            (self.observer)(RunEvent::SelfCheck(&SelfCheck {
                seconds: new.map(|check| check.seconds).sum(),
                ..closest.clone()
            }));
        }
        Ok(())
    }

    /// The result for the code path that a trial takes, if it was checked.
    pub(super) fn get(&self, trial: &PlannedTrial) -> Option<SelfCheck> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        find(&known, trial).cloned()
    }
}

fn find<'k>(known: &'k [(Path<'_>, SelfCheck)], trial: &PlannedTrial) -> Option<&'k SelfCheck> {
    let (set, shape) = trial.shape();
    let same = |(known, other): &Path<'_>| *known == set && shape.is_computed_as(other);
    let found = known.iter().find(|(path, _)| same(path));
    found.map(|(_, check)| check)
}
