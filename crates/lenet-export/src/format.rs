//! The formats.

use std::fmt;

/// A format of other people's tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// TensorBoard: a folder of event files.
    Tensorboard,
    /// Optuna: a journal file.
    Optuna,
    /// MLflow: the folder of its file store.
    Mlflow,
    /// LaTeX: a file of tables.
    Latex,
    /// RO-Crate 1.1: a folder with the records and what they are.
    RoCrate,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Tensorboard,
        Self::Optuna,
        Self::Mlflow,
        Self::Latex,
        Self::RoCrate,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tensorboard => "tensorboard",
            Self::Optuna => "optuna",
            Self::Mlflow => "mlflow",
            Self::Latex => "latex",
            Self::RoCrate => "ro-crate",
        }
    }

    /// Whether it is a folder; otherwise it is a file.
    #[must_use]
    pub const fn is_folder(self) -> bool {
        matches!(self, Self::Tensorboard | Self::Mlflow | Self::RoCrate)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;
