//! The records of a trial.

use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use crate::scheduler::Scheduler;
use lenet_core::Trial;

/// The complete record of one finished trial: the contents of `result.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialRecord {
    /// Format version of this record; readers refuse later ones.
    pub format: u32,
    /// [`Trial::identity`] of `config`.
    pub identity: String,
    /// The trial's settings.
    pub config: Trial,
    /// Number of trainable parameters of the network.
    pub parameters: usize,
    /// How the trial ended.
    pub outcome: Outcome,
    /// One entry per epoch done, in order.
    pub epochs: Vec<EpochRecord>,
    /// One entry for the start and one per resumption: the host, build and device of each, which
    /// may differ.
    pub runs: Vec<RunRecord>,
}

/// How a trial ended. A network that dies or diverges is a result, not a failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Outcome {
    /// All epochs were run.
    Completed {},
    /// Early stopping ended the trial.
    Stopped {
        /// The last epoch, counted from 1.
        epoch: usize,
    },
    /// A loss or a weight was no longer finite; later epochs were not run.
    Diverged {
        /// The epoch after which this was found, counted from 1.
        epoch: usize,
    },
    /// The trial could not be run to its end, for example for lack of memory, a lost device or a
    /// broken file.
    Failed {
        /// The error.
        message: String,
    },
}

/// One epoch of training and the evaluations after it. Losses are the mean cross-entropy per image,
/// in nats; accuracies are fractions from 0 to 1. They may be NaN or infinite: JSON then holds the
/// strings `"NaN"`, `"inf"` and `"-inf"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Number of the epoch, counted from 1.
    pub epoch: usize,
    /// Optimizer steps since the start of the trial.
    pub step: u64,
    /// Learning rate of the epoch's last step.
    pub learning_rate: f64,
    /// Mean over the epoch's batches, weighted by their sizes; each batch counts before its own
    /// update, with dropout.
    #[serde(with = "crate::float")]
    pub train_loss: f64,
    /// Fraction of training images classified correctly, each before its batch's update, with
    /// dropout.
    #[serde(with = "crate::float")]
    pub train_accuracy: f64,
    /// Loss on the validation split after the epoch.
    #[serde(with = "crate::float")]
    pub validation_loss: f64,
    /// Accuracy on the validation split after the epoch.
    #[serde(with = "crate::float")]
    pub validation_accuracy: f64,
    /// Loss on the test split after the epoch.
    #[serde(with = "crate::float")]
    pub test_loss: f64,
    /// Accuracy on the test split after the epoch.
    #[serde(with = "crate::float")]
    pub test_accuracy: f64,
    /// Whether every unit of the last hidden layer is zero for every validation image: the network
    /// is dead, and no gradient can revive it.
    pub dead: bool,
    /// Wall-clock seconds of training. Trials that are trained together each get an equal share of
    /// the elapsed time, so the sum over trials is the elapsed time.
    pub train_seconds: f64,
    /// Wall-clock seconds of the two evaluations, shared in the same way.
    pub evaluation_seconds: f64,
}

/// One run of a trial: its start or a resumption, in one process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Epochs done before this run.
    pub from_epoch: usize,
    /// Start of the run, in seconds since 1970-01-01 UTC.
    pub started_unix: u64,
    /// Host, build and GPU.
    pub environment: Environment,
    /// Threads per step.
    pub threads: usize,
    /// Trials that ran at once, this one included.
    pub jobs: usize,
    /// Trials that started together in one group, this one included. 1, which files leave out,
    /// means that the trial was trained alone.
    #[serde(default = "alone", skip_serializing_if = "is_alone")]
    pub group: usize,
    /// The device, for example `cpu` or `cuda:0`.
    pub device: String,
    /// Instruction set of the CPU kernels, for example `avx2`; `cuda` for this project's kernels on
    /// a GPU, `candle` for the stock backend.
    pub level: String,
    /// Result of the self-check before this run; `None` if there was none.
    pub self_check: Option<SelfCheck>,
    /// The job that it was part of; `None`, which files leave out, outside of all schedulers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduler: Option<Scheduler>,
}

fn alone() -> usize {
    1
}

fn is_alone(group: &usize) -> bool {
    *group == alone()
}

/// The result of comparing the network's gradients on this machine with a plain f64 reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelfCheck {
    /// Largest relative error of any parameter tensor's gradient: the L2 norm of the difference,
    /// divided by that of the reference.
    #[serde(with = "crate::float")]
    pub worst_relative_error: f64,
    /// Name of the tensor with this error.
    pub worst_tensor: String,
    /// Bound on the error.
    pub tolerance: f64,
    /// Whether the error is within the bound.
    pub passed: bool,
    /// Wall-clock seconds of the check.
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
        assert!(!text.contains("scheduler"), "{text}");
        let together = RunRecord { group: 40, ..run };
        let text = serde_json::to_string(&together).unwrap();
        assert_eq!(serde_json::from_str::<RunRecord>(&text).unwrap(), together);
    }
}
