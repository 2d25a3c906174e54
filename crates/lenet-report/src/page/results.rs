//! The results of the cells, and settings with dropout beside those without.

use std::collections::{BTreeSet, HashMap};

use lenet_core::Dropout;
use lenet_stats::Estimate;
use maud::{Markup, html};

use super::Content;
use crate::records::cells::{Cell, StudyFigure};
use crate::records::estimates::LEVEL;
use crate::records::trials::{TEST, paired, per_seed};
use crate::tables::results::{self, CellResult};
use crate::tables::table::Table;
use crate::text::{bounds, count, or_dash, signed, thousands, with_interval};

/// Cells with dropout that are shown beside those without.
const MOST_PAIRS: usize = 16;

pub(super) fn best(content: &Content) -> Markup {
    let Some(best) = results::best(content.results) else {
        return html! { p.best { "No trial has results yet." } };
    };
    html! {
        p.best {
            strong { "Best by validation accuracy" } " of "
            (count(results::distinct(content.results), "configuration")) ": "
            (best.cell.full_name) " (figure " (best.figure) "), validation "
            (with_interval(best.validation)) ", test "
            strong { (with_interval(best.test)) } ", mean of " (best.cell.seeds())
            @if best.cell.planned() == 1 { " seed" } @else { " seeds" }
            " after epoch " (best.epoch.unwrap_or(0))
            ". The test data had no part in the choice."
        }
    }
}

/// The best cell in a sentence; `None` without results.
pub(crate) fn best_in_words(results: &[CellResult]) -> Option<String> {
    let best = results::best(results)?;
    Some(format!(
        "{} (figure {}): validation {}, test {}, {} after epoch {}",
        best.cell.full_name,
        best.figure,
        with_interval(best.validation),
        with_interval(best.test),
        count(best.cell.done.len(), "seed"),
        best.epoch.unwrap_or(0)
    ))
}

pub(super) fn section(content: &Content) -> Markup {
    html! {
        p { "After the last epoch that all trials of a cell reached: mean over seeds, with its "
            "95 % interval (Student t on the scale of logits, so that it stays between 0 and 1) where "
            "there are at least two. A trial that diverged or stopped early counts with its last "
            "value. Where some networks of a cell died, the means are of those that live, and the "
            "share that died stands beside them." }
        @if content.results.len() > results::MOST_ROWS {
            p.note { "The best " (thousands(results::MOST_ROWS)) " of " (thousands(content.results.len()))
                " cells; results.csv has all." }
        }
        (results::sorted(content.results, content.index).html())
        p.note { "Also as " a href="results.csv" { "results.csv" } " and "
            a href="results.md" { "results.md" } "; every epoch of every trial is in "
            a href="epochs.csv" { "epochs.csv" } "." }
        @for published in sources(content.study_figures) { p.note { (published) } }
    }
}

/// Where the published numbers come from, each source once.
fn sources(figures: &[StudyFigure]) -> BTreeSet<String> {
    let all = figures
        .iter()
        .filter_map(|figure| figure.published.as_ref());
    all.map(|p| format!("Published: {}; {}.", p.source, p.precision))
        .collect()
}

/// Each cell with dropout at work beside the same cell without, if both have results.
pub(super) fn dropout_section(content: &Content) -> Option<Markup> {
    let change = |with: &Cell, without: &Cell| {
        let difference = difference(with, without);
        let interval = difference.and_then(|d| d.interval);
        let interval = interval.map(|i| format!(" ({})", bounds(i, signed)));
        or_dash(difference, |d| signed(d.point)) + &interval.unwrap_or_default()
    };
    let pairs = dropout_pairs(content.study_figures);
    // Of a large grid the effects tell more.
    if pairs.is_empty() || pairs.len() > MOST_PAIRS {
        return None;
    }
    let table = Table::of(pairs)
        .text("setting", |(with, _)| with.full_name.clone())
        .line("without", |(_, without)| {
            with_interval(without.final_mean(TEST))
        })
        .line("with dropout", |(with, _)| {
            with_interval(with.final_mean(TEST))
        })
        .line("difference, paired by seed", |(a, b)| change(a, b))
        .number("seeds", |(a, b)| {
            or_dash(difference(a, b), |d| d.n.to_string())
        })
        .table();
    Some(html! {
            p { "Test accuracy after the last epoch with dropout at work, beside the same setting "
                "without it (or with it not connected, which is the same)." }
            (table.html())
    })
}

/// Each cell with dropout at work, once, with the cell that differs in dropout alone.
fn dropout_pairs<'a>(figures: &'a [StudyFigure<'a>]) -> Vec<(&'a Cell<'a>, &'a Cell<'a>)> {
    let key_without = |cell: &Cell| {
        let mut config = cell.config.clone();
        config.dropout = Dropout::connected(0.0);
        config.cell()
    };
    let at_work = |cell: &Cell| cell.config.dropout.effective_rate() > 0.0;
    let mut without: HashMap<String, &Cell> = HashMap::new();
    for cell in figures.iter().flat_map(StudyFigure::filled) {
        if !at_work(cell) {
            without.entry(key_without(cell)).or_insert(cell);
        }
    }
    let mut seen = BTreeSet::new();
    let all = figures.iter().flat_map(StudyFigure::filled);
    let distinct = all.filter(|cell| at_work(cell) && seen.insert(cell.index));
    let pair = |with: &'a Cell<'a>| Some((with, *without.get(&key_without(with))?));
    distinct.filter_map(pair).collect()
}

fn difference(with: &Cell, without: &Cell) -> Option<Estimate> {
    let last = with.last_epoch()?.min(without.last_epoch()?);
    let tests = |cell: &Cell| per_seed(cell.done.iter().copied(), last, TEST);
    paired(&tests(with), &tests(without), LEVEL).ok()
}
