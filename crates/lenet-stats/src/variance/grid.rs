//! A complete grid with the same number of values in each cell, and the means of its margins.

use crate::error::{StatsError, check_level};

/// A grid that was checked, as the means of its cells about the mean of all values.
pub(super) struct Grid {
    levels: Vec<usize>,
    /// Number of values in each cell.
    pub(super) n: usize,
    /// Mean of all values.
    pub(super) mean: f64,
    /// Mean of each cell less `mean`, the last axis fastest.
    pub(super) cells: Vec<f64>,
    /// Sum of the squares of all values about the means of their cells.
    pub(super) within: f64,
}

impl Grid {
    /// Refuses a level outside (0, 1), numbers of cells or values that do not fit, and values that are not
    /// finite.
    pub(super) fn new(
        levels: &[usize],
        values: &[Vec<f64>],
        level: f64,
    ) -> Result<Self, StatsError> {
        check_level(level)?;
        let expected = levels
            .iter()
            .fold(1, |all: usize, &n| all.saturating_mul(n));
        if values.len() != expected {
            let found = values.len();
            return Err(StatsError::GridCells { expected, found });
        }
        let Some(first) = values.first() else {
            return Err(StatsError::Empty);
        };
        let n = first.len();
        if let Some(cell) = values.iter().position(|v| v.len() != n) {
            let found = values[cell].len();
            return Err(StatsError::Unbalanced {
                cell,
                expected: n,
                found,
            });
        }
        let Some(&origin) = first.first() else {
            return Err(StatsError::Empty);
        };
        if let Some((index, &value)) = values
            .iter()
            .flatten()
            .enumerate()
            .find(|(_, v)| !v.is_finite())
        {
            return Err(StatsError::NotFinite { index, value });
        }
        let mut within = 0.0;
        let mut cells: Vec<f64> = values
            .iter()
            .map(|values| {
                let mean = mean_about(values[0], values);
                within += values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
                mean
            })
            .collect();
        let mean = mean_about(origin, &cells);
        for cell in &mut cells {
            *cell -= mean;
        }
        Ok(Self {
            levels: levels.to_vec(),
            n,
            mean,
            cells,
            within,
        })
    }

    /// Number of axes.
    pub(super) fn axes(&self) -> usize {
        self.levels.len()
    }

    /// Number of levels of an axis.
    pub(super) fn levels(&self, axis: usize) -> usize {
        self.levels[axis]
    }

    /// Number of all values.
    pub(super) fn values(&self) -> usize {
        self.n * self.cells.len()
    }

    /// Degrees of freedom of the values about the means of their cells.
    pub(super) fn within_degrees(&self) -> usize {
        (self.n - 1) * self.cells.len()
    }

    /// The level of an axis that a cell has.
    pub(super) fn level_of(&self, cell: usize, axis: usize) -> usize {
        cell / self.stride(axis) % self.levels[axis]
    }

    /// Mean over the cells of each level of an axis, less the mean of all.
    pub(super) fn margin(&self, axis: usize) -> Vec<f64> {
        let (stride, levels) = (self.stride(axis), self.levels[axis]);
        let mut sums = vec![0.0; levels];
        for (run, cells) in self.cells.chunks(stride).enumerate() {
            sums[run % levels] += cells.iter().sum::<f64>();
        }
        let cells = self.cells.len() / levels;
        sums.iter().map(|sum| sum / cells as f64).collect()
    }

    /// Mean over the cells of each pair of levels of two axes, less the mean of all; the second axis
    /// fastest.
    pub(super) fn pair_margin(&self, first: usize, second: usize) -> Vec<f64> {
        let levels = self.levels[second];
        let mut sums = vec![0.0; self.levels[first] * levels];
        for (cell, mean) in self.cells.iter().enumerate() {
            sums[self.level_of(cell, first) * levels + self.level_of(cell, second)] += mean;
        }
        let cells = self.cells.len() / sums.len();
        sums.iter().map(|sum| sum / cells as f64).collect()
    }

    /// Cells from one level of an axis to the next.
    fn stride(&self, axis: usize) -> usize {
        self.levels[axis + 1..].iter().product()
    }
}

/// The mean, summed about a value near all others: equal values have exactly their value as mean.
fn mean_about(origin: f64, values: &[f64]) -> f64 {
    origin + values.iter().map(|v| v - origin).sum::<f64>() / values.len() as f64
}
