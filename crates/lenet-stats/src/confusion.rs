//! Which classes a classifier takes for which.

use crate::error::{StatsError, check_classes, check_lengths, check_level};
use crate::estimate::Estimate;
use crate::proportion::proportion;

/// Counts of true and predicted classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    /// `counts[true class][predicted class]`, in images.
    pub counts: Vec<Vec<usize>>,
}

/// Counts how often each class was predicted for each. Images of several runs may follow one another;
/// intervals then take them for independent.
///
/// # Errors
/// If there are no images, `labels` and `predicted` differ in length, or one has a class that is not below
/// `classes`.
pub fn confusion<C: Copy + Into<usize>>(
    classes: usize,
    labels: &[C],
    predicted: &[C],
) -> Result<Confusion, StatsError> {
    check_lengths(labels.len(), predicted.len())?;
    if labels.is_empty() {
        return Err(StatsError::Empty);
    }
    check_classes(classes, labels)?;
    check_classes(classes, predicted)?;
    let mut counts = vec![vec![0; classes]; classes];
    for (&label, &predicted) in labels.iter().zip(predicted) {
        counts[label.into()][predicted.into()] += 1;
    }
    Ok(Confusion { counts })
}

impl Confusion {
    /// Number of images.
    #[must_use]
    pub fn images(&self) -> usize {
        self.counts.iter().flatten().sum()
    }

    /// Number of images whose class was predicted.
    #[must_use]
    pub fn correct(&self) -> usize {
        (0..self.counts.len())
            .map(|class| self.counts[class][class])
            .sum()
    }

    /// Share of all images whose class was predicted, with the interval of [`proportion`].
    ///
    /// # Errors
    /// If `level` is not in (0, 1), or there are no images.
    pub fn accuracy(&self, level: f64) -> Result<Estimate, StatsError> {
        proportion(self.correct(), self.images(), level)
    }

    /// Share of the images of a class for which it was predicted (its accuracy), with the interval of
    /// [`proportion`]. A class without images has none.
    ///
    /// # Errors
    /// If `level` is not in (0, 1).
    pub fn recall(&self, class: usize, level: f64) -> Result<Option<Estimate>, StatsError> {
        let images = self.counts.get(class).map_or(0, |row| row.iter().sum());
        self.share(class, images, level)
    }

    /// Share of the images for which a class was predicted that are of this class, with the interval of
    /// [`proportion`]. A class that was never predicted has none.
    ///
    /// # Errors
    /// If `level` is not in (0, 1).
    pub fn precision(&self, class: usize, level: f64) -> Result<Option<Estimate>, StatsError> {
        let predictions = self.counts.iter().filter_map(|row| row.get(class)).sum();
        self.share(class, predictions, level)
    }

    /// The correct predictions of a class as a share of some images; none of no images.
    fn share(
        &self,
        class: usize,
        images: usize,
        level: f64,
    ) -> Result<Option<Estimate>, StatsError> {
        check_level(level)?;
        if images == 0 {
            return Ok(None);
        }
        proportion(self.counts[class][class], images, level).map(Some)
    }
}

#[cfg(test)]
mod tests;
