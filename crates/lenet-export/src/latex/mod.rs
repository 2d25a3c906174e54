//! LaTeX: a file with a table for each figure of training, for `\input`.

mod escape;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use lenet_core::{Settings, shown};
use lenet_report::{CellResults, FigureResults};
use lenet_results::RunRecord;

use crate::error::ExportError;
use crate::folder::Folder;
use crate::names::file_names;
use crate::records::{Content, Records, count};
use escape::Escaper;

/// Stands for a value that is not known.
const NONE: &str = r"\textendash{}";

/// Writes the tables.
pub(crate) fn export(
    content: &Content,
    records: Records<'_>,
    folder: &mut Folder,
    notes: &mut Vec<String>,
) -> Result<usize, ExportError> {
    let figures = lenet_report::results(lenet_report::Records {
        studies: records.studies,
        trials: records.trials,
        ..lenet_report::Records::default()
    });
    if figures.is_empty() {
        return Err(ExportError::Nothing {
            format: folder.format().name(),
            reason: "no trial of a study's figure has a result",
        });
    }
    let cells = figures.iter().flat_map(|figure| &figure.cells);
    let behind: BTreeSet<&String> = cells.flat_map(|cell| &cell.trials).collect();
    let mut escaper = Escaper::default();
    let mut text = String::from(
        "% Tables of lenet-lab. The document needs \\usepackage{booktabs}; a table begins with \\begin{table}.\n",
    );
    // What labels refer to: distinct, and without anything that is special.
    let places: Vec<String> = (1..=figures.len())
        .map(|place| format!("{place:08}"))
        .collect();
    let named = figures.iter().zip(&places);
    let labels = file_names(
        named.map(|(figure, place)| (format!("{}:{}", figure.study, figure.id), place.as_str())),
    );
    for (figure, label) in figures.iter().zip(&labels) {
        let title = records.studies.iter().find(|s| s.name == figure.study);
        let title = title.map_or("", |study| &study.title);
        text += &table(figure, title, label, content, &mut escaper);
    }
    folder.write(&[], text.as_bytes())?;
    notes.push(
        "accuracies are rounded to four decimals; \u{b1} is half the width of the interval, which need not lie evenly \
         about the mean"
            .to_owned(),
    );
    notes.push("epochs, losses, predictions and claims left out".to_owned());
    if content.runtimes > 0 {
        notes.push(format!(
            "{} of runtimes left out: the tables are of accuracies",
            count(content.runtimes, "record")
        ));
    }
    let others = content.entries.len() - behind.len();
    if others > 0 {
        notes.push(format!(
            "{} left out: the tables are of trials with results that a figure plans",
            count(others, "trial")
        ));
    }
    if !escaper.lacking.is_empty() {
        let letters: Vec<String> = escaper.lacking.iter().map(|c| format!("{c:?}")).collect();
        notes.push(format!(
            "pdflatex has no {}: such letters are written as [U+\u{2026}]",
            letters.join(", ")
        ));
    }
    Ok(behind.len())
}

fn table(
    figure: &FigureResults,
    study: &str,
    label: &str,
    content: &Content,
    escaper: &mut Escaper,
) -> String {
    let settings = figure.cells.iter().map(|cell| Settings::of(&cell.config));
    let settings: Vec<Settings> = settings.collect();
    let columns: Vec<&str> = figure.axes.iter().map(String::as_str).collect();
    let columns: Vec<&str> = columns
        .into_iter()
        .filter(|name| {
            let mut texts = settings.iter().map(|own| own.text_of(name));
            let first = texts.next().flatten();
            first.is_some() && texts.any(|text| text != first)
        })
        .collect();
    let one_epoch = one_of(figure.cells.iter().filter_map(|cell| cell.epoch));

    let mut headings: Vec<String> = match columns.as_slice() {
        [] => vec!["cell".to_owned()],
        names => names.iter().map(|name| name.replace('_', " ")).collect(),
    };
    headings.push("test accuracy".to_owned());
    headings.push("seeds".to_owned());
    if one_epoch.is_none() {
        headings.push("epoch".to_owned());
    }
    let aligned =
        "l".repeat(columns.len().max(1)) + &"r".repeat(headings.len() - columns.len().max(1));
    let mut rows = String::new();
    for (cell, own) in figure.cells.iter().zip(&settings) {
        let mut fields: Vec<String> = match columns.as_slice() {
            [] => vec![escaper.text(&cell.name)],
            names => {
                let texts = names
                    .iter()
                    .map(|name| own.text_of(name).unwrap_or_default());
                texts.map(|text| escaper.text(&text)).collect()
            }
        };
        fields.push(accuracy(cell));
        fields.push(seeds(cell));
        if one_epoch.is_none() {
            fields.push(cell.epoch.map_or(NONE.to_owned(), |e| e.to_string()));
        }
        let _ = writeln!(rows, "    {} \\\\", fields.join(" & "));
    }
    let caption = caption(figure, study, one_epoch, content, escaper);
    let headings = headings.join(" & ");
    format!(
        "\n\\begin{{table}}[htbp]\n  \\centering\n  \\caption{{{caption}}}\n  \\label{{tab:{label}}}\n  \
         \\begin{{tabular}}{{{aligned}}}\n    \\toprule\n    {headings} \\\\\n    \\midrule\n{rows}    \
         \\bottomrule\n  \\end{{tabular}}\n\\end{{table}}\n"
    )
}

