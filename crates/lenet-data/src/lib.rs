//! Image sets: MNIST embedded, others from IDX files; splits, subsampling, shuffled batches.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Labelled images of one size, bytes in (image, channel, row, column) order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSet {
    pixels: Vec<u8>,
    labels: Vec<u8>,
    shape: [usize; 3],
}

impl ImageSet {
    /// All pixels, `len() · channels · height · width` bytes.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }
    /// One class an image.
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }
    /// `[channels, height, width]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }
    /// Number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }
    /// Whether there are no images.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// A training and a test set of the same image size.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// `"mnist"` or `"idx:"` and 16 hex digits of the SHA-256 of shapes, pixels and labels.
    pub source: String,
    /// What people call it: `MNIST` or the folder's name.
    pub title: String,
    /// Training images in file order.
    pub train: Arc<ImageSet>,
    /// Test images in file order.
    pub test: Arc<ImageSet>,
    /// Largest label of both sets plus one.
    pub classes: usize,
}

impl Dataset {
    /// The embedded MNIST, decoded once a process.
    #[must_use]
    pub fn mnist() -> Self {
        unreachable!()
    }
    /// The set whose four IDX files lie in `folder`, plain or gzip.
    ///
    /// # Errors
    /// A [`DataError`] that names the file and what is wrong with it.
    pub fn from_folder(folder: &Path) -> Result<Self, DataError> {
        Err(DataError::Missing { folder: folder.to_owned() })
    }
    /// Training, validation and test split.
    ///
    /// # Errors
    /// Where more is asked for than there is.
    pub fn split(&self, spec: &SplitSpec) -> Result<Splits, DataError> {
        let _ = spec;
        unreachable!()
    }
}

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

/// Three splits of one data set.
#[derive(Debug, Clone)]
pub struct Splits {
    /// To train on.
    pub train: Split,
    /// To choose by.
    pub validation: Split,
    /// To report.
    pub test: Split,
    /// Classes of the data set.
    pub classes: usize,
    /// [`Dataset::source`].
    pub source: String,
}

/// The order of one epoch: `split.indices` shuffled by the stream `"shuffle/<epoch>"` of the seed (so any
/// epoch's order can be had without the ones before).
#[must_use]
pub fn epoch_order(split: &Split, seed: u64, epoch: usize) -> Vec<u32> {
    let _ = (seed, epoch);
    split.indices.clone()
}

/// What can be wrong with a data set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A folder without the four files.
    #[error("{folder}: no IDX files here")]
    Missing {
        /// The folder.
        folder: PathBuf,
    },
}
