//! What a trained network says of every test image.

mod file;

pub use file::PREDICTIONS_FORMAT;
pub(crate) use file::{of_bytes, read, to_bytes};

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Most classes that predictions are kept for. With more, a code has too few steps of confidence.
pub const MOST_CLASSES: usize = 256;

/// Codes that 16 bits have.
const CODES: usize = 1 << 16;

/// What a network says of one image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// The class of the largest logit; of equal logits the first counts.
    pub class: usize,
    /// Softmax probability of that class. 0 if a logit was NaN: the network then has no answer, and
    /// `class` is that of the largest number among its logits.
    pub confidence: f64,
}

impl Prediction {
    /// Whether the network has an answer.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        self.confidence > 0.0
    }

    /// Whether the network classifies an image with this label correctly, as the accuracy of an
    /// [`EpochRecord`](crate::EpochRecord) counts it.
    #[must_use]
    pub fn is_correct(&self, label: u8) -> bool {
        self.is_answer() && self.class == usize::from(label)
    }
}

/// The kernels of a network's first convolution. Two are equal if every bit is.
#[derive(Debug, Clone)]
pub struct Kernels {
    /// `[filters, channels, rows, columns]`.
    pub shape: [usize; 4],
    /// Weights in that order, the last varying fastest.
    pub values: Vec<f32>,
}

impl PartialEq for Kernels {
    fn eq(&self, other: &Self) -> bool {
        let mut pairs = self.values.iter().zip(&other.values);
        self.shape == other.shape
            && self.values.len() == other.values.len()
            && pairs.all(|(a, b)| a.to_bits() == b.to_bits())
    }
}

/// Class and confidence of every test image, and the kernels of the first convolution, of the
/// network after a trial's last epoch. A trial that stopped early or diverged has the network after
/// the epoch in which that was found.
///
/// An image takes 16 bits: with s = ⌊65536 / classes⌋ steps, its code is class · s +
/// round(confidence · (s − 1)). So a confidence of ten classes is exact to 1/13104.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    identity: String,
    classes: usize,
    labels: String,
    codes: Vec<u16>,
    kernels: Kernels,
}

/// Predictions that cannot be kept.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PredictionsError {
    /// The number of classes does not fit 16 bits.
    #[error("predictions are kept for 1 to {MOST_CLASSES} classes, not for {classes}")]
    Classes {
        /// The number of classes.
        classes: usize,
    },
    /// There are more or fewer predictions than labels.
    #[error("{predictions} predictions do not belong to {labels} labels")]
    Images {
        /// The number of predictions.
        predictions: usize,
        /// The number of labels.
        labels: usize,
    },
    /// A class or a confidence is out of range.
    #[error(
        "image {image}: class {} of {classes} with confidence {} is no prediction",
        prediction.class,
        prediction.confidence
    )]
    Prediction {
        /// Index of the image.
        image: usize,
        /// What was said of it.
        prediction: Prediction,
        /// The number of classes.
        classes: usize,
    },
    /// The weights do not fill the shape.
    #[error("{values} weights do not fill kernels of shape {shape:?}")]
    Kernels {
        /// The shape.
        shape: [usize; 4],
        /// The number of weights.
        values: usize,
    },
    /// The file would be larger than readers accept.
    #[error("{images} images make a file of {bytes} bytes, more than the {most} that are read")]
    Size {
        /// The number of images.
        images: usize,
        /// Bytes of the file.
        bytes: usize,
        /// Most bytes.
        most: usize,
    },
}

impl Predictions {
    /// Packs the predictions of a trial, one per test image, in the order of `labels`, which are the
    /// true classes.
    ///
    /// # Errors
    /// A [`PredictionsError`] that names what does not fit.
    pub fn new(
        identity: &str,
        classes: usize,
        labels: &[u8],
        predictions: &[Prediction],
        kernels: Kernels,
    ) -> Result<Self, PredictionsError> {
        if !(1..=MOST_CLASSES).contains(&classes) {
            return Err(PredictionsError::Classes { classes });
        }
        if predictions.len() != labels.len() {
            return Err(PredictionsError::Images {
                predictions: predictions.len(),
                labels: labels.len(),
            });
        }
        let (shape, values) = (kernels.shape, kernels.values.len());
        if elements(shape) != Some(values) {
            return Err(PredictionsError::Kernels { shape, values });
        }
        let code = |(image, prediction): (usize, &Prediction)| {
            let refused = PredictionsError::Prediction {
                image,
                prediction: *prediction,
                classes,
            };
            encode(*prediction, classes).ok_or(refused)
        };
        let kept = Self {
            identity: identity.to_owned(),
            classes,
            labels: digest_of(labels),
            codes: predictions
                .iter()
                .enumerate()
                .map(code)
                .collect::<Result<_, _>>()?,
            kernels,
        };
        kept.check_size()?;
        Ok(kept)
    }

    /// Identity of the trial.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Number of classes of the network.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Number of test images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there were no test images.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// Kernels of the first convolution.
    #[must_use]
    pub fn kernels(&self) -> &Kernels {
        &self.kernels
    }

    /// The prediction of an image; `None` if there is no such image.
    #[must_use]
    pub fn get(&self, image: usize) -> Option<Prediction> {
        let code = self.codes.get(image)?;
        Some(decode(*code, self.classes))
    }

    /// The predictions of all images, in the order of the test set.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Prediction> {
        self.codes.iter().map(|code| decode(*code, self.classes))
    }

    /// Whether these are the predictions of the images with these labels.
    #[must_use]
    pub fn is_of(&self, labels: &[u8]) -> bool {
        labels.len() == self.len() && digest_of(labels) == self.labels
    }

    /// Number of images classified correctly. `labels` must be those that the predictions are of.
    #[must_use]
    pub fn correct(&self, labels: &[u8]) -> usize {
        let pairs = self.iter().zip(labels);
        pairs
            .filter(|(said, label)| said.is_correct(**label))
            .count()
    }
}

/// Steps of confidence per class.
fn steps(classes: usize) -> usize {
    CODES / classes
}

/// The code of a prediction; `None` if it is out of range.
fn encode(Prediction { class, confidence }: Prediction, classes: usize) -> Option<u16> {
    if class >= classes || !(0.0..=1.0).contains(&confidence) {
        return None;
    }
    let most = (steps(classes) - 1) as f64;
    let code = class * steps(classes) + (confidence * most).round() as usize;
    u16::try_from(code).ok()
}

fn decode(code: u16, classes: usize) -> Prediction {
    let (code, steps) = (usize::from(code), steps(classes));
    Prediction {
        class: code / steps,
        confidence: (code % steps) as f64 / (steps - 1) as f64,
    }
}

/// Number of elements of a shape; `None` if memory cannot hold so many.
fn elements(shape: [usize; 4]) -> Option<usize> {
    shape
        .iter()
        .try_fold(1usize, |product, side| product.checked_mul(*side))
}

/// The SHA-256 of bytes, in hex.
fn digest_of(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests;
