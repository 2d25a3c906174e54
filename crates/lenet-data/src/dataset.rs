//! A training and a test set that belong together.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::error::DataError;
use crate::set::ImageSet;

/// A training and a test set of one image size, with their source and title.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// `"mnist"`, or `"idx:"` and the first 16 hex digits of the SHA-256 digest of shapes, pixels
    /// and labels.
    pub source: String,
    /// Name for people: `MNIST` or the folder's name.
    pub title: String,
    /// Training images in file order.
    pub train: Arc<ImageSet>,
    /// Test images in file order.
    pub test: Arc<ImageSet>,
    /// Largest label of both sets plus one.
    pub classes: usize,
    /// Prefix of the files' names, `emnist-letters` for example; mostly empty.
    pub set: String,
}

impl Dataset {
    /// Makes a data set from two sets in memory; [`Dataset::source`] is the digest of their
    /// contents.
    ///
    /// # Errors
    /// [`DataError::NoImages`] if a set is empty, [`DataError::ShapesDiffer`] if the images of the
    /// two sets differ in size.
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
                return Err(DataError::NoImages {
                    title: title.to_owned(),
                    set: name,
                });
            }
        }
        if train.shape() != test.shape() {
            let (train, test) = (train.shape(), test.shape());
            return Err(DataError::ShapesDiffer {
                title: title.to_owned(),
                train,
                test,
            });
        }
        let classes = train.classes().max(test.classes());
        Ok(Self {
            source,
            title: title.to_owned(),
            train: Arc::new(train),
            test: Arc::new(test),
            classes,
            set: String::new(),
        })
    }

    /// The same with rows and columns of every image exchanged, as the files of EMNIST need it. It has
    /// another [`Dataset::source`].
    ///
    /// # Errors
    /// None that a data set can give; the checks of [`Dataset::new`] are made again.
    pub fn transposed(&self) -> Result<Self, DataError> {
        let title = format!("{} (transposed)", self.title);
        Self::new(&title, self.train.transposed()?, self.test.transposed()?)
    }

    /// Checks that every label of both sets is less than `classes`.
    ///
    /// # Errors
    /// [`DataError::LabelOutOfRange`] for the first label that is not.
    pub fn ensure_classes(&self, classes: usize) -> Result<(), DataError> {
        self.train.ensure_classes(classes)?;
        self.test.ensure_classes(classes)
    }
}

/// First 16 hex digits of the SHA-256 digest of the sets. Each set contributes its number of
/// images and its shape (eight bytes per number, little-endian), its pixels and its labels.
fn digest(sets: &[&ImageSet]) -> String {
    let mut hash = Sha256::new();
    for set in sets {
        for number in [&[set.len()][..], &set.shape()].concat() {
            hash.update((number as u64).to_le_bytes());
        }
        hash.update(set.pixels());
        hash.update(set.labels());
    }
    hash.finalize()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(images: u8, shape: [usize; 3]) -> ImageSet {
        let pixels = (0..usize::from(images) * shape.iter().product::<usize>())
            .map(|i| (i * 101 % 256) as u8)
            .collect();
        ImageSet::new(pixels, (0..images).collect(), shape).unwrap()
    }

    #[test]
    fn labels_beyond_the_classes_are_refused_in_either_set() {
        let dataset = Dataset::new("x", set(3, [1, 1, 1]), set(5, [1, 1, 1])).unwrap();
        assert_eq!(dataset.classes, 5);
        assert!(dataset.ensure_classes(5).is_ok());
        let refused = dataset.ensure_classes(4).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "label 4 of image 4 is out of range: the network has 4 classes, so labels go from 0 \
             to 3"
        );
        let refused = dataset.ensure_classes(2).unwrap_err();
        assert!(matches!(
            refused,
            DataError::LabelOutOfRange {
                index: 2,
                label: 2,
                classes: 2
            }
        ));
    }

    #[test]
    fn the_two_sets_must_fit() {
        let refused = Dataset::new("x", set(2, [1, 2, 3]), set(2, [1, 3, 2])).unwrap_err();
        assert!(matches!(refused, DataError::ShapesDiffer { .. }));
        let refused = Dataset::new("x", set(2, [1, 2, 3]), set(0, [1, 2, 3])).unwrap_err();
        assert!(matches!(refused, DataError::NoImages { set: "test", .. }));
    }

    #[test]
    fn the_source_tells_contents_and_shapes_apart() {
        let source = |train, test| Dataset::new("x", train, test).unwrap().source;
        let same = source(set(4, [1, 2, 3]), set(2, [1, 2, 3]));
        assert_eq!(same, source(set(4, [1, 2, 3]), set(2, [1, 2, 3])));
        assert_eq!(same.len(), "idx:".len() + 16);
        let (mut pixels, mut labels) = (set(4, [1, 2, 3]).pixels().to_vec(), vec![0, 1, 2, 3]);
        pixels[7] ^= 1;
        let pixel = ImageSet::new(pixels, labels.clone(), [1, 2, 3]).unwrap();
        labels[3] ^= 1;
        let pixels = set(4, [1, 2, 3]).pixels().to_vec();
        let label = ImageSet::new(pixels, labels, [1, 2, 3]).unwrap();
        for (train, test) in [
            (pixel, set(2, [1, 2, 3])),
            (label, set(2, [1, 2, 3])),
            (set(4, [1, 3, 2]), set(2, [1, 3, 2])),
            (set(2, [1, 2, 3]), set(4, [1, 2, 3])),
        ] {
            assert_ne!(same, source(train, test));
        }
    }

    /// Records on disk name their data by this digest, so it must never change.
    #[test]
    fn the_source_is_frozen() {
        let dataset = Dataset::new("x", set(4, [1, 2, 3]), set(2, [1, 2, 3])).unwrap();
        assert_eq!(dataset.source, "idx:d9a629b899c548af");
    }
}
