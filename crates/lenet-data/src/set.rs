//! Labelled images of one size, kept as bytes, and the pair of sets that makes a data set.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::error::DataError;

/// Labelled images of one size, bytes in (image, channel, row, column) order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSet {
    pixels: Vec<u8>,
    labels: Vec<u8>,
    shape: [usize; 3],
}

impl ImageSet {
    /// A set of `labels.len()` images of `shape` `[channels, height, width]`.
    ///
    /// # Errors
    /// [`DataError::EmptyImage`] where a side is zero, [`DataError::PixelCount`] where the
    /// pixels are not that many images of that shape.
    pub fn new(pixels: Vec<u8>, labels: Vec<u8>, shape: [usize; 3]) -> Result<Self, DataError> {
        if shape.contains(&0) {
            return Err(DataError::EmptyImage { shape });
        }
        let image = shape
            .iter()
            .try_fold(1usize, |product, &side| product.checked_mul(side));
        let expected = image.and_then(|image| image.checked_mul(labels.len()));
        if expected != Some(pixels.len()) {
            return Err(DataError::PixelCount {
                pixels: pixels.len(),
                labels: labels.len(),
                shape,
            });
        }
        Ok(Self {
            pixels,
            labels,
            shape,
        })
    }

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

    /// Bytes of one image, `channels · height · width`.
    #[must_use]
    pub fn image_len(&self) -> usize {
        self.shape.iter().product()
    }

    /// The pixels of image `index`, in (channel, row, column) order.
    ///
    /// # Panics
    /// Where there is no such image.
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        let image = self.image_len();
        &self.pixels[index * image..][..image]
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

    /// Largest label plus one; 0 for an empty set.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.labels
            .iter()
            .max()
            .map_or(0, |&label| usize::from(label) + 1)
    }

    /// Refuses labels that a network of `classes` outputs cannot have.
    ///
    /// # Errors
    /// [`DataError::LabelOutOfRange`] for the first label that is `classes` or more.
    pub fn ensure_classes(&self, classes: usize) -> Result<(), DataError> {
        match self
            .labels
            .iter()
            .position(|&label| usize::from(label) >= classes)
        {
            None => Ok(()),
            Some(index) => Err(DataError::LabelOutOfRange {
                index,
                label: self.labels[index],
                classes,
            }),
        }
    }
}

/// Fills `out` with the images at `indices` as numbers from 0 to 1 (byte / 255), in the order
/// of `indices`: `[indices.len(), channels, height, width]`. What `out` held before is dropped,
/// its allocation is used again.
///
/// # Panics
/// Where an index is not in the set.
pub fn gather_f32(set: &ImageSet, indices: &[u32], out: &mut Vec<f32>) {
    out.clear();
    out.reserve(indices.len() * set.image_len());
    for &index in indices {
        out.extend(
            set.image(index as usize)
                .iter()
                .map(|&byte| f32::from(byte) / 255.0),
        );
    }
}

/// Fills `out` with the labels at `indices`, in the order of `indices`; what it held before is
/// dropped.
///
/// # Panics
/// Where an index is not in the set.
pub fn gather_labels(set: &ImageSet, indices: &[u32], out: &mut Vec<u8>) {
    out.clear();
    out.extend(indices.iter().map(|&index| set.labels[index as usize]));
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
    /// A data set of two sets in memory; [`Dataset::source`] is the digest of what they hold.
    ///
    /// # Errors
    /// [`DataError::NoImages`] where a set is empty, [`DataError::ShapesDiffer`] where the
    /// images of the two are not of one size.
    pub fn new(title: &str, train: ImageSet, test: ImageSet) -> Result<Self, DataError> {
        let source = format!("idx:{}", digest(&[&train, &test]));
        Self::with_source(source, title, train, test)
    }

    pub(crate) fn with_source(
        source: String,
        title: &str,
        train: ImageSet,
        test: ImageSet,
    ) -> Result<Self, DataError> {
        for (set, name) in [(&train, "training"), (&test, "test")] {
            if set.is_empty() {
                return Err(DataError::NoImages { set: name });
            }
        }
        if train.shape != test.shape {
            return Err(DataError::ShapesDiffer {
                train: train.shape,
                test: test.shape,
            });
        }
        let classes = train.classes().max(test.classes());
        Ok(Self {
            source,
            title: title.to_owned(),
            train: Arc::new(train),
            test: Arc::new(test),
            classes,
        })
    }

    /// Refuses labels that a network of `classes` outputs cannot have, in either set.
    ///
    /// # Errors
    /// [`DataError::LabelOutOfRange`] for the first such label.
    pub fn ensure_classes(&self, classes: usize) -> Result<(), DataError> {
        self.train.ensure_classes(classes)?;
        self.test.ensure_classes(classes)
    }
}

/// First 16 hex digits of the SHA-256 over each set's number of images and shape (eight bytes
/// each, little-endian), pixels and labels.
fn digest(sets: &[&ImageSet]) -> String {
    let mut hash = Sha256::new();
    for set in sets {
        for number in [&[set.len()][..], &set.shape].concat() {
            hash.update((number as u64).to_le_bytes());
        }
        hash.update(&set.pixels);
        hash.update(&set.labels);
    }
    hash.finalize()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
