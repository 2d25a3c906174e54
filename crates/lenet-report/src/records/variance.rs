//! Which settings the variance of a figure's cells comes from.

use lenet_stats::{Effect, VarianceShares, variance_shares};

use crate::records::cell_measure::TEST_ACCURACY;
use crate::records::cells::StudyFigure;
use crate::records::estimates::LEVEL;
use crate::records::grid::Grid;

/// The variance of test accuracy after the last epoch, taken apart.
#[derive(Debug)]
pub(crate) struct FigureVariance<'a> {
    pub(crate) figure: &'a StudyFigure<'a>,
    pub(crate) outcome: Outcome,
}

/// What can be said of a grid.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Exact shares.
    Whole {
        rows: Vec<Row>,
        /// Seeds of each cell that count.
        seeds: usize,
        /// Whether some cells have more.
        more: bool,
    },
    /// Why there are none.
    Not(String),
}

/// A part of the variance.
#[derive(Debug)]
pub(crate) struct Row {
    /// `learning rate`, `learning rate × optimizer`, or what else it is.
    pub(crate) name: String,
    pub(crate) sum_of_squares: f64,
    pub(crate) degrees_of_freedom: usize,
    pub(crate) share: f64,
    /// `None` for the residual, and where there is nothing to test against.
    pub(crate) effect: Option<Effect>,
}

/// The variance of each figure with at least two axes and any results.
pub(crate) fn of_figures<'a>(figures: &'a [StudyFigure<'a>]) -> Vec<FigureVariance<'a>> {
    let of = |figure: &'a StudyFigure<'a>| {
        let grid = Grid::of(figure);
        let any = grid.axes.len() > 1 && !grid.cells.is_empty();
        any.then(|| FigureVariance {
            figure,
            outcome: outcome(&grid),
        })
    };
    figures.iter().filter_map(of).collect()
}

fn outcome(grid: &Grid) -> Outcome {
    if grid.cells.len() != grid.combinations {
        return Outcome::Not(format!(
            "{} of the {} combinations have results; shares of variance can be told of a whole grid \
             only, since without it effects mix",
            grid.cells.len(),
            grid.combinations
        ));
    }
    let Some(values) = grid.complete(TEST_ACCURACY) else {
        return Outcome::Not(
            "the cells have no seed in common that has a finite accuracy".to_owned(),
        );
    };
    let seeds = values.first().map_or(0, Vec::len);
    match variance_shares(&grid.levels(), &values, LEVEL) {
        Ok(shares) => Outcome::Whole {
            rows: rows(grid, &shares),
            seeds,
            more: grid.cells.iter().any(|(_, cell)| cell.done.len() > seeds),
        },
        Err(error) => Outcome::Not(error.to_string()),
    }
}

/// All parts, those with the largest shares first, what chance leaves last.
fn rows(grid: &Grid, shares: &VarianceShares) -> Vec<Row> {
    let row = |name: String, effect: &Effect| Row {
        name,
        sum_of_squares: effect.sum_of_squares,
        degrees_of_freedom: effect.degrees_of_freedom,
        share: effect.share,
        effect: Some(effect.clone()),
    };
    let title = |axis: usize| grid.axes[axis].title();
    let main = shares.main.iter().enumerate();
    let mut rows: Vec<Row> = main
        .map(|(axis, effect)| row(title(axis), effect))
        .collect();
    rows.extend(shares.interactions.iter().map(|pair| {
        let [a, b] = pair.axes;
        row(format!("{} × {}", title(a), title(b)), &pair.effect)
    }));
    if shares.higher.degrees_of_freedom > 0 {
        rows.push(row(
            "three and more settings together".to_owned(),
            &shares.higher,
        ));
    }
    rows.sort_by(|a, b| b.share.total_cmp(&a.share));
    rows.push(Row {
        name: "between seeds".to_owned(),
        sum_of_squares: shares.residual.sum_of_squares,
        degrees_of_freedom: shares.residual.degrees_of_freedom,
        share: shares.residual.share,
        effect: None,
    });
    rows
}

#[cfg(test)]
mod tests;
