//! What else a reader must know: knobs that do nothing, and unusual outcomes.

use lenet_results::{Outcome, RunRecord, TrialRecord};
use maud::{Markup, html};

use super::Content;
use crate::tables::table::{Field, Table};
use crate::text::{count, joined};

pub(super) fn knobs_section(content: &Content) -> Markup {
    let table = Table::of(content.knobs)
        .text("setting", |k| Field::code(&k.setting))
        .line("values", |k| Field::Code(values(&k.values)))
        .number("places where all agree", |k| {
            format!("{} of {}", k.same, k.places)
        })
        .line("example", |k| Field::Code(k.example.to_vec()))
        .table();
    html! {
        p { "Trials that differ in one setting alone and whose every loss and accuracy agrees bit "
            "for bit. Trials that diverged are left out." }
        @if table.is_empty() {
            p { "None found: every setting that was changed changed the results." }
        } @else {
            (table.html())
            p.note { "A place is a choice of all other settings. Where all places agree, the setting "
                "did nothing between these values. A few places among many are as a rule networks "
                "that died at once." }
        }
    }
}

/// Values of a setting: all, or the first ones and how many there are.
fn values(all: &[String]) -> Vec<String> {
    const TOLD: usize = 6;
    if all.len() <= TOLD {
        return all.to_vec();
    }
    let first = all[..TOLD - 1].iter().cloned();
    let rest = format!("… {} values in all", all.len());
    first.chain(std::iter::once(rest)).collect()
}

pub(super) fn outcomes_section(content: &Content) -> Markup {
    let told = content.records.iter();
    let told = told.flat_map(|r| remarks(r).into_iter().map(move |remark| (r, remark)));
    let table = Table::of(told)
        .text("trial", |(r, _)| Field::code(&r.identity))
        .text("configuration", |(r, _)| {
            content.index.names.cell(&r.config)
        })
        .number("seed", |(r, _)| r.config.seed)
        .text("what happened", |(_, remark)| remark.clone())
        .table();
    let figures = content.study_figures.iter();
    let (begun, waiting): (Vec<_>, Vec<_>) = figures.partition(|figure| figure.has_results());
    let cells = begun.into_iter();
    let cells = cells.flat_map(|figure| figure.cells.iter().map(move |cell| (figure, cell)));
    let missing: Vec<_> = cells.filter(|(_, cell)| !cell.missing.is_empty()).collect();
    html! {
        @if table.is_empty() && content.conflicts.is_empty() {
            p { "None: every trial recorded ran to its end in one place, and no network died." }
        }
        @if !table.is_empty() { (table.html()) }
        @if !content.conflicts.is_empty() {
            h3 { "Trials that gave other numbers elsewhere" }
            ul { @for conflict in content.conflicts {
                li { code { (conflict.identity) } ": " (conflict.dropped) " differs from "
                    (conflict.kept)
                    @if let Some(epoch) = conflict.epoch { " from epoch " (epoch) " on" }
                    "; the latter is shown." }
            } }
        }
        @if !(missing.is_empty() && waiting.is_empty()) {
            h3 { "Not run yet" }
            ul {
                @for figure in &waiting {
                    li { "Figure " (figure.id) ": none of its "
                        (count(figure.cells.len(), "cell")) }
                }
                @for (figure, cell) in &missing {
                li { "Figure " (figure.id) ", " (cell.name) ": "
                    @if cell.missing.len() == 1 { "seed " } @else { "seeds " }
                    (joined(cell.missing.iter().map(ToString::to_string), ", ")) }
                }
            }
        }
    }
}

/// Everything about a trial that a plain completion does not have.
pub(super) fn remarks(record: &TrialRecord) -> Vec<String> {
    let mut notes = Vec::new();
    match &record.outcome {
        Outcome::Completed {} => {}
        Outcome::Stopped { epoch } => notes.push(format!("stopped early after epoch {epoch}")),
        Outcome::Diverged { epoch } => {
            notes.push(format!(
                "diverged in epoch {epoch}: loss or weights no longer finite"
            ));
        }
        Outcome::Failed { message } => notes.push(format!("failed: {message}")),
    }
    if let Some(epoch) = record.epochs.iter().find(|e| e.dead) {
        let dead_at_last = record.epochs.last().filter(|e| e.dead);
        let at_last = dead_at_last.map_or(String::new(), |e| {
            format!("; test accuracy at the end {:.4}", e.test_accuracy)
        });
        notes.push(format!(
            "dead from epoch {}: no hidden unit ever fires{at_last}",
            epoch.epoch
        ));
    }
    let first = record.runs.first();
    for run in record.runs.iter().skip(1) {
        let changed = first.map(|f| changes(f, run)).unwrap_or_default();
        let what = if changed.is_empty() {
            "in the same place".to_owned()
        } else {
            format!("with another {}", changed.join(", "))
        };
        notes.push(format!("resumed after epoch {} {what}", run.from_epoch));
    }
    let checks = record.runs.iter().filter_map(|r| r.self_check.as_ref());
    for check in checks.filter(|check| !check.passed) {
        notes.push(format!(
            "the check of gradients failed: relative error {:.1e} in {}, allowed {:.1e}",
            check.worst_relative_error, check.worst_tensor, check.tolerance
        ));
    }
    notes
}

fn changes(first: &RunRecord, later: &RunRecord) -> Vec<String> {
    let (a, b) = (&first.environment, &later.environment);
    let pairs = [
        ("host", &a.host, &b.host),
        ("revision", &a.revision, &b.revision),
        ("instruction set", &first.level, &later.level),
        ("device", &first.device, &later.device),
    ];
    let differing = pairs.into_iter().filter(|(_, a, b)| a != b);
    differing
        .map(|(name, a, b)| format!("{name} ({a}, then {b})"))
        .collect()
}
