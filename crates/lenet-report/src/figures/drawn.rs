//! What drawings of a figure of training have in common.

use lenet_results::Drawing;

use crate::plot::scene::Mark;
use crate::records::cell_measure::{CellMeasure, TEST_ACCURACY};
use crate::records::cells::StudyFigure;
use crate::records::grid::Grid;
use crate::records::index::Index;

/// A figure on its way to be drawn.
pub(super) struct Drawn<'a> {
    pub(super) study: &'a StudyFigure<'a>,
    pub(super) grid: Grid<'a>,
    pub(super) index: &'a Index,
}

/// The measure of a drawing: test accuracy where it names none.
pub(super) fn measure(drawing: &Drawing) -> CellMeasure {
    let named = drawing.measure.as_deref().map(str::parse);
    named.and_then(Result::ok).unwrap_or(TEST_ACCURACY)
}

impl Drawn<'_> {
    /// An axis for a part of a drawing: the one that it names, else the most influential one that is
    /// not taken.
    pub(super) fn axis(
        &self,
        named: Option<&String>,
        taken: &[usize],
        order: &[usize],
    ) -> Option<usize> {
        let named = named.and_then(|name| self.grid.axis(name));
        let mut free = order.iter().filter(|axis| !taken.contains(axis));
        named.or_else(|| free.next().copied())
    }

    /// The cells at these levels of axes of the grid, as a page highlights them.
    pub(super) fn mark(&self, levels: &[(usize, usize)], words: String) -> Option<Mark> {
        let place = |(axis, level): &(usize, usize)| {
            let axis = &self.grid.axes[*axis];
            self.index.place(axis.name, &axis.values[*level])
        };
        let values = levels.iter().map(place).collect::<Option<Vec<_>>>()?;
        Some(Mark::Cells { values, words })
    }

    /// Heading of a drawing beside the first.
    pub(super) fn heading(&self, what: &str) -> String {
        format!("Figure {} · {} · {what}", self.study.id, self.study.title)
    }
}
