//! The results of each cell after the last epoch: `results.csv` and `results.md`.

use std::collections::BTreeSet;

use lenet_stats::Estimate;

use crate::lab2017;
use crate::records::cells::{Cell, StudyFigure, cell_key};
use crate::records::estimates::extremes;
use crate::records::trials::{TEST, VALIDATION, value_at};
use crate::tables::table::{Field, Style, Table};
use crate::text::{or_dash, or_empty, signed, with_interval};

/// The results of a cell after the last epoch that all its trials reached.
#[derive(Debug)]
pub(crate) struct CellResult<'a> {
    pub(crate) figure: &'a str,
    pub(crate) cell: &'a Cell<'a>,
    pub(crate) epoch: Option<usize>,
    /// Mean validation accuracy over seeds.
    pub(crate) validation: Option<Estimate>,
    /// Mean test accuracy over seeds.
    pub(crate) test: Option<Estimate>,
    /// Test accuracies of the worst and the best seed.
    pub(crate) range: Option<(f64, f64)>,
    /// Published test accuracy after the same epoch.
    pub(crate) published: Option<f64>,
}

impl<'a> CellResult<'a> {
    fn new(figure: &'a StudyFigure<'a>, cell: &'a Cell<'a>) -> Self {
        let epoch = cell.last_epoch();
        let tests = cell.done.iter().filter_map(|t| value_at(t, epoch?, TEST));
        let published = figure.published.as_deref();
        let curve = published.and_then(|id| lab2017::curve(id, &cell.config));
        Self {
            figure: &figure.id,
            cell,
            epoch,
            validation: cell.final_mean(VALIDATION),
            test: cell.final_mean(TEST),
            range: extremes(tests),
            published: curve.and_then(|c| c.test.get(epoch?.checked_sub(1)?).copied()),
        }
    }

    /// Mean test accuracy minus the published one.
    pub(crate) fn difference(&self) -> Option<f64> {
        Some(self.test?.point - self.published?)
    }

    /// Number of trials with results; `2 of 3` if some are missing.
    pub(crate) fn seeds(&self) -> String {
        let (done, planned) = (self.cell.done.len(), self.cell.planned());
        if done == planned {
            done.to_string()
        } else {
            format!("{done} of {planned}")
        }
    }
}

/// The results of all cells, figure by figure.
pub(crate) fn results<'a>(figures: &'a [StudyFigure<'a>]) -> Vec<CellResult<'a>> {
    let of = |figure: &'a StudyFigure<'a>| {
        let cells = figure.cells.iter();
        cells.map(move |cell| CellResult::new(figure, cell))
    };
    figures.iter().flat_map(of).collect()
}

/// The result with the highest mean validation accuracy; of equals the first. Test accuracy has no
/// part in the choice.
pub(crate) fn best<'r, 'a>(results: &'r [CellResult<'a>]) -> Option<&'r CellResult<'a>> {
    let measured = results
        .iter()
        .filter_map(|r| Some((r, r.validation?.point)));
    let better = |best: (&'r CellResult<'a>, f64), next: (&'r CellResult<'a>, f64)| {
        if next.1 > best.1 { next } else { best }
    };
    measured.reduce(better).map(|(result, _)| result)
}

/// Number of different cells that have a mean. Figures may share cells.
pub(crate) fn distinct(results: &[CellResult]) -> usize {
    let measured = results.iter().filter(|r| r.validation.is_some());
    let keys: BTreeSet<String> = measured.map(|r| cell_key(&r.cell.config)).collect();
    keys.len()
}

const COLUMNS: [&str; 16] = [
    "figure",
    "cell",
    "epoch",
    "seeds",
    "planned",
    "validation_accuracy",
    "validation_low",
    "validation_high",
    "test_accuracy",
    "test_low",
    "test_high",
    "test_worst_seed",
    "test_best_seed",
    "published_test_accuracy",
    "difference",
    "parameters",
];

/// The results with all digits. A field is empty where there is no value.
pub(crate) fn full(results: &[CellResult]) -> Table {
    let row = |result: &CellResult| -> [String; 16] {
        let (validation, test) = (result.validation, result.test);
        [
            result.figure.to_owned(),
            result.cell.label.clone(),
            or_empty(result.epoch),
            result.cell.done.len().to_string(),
            result.cell.planned().to_string(),
            or_empty(validation.map(|e| e.point)),
            or_empty(validation.and_then(|e| e.low())),
            or_empty(validation.and_then(|e| e.high())),
            or_empty(test.map(|e| e.point)),
            or_empty(test.and_then(|e| e.low())),
            or_empty(test.and_then(|e| e.high())),
            or_empty(result.range.map(|(worst, _)| worst)),
            or_empty(result.range.map(|(_, best)| best)),
            or_empty(result.published),
            or_empty(result.difference()),
            or_empty(result.cell.done.first().map(|t| t.parameters)),
        ]
    };
    Table::of_text(&COLUMNS, results.iter().map(row))
}

/// The results for readers.
pub(crate) fn table(results: &[CellResult]) -> Table {
    let columns = [
        ("figure", Style::Line),
        ("cell", Style::Label),
        ("seeds", Style::Number),
        ("epoch", Style::Number),
        ("validation accuracy", Style::Line),
        ("test accuracy", Style::Line),
        ("lowest–highest seed", Style::Line),
        ("published", Style::Number),
        ("difference", Style::Number),
    ];
    let row = |result: &CellResult| -> [Field; 9] {
        [
            result.figure.into(),
            result.cell.label.as_str().into(),
            result.seeds().into(),
            or_dash(result.epoch, |e| e.to_string()).into(),
            with_interval(result.validation).into(),
            with_interval(result.test).into(),
            or_dash(result.range, |(low, high)| format!("{low:.4}–{high:.4}")).into(),
            or_dash(result.published, |p| format!("{p:.4}")).into(),
            or_dash(result.difference(), signed).into(),
        ]
    };
    Table::new(&columns, results.iter().map(row))
}

/// `results.md`.
pub(crate) fn markdown(results: &[CellResult]) -> String {
    let table = table(results).without("validation accuracy");
    let test = "test accuracy, mean (95 % interval)";
    table.renamed("test accuracy", test).markdown()
}

#[cfg(test)]
mod tests;
