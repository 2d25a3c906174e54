//! A small trial and small splits for this crate's tests.

use std::sync::Arc;

use lenet_core::{Architecture, Data, Samples, Trial, Validation, random};
use lenet_data::{ImageSet, Split, Splits};
use lenet_results::EpochRecord;
use rand_core::RngCore;

/// A small trial without dropout, whose batch size does not divide the training split.
pub(crate) fn trial() -> Trial {
    Trial {
        data: Data {
            source: "test".to_owned(),
            validation: Validation::first(20),
            samples: Samples::All,
        },
        network: Architecture {
            filters: vec![3, 4],
            kernel: 3,
            hidden: vec![8],
            ..Architecture::default()
        },
        batch_size: 8,
        epochs: 3,
        ..Trial::default()
    }
}

/// 60 training, 20 validation and 21 test images of 9×11 pixels in three classes. The images are
/// noise with a bright band at the class's height, so a network can learn them.
pub(crate) fn splits() -> Splits {
    let train = Arc::new(set(80, 1));
    let test = Arc::new(set(21, 2));
    Splits {
        train: Split {
            set: train.clone(),
            indices: (20..80).collect(),
        },
        validation: Split {
            set: train,
            indices: (0..20).collect(),
        },
        test: Split {
            set: test,
            indices: (0..21).collect(),
        },
        classes: 3,
        source: "test".to_owned(),
    }
}

fn set(images: usize, seed: u64) -> ImageSet {
    let mut pixels = vec![0; images * 9 * 11];
    random::stream(seed, "pixels").fill_bytes(&mut pixels);
    let labels: Vec<u8> = (0..images).map(|image| (image % 3) as u8).collect();
    for (image, &label) in pixels.chunks_exact_mut(9 * 11).zip(&labels) {
        let band = 33 * usize::from(label)..33 * (usize::from(label) + 1);
        for (at, pixel) in image.iter_mut().enumerate() {
            *pixel = if band.contains(&at) {
                128 + *pixel / 2
            } else {
                *pixel / 4
            };
        }
    }
    ImageSet::new(pixels, labels, [1, 9, 11]).expect("the sizes fit")
}

/// An epoch's record with this validation loss.
pub(crate) fn epoch(epoch: usize, validation_loss: f64) -> EpochRecord {
    EpochRecord {
        epoch,
        step: 0,
        learning_rate: 0.1,
        train_loss: 1.0,
        train_accuracy: 0.5,
        validation_loss,
        validation_accuracy: 0.5,
        test_loss: 1.0,
        test_accuracy: 0.5,
        dead: false,
        train_seconds: 1.0,
        evaluation_seconds: 1.0,
    }
}
