//! The results of each cell after the last epoch: `results.csv` and `results.md`.

use std::collections::BTreeSet;

use lenet_stats::Estimate;

use crate::records::cells::{Cell, StudyFigure};
use crate::records::estimates::{LEVEL, extremes};
use crate::records::trials::{TEST, VALIDATION, value_at};
use crate::tables::table::{Style, Table};
use crate::text::{bounds, or_dash, or_empty, signed, with_interval};
use lenet_results::EpochMeasure;

/// The results of a cell after the last epoch that all its trials reached.
#[derive(Debug)]
pub(crate) struct CellResult<'a> {
    pub(crate) figure: &'a str,
    pub(crate) cell: &'a Cell<'a>,
    pub(crate) epoch: Option<usize>,
    /// Mean validation accuracy over all seeds.
    pub(crate) validation: Option<Estimate>,
    /// Mean test accuracy over all seeds.
    pub(crate) test: Option<Estimate>,
    /// Both of the networks that live, where some died.
    pub(crate) alive: [Option<Estimate>; 2],
    /// Test accuracies of the worst and the best seed.
    pub(crate) range: Option<(f64, f64)>,
    /// Published test accuracy after the same epoch.
    pub(crate) published: Option<f64>,
}

impl<'a> CellResult<'a> {
    fn new(figure: &'a StudyFigure<'a>, cell: &'a Cell<'a>) -> Self {
        let epoch = cell.last_epoch();
        let tests = cell.done.iter().filter_map(|t| value_at(t, epoch?, TEST));
        let published = cell.published(EpochMeasure::TestAccuracy);
        let same_epoch = published.iter().find(|(at, _)| Some(*at) == epoch);
        Self {
            figure: &figure.id,
            cell,
            epoch,
            validation: cell.overall_mean(VALIDATION),
            test: cell.overall_mean(TEST),
            alive: [cell.final_mean(VALIDATION), cell.final_mean(TEST)],
            range: extremes(tests),
            published: same_epoch.map(|(_, accuracy)| *accuracy),
        }
    }

    /// Mean test accuracy minus the published one.
    pub(crate) fn difference(&self) -> Option<f64> {
        Some(self.test?.point - self.published?)
    }

    /// Networks that died among those done, with the interval of their share; empty if none did.
    fn died(&self) -> String {
        let (died, n) = (self.cell.died(), self.cell.done.len());
        let share = lenet_stats::proportion(died, n, LEVEL).ok();
        let interval = share.filter(|_| died > 0).and_then(|e| e.interval);
        or_dash(interval, |i| {
            let text = |share: f64| format!("{:.0}", 100.0 * share);
            format!("{died} of {n} ({} %)", bounds(i, text))
        })
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
    best_of(results.iter())
}

/// [`best`] of some results.
pub(crate) fn best_of<'r, 'a>(
    results: impl Iterator<Item = &'r CellResult<'a>>,
) -> Option<&'r CellResult<'a>> {
    let mean = |r: &'r CellResult<'a>| Some((r, r.validation?.point));
    let measured = results.filter_map(mean);
    let better = |best: (&'r CellResult<'a>, f64), next: (&'r CellResult<'a>, f64)| {
        if next.1 > best.1 { next } else { best }
    };
    measured.reduce(better).map(|(result, _)| result)
}

/// Number of different cells that have a mean. Figures may share cells.
pub(crate) fn distinct(results: &[CellResult]) -> usize {
    let measured = results.iter().filter(|r| r.validation.is_some());
    let keys: BTreeSet<String> = measured.map(|r| r.cell.config.cell()).collect();
    keys.len()
}

/// The results with all digits. A field is empty where there is no value.
pub(crate) fn full(results: &[CellResult]) -> Table {
    let low = |e: Option<Estimate>| or_empty(e.and_then(|e| e.low()));
    let high = |e: Option<Estimate>| or_empty(e.and_then(|e| e.high()));
    let parameters = |cell: &Cell| or_empty(cell.done.first().map(|t| t.parameters));
    Table::of(results)
        .text("figure", |r| r.figure)
        .text("cell", |r| r.cell.label.clone())
        .text("epoch", |r| or_empty(r.epoch))
        .text("seeds", |r| r.cell.done.len())
        .text("planned", |r| r.cell.planned())
        .text("validation_accuracy", |r| {
            or_empty(r.validation.map(|e| e.point))
        })
        .text("validation_low", move |r| low(r.validation))
        .text("validation_high", move |r| high(r.validation))
        .text("test_accuracy", |r| or_empty(r.test.map(|e| e.point)))
        .text("test_low", move |r| low(r.test))
        .text("test_high", move |r| high(r.test))
        .text("test_worst_seed", |r| {
            or_empty(r.range.map(|(worst, _)| worst))
        })
        .text("test_best_seed", |r| {
            or_empty(r.range.map(|(_, best)| best))
        })
        .text("published_test_accuracy", |r| or_empty(r.published))
        .text("difference", |r| or_empty(r.difference()))
        .text("parameters", move |r| parameters(r.cell))
        .text("died", |r| r.cell.died())
        .text("alive_test_accuracy", |r| {
            or_empty(r.alive[1].map(|e| e.point))
        })
        .text("alive_test_low", move |r| low(r.alive[1]))
        .text("alive_test_high", move |r| high(r.alive[1]))
        .table()
}

/// The results for readers.
pub(crate) fn table(results: &[CellResult]) -> Table {
    let range = |(low, high): (f64, f64)| format!("{low:.4}–{high:.4}");
    Table::of(results)
        .line("figure", |r| r.figure)
        .column("cell", Style::Label, |r| r.cell.label.clone())
        .number("seeds", |r| r.cell.seeds())
        .number("epoch", |r| or_dash(r.epoch, |e| e.to_string()))
        .line("validation accuracy", |r| with_interval(r.alive[0]))
        .line("test accuracy", |r| with_interval(r.alive[1]))
        .line("died", |r| r.died())
        .line("lowest–highest seed", move |r| or_dash(r.range, range))
        .number("published", |r| or_dash(r.published, |p| format!("{p:.4}")))
        .number("difference", |r| or_dash(r.difference(), signed))
        .table()
}

/// `results.md`.
pub(crate) fn markdown(results: &[CellResult]) -> String {
    let table = table(results).without("validation accuracy");
    let test = "test accuracy, mean (95 % interval)";
    table.renamed("test accuracy", test).markdown()
}

#[cfg(test)]
mod tests;
