//! What a reader of the numbers must know besides: knobs that do nothing, unusual outcomes.

use lenet_results::{Outcome, RunRecord, TrialRecord};
use maud::{Markup, html};

use super::Content;

pub(super) fn knobs_section(content: &Content) -> Markup {
    html! {
        h2 { "Knobs that do nothing" }
        p { "Trials that differ in one setting alone and whose every loss and accuracy agrees bit "
            "for bit. Trials that diverged are left out." }
        @if content.knobs.is_empty() {
            p { "None found: every setting that was changed changed the results." }
        } @else {
            div.scroll { table {
                thead { tr { th { "setting" } th { "one value" } th { "other value" }
                    th.number { "pairs that agree" } th { "example" } } }
                tbody {
                    @for knob in content.knobs {
                        tr {
                            td { code { (knob.setting) } }
                            td { code { (knob.values[0]) } }
                            td { code { (knob.values[1]) } }
                            td.number { (knob.same) " of " (knob.pairs) }
                            td.nowrap { code { (knob.example[0]) } " " code { (knob.example[1]) } }
                        }
                    }
                }
            } }
            p.note { "All pairs agreeing means that the setting did nothing. A few pairs among "
                "many are as a rule networks that died at once." }
        }
    }
}

pub(super) fn outcomes_section(content: &Content) -> Markup {
    let notes: Vec<(&TrialRecord, String)> = content
        .records
        .iter()
        .flat_map(|r| remarks(r).into_iter().map(move |n| (r, n)))
        .collect();
    let missing: Vec<(&str, &str, &[u64])> = content
        .figures
        .iter()
        .flat_map(|f| f.cells.iter().map(move |c| (f.id.as_str(), c)))
        .filter(|(_, c)| !c.missing.is_empty())
        .map(|(id, c)| (id, c.label.as_str(), c.missing.as_slice()))
        .collect();
    html! {
        h2 { "Outcomes out of the ordinary" }
        @if notes.is_empty() && content.conflicts.is_empty() {
            p { "None: every trial recorded ran to its end in one place, and no network died." }
        }
        @if !notes.is_empty() {
            div.scroll { table {
                thead { tr { th { "trial" } th { "configuration" } th.number { "seed" }
                    th { "what happened" } } }
                tbody {
                    @for (record, note) in &notes {
                        tr {
                            td { code { (record.identity) } }
                            td { (record.config.optimizer.name()) ", learning rate "
                                (record.config.learning_rate) ", dropout "
                                (record.config.dropout.rate)
                                @if !record.config.dropout.connected { " not connected" } }
                            td.number { (record.config.seed) }
                            td { (note) }
                        }
                    }
                }
            } }
        }
        @if !content.conflicts.is_empty() {
            h3 { "Trials that gave other numbers elsewhere" }
            ul { @for conflict in content.conflicts {
                li { code { (conflict.identity) } ": " (conflict.dropped) " differs from "
                    (conflict.kept)
                    @if let Some(epoch) = conflict.epoch { " from epoch " (epoch) " on" }
                    "; the latter is shown." }
            } }
        }
        @if !missing.is_empty() {
            h3 { "Not run yet" }
            ul { @for (figure, label, seeds) in &missing {
                li { "Figure " (figure) ", " (label) ": "
                    @if seeds.len() == 1 { "seed " } @else { "seeds " }
                    (seeds.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")) }
            } }
        }
    }
}

/// Everything about a trial that is not plain completion.
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
        let at_last = record
            .epochs
            .last()
            .filter(|e| e.dead)
            .map_or(String::new(), |e| {
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
    for check in record
        .runs
        .iter()
        .filter_map(|r| r.self_check.as_ref())
        .filter(|c| !c.passed)
    {
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
