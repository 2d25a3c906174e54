//! The flat table of everything that can be set for a trial.

mod describe;
mod node;
mod read;
mod show;
mod words;

pub use describe::{Form, Key};
pub use node::Node;

use crate::architecture::Architecture;
use crate::data::{Data, MNIST, Samples};
use crate::device::{Backend, DataPlacement, DeviceKind, Precision};
use crate::optimizer::Optimizer;
use crate::problem::Problem;
use crate::schedule::Schedule;
use crate::stages::{Padding, Pooling, Stages};
use crate::trial::{Dropout, EarlyStop, Trial};
use crate::validation::Validation;

/// Every setting of a trial but its seed, and of the measurement of its runtime, each given or left
/// open. A study's `[base]`, a
/// figure's `set`, one value of an axis and the flags of a command are all of this type. They
/// are laid over each other with [`Settings::overlaid`] and completed by [`Settings::resolve`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Filters of each convolution. In a file a single number n stands for two stages of n.
    pub filters: Option<Vec<usize>>,
    /// Side of the kernels, odd.
    pub kernel: Option<usize>,
    /// Units of each hidden dense layer.
    pub hidden: Option<Vec<usize>>,
    /// Which convolutions are padded.
    pub padding: Option<Padding>,
    /// Stride of the convolutions.
    pub stride: Option<usize>,
    /// Which convolutions a max-pool follows.
    pub pooling: Option<Pooling>,
    /// Dropout. In a file a rate, or `{ rate = 0.5, connected = false }`.
    pub dropout: Option<Dropout>,
    /// Optimizer. In a file its name, or `{ kind = "adam", beta1 = 0.95 }`.
    pub optimizer: Option<Optimizer>,
    /// Weight decay of whichever optimizer; it goes before the optimizer's own.
    pub weight_decay: Option<f64>,
    /// Base learning rate.
    pub learning_rate: Option<f64>,
    /// Schedule. In a file `"constant"`, `"cosine"`, or a table.
    pub schedule: Option<Schedule>,
    /// Images per step.
    pub batch_size: Option<usize>,
    /// Passes over the training data.
    pub epochs: Option<usize>,
    /// Training samples. In a file a number, or `"all"`.
    pub samples: Option<Samples>,
    /// Images held out for validation. In a file a number for the first ones, or
    /// `{ count = 5000, draw = "seed", stratified = true }`.
    pub validation: Option<Validation>,
    /// Early stopping. In a file `"never"`, a patience, or a table.
    pub early_stop: Option<EarlyStop>,
    /// Code that computes the network.
    pub backend: Option<Backend>,
    /// Kind of device.
    pub device: Option<DeviceKind>,
    /// What products are computed in.
    pub precision: Option<Precision>,
    /// [`MNIST`], or a folder of IDX files.
    pub data: Option<String>,
    /// Where the training images lie. One of [`Settings::OF_RUNTIME`].
    pub placement: Option<DataPlacement>,
    /// Threads of a step. One of [`Settings::OF_RUNTIME`].
    pub threads: Option<usize>,
    /// Trials that are trained together in single launches. One of [`Settings::OF_RUNTIME`].
    pub trials: Option<usize>,
}

