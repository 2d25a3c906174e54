//! The shares of a batch, and the sums over them in a fixed order.

use std::ops::Range;

use super::batch::BatchSums;

/// A share of a batch and where its results go.
pub(super) struct Segment<'a> {
    pub(super) images: Range<usize>,
    pub(super) labels: &'a [u8],
    /// Cross-entropy of each image.
    pub(super) losses: &'a mut [f64],
    pub(super) logits: Option<&'a mut [f32]>,
    pub(super) sums: BatchSums,
}

/// Makes segments of the given ranges, each with its part of the buffers. `logits` comes with the
/// number of classes.
pub(super) fn share<'a>(
    ranges: Vec<Range<usize>>,
    mut labels: &'a [u8],
    mut losses: &'a mut [f64],
    mut logits: Option<(&'a mut [f32], usize)>,
) -> Vec<Segment<'a>> {
    let mut segments = Vec::with_capacity(ranges.len());
    for images in ranges {
        let count = images.len();
        let take = labels.len().min(count);
        let (own_labels, own_losses) = (labels.split_off(..take), losses.split_off_mut(..take));
        let own_logits = logits.take().map(|(all, classes)| {
            let (own, rest) = all.split_at_mut(count * classes);
            logits = Some((rest, classes));
            own
        });
        segments.push(Segment {
            images,
            labels: own_labels.unwrap_or_default(),
            losses: own_losses.unwrap_or_default(),
            logits: own_logits,
            sums: BatchSums::default(),
        });
    }
    segments
}

/// The larger of two; NaN where `b` is NaN.
pub(super) fn larger(a: f32, b: f32) -> f32 {
    if b > a || b.is_nan() { b } else { a }
}

/// Adds up the segments' counts, and the images' losses in order.
pub(super) fn total(segments: &[BatchSums], losses: &[f64]) -> BatchSums {
    BatchSums {
        loss: losses.iter().sum(),
        correct: segments.iter().map(|sums| sums.correct).sum(),
        peak_activation: segments
            .iter()
            .map(|sums| sums.peak_activation)
            .fold(0.0, larger),
    }
}
