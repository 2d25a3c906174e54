//! One trial: everything that determines its numbers.

use serde::{Deserialize, Serialize};

use crate::architecture::Architecture;
use crate::bounds;
use crate::data::Data;
use crate::device::{Backend, DeviceKind, Precision};
use crate::optimizer::Optimizer;
use crate::problem::Problem;
use crate::schedule::Schedule;

/// The whole configuration of one trial: every setting that can change its numbers, with no
/// default left open. As JSON it is what the trial's [`identity`](Trial::identity) is the digest
/// of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// Where images come from and how they are split.
    pub data: Data,
    /// The network's layers.
    pub network: Architecture,
    /// Dropout before the last layer.
    pub dropout: Dropout,
    /// The optimizer with its own parameters.
    pub optimizer: Optimizer,
    /// Base learning rate, which the schedule multiplies.
    pub learning_rate: f64,
    /// How the learning rate changes from step to step.
    pub schedule: Schedule,
    /// Images per step.
    pub batch_size: usize,
    /// Passes over the training data, at most.
    pub epochs: usize,
    /// When training stops before `epochs`.
    pub early_stop: EarlyStop,
    /// Source of everything random in the trial.
    pub seed: u64,
    /// Which code computes the network.
    pub backend: Backend,
    /// Which kind of device computes it.
    pub device: DeviceKind,
    /// What products are computed in.
    #[serde(default, skip_serializing_if = "Precision::is_single")]
    pub precision: Precision,
}

/// Inverted dropout on the last hidden layer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropout {
    /// Probability that a unit is zeroed, in [0, 1).
    pub rate: f64,
    /// `false` for a dropout layer that was built but fed nothing, as in the original code.
    pub connected: bool,
}

/// When training stops before its last epoch. On disk it is a table, or null for never.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(from = "Option<Patience>", into = "Option<Patience>")]
pub enum EarlyStop {
    /// Never.
    #[default]
    Never,
    /// When the validation loss no longer improves.
    After(Patience),
}

/// How long training waits for the validation loss to improve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patience {
    /// Epochs without improvement after which training stops.
    #[serde(rename = "patience")]
    pub epochs: usize,
    /// How far a loss must fall below the best so far to count as an improvement.
    pub min_delta: f64,
}

impl From<Option<Patience>> for EarlyStop {
    fn from(patience: Option<Patience>) -> Self {
        patience.map_or(Self::Never, Self::After)
    }
}

impl From<EarlyStop> for Option<Patience> {
    fn from(stop: EarlyStop) -> Self {
        match stop {
            EarlyStop::Never => None,
            EarlyStop::After(patience) => Some(patience),
        }
    }
}

impl Dropout {
    /// No dropout.
    pub const NONE: Self = Self::connected(0.0);

    /// Dropout of this rate that takes effect.
    #[must_use]
    pub const fn connected(rate: f64) -> Self {
        Self {
            rate,
            connected: true,
        }
    }

    /// The rate that the network trains with: 0 where dropout is not connected.
    #[must_use]
    pub fn effective_rate(&self) -> f64 {
        if self.connected { self.rate } else { 0.0 }
    }
}

impl Default for Trial {
    /// The usual setting: two stages of 16 filters of 3×3, 128 hidden units, no
    /// dropout, SGD at a constant 0.1, 10 epochs in batches of 128, seed 1, on the CPU.
    fn default() -> Self {
        Self {
            data: Data::default(),
            network: Architecture::default(),
            dropout: Dropout::NONE,
            optimizer: Optimizer::SGD,
            learning_rate: Optimizer::SGD.usual_learning_rate(),
            schedule: Schedule::default(),
            batch_size: 128,
            epochs: 10,
            early_stop: EarlyStop::Never,
            seed: 1,
            backend: Backend::Fused,
            device: DeviceKind::Cpu,
            precision: Precision::Single,
        }
    }
}

impl Trial {
    /// Every setting that cannot be run, whatever the images. Sizes that depend on the images
    /// are checked by [`Geometry::validate`](crate::Geometry::validate).
    #[must_use]
    pub fn validate(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        problems.extend(bounds::LEARNING_RATE.check("learning_rate", self.learning_rate));
        problems.extend(bounds::MANY.check("batch_size", self.batch_size));
        problems.extend(bounds::MANY.check("epochs", self.epochs));
        let held_out = self.data.validation.count;
        problems.extend(bounds::MANY.check("data.validation", held_out));
        problems.extend(bounds::DROPOUT_RATE.check("dropout.rate", self.dropout.rate));
        if self.dropout.effective_rate() > 0.0 && self.network.hidden.is_empty() {
            problems.push(Problem::new(
                "dropout",
                "there is no hidden layer to drop units of",
            ));
        }
        problems.extend(self.optimizer.problems());
        problems.extend(self.schedule.problems());
        if let EarlyStop::After(Patience { epochs, min_delta }) = self.early_stop {
            problems.extend(bounds::MANY.check("early_stop.patience", epochs));
            problems.extend(bounds::IMPROVEMENT.check("early_stop.min_delta", min_delta));
        }
        problems.extend(self.precision.problem(self.backend, self.device));
        problems.extend(self.network.stages.problem(self.backend));
        problems
    }
}

impl Precision {
    /// The problem where this precision is not to be had with a backend and on a device.
    #[must_use]
    pub fn problem(self, backend: Backend, device: DeviceKind) -> Option<Problem> {
        let has_tensor_cores = (backend, device) == (Backend::Fused, DeviceKind::Cuda);
        (self == Self::Tf32 && !has_tensor_cores).then(|| {
            Problem::new(
                "precision",
                "tf32 is for GPUs and the fused backend; take f32 elsewhere",
            )
        })
    }
}

#[cfg(test)]
mod tests;