/// What treats every setting alike. A new setting is a field above, a name and a meaning in the
/// one call below, how it is read and shown in `read` and `show`, and what it does in
/// [`Settings::resolve`].
macro_rules! for_each_setting {
    ($($field:ident: $meaning:literal),* $(,)?) => {
        /// Names of all settings, as files, flags and axes spell them.
        pub const NAMES: &'static [&'static str] = &[$(stringify!($field)),*];

        /// What the setting `name`, one of [`Settings::NAMES`], is, in words.
        #[must_use]
        pub fn meaning(name: &str) -> &'static str {
            match name {
                $(stringify!($field) => $meaning,)*
                _ => "",
            }
        }

        /// These settings, with `over`'s where it gives any.
        #[must_use]
        pub fn overlaid(&self, over: &Self) -> Self {
            Self { $($field: over.$field.clone().or_else(|| self.$field.clone())),* }
        }

        /// Names of the settings that are given.
        #[must_use]
        pub fn given(&self) -> Vec<&'static str> {
            let all = [$((stringify!($field), self.$field.is_some())),*];
            all.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
        }

        /// What is given, for people: `learning_rate = 0.1, dropout = 0.5`.
        #[must_use]
        pub fn label(&self) -> String {
            let mut parts = Vec::new();
            $(if let Some(value) = &self.$field {
                parts.push(format!("{} = {}", stringify!($field), show::$field(value)));
            })*
            parts.join(", ")
        }

        /// The value of a setting for people, where it is given.
        #[must_use]
        pub fn text_of(&self, name: &str) -> Option<String> {
            match name {
                $(stringify!($field) => Some(show::$field(self.$field.as_ref()?).to_string()),)*
                _ => None,
            }
        }

        /// Whether every setting that is given here is given there with the same value.
        #[must_use]
        pub fn fits(&self, whole: &Self) -> bool {
            true $(&& (self.$field.is_none() || self.$field == whole.$field))*
        }

        /// Names of the settings whose values are not those of `other`.
        #[must_use]
        pub fn differing(&self, other: &Self) -> Vec<&'static str> {
            let all = [$((stringify!($field), self.$field != other.$field)),*];
            all.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
        }

        /// The settings without those of these names.
        #[must_use]
        pub fn without(&self, names: &[&str]) -> Self {
            Self {
                $($field: self.$field.clone().filter(|_| !names.contains(&stringify!($field)))),*
            }
        }

        /// The settings of these names alone.
        #[must_use]
        pub fn only(&self, names: &[&str]) -> Self {
            Self {
                $($field: self.$field.clone().filter(|_| names.contains(&stringify!($field)))),*
            }
        }

        /// Sets the setting `name`, which must be one of [`Settings::NAMES`].
        ///
        /// # Errors
        /// The node's, for a value that the setting cannot have.
        ///
        /// # Panics
        /// Where there is no such setting.
        pub fn read<N: Node>(&mut self, name: &str, node: &N) -> Result<(), N::Error> {
            match name {
                $(stringify!($field) => self.$field = Some(read::$field(node)?),)*
                _ => unreachable!("{name} is a setting"),
            }
            Ok(())
        }
    };
}

impl Settings {
    for_each_setting! {
        filters: "filters of each convolution: one number for two stages, or one for each stage",
        kernel: "side of the kernels in pixels, odd",
        hidden: "units of each hidden dense layer; an empty list for none",
        padding: "which convolutions are padded, so that images keep their size",
        stride: "stride of the convolutions in pixels",
        pooling: "which convolutions a 2×2 max-pool follows",
        dropout: "rate of dropout after each hidden layer; `connected = false` names it and leaves it out",
        optimizer: "how a gradient changes the weights",
        weight_decay: "weight decay of whichever optimizer",
        learning_rate: "base learning rate",
        schedule: "how the learning rate changes over the epochs",
        batch_size: "images of a step",
        epochs: "passes over the training images",
        samples: "training images, drawn at random by the seed",
        validation: "images held out for validation: the first ones, or drawn by the seed",
        early_stop: "epochs without a better validation loss after which training ends",
        backend: "which code computes the network: this project's kernels, or candle's ops",
        device: "where the network is computed",
        precision: "what products are computed in; tf32 needs a GPU",
        data: "\"mnist\", or a folder of IDX files beside the study's file",
        placement: "where the training images lie while a runtime is measured",
        threads: "threads of a step while a runtime is measured",
        trials: "trials trained together in single launches while a runtime is measured",
    }

