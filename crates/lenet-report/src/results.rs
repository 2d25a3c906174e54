//! The results of cells for other programs: the numbers of `results.csv`.

use lenet_core::Trial;
use lenet_stats::Estimate;

use crate::Records;
use crate::records::index;
use crate::tables;

/// A figure of training with the results of its cells.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureResults {
    /// Names it within the records, as `results.csv` does.
    pub id: String,
    /// Name of its study.
    pub study: String,
    /// Its heading.
    pub title: String,
    /// Settings that vary from cell to cell, by their names in files.
    pub axes: Vec<String>,
    /// In the order of the study.
    pub cells: Vec<CellResults>,
}

/// The results of a cell after the last epoch that all its trials reached.
#[derive(Debug, Clone, PartialEq)]
pub struct CellResults {
    /// What tells the cell from the others of its figure, in words.
    pub name: String,
    /// The cell's configuration with its first seed.
    pub config: Trial,
    /// The epoch, counted from 1; `None` if no trial has results.
    pub epoch: Option<usize>,
    /// Identities of the trials with results, in the order of the study.
    pub trials: Vec<String>,
    /// Trials that the study plans.
    pub planned: usize,
    /// Trials whose network is dead at the end.
    pub died: usize,
    /// Mean test accuracy with its 95 % interval: of the networks that live where only some died, else of
    /// all.
    pub test_accuracy: Option<Estimate>,
}

/// The results of all cells, figure by figure, of the figures of training that have any.
#[must_use]
pub fn results(records: Records<'_>) -> Vec<FigureResults> {
    let merged = lenet_results::merge(records.trials.iter().cloned());
    let (figures, _) = index::fill(records.studies, &merged.records);
    let all = tables::results::results(&figures);
    let of = |id: &str| -> Vec<CellResults> {
        let own = all.iter().filter(|result| result.figure == id);
        let own = own.map(|result| CellResults {
            name: result.cell.name.clone(),
            config: result.cell.config.clone(),
            epoch: result.epoch,
            trials: result
                .cell
                .done
                .iter()
                .map(|t| t.identity.clone())
                .collect(),
            planned: result.cell.planned(),
            died: result.cell.died(),
            test_accuracy: result.alive[1],
        });
        own.collect()
    };
    let begun = figures.iter().filter(|figure| figure.has_results());
    let figure = begun.map(|figure| FigureResults {
        id: figure.id.clone(),
        study: figure.study.clone(),
        title: figure.title.clone(),
        axes: figure.axes.clone(),
        cells: of(&figure.id),
    });
    figure.collect()
}

#[cfg(test)]
mod tests;
