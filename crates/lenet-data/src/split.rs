//! Training, validation and test splits, and the order of the images in an epoch.

use std::slice::Chunks;
use std::sync::Arc;

use lenet_core::Validation;
use lenet_core::random::{permutation, stream};

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::set::ImageSet;
use crate::validation::held_out;

/// How to split a [`Dataset`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitSpec {
    /// Training images held out for validation.
    pub validation: Validation,
    /// Number of training images drawn at random from the rest; `None`: all of them.
    pub samples: Option<usize>,
    /// Seed of both draws: of validation images, where it is theirs (random stream
    /// `"data/validation"`), and of `samples` (`"subsample"`).
    pub seed: u64,
}

/// One split: an image set and the indices of those images that belong to the split.
#[derive(Debug, Clone)]
pub struct Split {
    /// The set.
    pub set: Arc<ImageSet>,
    /// Indices into the set, ascending.
    pub indices: Vec<u32>,
}

impl Split {
    /// Number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.indices.len()
    }

    /// Whether there are no images.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }
}

/// Three splits of one data set.
#[derive(Debug, Clone)]
pub struct Splits {
    /// For training.
    pub train: Split,
    /// For choosing settings; empty if the spec holds out no images.
    pub validation: Split,
    /// For reported results.
    pub test: Split,
    /// Number of classes of the data set.
    pub classes: usize,
    /// [`Dataset::source`].
    pub source: String,
}

impl Dataset {
    /// Makes the training, validation and test splits.
    ///
    /// # Errors
    /// [`DataError::ValidationTooLarge`] if validation leaves nothing to train on,
    /// [`DataError::Samples`] if `samples` is 0 or more than what is left.
    pub fn split(&self, spec: &SplitSpec) -> Result<Splits, DataError> {
        let available = self.train.len();
        let count = spec.validation.count;
        let rest = match available.checked_sub(count) {
            None | Some(0) => {
                return Err(DataError::ValidationTooLarge {
                    validation: count,
                    available,
                });
            }
            Some(rest) => rest,
        };
        let samples = spec.samples.unwrap_or(rest);
        if samples == 0 || samples > rest {
            return Err(DataError::Samples {
                samples,
                available: rest,
            });
        }
        let (validation, mut train) = held_out(&self.train, spec.validation, spec.seed);
        if samples < rest {
            let mut drawn = permutation(&mut stream(spec.seed, "subsample"), rest);
            drawn.truncate(samples);
            drawn.sort_unstable();
            train = drawn
                .into_iter()
                .map(|position| train[position as usize])
                .collect();
        }
        let split = |indices| Split {
            set: Arc::clone(&self.train),
            indices,
        };
        Ok(Splits {
            train: split(train),
            validation: split(validation),
            test: self.test_split(),
            classes: self.classes,
            source: self.source.clone(),
        })
    }

    /// All test images: the test split of every spec.
    #[must_use]
    pub fn test_split(&self) -> Split {
        Split {
            set: Arc::clone(&self.test),
            indices: self.test.indices(),
        }
    }
}

/// The order of one epoch: `split.indices`, shuffled by the random stream `"shuffle/<epoch>"` of
/// the seed. It does not depend on the epochs before.
#[must_use]
pub fn epoch_order(split: &Split, seed: u64, epoch: usize) -> Vec<u32> {
    let mut rng = stream(seed, &format!("shuffle/{epoch}"));
    let mut order = permutation(&mut rng, split.indices.len());
    for position in &mut order {
        *position = split.indices[*position as usize];
    }
    order
}

/// Cuts an epoch's order into batches of `batch_size` images; the last batch may be smaller.
///
/// # Panics
/// If `batch_size` is zero.
pub fn batches(order: &[u32], batch_size: usize) -> Chunks<'_, u32> {
    order.chunks(batch_size)
}

#[cfg(test)]
mod tests;
