//! The results of each cell after the last epoch: `results.csv` and `results.md`.

use std::collections::BTreeSet;

use lenet_stats::Estimate;

use crate::plot::scene::SERIES;
use crate::records::cells::{Cell, StudyFigure};
use crate::records::estimates::{LEVEL, extremes};
use crate::records::index::Index;
use crate::records::trials::{TEST, VALIDATION, value_at};
use crate::tables::table::{Style, Table, TableOf};
use crate::text::{bounds, or_dash, or_empty, signed, with_interval};
use lenet_results::{EpochMeasure, Measure};

/// Rows of the page's table at most; `results.csv` has all.
pub(crate) const MOST_ROWS: usize = 2000;

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

    /// Mean over seeds of a measure, and what was published of it after the same epoch.
    fn beside(&self, measure: EpochMeasure) -> Option<[f64; 2]> {
        let published = self.cell.published(measure);
        let (_, theirs) = published.iter().find(|(at, _)| Some(*at) == self.epoch)?;
        let own = self.cell.done.iter();
        let own = own.filter_map(|t| value_at(t, self.epoch?, |e| measure.of(e)));
        let own: Vec<f64> = own.collect();
        (!own.is_empty()).then(|| [own.iter().sum::<f64>() / own.len() as f64, *theirs])
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

/// The results of all cells, figure by figure, of the figures that have any.
pub(crate) fn results<'a>(figures: &'a [StudyFigure<'a>]) -> Vec<CellResult<'a>> {
    let of = |figure: &'a StudyFigure<'a>| {
        let cells = figure.cells.iter();
        cells.map(move |cell| CellResult::new(figure, cell))
    };
    let begun = figures.iter().filter(|figure| figure.has_results());
    begun.flat_map(of).collect()
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
    let keys: BTreeSet<usize> = measured.map(|r| r.cell.index).collect();
    keys.len()
}

/// Measures besides test accuracy of which something was published after the last epoch.
fn other_published(results: &[CellResult]) -> Vec<EpochMeasure> {
    let others = EpochMeasure::ALL.into_iter();
    let others = others.filter(|measure| *measure != EpochMeasure::TestAccuracy);
    others
        .filter(|measure| results.iter().any(|r| r.beside(*measure).is_some()))
        .collect()
}

/// The results with all digits. A field is empty where there is no value.
/// Last come the settings that vary within the report, and what was published of other measures.
pub(crate) fn full(results: &[CellResult], index: &Index) -> Table {
    let low = |e: Option<Estimate>| or_empty(e.and_then(|e| e.low()));
    let high = |e: Option<Estimate>| or_empty(e.and_then(|e| e.high()));
    let parameters = |cell: &Cell| or_empty(cell.done.first().map(|t| t.parameters));
    let mut table = Table::of(results)
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
        .text("alive_test_high", move |r| high(r.alive[1]));
    for (at, setting) in index.settings.iter().enumerate() {
        let text = |r: &&CellResult| {
            let level = index.cells[r.cell.index].levels[at];
            setting.values[level].text.clone()
        };
        table = table.text(setting.name, text);
    }
    for measure in other_published(results) {
        let name = measure.name();
        table = table
            .text(&format!("mean_{name}"), move |r| {
                or_empty(r.beside(measure).map(|[own, _]| own))
            })
            .text(&format!("published_{name}"), move |r| {
                or_empty(r.beside(measure).map(|[_, theirs]| theirs))
            })
            .text(&format!("difference_{name}"), move |r| {
                or_empty(r.beside(measure).map(|[own, theirs]| own - theirs))
            });
    }
    table.table()
}

/// The same for readers, who see published validation accuracies in the figures.
fn for_readers(results: &[CellResult]) -> Vec<EpochMeasure> {
    let mut others = other_published(results);
    others.retain(|measure| !measure.is_accuracy());
    others
}

/// The results for readers.
pub(crate) fn table(results: &[CellResult]) -> Table {
    let named = Table::of(results)
        .line("figure", |r| r.figure)
        .column("cell", Style::Label, |r| r.cell.name.clone());
    measured(named, &for_readers(results))
}

/// The results for a page: a column for each setting that varies. Where there are more cells of a
/// figure than its curves have colours, the best by validation accuracy come first.
pub(crate) fn sorted(results: &[CellResult], index: &Index) -> Table {
    let mut order: Vec<&CellResult> = results.iter().collect();
    let cells_of = |figure: &str| results.iter().filter(|r| r.figure == figure).count();
    let figures: Vec<&str> = results.iter().map(|r| r.figure).collect();
    let many: BTreeSet<&str> = figures
        .iter()
        .copied()
        .filter(|f| cells_of(f) > SERIES.len())
        .collect();
    let place = |figure: &str| figures.iter().position(|other| *other == figure);
    let rank = |r: &CellResult| match many.contains(r.figure) {
        true => -r.validation.map_or(-1.0, |mean| mean.point),
        false => 0.0,
    };
    order.sort_by(|a, b| {
        let of_figures = place(a.figure).cmp(&place(b.figure));
        of_figures.then(rank(a).total_cmp(&rank(b)))
    });
    order.truncate(MOST_ROWS);
    let mut table = Table::of(order)
        .about(|r| r.cell.index)
        .column("figure", Style::Pick, |r| r.figure);
    if index.settings.is_empty() {
        table = table.column("cell", Style::Label, |r| r.cell.name.clone());
    }
    for (at, setting) in index.settings.iter().enumerate() {
        let text = |r: &&CellResult| {
            let level = index.cells[r.cell.index].levels[at];
            setting.values[level].text.clone()
        };
        table = table.line(&setting.title(), text);
    }
    measured(table, &for_readers(results)).without_empty(&["died", "published", "difference"])
}

/// Adds what was measured.
fn measured<'r, 'a: 'r, R: std::borrow::Borrow<CellResult<'a>>>(
    table: TableOf<R>,
    others: &[EpochMeasure],
) -> Table {
    let range = |(low, high): (f64, f64)| format!("{low:.4}–{high:.4}");
    let published = |p: f64| format!("{p:.4}");
    let mut table = table
        .number("seeds", |r| r.borrow().cell.seeds())
        .number("epoch", |r| or_dash(r.borrow().epoch, |e| e.to_string()))
        .line("validation accuracy", |r| {
            with_interval(r.borrow().alive[0])
        })
        .line("test accuracy", |r| with_interval(r.borrow().alive[1]))
        .line("died", |r| r.borrow().died())
        .line("lowest–highest seed", |r| {
            or_dash(r.borrow().range, range)
        })
        .number("published", |r| or_dash(r.borrow().published, published))
        .number("difference", |r| or_dash(r.borrow().difference(), signed));
    for &measure in others {
        let name = Measure::Epoch(measure).words();
        let four = |value: f64| format!("{value:.4}");
        table = table
            .number(&name, move |r| {
                or_dash(r.borrow().beside(measure), |[own, _]| four(own))
            })
            .number(&format!("published {name}"), move |r| {
                or_dash(r.borrow().beside(measure), |[_, theirs]| four(theirs))
            })
            .number(&format!("difference in {name}"), move |r| {
                or_dash(r.borrow().beside(measure), |[own, theirs]| {
                    signed(own - theirs)
                })
            });
    }
    table.table()
}

/// `results.md`.
pub(crate) fn markdown(results: &[CellResult]) -> String {
    let table = table(results).without("validation accuracy");
    let test = "test accuracy, mean (95 % interval)";
    table.renamed("test accuracy", test).markdown()
}

#[cfg(test)]
mod tests;
