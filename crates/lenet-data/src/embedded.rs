//! MNIST, compiled into the crate.

use std::io::Read;
use std::sync::OnceLock;

use ruzstd::decoding::StreamingDecoder;

use crate::dataset::Dataset;
use crate::set::ImageSet;

/// The four IDX files, one after the other, as one zstd frame; made by `data/compress.sh`.
static ARCHIVE: &[u8] = include_bytes!("../data/mnist.zst");

const TRAIN_IMAGES: usize = 60_000;
const TEST_IMAGES: usize = 10_000;
const SHAPE: [usize; 3] = [1, 28, 28];
/// Bytes of an IDX header with one dimension, and below with three.
const LABELS_HEADER: usize = 8;
const IMAGES_HEADER: usize = 16;

impl Dataset {
    /// The embedded MNIST, decoded once per process.
    #[must_use]
    pub fn mnist() -> Self {
        static MNIST: OnceLock<Dataset> = OnceLock::new();
        MNIST.get_or_init(decode).clone()
    }
}

fn decode() -> Dataset {
    let [train_labels, test_labels, train_images, test_images] = files();
    let set = |mut images: Vec<u8>, mut labels: Vec<u8>| {
        images.drain(..IMAGES_HEADER);
        labels.drain(..LABELS_HEADER);
        ImageSet::new(images, labels, SHAPE).expect("the archive holds as many labels as images")
    };
    let (train, test) = (
        set(train_images, train_labels),
        set(test_images, test_labels),
    );
    Dataset::with_source("mnist".to_owned(), "MNIST", train, test)
        .expect("both sets hold images of one size")
}

/// Decodes the archive into its files: training labels, test labels, training images, test images.
fn files() -> [Vec<u8>; 4] {
    let image: usize = SHAPE.iter().product();
    let mut archive = StreamingDecoder::new(ARCHIVE).expect("the archive is a zstd frame");
    [
        LABELS_HEADER + TRAIN_IMAGES,
        LABELS_HEADER + TEST_IMAGES,
        IMAGES_HEADER + TRAIN_IMAGES * image,
        IMAGES_HEADER + TEST_IMAGES * image,
    ]
    .map(|length| {
        let mut file = vec![0; length];
        archive
            .read_exact(&mut file)
            .expect("the archive holds four whole files");
        file
    })
}

#[cfg(test)]
mod tests {
    use lenet_core::Validation;
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::split::{Split, SplitSpec};

    #[test]
    fn the_archive_holds_the_published_files() {
        let digests = files().map(|file| {
            Sha256::digest(file)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        });
        let [train_labels, test_labels, train_images, test_images] = digests;
        let found = format!(
            "{test_images}  t10k-images-idx3-ubyte\n\
             {test_labels}  t10k-labels-idx1-ubyte\n\
             {train_images}  train-images-idx3-ubyte\n\
             {train_labels}  train-labels-idx1-ubyte\n"
        );
        assert_eq!(found, include_str!("../data/SHA256SUMS"));
    }

    #[test]
    fn mnist_has_its_sizes() {
        let mnist = Dataset::mnist();
        assert_eq!((mnist.train.len(), mnist.test.len()), (60_000, 10_000));
        assert_eq!(mnist.train.shape(), [1, 28, 28]);
        assert_eq!(mnist.classes, 10);
        assert_eq!(mnist.source, "mnist");
    }

    /// The study's dead network answered "1" for every image. Its accuracies, 0.1126 and 0.1135,
    /// are the fractions of that digit in its validation and test splits, and so in these.
    #[test]
    fn the_splits_are_those_of_the_study() {
        let spec = SplitSpec {
            validation: Validation::first(5_000),
            samples: None,
            seed: 0,
        };
        let splits = Dataset::mnist().split(&spec).unwrap();
        let ones = |split: &Split| {
            let labels = split.set.labels();
            split
                .indices
                .iter()
                .filter(|&&index| labels[index as usize] == 1)
                .count()
        };
        assert_eq!(splits.train.len(), 55_000);
        assert_eq!(
            (splits.validation.len(), ones(&splits.validation)),
            (5_000, 563)
        );
        assert_eq!((splits.test.len(), ones(&splits.test)), (10_000, 1_135));
    }
}
