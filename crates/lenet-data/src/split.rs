//! Training, validation and test splits, and the order in which an epoch goes through one.

use std::slice::Chunks;
use std::sync::Arc;

use lenet_rng::{permutation, stream};

use crate::error::DataError;
use crate::set::{Dataset, ImageSet};

/// How to split a [`Dataset`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitSpec {
    /// The first so many training images are held out for validation.
    pub validation: usize,
    /// So many of the rest are drawn at random; `None`: all.
    pub samples: Option<usize>,
    /// Seed of that draw (stream `"subsample"`).
    pub seed: u64,
}

/// One split: a set and which of its images belong.
#[derive(Debug, Clone)]
pub struct Split {
    /// The set.
    pub set: Arc<ImageSet>,
    /// Positions in the set, ascending.
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
    /// To train on.
    pub train: Split,
    /// To choose by; empty where the spec holds nothing out.
    pub validation: Split,
    /// To report.
    pub test: Split,
    /// Classes of the data set.
    pub classes: usize,
    /// [`Dataset::source`].
    pub source: String,
}

impl Dataset {
    /// Training, validation and test split.
    ///
    /// # Errors
    /// [`DataError::ValidationTooLarge`] where validation leaves nothing to train on,
    /// [`DataError::Samples`] where none or more samples are asked for than are left.
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

/// The order of one epoch: `split.indices` shuffled by the stream `"shuffle/<epoch>"` of the seed (so any
/// epoch's order can be had without the ones before).
#[must_use]
pub fn epoch_order(split: &Split, seed: u64, epoch: usize) -> Vec<u32> {
    let mut rng = stream(seed, &format!("shuffle/{epoch}"));
    let mut order = permutation(&mut rng, split.indices.len());
    for position in &mut order {
        *position = split.indices[*position as usize];
    }
    order
}

/// The batches of an epoch's order: `batch_size` images each, the last one what is left.
///
/// # Panics
/// Where `batch_size` is zero.
pub fn batches(order: &[u32], batch_size: usize) -> Chunks<'_, u32> {
    order.chunks(batch_size)
}
