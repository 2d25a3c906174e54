//! The one flat table of everything that can be set for a trial.

use lenet_core::{Backend, Data, Decay, DeviceKind, Dropout, Architecture, Optimizer, Patience, Precision, Schedule, Trial};

use crate::error::StudyError;
use crate::node::{Document, Node};
use crate::values;

/// The embedded data set's name in the setting `data`.
pub const MNIST: &str = "mnist";

/// Every setting of a trial but its seed, each given or left open. A study's `[base]`, a
/// figure's `set`, one value of an axis and the flags of a command are all of this type; they
/// are laid over each other with [`Settings::overlaid`] and completed by [`Settings::resolve`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Filters of each convolution. In a file a single number n stands for two stages of n.
    pub filters: Option<Vec<usize>>,
    /// Side of the kernels, odd.
    pub kernel: Option<usize>,
    /// Units of each hidden dense layer.
    pub hidden: Option<Vec<usize>>,
    /// Dropout. In a file a rate, or `{ rate = 0.5, connected = false }`.
    pub dropout: Option<Dropout>,
    /// Optimizer. In a file its name, or `{ kind = "adam", beta1 = 0.95 }`.
    pub optimizer: Option<Optimizer>,
    /// Base learning rate.
    pub learning_rate: Option<f64>,
    /// Schedule. In a file `"constant"`, `"cosine"`, or a table.
    pub schedule: Option<Schedule>,
    /// Images a step.
    pub batch_size: Option<usize>,
    /// Passes over the training data.
    pub epochs: Option<usize>,
    /// Training samples. In a file a number, or `"all"`.
    pub samples: Option<Samples>,
    /// Images held out for validation.
    pub validation: Option<usize>,
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
}

/// How many of the training images are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Samples {
    /// All that are not held out.
    All,
    /// So many, drawn at random.
    Drawn(usize),
}

/// When training stops before its last epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EarlyStop {
    /// Never.
    Never,
    /// When validation loss no longer improves.
    When(Patience),
}

/// What treats every setting alike; a new setting is added to the struct and to the one call.
macro_rules! for_each_setting {
    ($($field:ident),* $(,)?) => {
        /// Names of all settings, as files, flags and axes spell them.
        pub const NAMES: &'static [&'static str] = &[$(stringify!($field)),*];

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
                parts.push(format!("{} = {}", stringify!($field), values::show::$field(value)));
            })*
            parts.join(", ")
        }

        /// Sets the setting `name`, which must be one of [`Settings::NAMES`].
        pub(crate) fn read(&mut self, name: &str, node: &Node<'_>) -> Result<(), StudyError> {
            match name {
                $(stringify!($field) => self.$field = Some(values::read::$field(node)?),)*
                _ => unreachable!("{name} is a setting"),
            }
            Ok(())
        }
    };
}

impl Settings {
    for_each_setting! {
        filters, kernel, hidden, dropout, optimizer, learning_rate, schedule, batch_size,
        epochs, samples, validation, early_stop, backend, device, precision, data,
    }

    /// Reads a TOML file that is a flat table of settings.
    ///
    /// # Errors
    /// [`StudyError`] with file, line and column.
    pub fn parse(text: &str, origin: &str) -> Result<Self, StudyError> {
        let document = Document::parse(text, origin)?;
        Self::from_node(&document.root())
    }

    pub(crate) fn from_node(node: &Node<'_>) -> Result<Self, StudyError> {
        let mut settings = Self::default();
        for entry in node.entries(Self::NAMES)? {
            settings.read(&entry.name, &entry.node)?;
        }
        Ok(settings)
    }

    /// Sets one setting from a flag's text: a TOML value (`0.1`, `[8, 16]`,
    /// `{ rate = 0.5, connected = false }`) or a bare word (`adam`).
    ///
    /// # Errors
    /// [`StudyError`] that names `flag`.
    pub fn assign(&mut self, name: &str, text: &str, flag: &str) -> Result<(), StudyError> {
        let as_value = format!("{name} = {text}");
        let as_word = format!("{name} = {}", toml::Value::String(text.to_owned()));
        // A second line would be a second setting.
        let document = match Document::parse_flag(&as_value, flag) {
            Ok(document) if !text.contains(['\n', '\r']) => document,
            _ => Document::parse_flag(&as_word, flag)?,
        };
        let given = Self::from_node(&document.root())?;
        *self = self.overlaid(&given);
        Ok(())
    }

    /// A whole trial: what is left open is filled in with the study's values, which are
    /// F = 16 in two stages of 3×3, 128 hidden units, no dropout, SGD, constant rate, batch 128,
    /// 10 epochs, all samples, 5,000 held out, no early stop, fused backend, CPU, f32. The learning
    /// rate left open is 0.1 for SGD, 0.01 with momentum, and 0.001 for the adaptive ones.
    /// `source` is [`lenet_data::Dataset::source`].
    #[must_use]
    pub fn resolve(&self, source: &str, seed: u64) -> Trial {
        let optimizer = self.optimizer.unwrap_or(Optimizer::SGD);
        let customary_rate = match optimizer {
            Optimizer::SGD => 0.1,
            Optimizer::Momentum { .. } | Optimizer::Nesterov { .. } => 0.01,
            Optimizer::Adam { .. }
            | Optimizer::AdamW { .. }
            | Optimizer::RmsProp { .. } => 0.001,
        };
        Trial {
            data: Data {
                source: source.to_owned(),
                validation: self.validation.unwrap_or(5000),
                samples: match self.samples {
                    Some(Samples::Drawn(count)) => Some(count),
                    Some(Samples::All) | None => None,
                },
            },
            network: Architecture {
                filters: self.filters.clone().unwrap_or_else(|| vec![16, 16]),
                kernel: self.kernel.unwrap_or(3),
                hidden: self.hidden.clone().unwrap_or_else(|| vec![128]),
            },
            dropout: self.dropout.unwrap_or(Dropout::connected(0.0)),
            optimizer,
            learning_rate: self.learning_rate.unwrap_or(customary_rate),
            schedule: self.schedule.unwrap_or(Schedule::default()),
            batch_size: self.batch_size.unwrap_or(128),
            epochs: self.epochs.unwrap_or(10),
            early_stop: match self.early_stop {
                Some(EarlyStop::When(config)) => Some(config),
                Some(EarlyStop::Never) | None => None,
            },
            seed,
            backend: self.backend.unwrap_or(Backend::Fused),
            device: self.device.unwrap_or(DeviceKind::Cpu),
            precision: self.precision.unwrap_or_default(),
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
