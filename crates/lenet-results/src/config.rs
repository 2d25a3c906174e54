//! What determines a trial's outcome.

use serde::{Deserialize, Serialize};

/// The whole configuration of one trial: every setting that can change its numbers, resolved,
/// with no defaults left open. Serialized to JSON it is what the trial's [`identity`] is
/// the digest of.
///
/// [`identity`]: TrialConfig::identity
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialConfig {
    /// Where images come from and how they are split.
    pub data: DataConfig,
    /// The network.
    pub network: NetworkConfig,
    /// Dropout before the last layer.
    pub dropout: DropoutConfig,
    /// The optimizer with its own settings.
    pub optimizer: OptimizerConfig,
    /// Base learning rate, which the schedule multiplies.
    pub learning_rate: f64,
    /// How the learning rate changes from step to step.
    pub schedule: ScheduleConfig,
    /// Images a step.
    pub batch_size: usize,
    /// Passes over the training data, at most.
    pub epochs: usize,
    /// When to stop before `epochs`; `None`: never.
    pub early_stop: Option<EarlyStopConfig>,
    /// Source of everything random in the trial.
    pub seed: u64,
    /// Which code computes the network.
    pub backend: BackendKind,
    /// Which kind of device computes it.
    pub device: DeviceKind,
    /// What products are computed in.
    #[serde(default, skip_serializing_if = "Precision::is_single")]
    pub precision: Precision,
}

/// Where images come from and how they are split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// `"mnist"` for the embedded set; else `"idx:"` and the first 16 hex digits of the SHA-256
    /// of the set's contents, so that a folder's path does not enter the identity.
    pub source: String,
    /// The first so many training images, in file order, are held out for validation.
    pub validation: usize,
    /// Training samples drawn at random (seeded) from what remains; `None`: all of them.
    pub samples: Option<usize>,
}

/// The network: stages of convolution, ReLU and 2×2 max-pool, then dense layers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkConfig {
    /// Filters of each convolution.
    pub filters: Vec<usize>,
    /// Side of the square kernels, odd.
    pub kernel: usize,
    /// Units of each hidden dense layer.
    pub hidden: Vec<usize>,
}

/// Inverted dropout on the last hidden layer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DropoutConfig {
    /// Probability that a unit is zeroed, in [0, 1).
    pub rate: f64,
    /// `false` for a dropout layer that was built but fed nothing, as in the original code.
    pub connected: bool,
}

impl DropoutConfig {
    /// The rate that the network really trains with: 0 where dropout is not connected.
    #[must_use]
    pub fn effective_rate(&self) -> f64 {
        if self.connected { self.rate } else { 0.0 }
    }
}

/// An optimizer with its own settings; the learning rate stands in [`TrialConfig`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum OptimizerConfig {
    /// Plain stochastic gradient descent.
    Sgd {},
    /// Heavy-ball momentum: v ← μv + g, θ ← θ − ηv.
    Momentum {
        /// μ.
        momentum: f64,
    },
    /// Nesterov's momentum in the form of Sutskever et al. (2013) as PyTorch states it:
    /// v ← μv + g, θ ← θ − η(g + μv).
    Nesterov {
        /// μ.
        momentum: f64,
    },
    /// Adam (Kingma & Ba 2015), with bias correction.
    Adam {
        /// β₁, decay of the first moment.
        beta1: f64,
        /// β₂, decay of the second moment.
        beta2: f64,
        /// ε, added to the root of the corrected second moment.
        epsilon: f64,
    },
    /// Adam with decoupled weight decay (Loshchilov & Hutter 2019).
    AdamW {
        /// β₁.
        beta1: f64,
        /// β₂.
        beta2: f64,
        /// ε.
        epsilon: f64,
        /// λ: θ ← θ − ηλθ before the step.
        weight_decay: f64,
    },
    /// RMSprop (Hinton 2012), not centred, as PyTorch states it.
    RmsProp {
        /// α, decay of the squared gradient.
        alpha: f64,
        /// ε, added to the root.
        epsilon: f64,
    },
}

impl OptimizerConfig {
    /// The optimizer's name in files and on the command line.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sgd {} => "sgd",
            Self::Momentum { .. } => "momentum",
            Self::Nesterov { .. } => "nesterov",
            Self::Adam { .. } => "adam",
            Self::AdamW { .. } => "adamw",
            Self::RmsProp { .. } => "rmsprop",
        }
    }
}

/// How the learning rate changes: a factor on the base rate for each step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleConfig {
    /// Epochs over which the factor rises linearly from 0 to 1, before `decay` begins; 0: none.
    pub warmup_epochs: f64,
    /// What follows the warm-up.
    pub decay: DecayConfig,
}

/// A schedule's course after the warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum DecayConfig {
    /// Factor 1.
    Constant {},
    /// Factor `gamma` to the power of the number of whole periods of `every_epochs` passed.
    Step {
        /// Length of a period.
        every_epochs: f64,
        /// Factor a period.
        gamma: f64,
    },
    /// Half a cosine from 1 to `floor` at the last step (Loshchilov & Hutter 2017, no restarts).
    Cosine {
        /// Factor at the end.
        floor: f64,
    },
}

/// Stop when validation loss has not improved for a while.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlyStopConfig {
    /// Epochs without improvement after which training stops.
    pub patience: usize,
    /// How much lower than the best so far a loss must be to count as an improvement.
    pub min_delta: f64,
}

/// Which code computes the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackendKind {
    /// This project's own ops, without autograd.
    Fused,
    /// candle's own ops and autograd, with max-pool's gradient put right.
    Stock,
}

/// A kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// The host's processor.
    Cpu,
    /// An NVIDIA GPU.
    Cuda,
}

/// What products are computed in; sums are f32 either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Precision {
    /// f32.
    #[default]
    #[serde(rename = "f32")]
    Single,
    /// TF32 on a GPU's tensor cores where a layer is large: factors are rounded to 10 mantissa
    /// bits.
    #[serde(rename = "tf32")]
    Tf32,
}

impl Precision {
    /// As files and flags spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "f32",
            Self::Tf32 => "tf32",
        }
    }

    /// It is left out of files, as it was before there was a choice.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn is_single(&self) -> bool {
        *self == Self::Single
    }
}
