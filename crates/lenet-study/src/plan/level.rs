//! The instruction set that a study's trials are computed with.

use lenet_core::{Backend, DeviceKind, Trial};
use lenet_ops::Level;
use lenet_results::TrialRecord;
use lenet_train::TrainError;

use super::Plan;
use crate::error::StudyError;

impl Plan {
    /// The instruction set that the study names.
    pub(crate) fn level(&self) -> Option<Level> {
        Level::of_name(self.study.level.as_deref()?)
    }

    /// Refuses an instruction set that this machine cannot compute the plan's trials with.
    ///
    /// # Errors
    /// [`StudyError::NoLevel`] for one that this machine, or this version of the program, lacks;
    /// [`StudyError::TwoLevels`] if `LENET_SIMD` names another one.
    pub fn check_level(&self) -> Result<(), StudyError> {
        let Some(name) = &self.study.level else {
            return Ok(());
        };
        if !self.trials.iter().any(|trial| has_level(&trial.config)) {
            return Ok(());
        }
        let level = self.level().filter(|level| level.is_available());
        let level = level.ok_or_else(|| StudyError::NoLevel {
            level: name.clone(),
            available: Level::available().into_iter().map(Level::name).collect(),
        })?;
        match Level::forced().map_err(TrainError::from)? {
            Some(forced) if forced != level => Err(StudyError::TwoLevels {
                level: name.clone(),
                forced: forced.name(),
            }),
            _ => Ok(()),
        }
    }

    /// Says which trials the study's instruction set does not compute.
    pub(super) fn warn_of_level(&mut self) {
        let Some(level) = &self.study.level else {
            return;
        };
        let others = self.trials.iter().filter(|trial| !has_level(&trial.config));
        let others = others.count();
        if others > 0 {
            self.warnings.push(format!(
                "level = {level:?} says nothing of {others} of {} trials, which a GPU or candle's operations \
                 compute",
                self.trials.len()
            ));
        }
    }

    /// The instruction set of a finished trial, where it is not the study's; of several runs all, in their
    /// order.
    pub(crate) fn other_level(&self, record: &TrialRecord) -> Option<String> {
        let level = self.study.level.as_ref()?;
        let others = record.runs.iter().any(|run| run.level != *level);
        (others && has_level(&record.config)).then(|| {
            let mut levels: Vec<&str> = record.runs.iter().map(|run| run.level.as_str()).collect();
            levels.dedup();
            levels.join(" and ")
        })
    }
}

/// Whether an instruction set of the processor computes the trial.
pub(crate) fn has_level(trial: &Trial) -> bool {
    trial.backend == Backend::Fused && trial.device == DeviceKind::Cpu
}

#[cfg(test)]
mod tests;
