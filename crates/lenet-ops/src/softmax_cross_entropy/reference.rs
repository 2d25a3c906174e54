//! The op in its plainest loops.

use super::shape::SoftmaxCrossEntropyShape;
use crate::real::Real;

/// The mean loss of a batch.
///
/// # Panics
/// A buffer is shorter than its shape needs, or a label is not below the number of classes.
pub fn forward<T: Real>(shape: &SoftmaxCrossEntropyShape, logits: &[T], labels: &[u8]) -> T {
    let rows = logits.chunks_exact(shape.classes).zip(labels);
    let sum: T = rows
        .map(|(logits, &label)| cross_entropy(logits, label))
        .sum();
    sum / T::from_f64(shape.batch as f64)
}

/// Writes the gradient of the mean loss, times `upstream`, to `gradient`.
///
/// # Panics
/// A buffer is shorter than its shape needs, or a label is not below the number of classes.
pub fn backward<T: Real>(
    shape: &SoftmaxCrossEntropyShape,
    logits: &[T],
    labels: &[u8],
    upstream: T,
    gradient: &mut [T],
) {
    let scale = upstream / T::from_f64(shape.batch as f64);
    let rows = logits.chunks_exact(shape.classes).zip(labels);
    for ((logits, &label), gradient) in rows.zip(gradient.chunks_exact_mut(shape.classes)) {
        let (largest, sum) = exponential_sum(logits);
        for (class, (&logit, gradient)) in logits.iter().zip(gradient).enumerate() {
            let target = if class == usize::from(label) {
                T::ONE
            } else {
                T::ZERO
            };
            *gradient = ((logit - largest).exp() / sum - target) * scale;
        }
    }
}

/// The cross-entropy of one image.
///
/// # Panics
/// `logits` is empty, or the label is not below the number of classes.
pub fn cross_entropy<T: Real>(logits: &[T], label: u8) -> T {
    let (largest, sum) = exponential_sum(logits);
    sum.ln() - (logits[usize::from(label)] - largest)
}

/// The largest logit m and Σ exp(z − m).
fn exponential_sum<T: Real>(logits: &[T]) -> (T, T) {
    let larger = |a: T, &b: &T| if b > a || b.is_nan() { b } else { a };
    let largest = logits.iter().fold(logits[0], larger);
    (
        largest,
        logits.iter().map(|&logit| (logit - largest).exp()).sum(),
    )
}
