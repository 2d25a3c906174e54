//! Learning-rate schedules: a factor on the base rate, a pure function of the step.
//!
//! All in f64 and through `libm`, so that a schedule is the same on every platform.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::problem::Problem;

/// How the learning rate changes: a factor on the base rate for each step.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Epochs over which the factor rises linearly from 0 to 1 before `decay` begins; 0: none.
    pub warmup_epochs: f64,
    /// What follows the warm-up.
    pub decay: Decay,
}

/// A schedule's course after the warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Decay {
    /// Factor 1.
    Constant {},
    /// Factor `gamma` to the power of the number of whole periods that have passed.
    Step {
        /// Length of a period in epochs.
        every_epochs: f64,
        /// Factor per period.
        gamma: f64,
    },
    /// Half a cosine from 1 to `floor` at the last step (Loshchilov & Hutter 2017, no restarts).
    Cosine {
        /// Factor at the end.
        floor: f64,
    },
}

impl Default for Decay {
    fn default() -> Self {
        Self::Constant {}
    }
}

/// Guards a whole number of periods against a quotient that falls short of it by rounding.
const ROUNDING: f64 = 1e-9;

impl Schedule {
    /// Factor of optimizer step `step`, counted from 1, of a training of so many epochs. The
    /// last step of the warm-up has factor 1; the decay begins with the step after it.
    #[must_use]
    pub fn factor(&self, step: u64, steps_per_epoch: u64, epochs: u64) -> f64 {
        let total_steps = (steps_per_epoch * epochs) as f64;
        let (step, steps_per_epoch) = (step as f64, steps_per_epoch as f64);
        let warmup = self.warmup_epochs * steps_per_epoch;
        if step <= warmup {
            return step / warmup;
        }
        // Steps of the decay before this one.
        let past = step - 1.0 - warmup;
        match self.decay {
            Decay::Constant {} => 1.0,
            Decay::Step {
                every_epochs,
                gamma,
            } => {
                let periods = past / (every_epochs * steps_per_epoch);
                libm::pow(gamma, libm::floor(periods + ROUNDING))
            }
            Decay::Cosine { floor } => {
                let last = total_steps - 1.0 - warmup;
                let progress = if last > 0.0 {
                    (past / last).clamp(0.0, 1.0)
                } else {
                    1.0
                };
                floor + (1.0 - floor) * 0.5 * (1.0 + libm::cos(std::f64::consts::PI * progress))
            }
        }
    }

    /// Parameters out of their bounds.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let warmup = bounds::WARM_UP.check("schedule.warmup_epochs", self.warmup_epochs);
        let decay = match self.decay {
            Decay::Constant {} => [None, None],
            Decay::Step {
                every_epochs,
                gamma,
            } => [
                bounds::PERIOD.check("schedule.decay.every_epochs", every_epochs),
                bounds::STEP_FACTOR.check("schedule.decay.gamma", gamma),
            ],
            Decay::Cosine { floor } => [bounds::FLOOR.check("schedule.decay.floor", floor), None],
        };
        [warmup].into_iter().chain(decay).flatten().collect()
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decay {
            Decay::Constant {} => f.write_str("constant")?,
            Decay::Step {
                every_epochs,
                gamma,
            } => write!(f, "step (× {gamma} every {every_epochs} epochs)")?,
            Decay::Cosine { floor } => write!(f, "cosine (to {floor})")?,
        }
        match self.warmup_epochs {
            0.0 => Ok(()),
            epochs => write!(f, " after warm-up of {epochs} epochs"),
        }
    }
}

#[cfg(test)]
mod tests;
