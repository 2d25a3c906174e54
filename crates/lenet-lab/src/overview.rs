//! A study as tables: its plan, and the results of its cells.

use std::collections::{HashMap, HashSet};

use lenet_core::{Names, Settings};
use lenet_results::{CellRecord, FigureRecord, Outcome, StudyRecord, TrialRecord};
use lenet_study::{Plan, Work};

use crate::table::Table;

/// The cells of each figure of training with their numbers of trials: all, done and missing.
#[must_use]
fn plan_table(plan: &Plan, work: &[Work]) -> Table {
    let work: HashMap<&str, Work> = plan
        .trials
        .iter()
        .zip(work)
        .map(|(t, w)| (t.identity.as_str(), *w))
        .collect();
    let mut table = Table::new(&["cell", "trials", "done", "missing"]);
    let names = names(&plan.study);
    for (figure, cell) in cells(&plan.selected_study()) {
        let done = |id: &str| matches!(work.get(id), Some(Work::Done));
        let done = cell
            .trials
            .iter()
            .filter(|trial| done(&trial.identity))
            .count();
        let numbers = [cell.trials.len(), done, cell.trials.len() - done];
        let name = format!("figure {}: {}", figure.id, names.cell(&cell.config));
        table.row(std::iter::once(name).chain(numbers.map(|n| n.to_string())));
    }
    table
}

/// Most cells that a dry run lists without being asked to.
const LONG_LIST: usize = 24;

/// The plan as [`plan_table`] shows it, or where it has many cells and nobody asks for them all, each figure with
/// its axes.
#[must_use]
pub fn plan_overview(plan: &Plan, work: &[Work], is_whole: bool) -> String {
    if is_whole || plan.cells() <= LONG_LIST {
        return plan_table(plan, work).to_string();
    }
    let done: HashSet<&str> = plan
        .trials
        .iter()
        .zip(work)
        .filter(|(_, work)| **work == Work::Done)
        .map(|(trial, _)| trial.identity.as_str())
        .collect();
    let mut table = Table::new(&["figure", "cells", "trials", "done", "missing"]);
    let mut axes = Vec::new();
    let study = plan.selected_study();
    for figure in study
        .figures
        .iter()
        .filter(|figure| figure.runtime.is_none())
    {
        let trials = figure.cells.iter().flat_map(|cell| &cell.trials);
        let (mut all, mut ended) = (0, 0);
        for trial in trials {
            all += 1;
            ended += usize::from(done.contains(trial.identity.as_str()));
        }
        let numbers = [figure.cells.len(), all, ended, all - ended].map(|n| n.to_string());
        table.row(std::iter::once(figure.id.clone()).chain(numbers));
        axes.push(format!("{}: {}", figure.id, levels(figure)));
    }
    format!("{table}\n{}\n(--verbose lists the cells)", axes.join("\n"))
}

/// The axes of a figure with how many values each has: `optimizer 2 × filters 4`.
fn levels(figure: &FigureRecord) -> String {
    let axis = |name: &String| {
        let values = figure
            .cells
            .iter()
            .map(|cell| Settings::of(&cell.config).text_of(name));
        let values: HashSet<Option<String>> = values.collect();
        format!("{name} {}", values.len())
    };
    figure.axes.iter().map(axis).collect::<Vec<_>>().join(" × ")
}

/// The cells of each figure of training with the test accuracy after the last epoch: the mean over the trials
/// that have a result, and its 95 % interval.
#[must_use]
pub fn cell_table(study: &StudyRecord, records: &[TrialRecord]) -> Table {
    let records: HashMap<&str, &TrialRecord> = records
        .iter()
        .map(|record| (record.identity.as_str(), record))
        .collect();
    let mut table = Table::new(&["cell", "trials", "test accuracy", "95 % interval"]);
    let names = names(study);
    for (figure, cell) in cells(study) {
        let results = cell
            .trials
            .iter()
            .filter_map(|trial| records.get(trial.identity.as_str()));
        let results = results.filter(|record| !matches!(record.outcome, Outcome::Failed { .. }));
        let accuracies: Vec<f64> = results
            .filter_map(|record| record.epochs.last())
            .map(|e| e.test_accuracy)
            .collect();
        let (mean, interval) = mean(&accuracies);
        table.row([
            format!("figure {}: {}", figure.id, names.cell(&cell.config)),
            format!("{}/{}", accuracies.len(), cell.trials.len()),
            mean,
            interval,
        ]);
    }
    table
}

fn mean(accuracies: &[f64]) -> (String, String) {
    match lenet_stats::bounded_mean(accuracies, 0.95) {
        Ok(estimate) => {
            let interval = estimate
                .interval
                .map_or_else(|| "–".into(), |i| format!("{:.4} to {:.4}", i.low, i.high));
            (format!("{:.4}", estimate.point), interval)
        }
        Err(_) => ("–".into(), "–".into()),
    }
}

/// Names by what differs among the cells of training.
fn names(study: &StudyRecord) -> Names {
    Names::of_trials(cells(study).map(|(_, cell)| &cell.config))
}

fn cells(study: &StudyRecord) -> impl Iterator<Item = (&FigureRecord, &CellRecord)> {
    let figures = study
        .figures
        .iter()
        .filter(|figure| figure.runtime.is_none());
    figures.flat_map(|figure| figure.cells.iter().map(move |cell| (figure, cell)))
}

#[cfg(test)]
mod tests;
