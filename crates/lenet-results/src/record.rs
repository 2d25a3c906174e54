//! What a trial leaves behind.

use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use lenet_core::Trial;

/// Everything known of one finished trial: the contents of `result.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialRecord {
    /// Version of this type; readers refuse what they do not know.
    pub format: u32,
    /// [`Trial::identity`] of `config`.
    pub identity: String,
    /// What was run.
    pub config: Trial,
    /// Trainable parameters of the network.
    pub parameters: usize,
    /// How it ended.
    pub outcome: Outcome,
    /// One entry for each epoch done, in order.
    pub epochs: Vec<EpochRecord>,
    /// Where and by what it was run; one entry for the start and one for each resumption, so a
    /// trial that went on elsewhere says so.
    pub runs: Vec<RunRecord>,
}

/// How a trial ended. Unlucky is not failed: a network that dies or diverges is a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Outcome {
    /// All epochs were run.
    Completed {},
    /// Early stopping ended it after this epoch.
    Stopped {
        /// Last epoch, counted from 1.
        epoch: usize,
    },
    /// Loss or weights were no longer finite; the epochs that follow were not run.
    Diverged {
        /// Epoch in which that was seen, counted from 1.
        epoch: usize,
    },
    /// It could not be run to its end (out of memory, a device lost, a broken file).
    Failed {
        /// What happened.
        message: String,
    },
}

/// One epoch of training and the evaluations after it. Losses are means over samples of the
/// cross-entropy in nats, accuracies shares in [0, 1]. They may be NaN or infinite: JSON then
/// holds the strings `"NaN"`, `"inf"` and `"-inf"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Counted from 1.
    pub epoch: usize,
    /// Optimizer steps since the start of the trial.
    pub step: u64,
    /// Learning rate of the epoch's last step.
    pub learning_rate: f64,
    /// Mean over the epoch's batches as they were trained on, weighted by their sizes.
    #[serde(with = "crate::float")]
    pub train_loss: f64,
    /// Share of training images classified rightly as they were trained on (dropout active).
    #[serde(with = "crate::float")]
    pub train_accuracy: f64,
    /// On the validation split, after the epoch.
    #[serde(with = "crate::float")]
    pub validation_loss: f64,
    /// On the validation split, after the epoch.
    #[serde(with = "crate::float")]
    pub validation_accuracy: f64,
    /// On the test split, after the epoch.
    #[serde(with = "crate::float")]
    pub test_loss: f64,
    /// On the test split, after the epoch.
    #[serde(with = "crate::float")]
    pub test_accuracy: f64,
    /// Every unit of the last hidden layer gave zero for every validation image: the network
    /// is dead and no gradient can revive it.
    pub dead: bool,
    /// Wall-clock seconds of training. Where trials were trained together, each has an equal
    /// share of the seconds that all took, so that sums over trials stay those of the clock.
    pub train_seconds: f64,
    /// Wall-clock seconds of the two evaluations, shared in the same way.
    pub evaluation_seconds: f64,
}

impl EpochRecord {
    /// Equality of everything but the wall-clock times, floats compared bit for bit.
    #[must_use]
    pub fn same_outcome(&self, other: &Self) -> bool {
        let bits = |e: &Self| {
            [
                e.learning_rate,
                e.train_loss,
                e.train_accuracy,
                e.validation_loss,
                e.validation_accuracy,
                e.test_loss,
                e.test_accuracy,
            ]
            .map(f64::to_bits)
        };
        self.epoch == other.epoch
            && self.step == other.step
            && self.dead == other.dead
            && bits(self) == bits(other)
    }
}

/// One stretch of a trial in one process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Epochs done when it began.
    pub from_epoch: usize,
    /// When it began: seconds since 1970-01-01 UTC.
    pub started_unix: u64,
    /// Host, build and device.
    pub environment: Environment,
    /// Threads that one step used.
    pub threads: usize,
    /// Trials in flight beside it, itself included.
    pub jobs: usize,
    /// Of these, how many began to be trained together with it in single launches on the
    /// device, itself included; 1, which stands for itself in files: it was trained alone.
    #[serde(default = "alone", skip_serializing_if = "is_alone")]
    pub group: usize,
    /// Which device, e.g. `cpu` or `cuda:0`.
    pub device: String,
    /// Instruction set that the kernels ran with, e.g. `avx2`; for a stock backend, `candle`.
    pub level: String,
    /// Outcome of the check of gradients that preceded it; `None` where it was not run.
    pub self_check: Option<SelfCheck>,
}

fn alone() -> usize {
    1
}

fn is_alone(group: &usize) -> bool {
    *group == alone()
}

/// The network's gradients as this machine computes them, against a plain f64 reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelfCheck {
    /// Largest relative error (L2 norm of the difference over that of the reference) of any
    /// parameter tensor's gradient.
    #[serde(with = "crate::float")]
    pub worst_relative_error: f64,
    /// The tensor where it was found.
    pub worst_tensor: String,
    /// Bound that it was held to.
    pub tolerance: f64,
    /// Whether it passed.
    pub passed: bool,
    /// Seconds it took.
    pub seconds: f64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_trial_trained_alone_names_no_group() {
        let run = samples::run("a");
        let text = serde_json::to_string(&run).unwrap();
        assert!(!text.contains("group"), "{text}");
        assert_eq!(serde_json::from_str::<RunRecord>(&text).unwrap(), run);
        let together = RunRecord { group: 40, ..run };
        let text = serde_json::to_string(&together).unwrap();
        assert_eq!(serde_json::from_str::<RunRecord>(&text).unwrap(), together);
    }
}
