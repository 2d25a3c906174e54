//! The cells of a study's figures with the trials that fill them.

use std::collections::{BTreeMap, BTreeSet};

use lenet_core::Trial;
use lenet_results::{CellRecord, FigureRecord, Outcome, StudyRecord, TrialRecord};
use lenet_stats::Estimate;

use crate::records::estimates::LEVEL;
use crate::records::trials::{Metric, common_last_epoch, value_at};

/// A figure of a study with the records of its trials.
#[derive(Debug)]
pub(crate) struct StudyFigure<'a> {
    /// Names the figure in tables and files. Unique within the report.
    pub(crate) id: String,
    pub(crate) title: String,
    /// The published figure that the report draws along.
    pub(crate) published: Option<String>,
    /// In the order of the study.
    pub(crate) cells: Vec<Cell<'a>>,
}

/// A setting with its trials over seeds.
#[derive(Debug)]
pub(crate) struct Cell<'a> {
    /// The values of the figure's axes.
    pub(crate) label: String,
    /// The configuration with the first seed.
    pub(crate) config: Trial,
    /// Trials with results, in the order of the study.
    pub(crate) done: Vec<&'a TrialRecord>,
    pub(crate) failed: Vec<&'a TrialRecord>,
    /// Seeds of trials without a record.
    pub(crate) missing: Vec<u64>,
}

impl Cell<'_> {
    /// Number of trials that the study asks for.
    pub(crate) fn planned(&self) -> usize {
        self.done.len() + self.failed.len() + self.missing.len()
    }

    /// Number of trials with results; `2 of 3` if some are missing.
    pub(crate) fn seeds(&self) -> String {
        let (done, planned) = (self.done.len(), self.planned());
        if done == planned {
            done.to_string()
        } else {
            format!("{done} of {planned}")
        }
    }

    /// The last epoch that every trial with results reached.
    pub(crate) fn last_epoch(&self) -> Option<usize> {
        common_last_epoch(self.done.iter().copied())
    }

    /// Mean over seeds after an epoch. `None` if no trial has the epoch or a value is not finite.
    pub(crate) fn mean_at(&self, epoch: usize, metric: Metric) -> Option<Estimate> {
        let values = self.done.iter();
        let values: Vec<f64> = values.filter_map(|t| value_at(t, epoch, metric)).collect();
        lenet_stats::mean(&values, LEVEL).ok()
    }

    /// Mean over seeds after the last epoch that all trials reached.
    pub(crate) fn final_mean(&self, metric: Metric) -> Option<Estimate> {
        self.mean_at(self.last_epoch()?, metric)
    }
}

impl StudyFigure<'_> {
    /// Cells that have at least one trial with results.
    pub(crate) fn filled(&self) -> impl Iterator<Item = &Cell<'_>> {
        self.cells.iter().filter(|cell| !cell.done.is_empty())
    }
}

/// The configuration without its seed, as JSON. It identifies a cell.
pub(crate) fn cell_key(config: &Trial) -> String {
    let seedless = Trial {
        seed: 0,
        ..config.clone()
    };
    serde_json::to_string(&seedless).expect("a configuration is plain data")
}

/// Fills the figures of the studies with records. Studies of one name are parts of one study, so
/// figures with the same id are joined cell by cell. If studies of different names share an id, all
/// of these figures get the name of their study as a prefix.
pub(crate) fn fill<'a>(
    studies: &[StudyRecord],
    records: &'a [TrialRecord],
) -> Vec<StudyFigure<'a>> {
    let by_identity: BTreeMap<&str, &TrialRecord> =
        records.iter().map(|r| (r.identity.as_str(), r)).collect();
    let joined = join(studies);
    let mut seen = BTreeSet::new();
    let ids = joined.iter().map(|(_, figure)| figure.id.as_str());
    let shared: BTreeSet<&str> = ids.filter(|id| !seen.insert(*id)).collect();
    let figure = |(study, figure): &(&str, FigureRecord)| {
        let cells = figure.cells.iter();
        StudyFigure {
            id: if shared.contains(figure.id.as_str()) {
                format!("{study}-{}", figure.id)
            } else {
                figure.id.clone()
            },
            title: figure.title.clone(),
            published: figure.published.clone(),
            cells: cells.map(|cell| fill_cell(cell, &by_identity)).collect(),
        }
    };
    joined.iter().map(figure).collect()
}

/// The figures of training of all studies, each with the name of its study; parts of one study joined.
fn join(studies: &[StudyRecord]) -> Vec<(&str, FigureRecord)> {
    let mut joined: Vec<(&str, FigureRecord)> = Vec::new();
    for study in studies {
        for figure in study.figures.iter().filter(|f| f.runtime.is_none()) {
            let same =
                |(name, known): &(&str, FigureRecord)| *name == study.name && known.id == figure.id;
            let place = joined.iter().position(same).unwrap_or(joined.len());
            if place == joined.len() {
                let mut empty = figure.clone();
                empty.cells.clear();
                joined.push((&study.name, empty));
            }
            for cell in &figure.cells {
                add_cell(&mut joined[place].1.cells, cell);
            }
        }
    }
    joined
}

/// Adds a cell, or its new trials to the cell of the same configuration.
fn add_cell(cells: &mut Vec<CellRecord>, cell: &CellRecord) {
    let key = cell_key(&cell.config);
    let Some(known) = cells.iter_mut().find(|c| cell_key(&c.config) == key) else {
        cells.push(cell.clone());
        return;
    };
    let trials = cell.trials.iter();
    let new = trials.filter(|t| !known.trials.contains(t)).cloned();
    let new: Vec<_> = new.collect();
    known.trials.extend(new);
}

fn fill_cell<'a>(record: &CellRecord, records: &BTreeMap<&str, &'a TrialRecord>) -> Cell<'a> {
    let mut cell = Cell {
        label: record.label.clone(),
        config: record.config.clone(),
        done: vec![],
        failed: vec![],
        missing: vec![],
    };
    for trial in &record.trials {
        match records.get(trial.identity.as_str()) {
            None => cell.missing.push(trial.seed),
            Some(r) if matches!(r.outcome, Outcome::Failed { .. }) => cell.failed.push(r),
            Some(r) => cell.done.push(r),
        }
    }
    cell
}

#[cfg(test)]
mod tests;
