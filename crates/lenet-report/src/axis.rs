//! Scales of the figures' axes.

mod log;

pub(crate) use log::LogAxis;

/// A scale for accuracies on which curves near chance and curves near 0.99 can both be read:
/// logarithmic in the error, so 0 to 0.9 takes as much room as 0.9 to 0.99.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AccuracyAxis {
    bottom: f64,
    top: f64,
}

/// Marks that an accuracy axis may carry.
const MARKS: [f64; 17] = [
    0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.997, 0.998, 0.999, 0.9995,
    0.9998, 0.9999,
];

fn depth(accuracy: f64) -> f64 {
    -(1.0 - accuracy.clamp(0.0, MARKS[MARKS.len() - 1])).log10()
}

impl AccuracyAxis {
    /// The axis from the last mark below all values to the first above them, at least from 0.9 to
    /// 0.99 wide where there are no values.
    pub(crate) fn around(values: impl Iterator<Item = f64> + Clone) -> Self {
        let least = values.clone().fold(f64::INFINITY, f64::min).min(0.95);
        let most = values.fold(f64::NEG_INFINITY, f64::max).max(0.95);
        let bottom = MARKS.iter().copied().rfind(|m| *m <= least).unwrap_or(0.0);
        let top = MARKS
            .iter()
            .copied()
            .find(|m| *m > most)
            .unwrap_or(MARKS[MARKS.len() - 1]);
        Self { bottom, top }
    }

    /// Height of an accuracy as a share of the axis, kept within 0 and 1.
    pub(crate) fn share(&self, accuracy: f64) -> f64 {
        let (low, high) = (depth(self.bottom), depth(self.top));
        ((depth(accuracy) - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// Marks on the axis, from the bottom, at least `gap` (a share of it) apart.
    pub(crate) fn marks(&self, gap: f64) -> Vec<f64> {
        let mut kept: Vec<f64> = Vec::new();
        for mark in MARKS
            .iter()
            .copied()
            .filter(|m| (self.bottom..=self.top).contains(m))
        {
            if kept
                .last()
                .is_none_or(|last| self.share(mark) - self.share(*last) >= gap)
            {
                kept.push(mark);
            }
        }
        kept
    }
}

/// Epochs to mark on an axis from 1 to `last`: every one, or every 2nd, 5th, 10th … so that
/// there are at most twelve.
pub(crate) fn epoch_marks(last: usize) -> Vec<usize> {
    let steps = (0..).flat_map(|p| [1, 2, 5].map(|d| d * 10_usize.pow(p)));
    let step = steps
        .into_iter()
        .find(|step| last / step <= 12)
        .unwrap_or(last);
    if step == 1 {
        (1..=last).collect()
    } else {
        (step..=last).step_by(step).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenfold_smaller_error_is_one_step() {
        let axis = AccuracyAxis::around([0.1, 0.985].into_iter());
        assert_eq!((axis.bottom, axis.top), (0.0, 0.99));
        assert!((axis.share(0.9) - 0.5).abs() < 1e-12, "{}", axis.share(0.9));
        assert_eq!(axis.share(0.0), 0.0);
        assert_eq!(axis.share(1.0), 1.0);
    }

    #[test]
    fn the_axis_follows_its_values() {
        let high = AccuracyAxis::around([0.985, 0.9912].into_iter());
        assert_eq!((high.bottom, high.top), (0.95, 0.995));
        let none = AccuracyAxis::around(std::iter::empty());
        assert!(none.bottom < none.top);
        let perfect = AccuracyAxis::around([1.0].into_iter());
        assert_eq!(perfect.share(1.0), 1.0);
    }

    #[test]
    fn marks_keep_their_distance() {
        let marks = AccuracyAxis::around([0.1, 0.991].into_iter()).marks(0.06);
        assert!(
            marks.contains(&0.0) && marks.contains(&0.9) && marks.contains(&0.99),
            "{marks:?}"
        );
        assert!(marks.len() >= 6, "{marks:?}");
    }

    #[test]
    fn few_epochs_are_all_marked() {
        assert_eq!(epoch_marks(1), [1]);
        assert_eq!(epoch_marks(10), (1..=10).collect::<Vec<_>>());
        assert_eq!(epoch_marks(30), [5, 10, 15, 20, 25, 30]);
        assert_eq!(epoch_marks(1000).len(), 10);
    }
}
