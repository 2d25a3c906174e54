//! The op for one image at a time, as [`Network`](crate::net::Network) calls it.

/// Replaces an image's logits by the gradient of its cross-entropy, times `scale`. Returns the
/// cross-entropy, and whether the label's logit is the first of the largest (never with NaN).
pub(crate) fn loss_and_gradient(logits: &mut [f32], label: u8, scale: f32) -> (f64, bool) {
    let (loss, correct, largest, sum) = evaluate(logits, label);
    for (class, logit) in logits.iter_mut().enumerate() {
        let target = if class == usize::from(label) {
            1.0
        } else {
            0.0
        };
        *logit = (libm::expf(*logit - largest) / sum - target) * scale;
    }
    (loss, correct)
}

/// [`loss_and_gradient`] without the gradient.
pub(crate) fn loss(logits: &[f32], label: u8) -> (f64, bool) {
    let (loss, correct, ..) = evaluate(logits, label);
    (loss, correct)
}

fn evaluate(logits: &[f32], label: u8) -> (f64, bool, f32, f32) {
    let label = usize::from(label);
    let mut largest = f32::NEG_INFINITY;
    let mut first = 0;
    for (class, &logit) in logits.iter().enumerate() {
        if logit > largest || logit.is_nan() {
            (largest, first) = (logit, class);
        }
    }
    let sum: f32 = logits
        .iter()
        .map(|&logit| libm::expf(logit - largest))
        .sum();
    let loss = libm::log(f64::from(sum)) - f64::from(logits[label] - largest);
    let correct = first == label && logits.iter().all(|logit| !logit.is_nan());
    (loss, correct, largest, sum)
}
