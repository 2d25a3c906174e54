//! A scale for accuracies, and the epochs to label beside it.

/// A scale on which curves near chance and curves near 0.99 can both be read. It is logarithmic in
/// the error: 0 to 0.9 takes as much room as 0.9 to 0.99.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct AccuracyScale {
    bottom: f64,
    top: f64,
}

/// Accuracies that may carry a label.
const TICKS: [f64; 17] = [
    0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.997, 0.998, 0.999, 0.9995,
    0.9998, 0.9999,
];

fn depth(accuracy: f64) -> f64 {
    -(1.0 - accuracy.clamp(0.0, TICKS[TICKS.len() - 1])).log10()
}

impl AccuracyScale {
    /// The scale from the last tick below all values to the first tick above them. It always holds
    /// 0.95.
    pub(crate) fn around(values: impl Iterator<Item = f64> + Clone) -> Self {
        let least = values.clone().fold(f64::INFINITY, f64::min).min(0.95);
        let most = values.fold(f64::NEG_INFINITY, f64::max).max(0.95);
        let below = TICKS.into_iter().rfind(|tick| *tick <= least);
        let above = TICKS.into_iter().find(|tick| *tick > most);
        Self {
            bottom: below.unwrap_or(0.0),
            top: above.unwrap_or(TICKS[TICKS.len() - 1]),
        }
    }

    /// Position of an accuracy as a share of the axis, clamped to 0 and 1.
    pub(crate) fn share(&self, accuracy: f64) -> f64 {
        let (low, high) = (depth(self.bottom), depth(self.top));
        ((depth(accuracy) - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// Ticks from the bottom up, at least `gap` apart (a share of the axis).
    pub(crate) fn ticks(&self, gap: f64) -> Vec<f64> {
        let mut kept: Vec<f64> = Vec::new();
        let on_axis = |tick: &f64| (self.bottom..=self.top).contains(tick);
        for tick in TICKS.into_iter().filter(on_axis) {
            let far = |last: &f64| self.share(tick) - self.share(*last) >= gap;
            if kept.last().is_none_or(far) {
                kept.push(tick);
            }
        }
        kept
    }
}

/// Epochs to label on an axis from 1 to `last`: all of them, or every 2nd, 5th, 10th and so on, so
/// that there are at most twelve.
pub(crate) fn epoch_ticks(last: usize) -> Vec<usize> {
    let steps = (0..).flat_map(|p| [1, 2, 5].map(|d| d * 10_usize.pow(p)));
    let step = steps
        .into_iter()
        .find(|step| last / step <= 12)
        .unwrap_or(last);
    (step..=last).step_by(step).collect()
}

#[cfg(test)]
mod tests;
