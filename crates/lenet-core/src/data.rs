//! Where images come from and how they are split.

use serde::{Deserialize, Serialize};

use crate::validation::Validation;

/// Name of the embedded data set.
pub const MNIST: &str = "mnist";

/// What the name of a data set ends with whose images have rows and columns exchanged.
pub const TRANSPOSED: &str = " (transposed)";

/// Where images come from and how they are split.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// [`MNIST`] for the embedded set; otherwise `"idx:"` and the first 16 hex digits of the
    /// SHA-256 of the set's contents, so that a folder's path does not enter the identity.
    pub source: String,
    /// Training images held out for validation.
    pub validation: Validation,
    /// Training images used of those that remain.
    pub samples: Samples,
}

/// How many of the training images are used. On disk it is a number, or null for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Option<usize>", into = "Option<usize>")]
pub enum Samples {
    /// All that are not held out.
    #[default]
    All,
    /// So many, drawn at random from the trial's seed.
    Drawn(usize),
}

impl From<Option<usize>> for Samples {
    fn from(count: Option<usize>) -> Self {
        count.map_or(Self::All, Self::Drawn)
    }
}

impl From<Samples> for Option<usize> {
    fn from(samples: Samples) -> Self {
        match samples {
            Samples::All => None,
            Samples::Drawn(count) => Some(count),
        }
    }
}

impl Default for Data {
    /// MNIST, of which the first 5,000 images are held out.
    fn default() -> Self {
        Self {
            source: MNIST.to_owned(),
            validation: Validation::default(),
            samples: Samples::All,
        }
    }
}
