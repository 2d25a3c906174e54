//! A figure's cells as a grid over its axes.

use lenet_core::Settings;

use crate::records::cell_measure::CellMeasure;
use crate::records::cells::{Cell, StudyFigure};
use crate::records::index::Varying;
use crate::records::trials::PerSeed;

/// The cells of a figure in the order of its axes.
#[derive(Debug)]
pub(crate) struct Grid<'a> {
    /// Settings that vary, in the order of the figure.
    pub(crate) axes: Vec<Varying>,
    /// Filled cells with the level of each axis.
    pub(crate) cells: Vec<(Vec<usize>, &'a Cell<'a>)>,
    /// Combinations of levels, filled or not.
    pub(crate) combinations: usize,
}

impl<'a> Grid<'a> {
    /// The grid of a figure. Axes of a single value are left out.
    pub(crate) fn of(figure: &'a StudyFigure<'a>) -> Self {
        let all: Vec<Settings> = figure
            .cells
            .iter()
            .map(|c| Settings::of(&c.config))
            .collect();
        let axes = figure.axes.iter();
        let names = axes.filter_map(|axis| Settings::NAMES.iter().find(|name| *name == axis));
        let axes: Vec<Varying> = names
            .map(|name| Varying::of(name, all.iter()))
            .filter(|axis| axis.values.len() > 1)
            .collect();
        let placed = figure.cells.iter().zip(&all);
        let placed = placed.filter(|(cell, _)| !cell.done.is_empty());
        let levels = |own: &Settings| axes.iter().map(|axis| axis.level(own)).collect();
        Self {
            cells: placed.map(|(cell, own)| (levels(own), cell)).collect(),
            combinations: axes.iter().map(|axis| axis.values.len()).product(),
            axes,
        }
    }

    /// Index of an axis by the name of its setting.
    pub(crate) fn axis(&self, name: &str) -> Option<usize> {
        self.axes.iter().position(|axis| axis.name == name)
    }

    /// The cells at these levels of some axes.
    pub(crate) fn at(&self, levels: &[(usize, usize)]) -> impl Iterator<Item = &'a Cell<'a>> {
        let fits = |own: &&(Vec<usize>, &'a Cell<'a>)| {
            levels.iter().all(|(axis, level)| own.0[*axis] == *level)
        };
        self.cells.iter().filter(fits).map(|(_, cell)| *cell)
    }

    /// The values of a measure, cell by cell in row-major order and seed by seed, where every
    /// combination has one filled cell: those of the seeds that all cells have.
    pub(crate) fn complete(&self, measure: CellMeasure) -> Option<Vec<Vec<f64>>> {
        if self.cells.len() != self.combinations || self.axes.is_empty() {
            return None;
        }
        let mut rows: Vec<PerSeed> = vec![PerSeed::new(); self.combinations];
        for (levels, cell) in &self.cells {
            let place = self.axes.iter().zip(levels);
            let place = place.fold(0, |at, (axis, level)| at * axis.values.len() + level);
            rows[place] = measure.by_seed(cell);
        }
        let first = rows.first()?.clone();
        let common = |seed: &&u64| rows.iter().all(|row| row.contains_key(seed));
        let seeds: Vec<u64> = first.keys().filter(common).copied().collect();
        let values = rows
            .iter()
            .map(|row| seeds.iter().map(|seed| row[seed]).collect());
        let values: Vec<Vec<f64>> = values.collect();
        let finite = values.iter().flatten().all(|value| value.is_finite());
        (!seeds.is_empty() && finite).then_some(values)
    }

    /// The axes from the one whose levels differ most in their means to the one whose do least.
    pub(crate) fn by_influence(&self, measure: CellMeasure) -> Vec<usize> {
        let influence = |axis: usize| {
            let levels = 0..self.axes[axis].values.len();
            let means = levels.filter_map(|level| measure.mean(self.at(&[(axis, level)])));
            let means: Vec<f64> = means.map(|estimate| estimate.point).collect();
            let mean = means.iter().sum::<f64>() / means.len().max(1) as f64;
            let squares = means.iter().map(|own| (own - mean).powi(2)).sum::<f64>();
            squares / means.len().max(1) as f64
        };
        let influences: Vec<f64> = (0..self.axes.len()).map(influence).collect();
        let mut order: Vec<usize> = (0..self.axes.len()).collect();
        order.sort_by(|a, b| influences[*b].total_cmp(&influences[*a]));
        order
    }

    /// The two axes whose effects depend most on each other: that with more levels first.
    pub(crate) fn strongest_pair(&self, measure: CellMeasure) -> Option<(usize, usize)> {
        let mean = |levels: &[(usize, usize)]| measure.mean(self.at(levels)).map(|e| e.point);
        let overall = mean(&[])?;
        let count = |axis: usize| self.axes[axis].values.len();
        let singles = |axis: usize| {
            (0..count(axis))
                .map(|l| mean(&[(axis, l)]))
                .collect::<Vec<_>>()
        };
        let singles: Vec<Vec<Option<f64>>> = (0..self.axes.len()).map(singles).collect();
        let strength = |a: usize, b: usize| {
            let mut squares = 0.0;
            for (i, of_a) in singles[a].iter().enumerate() {
                for (j, of_b) in singles[b].iter().enumerate() {
                    let both = mean(&[(a, i), (b, j)]);
                    if let (Some(both), Some(of_a), Some(of_b)) = (both, of_a, of_b) {
                        squares += (both - of_a - of_b + overall).powi(2);
                    }
                }
            }
            squares / (count(a) * count(b)) as f64
        };
        let pairs = (0..self.axes.len()).flat_map(|a| (0..a).map(move |b| (b, a)));
        let strongest = pairs.max_by(|p, q| strength(p.0, p.1).total_cmp(&strength(q.0, q.1)));
        strongest.map(|(a, b)| if count(a) >= count(b) { (a, b) } else { (b, a) })
    }

    /// Number of levels of each axis.
    pub(crate) fn levels(&self) -> Vec<usize> {
        self.axes.iter().map(|axis| axis.values.len()).collect()
    }
}

#[cfg(test)]
mod tests;
