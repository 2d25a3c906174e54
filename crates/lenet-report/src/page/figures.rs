//! The figures with their captions, and real dropout beside what the original ran.

use maud::{Markup, PreEscaped, html};

use super::Content;
use crate::chart::Chart;
use crate::model::{Cell, Figure, TEST};
use crate::results::{signed, with_interval};
use crate::scene::Scene;
use crate::sheet::{self, Entry};

pub(super) fn section(content: &Content) -> Markup {
    html! {
        p.note { "Lines are means over seeds, bands their 95 % Student t intervals at each epoch. "
            "The scale is logarithmic in the error, so that curves near chance and near 0.99 can "
            "both be read. Dashed lines of the same colour are the published runs." }
        @for (figure, chart) in content.figures.iter().zip(content.charts) {
            (one(figure, chart))
        }
    }
}

fn one(figure: &Figure, chart: &Chart) -> Markup {
    let stem = figure.file_stem();
    html! {
        figure {
            h3 { (chart.heading) }
            div.panels {
                @for panel in chart.sheet().panel_scenes() { (PreEscaped(panel.svg())) }
            }
            (legend(&chart.legend))
            figcaption {
                (caption(figure)) " Alone: "
                a href={ (stem) ".svg" } { "SVG" } ", " a href={ (stem) ".png" } { "PNG" } "."
            }
        }
    }
}

pub(super) fn legend(entries: &[Entry]) -> Markup {
    let ornament = |entry| {
        let mut scene = Scene::new(28.0, 14.0, String::new());
        sheet::sign(&mut scene, (1.0, 7.0), entry);
        PreEscaped(scene.ornament())
    };
    html! {
        ul.legend { @for entry in entries { li { (ornament(entry)) (entry.label) } } }
    }
}

fn caption(figure: &Figure) -> String {
    let done: usize = figure.cells.iter().map(|c| c.done.len()).sum();
    let planned: usize = figure.cells.iter().map(Cell::planned).sum();
    let mut text = format!("{done} of {planned} trials.");
    let dropout: Vec<_> = figure.cells.iter().map(|c| c.config.dropout).collect();
    let dropped = |connected| {
        dropout
            .iter()
            .any(|d| d.rate > 0.0 && d.connected == connected)
    };
    if figure.published.as_deref().is_some_and(|id| id != "1") {
        text.push_str(match (dropped(true), dropped(false)) {
            (true, false) => {
                " Dropout is at work here; the published curves are labelled so, but their \
                 dropout layer was never connected."
            }
            (false, _) => {
                " Dropout is not at work here, as in the code that made the published curves."
            }
            (true, true) => {
                " In some of these cells dropout is at work, in others it is not connected, as \
                 in the code that made the published curves."
            }
        });
    }
    let without = figure.cells.iter().filter(|c| c.done.is_empty()).count();
    if without > 0 {
        text.push_str(&format!(
            " {without} of {} cells have no results yet.",
            figure.cells.len()
        ));
    }
    if figure
        .cells
        .iter()
        .flat_map(|c| &c.done)
        .any(|t| t.epochs.iter().any(|e| e.dead))
    {
        text.push_str(" Some networks died; they are listed below.");
    }
    text
}

/// A cell's optimizer, rates and sizes in words.
pub(super) fn describe(cell: &Cell) -> String {
    let config = &cell.config;
    let dropout = match (config.dropout.rate, config.dropout.connected) {
        (0.0, _) => "no dropout".to_owned(),
        (rate, true) => format!("dropout {rate}"),
        (rate, false) => format!("dropout {rate} not connected"),
    };
    format!(
        "{}, learning rate {}, {dropout}, {} filters, batch {}",
        config.optimizer.name(),
        config.learning_rate,
        crate::epochs::filters(config),
        config.batch_size
    )
}

/// Each cell with real dropout beside the same one without, where both have results.
pub(super) fn dropout_section(content: &Content) -> Markup {
    let pairs = dropout_pairs(content.figures);
    if pairs.is_empty() {
        return html! {};
    }
    html! {
        h2 { "Real dropout beside none" }
        p { "The original's dropout layer was built but never connected, so its figures 2 and 3 "
            "show networks without dropout. Below, test accuracy after the last epoch with dropout "
            "at work, beside the same setting without it (or with it not connected, which is the "
            "same)." }
        div.scroll { table {
            thead { tr { th { "setting" } th { "without" } th { "with dropout" }
                th { "difference, paired by seed" } th.number { "seeds" } } }
            tbody {
                @for (with, without) in &pairs {
                    @let difference = difference(with, without);
                    tr {
                        td { (describe(with)) }
                        td.nowrap { (with_interval(without.final_mean(TEST))) }
                        td.nowrap { (with_interval(with.final_mean(TEST))) }
                        td.nowrap {
                            (signed(difference.map(|d| d.point)))
                            @if let Some(i) = difference.and_then(|d| d.interval) {
                                " (" (signed(Some(i.low))) " to " (signed(Some(i.high))) ")"
                            }
                        }
                        td.number { (difference.map_or("–".to_owned(), |d| d.n.to_string())) }
                    }
                }
            }
        } }
    }
}

/// Cells with dropout at work, each once, with the cell that differs in nothing but that.
pub(super) fn dropout_pairs<'a>(figures: &'a [Figure<'a>]) -> Vec<(&'a Cell<'a>, &'a Cell<'a>)> {
    let key = |cell: &Cell| {
        let mut config = cell.config.clone();
        config.dropout = lenet_core::Dropout::connected(0.0);
        crate::model::cell_key(&config)
    };
    let all: Vec<&Cell> = figures.iter().flat_map(Figure::filled).collect();
    let mut seen = Vec::new();
    let mut pairs = Vec::new();
    for cell in all
        .iter()
        .filter(|c| c.config.dropout.effective_rate() > 0.0)
    {
        let own = crate::model::cell_key(&cell.config);
        let without = all
            .iter()
            .find(|c| c.config.dropout.effective_rate() == 0.0 && key(c) == key(cell));
        if let Some(without) = without
            && !seen.contains(&own)
        {
            seen.push(own);
            pairs.push((*cell, *without));
        }
    }
    pairs
}

fn difference(with: &Cell, without: &Cell) -> Option<lenet_stats::Estimate> {
    let last = with.last_epoch()?.min(without.last_epoch()?);
    let value = |cell: &Cell, seed: u64| {
        let trial = cell.done.iter().find(|t| t.config.seed == seed)?;
        crate::model::value_at(trial, last, TEST)
    };
    let seeds = with.done.iter().map(|t| t.config.seed);
    let both = |seed| Some((value(with, seed)?, value(without, seed)?));
    let (left, right): (Vec<f64>, Vec<f64>) = seeds.filter_map(both).unzip();
    lenet_stats::paired_difference(&left, &right, crate::model::LEVEL).ok()
}
