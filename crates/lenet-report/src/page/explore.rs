//! What a script finds of the cells: their data, a filter, and parallel coordinates.

use lenet_results::EpochMeasure;
use lenet_stats::Estimate;
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};

use super::Content;
use crate::records::cell_measure::CellMeasure;
use crate::records::cells::Cell;

/// Measures of a cell as tips, filters and axes show them.
const MEASURES: [CellMeasure; 4] = [
    CellMeasure::Epoch(EpochMeasure::ValidationAccuracy),
    CellMeasure::Epoch(EpochMeasure::TestAccuracy),
    CellMeasure::Epoch(EpochMeasure::SecondsPerEpoch),
    CellMeasure::Parameters,
];

/// The filter and the parallel coordinates, hidden until a script shows them. `None` where there is
/// nothing to choose among.
pub(super) fn section(content: &Content) -> Option<Markup> {
    let settings = &content.index.settings;
    (content.index.cells.len() > 1 && !settings.is_empty()).then(|| {
        html! {
            noscript { p.note { "The filter and the parallel coordinates need JavaScript; the figures and "
                "tables do not." } }
            form id="filter" hidden {
                p.note { "Figures and tables show the cells with the values that are ticked; of a setting "
                    "without a tick, all. " output id="shown" {} }
                div.choices {
                    @for setting in settings {
                        fieldset {
                            legend { (setting.title()) }
                            @for value in &setting.values {
                                label { input type="checkbox" name=(setting.name) value=(value.text); (value.text) }
                            }
                        }
                    }
                }
                button type="reset" { "Show all" }
            }
            div id="parallel" hidden {
                p.note { "A line for each cell, darker (on a dark page lighter) the better it is on the validation images. Drag along an "
                    "axis to keep the cells in that range; click it to let go." }
                div.scroll tabindex="0" role="region" aria-label="Parallel coordinates" {}
            }
        }
    })
}

/// The data of the cells and the script, last in the page.
pub(super) fn script(content: &Content) -> Markup {
    let index = content.index;
    let settings = index.settings.iter().map(|setting| {
        let values = setting.values.iter().map(|value| &value.text);
        json!({
            "name": setting.name,
            "title": setting.title(),
            "values": values.collect::<Vec<_>>(),
        })
    });
    let cells = index.cells.iter().map(|indexed| {
        let (figure, cell) = indexed.at;
        row(&content.study_figures[figure].cells[cell], &indexed.levels)
    });
    let data = json!({
        "settings": settings.collect::<Vec<_>>(),
        "measures": MEASURES.map(CellMeasure::title),
        "cells": cells.collect::<Vec<_>>(),
    });
    // A text of the data must not end the element.
    let data = data.to_string().replace('<', "\\u003c");
    html! {
        script type="application/json" id="cells" { (PreEscaped(data)) }
        script { (PreEscaped(include_str!("script.js"))) }
    }
}

/// A cell: its levels, its seeds, a remark, and its measures.
fn row(cell: &Cell, levels: &[usize]) -> Value {
    let died = cell.died();
    let remark = match died {
        0 => String::new(),
        died => format!("{died} died"),
    };
    let mut row = vec![
        json!(levels),
        json!(format!("{} seeds", cell.seeds())),
        json!(remark),
    ];
    row.extend(
        MEASURES
            .iter()
            .map(|measure| number(measure.mean([cell]), *measure)),
    );
    Value::Array(row)
}

fn number(estimate: Option<Estimate>, measure: CellMeasure) -> Value {
    let short = |value: f64| {
        let text = format!("{value:.5e}");
        text.parse::<f64>()
            .map_or(Value::Null, |value| json!(value))
    };
    match estimate {
        None => Value::Null,
        Some(Estimate {
            point,
            interval: Some(interval),
            ..
        }) if measure.is_accuracy() => json!([point, interval.low, interval.high].map(short)),
        Some(estimate) => short(estimate.point),
    }
}
