//! Whether a classifier is right as often as it is confident.

use crate::error::{StatsError, check_lengths};

/// Confidence beside accuracy.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Bins of equal width, from 0 to 1.
    pub bins: Vec<CalibrationBin>,
    /// Expected calibration error: the mean distance of confidence and accuracy, each bin weighed by its
    /// images; from 0 to 1.
    pub expected_error: f64,
    /// Maximum calibration error: the largest distance of confidence and accuracy in a bin; from 0 to 1.
    pub maximum_error: f64,
}

/// The images whose confidence lies in (low, high]. A confidence of 0 lies in the first bin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationBin {
    /// Lower edge, outside the bin.
    pub low: f64,
    /// Upper edge, inside the bin.
    pub high: f64,
    /// Number of images.
    pub count: usize,
    /// Number of images whose class was predicted.
    pub correct: usize,
    /// Mean confidence; `None` without images.
    pub confidence: Option<f64>,
    /// Share of images whose class was predicted; `None` without images. `proportion(correct, count, level)`
    /// gives it an interval.
    pub accuracy: Option<f64>,
}

/// Calibration of confidences in [0, 1], the probabilities of the predicted classes; `correct` says whether
/// each was right (Guo, Pleiss, Sun and Weinberger, On calibration of modern neural networks, 2017). Bins are
/// those of scikit-learn's `calibration_curve` with strategy "uniform".
///
/// # Errors
/// If there are no confidences or no bins, both lists differ in length, or a confidence is not in [0, 1].
pub fn calibration(
    confidences: &[f64],
    correct: &[bool],
    bins: usize,
) -> Result<Calibration, StatsError> {
    check_lengths(confidences.len(), correct.len())?;
    if confidences.is_empty() {
        return Err(StatsError::Empty);
    }
    if bins == 0 {
        return Err(StatsError::NoBins);
    }
    let mut indexed = confidences.iter().enumerate();
    if let Some((index, &value)) = indexed.find(|(_, c)| !(0.0..=1.0).contains(*c)) {
        return Err(StatsError::NotShare { index, value });
    }
    // numpy.linspace rounds alike: 3 of 10 has the edge 0.30000000000000004.
    let width = (bins as f64).recip();
    let edge = |index: usize| {
        if index == bins {
            1.0
        } else {
            index as f64 * width
        }
    };
    let inner: Vec<f64> = (1..bins).map(edge).collect();
    let mut tallies = vec![Tally::default(); bins];
    for (&confidence, &correct) in confidences.iter().zip(correct) {
        let tally = &mut tallies[inner.partition_point(|&edge| edge < confidence)];
        tally.count += 1;
        tally.correct += usize::from(correct);
        tally.confidence += confidence;
    }
    let (mut expected_error, mut maximum_error) = (0.0, 0.0_f64);
    for tally in tallies.iter().filter(|tally| tally.count > 0) {
        let distance = (tally.confidence - tally.correct as f64).abs();
        expected_error += distance / confidences.len() as f64;
        maximum_error = maximum_error.max(distance / tally.count as f64);
    }
    let bins = tallies.iter().enumerate().map(|(index, tally)| {
        let of_images = |sum: f64| (tally.count > 0).then(|| sum / tally.count as f64);
        CalibrationBin {
            low: edge(index),
            high: edge(index + 1),
            count: tally.count,
            correct: tally.correct,
            confidence: of_images(tally.confidence),
            accuracy: of_images(tally.correct as f64),
        }
    });
    Ok(Calibration {
        bins: bins.collect(),
        expected_error,
        maximum_error,
    })
}

/// Sums over the images of a bin.
#[derive(Clone, Copy, Default)]
struct Tally {
    count: usize,
    correct: usize,
    confidence: f64,
}

#[cfg(test)]
mod tests;
