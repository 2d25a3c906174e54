//! Training, validation and test splits, and the order of the images in an epoch.

use std::slice::Chunks;
use std::sync::Arc;

use lenet_core::random::{permutation, stream};

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::set::ImageSet;

/// How to split a [`Dataset`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitSpec {
    /// Number of training images held out for validation: the first ones.
    pub validation: usize,
    /// Number of training images drawn at random from the rest; `None`: all of them.
    pub samples: Option<usize>,
    /// Seed of this draw (random stream `"subsample"`).
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
        let rest = match available.checked_sub(spec.validation) {
            None | Some(0) => {
                return Err(DataError::ValidationTooLarge {
                    validation: spec.validation,
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
        let mut train = range(spec.validation, available);
        if samples < rest {
            let mut drawn = permutation(&mut stream(spec.seed, "subsample"), rest);
            drawn.truncate(samples);
            drawn.sort_unstable();
            train = drawn
                .into_iter()
                .map(|position| train[position as usize])
                .collect();
        }
        let split = |set: &Arc<ImageSet>, indices| Split {
            set: Arc::clone(set),
            indices,
        };
        Ok(Splits {
            train: split(&self.train, train),
            validation: split(&self.train, range(0, spec.validation)),
            test: split(&self.test, range(0, self.test.len())),
            classes: self.classes,
            source: self.source.clone(),
        })
    }
}

fn range(start: usize, end: usize) -> Vec<u32> {
    let position = |n| u32::try_from(n).expect("a set of more than 2^32 images is refused");
    (position(start)..position(end)).collect()
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
mod tests {
    use super::*;

    fn dataset() -> Dataset {
        let set = |n| ImageSet::new(vec![0; n], vec![1; n], [1, 1, 1]).unwrap();
        Dataset::new("small", set(100), set(20)).unwrap()
    }

    fn split(validation: usize, samples: Option<usize>, seed: u64) -> Result<Splits, DataError> {
        dataset().split(&SplitSpec {
            validation,
            samples,
            seed,
        })
    }

    #[test]
    fn validation_is_the_first_and_training_the_rest() {
        let splits = split(10, None, 0).unwrap();
        assert_eq!(splits.validation.indices, (0..10).collect::<Vec<u32>>());
        assert_eq!(splits.train.indices, (10..100).collect::<Vec<u32>>());
        assert_eq!(splits.test.indices, (0..20).collect::<Vec<u32>>());
        assert_eq!(splits.classes, 2);
        let all = split(0, None, 0).unwrap();
        assert!(all.validation.is_empty());
        assert_eq!(all.train.len(), 100);
    }

    #[test]
    fn samples_are_drawn_by_seed_from_the_rest() {
        let drawn = |seed| split(10, Some(30), seed).unwrap().train.indices;
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        let indices = drawn(1);
        assert_eq!(indices.len(), 30);
        assert!(indices.is_sorted_by(|a, b| a < b), "{indices:?}");
        assert!(
            indices.iter().all(|&index| (10..100).contains(&index)),
            "{indices:?}"
        );
        // The draw reaches the last third of the rest, so it does not just take the first ones.
        assert!(
            indices.iter().filter(|&&index| index >= 70).count() > 3,
            "{indices:?}"
        );
        assert_eq!(
            split(10, Some(90), 5).unwrap().train.indices,
            (10..100).collect::<Vec<u32>>()
        );
    }

    #[test]
    fn more_than_there_is_is_refused() {
        for validation in [100, 101, usize::MAX] {
            let refused = split(validation, None, 0);
            assert!(
                matches!(refused, Err(DataError::ValidationTooLarge { .. })),
                "{validation}"
            );
        }
        for samples in [0, 91, usize::MAX] {
            let refused = split(10, Some(samples), 0);
            assert!(
                matches!(refused, Err(DataError::Samples { available: 90, .. })),
                "{samples}"
            );
        }
    }

    #[test]
    fn each_epoch_shuffles_anew_and_by_seed_alone() {
        let train = split(10, Some(30), 1).unwrap().train;
        let order = epoch_order(&train, 4, 2);
        assert_eq!(order, epoch_order(&train, 4, 2));
        assert_ne!(order, epoch_order(&train, 4, 3));
        assert_ne!(order, epoch_order(&train, 5, 2));
        assert_ne!(order, train.indices);
        let mut sorted = order;
        sorted.sort_unstable();
        assert_eq!(sorted, train.indices);
    }

    /// Records on disk stay comparable only if these values never change.
    #[test]
    fn draws_never_change() {
        let train = split(10, Some(6), 0).unwrap().train;
        let frozen = (train.indices.clone(), epoch_order(&train, 0, 1));
        assert_eq!(
            frozen,
            (vec![25, 35, 62, 69, 70, 77], vec![69, 77, 25, 70, 62, 35])
        );
    }

    #[test]
    fn the_last_batch_is_what_is_left() {
        let train = split(10, None, 1).unwrap().train;
        let order = epoch_order(&train, 0, 0);
        let sizes: Vec<_> = batches(&order, 40).map(<[u32]>::len).collect();
        assert_eq!(sizes, [40, 40, 10]);
        assert_eq!(batches(&order, 40).collect::<Vec<_>>().concat(), order);
        assert_eq!(batches(&order, 1000).count(), 1);
    }
}
