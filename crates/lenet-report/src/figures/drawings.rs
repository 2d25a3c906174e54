//! Which drawings a figure of training gets: those that it declares, or those that follow from its
//! axes.

use lenet_results::{Drawing, DrawingKind};

use crate::figures::drawn::Drawn;
use crate::figures::figure::Figure;
use crate::figures::{accuracy, effects, facets, heatmap, regret, scatter};
use crate::plot::scene::SERIES;
use crate::records::cell_measure::TEST_ACCURACY;
use crate::records::cells::StudyFigure;
use crate::records::grid::Grid;
use crate::records::index::Index;

/// The drawings of a figure. The first bears its id and its notes.
pub(crate) fn of_study(study: &StudyFigure, index: &Index) -> Vec<Figure> {
    let drawn = Drawn {
        study,
        grid: Grid::of(study),
        index,
    };
    let wanted = match study.draw.as_slice() {
        [] if study.search.is_some() => of_search(&drawn.grid),
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

/// The drawings of a search, whose cells are no grid: a scatter where the values of a setting can be told
/// apart by colour.
fn of_search(grid: &Grid) -> Vec<Drawing> {
    let kinds = [DrawingKind::Regret, DrawingKind::Curves];
    let mut drawings = kinds.map(Drawing::of).to_vec();
    let order = grid.by_influence(TEST_ACCURACY).into_iter();
    let mut axes = order.map(|axis| &grid.axes[axis]);
    if let Some(axis) = axes.find(|axis| axis.values.len() <= SERIES.len()) {
        drawings.push(Drawing {
            colour: Some(axis.name.to_owned()),
            ..Drawing::of(DrawingKind::Scatter)
        });
    }
    drawings
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
        DrawingKind::Regret => regret::figure(drawn),
    }
}
