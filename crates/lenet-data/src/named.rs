//! Sets that are known by a name and come from the Hugging Face hub.

#[cfg(feature = "candle-datasets")]
mod hub;

use crate::dataset::Dataset;
use crate::error::DataError;

/// A set that is loaded by its name, through candle-datasets: from the cache of the Hugging Face hub, and where it
/// is not there yet, over the network. `HF_HOME` says where the cache is, `HF_ENDPOINT` where the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedSet {
    /// Fashion-MNIST (Xiao et al. 2017): ten kinds of clothing, 28×28, grey.
    FashionMnist,
    /// CIFAR-10 (Krizhevsky 2009): ten kinds of animals and vehicles, 32×32, in colour.
    Cifar10,
}

impl NamedSet {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::FashionMnist, Self::Cifar10];

    /// Its name in files and on flags.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FashionMnist => "fashion-mnist",
            Self::Cifar10 => "cifar-10",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::FashionMnist => "Fashion-MNIST",
            Self::Cifar10 => "CIFAR-10",
        }
    }

    /// The set of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == name)
    }

    /// Whether this build can load such sets.
    pub const IS_BUILT_IN: bool = cfg!(feature = "candle-datasets");

    /// Brings the set's files into the cache where they are not there yet; `watch` is told the bytes that came and
    /// those of the whole file.
    ///
    /// # Errors
    /// [`DataError::Hub`] if a file cannot be had; [`DataError::NotBuiltIn`] in a build without the feature
    /// `candle-datasets`.
    pub fn fetch(self, watch: impl Fn(u64, u64) + Send + Sync + 'static) -> Result<(), DataError> {
        #[cfg(feature = "candle-datasets")]
        return hub::fetch(self, watch);
        #[cfg(not(feature = "candle-datasets"))]
        {
            drop(watch);
            Err(DataError::NotBuiltIn { set: self.name() })
        }
    }

    /// The set. Its [`source`](Dataset::source) is the digest of its contents, as that of a folder with the same
    /// images.
    ///
    /// # Errors
    /// As [`NamedSet::fetch`]; the files hold something else.
    pub fn load(self) -> Result<Dataset, DataError> {
        self.fetch(|_, _| {})?;
        #[cfg(feature = "candle-datasets")]
        return hub::load(self);
        #[cfg(not(feature = "candle-datasets"))]
        Err(DataError::NotBuiltIn { set: self.name() })
    }
}