/// The mean, with half the width of its interval.
fn accuracy(cell: &CellResults) -> String {
    let Some(estimate) = cell.test_accuracy else {
        return NONE.to_owned();
    };
    match estimate.interval {
        None => format!("${:.4}$", estimate.point),
        Some(i) => format!("${:.4} \\pm {:.4}$", estimate.point, (i.high - i.low) / 2.0),
    }
}

/// Number of seeds behind a mean, and what became of the others.
fn seeds(cell: &CellResults) -> String {
    let done = cell.trials.len();
    let mut text = match done == cell.planned {
        true => done.to_string(),
        false => format!("{done} of {}", cell.planned),
    };
    if cell.died == done && done > 0 {
        text += " (all died)";
    } else if cell.died > 0 {
        let _ = write!(text, " ({} died, not in the mean)", cell.died);
    }
    text
}

fn caption(
    figure: &FigureResults,
    study: &str,
    epoch: Option<usize>,
    content: &Content,
    escaper: &mut Escaper,
) -> String {
    let identities: BTreeSet<&str> = figure
        .cells
        .iter()
        .flat_map(|cell| &cell.trials)
        .map(String::as_str)
        .collect();
    let trials = content.entries.iter();
    let trials: Vec<_> = trials
        .filter(|entry| identities.contains(entry.identity.as_str()))
        .collect();
    let seeds: BTreeSet<u64> = trials.iter().map(|entry| entry.config.seed).collect();
    let machines: BTreeMap<String, ()> = trials
        .iter()
        .flat_map(|entry| &entry.runs)
        .map(|run| (machine(run), ()))
        .collect();
    let machines: Vec<String> = machines.into_keys().map(|m| escaper.text(&m)).collect();
    let study = match study.is_empty() {
        true => escaper.text(&figure.study),
        false => escaper.text(study),
    };
    let title = escaper.text(&figure.title);
    let when = epoch.map_or("after the last epoch".to_owned(), |epoch| {
        format!("after {}", count(epoch, "epoch"))
    });
    let machines = match machines.is_empty() {
        true => "Machine unknown.".to_owned(),
        false => format!("Computed on {}.", machines.join("; ")),
    };
    format!(
        "{title} ({study}). Test accuracy {when}: mean over seeds \
         $\\pm$ half the width of its 95\\,\\% interval. Seeds: {}. {machines}",
        ranges(&seeds)
    )
}

/// The processor or GPU of a run with its instruction set.
fn machine(run: &RunRecord) -> String {
    let device = match &run.environment.gpu {
        Some(gpu) => &gpu.name,
        None => &run.environment.cpu,
    };
    shown(&format!("{device} ({})", run.level))
}

/// Numbers as ranges: `1--3, 5`.
fn ranges(numbers: &BTreeSet<u64>) -> String {
    let mut found: Vec<(u64, u64)> = Vec::new();
    for &number in numbers {
        match found.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => found.push((number, number)),
        }
    }
    let texts = found.iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}--{last}"),
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// The value that all have, if there is one.
fn one_of(mut values: impl Iterator<Item = usize>) -> Option<usize> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

#[cfg(test)]
mod tests;
