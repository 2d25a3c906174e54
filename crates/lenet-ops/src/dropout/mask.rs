//! Which units one optimizer step drops.

use super::shape::OP;
use crate::error::OpsError;

/// The dropout of one optimizer step on the last hidden layer.
///
/// The counter-based generator of [`crate::dropout`] decides at (`seed`, `step`, `i`, `u`) whether
/// unit `u` of the batch's `i`-th image is kept. So a mask depends neither on the number of threads
/// nor on the order of evaluation, and is never stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mask {
    /// Probability that a unit is zeroed, in [0, 1).
    pub rate: f64,
    /// Key of the generator.
    pub seed: u64,
    /// Optimizer step.
    pub step: u64,
}

impl Mask {
    /// What a kept unit is multiplied by.
    pub(crate) fn kept_scale(self) -> f32 {
        (1.0 / (1.0 - self.rate)) as f32
    }
}

/// Refuses a rate that is not a probability below 1.
///
/// # Errors
/// [`OpsError::Shape`] where the rate is negative, 1 or more, or NaN.
pub fn validate_rate(rate: f64) -> Result<(), OpsError> {
    if (0.0..1.0).contains(&rate) {
        Ok(())
    } else {
        let reason = format!("rate {rate} is not in [0, 1)");
        Err(OpsError::Shape { op: OP, reason })
    }
}
