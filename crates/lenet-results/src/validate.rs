//! Whether a record can be true: what contradicts itself was damaged, or comes from elsewhere.

use lenet_core::Trial;

use crate::record::{EpochRecord, Outcome, TrialRecord};
use crate::runtime::RuntimeRecord;

/// A mean cross-entropy is not negative; sums of floats may fall below zero by their rounding.
const ROUNDING: f64 = 1e-3;

impl TrialRecord {
    /// Refuses what cannot be the record of a trial: an identity that is not its settings', settings that
    /// cannot be run, epochs that [`validate_epochs`] refuses, or an outcome that they do not bear out.
    ///
    /// # Errors
    /// What cannot be, in words.
    pub fn validate(&self) -> Result<(), String> {
        self.validate_as(&self.config.identity())
    }

    /// The same, where the identity of its settings is known.
    pub(crate) fn validate_as(&self, identity: &str) -> Result<(), String> {
        if identity != self.identity {
            let named = &self.identity;
            return Err(format!(
                "it names the trial {named}, and its settings are those of {identity}"
            ));
        }
        validate_settings(&self.config)?;
        validate_epochs(&self.epochs, &self.config)?;
        let (done, planned) = (self.epochs.len(), self.config.epochs);
        match self.outcome {
            Outcome::Completed {} if done != planned => {
                Err(format!("it is completed with {done} of {planned} epochs"))
            }
            Outcome::Stopped { epoch } | Outcome::Diverged { epoch } if epoch != done => {
                Err(format!("it ended after epoch {epoch} and has {done}"))
            }
            _ => self.validate_runs(),
        }
    }

    fn validate_runs(&self) -> Result<(), String> {
        let planned = self.config.epochs;
        let late = self.runs.iter().find(|run| run.from_epoch > planned);
        match late {
            Some(run) => Err(format!(
                "a run began after {} of {planned} epochs",
                run.from_epoch
            )),
            None => Ok(()),
        }
    }

    /// Whether the file that this was read from had a checksum. Those of format 1 had none.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.format > 1
    }
}

/// Refuses settings that no trial is run with.
fn validate_settings(config: &Trial) -> Result<(), String> {
    match config.validate().first() {
        Some(problem) => Err(format!("its settings cannot be run: {problem}")),
        None => Ok(()),
    }
}

/// Refuses epochs that are not numbered 1, 2, … up to the trial's, whose steps do not grow, or whose
/// accuracies, losses or seconds cannot be. NaN and infinite losses are those of a network that diverged.
///
/// # Errors
/// What cannot be, in words.
pub fn validate_epochs(epochs: &[EpochRecord], trial: &Trial) -> Result<(), String> {
    if epochs.len() > trial.epochs {
        let (found, planned) = (epochs.len(), trial.epochs);
        return Err(format!("it has {found} epochs of {planned}"));
    }
    let mut step = 0;
    for (number, epoch) in (1..).zip(epochs) {
        if epoch.epoch != number {
            return Err(format!("epoch {} stands in place {number}", epoch.epoch));
        }
        if epoch.step <= step {
            let now = epoch.step;
            return Err(format!(
                "epoch {number} ends at step {now}, the one before at {step}"
            ));
        }
        step = epoch.step;
        validate_epoch(epoch)?;
    }
    Ok(())
}

fn validate_epoch(epoch: &EpochRecord) -> Result<(), String> {
    let number = epoch.epoch;
    let refuse = |what: &str, value: f64| Err(format!("epoch {number} has {what} {value}"));
    for (what, value) in [
        ("a training accuracy of", epoch.train_accuracy),
        ("a validation accuracy of", epoch.validation_accuracy),
        ("a test accuracy of", epoch.test_accuracy),
    ] {
        if !value.is_nan() && !(0.0..=1.0).contains(&value) {
            return refuse(what, value);
        }
    }
    for (what, value) in [
        ("a training loss of", epoch.train_loss),
        ("a validation loss of", epoch.validation_loss),
        ("a test loss of", epoch.test_loss),
    ] {
        if value < -ROUNDING {
            return refuse(what, value);
        }
    }
    for (what, value) in [
        ("a learning rate of", epoch.learning_rate),
        ("seconds of training:", epoch.train_seconds),
        ("seconds of evaluation:", epoch.evaluation_seconds),
    ] {
        if !(value >= 0.0 && value.is_finite()) {
            return refuse(what, value);
        }
    }
    Ok(())
}

impl RuntimeRecord {
    /// Refuses settings that cannot be run, a sample of a session that the record lacks, and seconds that cannot be. Those of a phase
    /// may be negative: they are differences of measured times.
    ///
    /// # Errors
    /// What cannot be, in words.
    pub fn validate(&self) -> Result<(), String> {
        validate_settings(&self.config)?;
        let known = self.sessions.len();
        if let Some(sample) = self.samples.iter().find(|s| s.session >= known) {
            return Err(format!(
                "a sample names session {}, which it lacks",
                sample.session
            ));
        }
        let of_samples = self.samples.iter();
        let mut of_samples = of_samples.flat_map(|s| [s.train_seconds, s.evaluation_seconds]);
        let mut of_phases = self.phases.iter().flat_map(|phases| phases.values());
        let bad = of_samples
            .find(|s| !(*s >= 0.0 && s.is_finite()))
            .or_else(|| of_phases.find(|s| !s.is_finite()));
        match bad {
            Some(seconds) => Err(format!("a sample took {seconds} seconds")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