    /// Names of the settings that change how long a trial takes and none of its numbers. Only a
    /// measurement of runtime has them: [`Settings::resolve`] passes them over.
    pub const OF_RUNTIME: [&'static str; 3] = ["placement", "threads", "trials"];

    /// The same settings with those left open as [`Settings::resolve`] fills them in. Those of
    /// [`Settings::OF_RUNTIME`] stay as they are.
    #[must_use]
    pub fn complete(&self) -> Self {
        let usual = self.resolve(MNIST, 0);
        let optimizer = self.optimizer.unwrap_or(Trial::default().optimizer);
        Self {
            filters: Some(usual.network.filters),
            kernel: Some(usual.network.kernel),
            hidden: Some(usual.network.hidden),
            padding: Some(usual.network.stages.padding),
            stride: Some(usual.network.stages.stride),
            pooling: Some(usual.network.stages.pooling),
            dropout: Some(usual.dropout),
            optimizer: Some(optimizer),
            weight_decay: Some(self.weight_decay.unwrap_or(optimizer.weight_decay)),
            learning_rate: Some(usual.learning_rate),
            schedule: Some(usual.schedule),
            batch_size: Some(usual.batch_size),
            epochs: Some(usual.epochs),
            samples: Some(usual.data.samples),
            validation: Some(usual.data.validation),
            early_stop: Some(usual.early_stop),
            backend: Some(usual.backend),
            device: Some(usual.device),
            precision: Some(usual.precision),
            data: Some(self.data_name().to_owned()),
            placement: self.placement,
            threads: self.threads,
            trials: self.trials,
        }
    }

    /// The settings of a trial. Those of [`Settings::OF_RUNTIME`] stay open, and `data` is
    /// [`Data::source`].
    #[must_use]
    pub fn of(trial: &Trial) -> Self {
        let optimizer = trial.optimizer;
        let usual = Optimizer::usual_of(optimizer).unwrap_or(optimizer);
        let Trial { network, data, .. } = trial.clone();
        Self {
            filters: Some(network.filters),
            kernel: Some(network.kernel),
            hidden: Some(network.hidden),
            padding: Some(network.stages.padding),
            stride: Some(network.stages.stride),
            pooling: Some(network.stages.pooling),
            dropout: Some(trial.dropout),
            optimizer: Some(Optimizer {
                weight_decay: usual.weight_decay,
                ..optimizer
            }),
            weight_decay: Some(optimizer.weight_decay),
            learning_rate: Some(trial.learning_rate),
            schedule: Some(trial.schedule),
            batch_size: Some(trial.batch_size),
            epochs: Some(trial.epochs),
            samples: Some(data.samples),
            validation: Some(data.validation),
            early_stop: Some(trial.early_stop),
            backend: Some(trial.backend),
            device: Some(trial.device),
            precision: Some(trial.precision),
            data: Some(data.source),
            placement: None,
            threads: None,
            trials: None,
        }
    }

    /// The problem where two settings contradict each other.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let (optimizer, decay) = (self.optimizer?, self.weight_decay?);
        let usual = Optimizer::usual_of(optimizer)?;
        let own = optimizer.weight_decay;
        (own != usual.weight_decay && own != decay).then(|| {
            Problem::new(
                "weight_decay",
                format!("it is {decay} beside the optimizer's own of {own}; keep one of them"),
            )
        })
    }

    /// A whole trial: what is left open is that of [`Trial::default`], but the learning rate,
    /// which is [`Optimizer::usual_learning_rate`]. `source` is [`Data::source`].
    #[must_use]
    pub fn resolve(&self, source: &str, seed: u64) -> Trial {
        let usual = Trial::default();
        let mut optimizer = self.optimizer.unwrap_or(usual.optimizer);
        if let Some(weight_decay) = self.weight_decay {
            optimizer.weight_decay = weight_decay;
        }
        let given = self.clone();
        Trial {
            data: Data {
                source: source.to_owned(),
                validation: self.validation.unwrap_or(usual.data.validation),
                samples: self.samples.unwrap_or(usual.data.samples),
            },
            network: Architecture {
                filters: given.filters.unwrap_or(usual.network.filters),
                kernel: self.kernel.unwrap_or(usual.network.kernel),
                hidden: given.hidden.unwrap_or(usual.network.hidden),
                stages: Stages {
                    padding: self.padding.unwrap_or_default(),
                    stride: self.stride.unwrap_or(Stages::USUAL.stride),
                    pooling: self.pooling.unwrap_or_default(),
                },
            },
            dropout: self.dropout.unwrap_or(usual.dropout),
            optimizer,
            learning_rate: self
                .learning_rate
                .unwrap_or_else(|| optimizer.usual_learning_rate()),
            schedule: self.schedule.unwrap_or(usual.schedule),
            batch_size: self.batch_size.unwrap_or(usual.batch_size),
            epochs: self.epochs.unwrap_or(usual.epochs),
            early_stop: self.early_stop.unwrap_or(usual.early_stop),
            seed,
            backend: self.backend.unwrap_or(usual.backend),
            device: self.device.unwrap_or(usual.device),
            precision: self.precision.unwrap_or(usual.precision),
        }
    }

    /// The data set asked for: [`MNIST`] or a folder.
    #[must_use]
    pub fn data_name(&self) -> &str {
        self.data.as_deref().unwrap_or(MNIST)
    }
}

#[cfg(test)]
mod tests;
