//! Which drawings a figure of training gets: those that it declares, or those that follow from its
//! axes.

use lenet_results::{Drawing, DrawingKind};

use crate::figures::figure::Figure;
use crate::figures::{accuracy, effects, facets, heatmap, scatter};
use crate::plot::scene::{Mark, SERIES};
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

/// The drawings of a figure. The first bears its id and its notes.
pub(crate) fn of_study(study: &StudyFigure, index: &Index) -> Vec<Figure> {
    let drawn = Drawn {
        study,
        grid: Grid::of(study),
        index,
    };
    let wanted = match study.draw.as_slice() {
        [] => usual(&drawn.grid),
        declared => declared.to_vec(),
    };
    let mut figures: Vec<Figure> = Vec::new();
    for drawing in &wanted {
        let Some(mut figure) = draw(&drawn, drawing) else {
            continue;
        };
        let id = match figures.is_empty() {
            true => study.id.clone(),
            false => format!("{}-{}", study.id, drawing.kind.name()),
        };
        let taken = |id: &str| figures.iter().any(|known| known.id == id);
        let mut others = (2..).map(|number| format!("{id}-{number}"));
        figure.id = match taken(&id) {
            false => id.clone(),
            true => others.find(|other| !taken(other)).unwrap_or(id),
        };
        if figures.is_empty() {
            figure.notes.clone_from(&study.notes);
        }
        figures.push(figure);
    }
    if figures.is_empty() {
        figures.push(accuracy::figure(study));
    }
    figures
}

/// The drawings that follow from the axes: curves where they can be told apart by colour, else what a
/// grid is looked at with.
fn usual(grid: &Grid) -> Vec<Drawing> {
    use DrawingKind::{Curves, Effects, Facets, Heatmap, Interaction, Scatter};
    let kinds: &[DrawingKind] = match (grid.cells.len() <= SERIES.len(), grid.axes.len()) {
        (true, 0 | 1) => &[Curves],
        (true, _) => &[Curves, Interaction],
        (false, 0 | 1) => &[Curves, Effects],
        (false, 2) => &[Facets, Heatmap, Effects, Scatter],
        (false, _) => &[Facets, Heatmap, Effects, Interaction, Scatter],
    };
    kinds.iter().map(|kind| Drawing::of(*kind)).collect()
}

/// `None` where there is nothing to draw: no results, or too few axes.
fn draw(drawn: &Drawn, drawing: &Drawing) -> Option<Figure> {
    match drawing.kind {
        DrawingKind::Curves => Some(accuracy::figure(drawn.study)),
        DrawingKind::Facets => facets::figure(drawn, drawing),
        DrawingKind::Heatmap => heatmap::figure(drawn, drawing),
        DrawingKind::Effects => effects::main(drawn, drawing),
        DrawingKind::Interaction => effects::interaction(drawn, drawing),
        DrawingKind::Scatter => scatter::figure(drawn, drawing),
    }
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
