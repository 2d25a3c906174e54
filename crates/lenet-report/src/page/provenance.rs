//! What was run, where, by what, and how to run it again.

use std::collections::BTreeSet;

use lenet_results::{Outcome, RunRecord, TrialRecord};
use maud::{Markup, html};

use super::Content;

/// The sentences below the title.
pub(super) fn lead(content: &Content) -> Markup {
    html! {
        @if content.has_trials() { (trials_lead(content)) }
        @if content.has_runtimes() {
            p.lead {
                (count(content.runtimes.points.len(), "runtime")) " of "
                (content.runtimes.series.len()) " series of device and code, "
                (count(content.runtimes.points.iter().map(|p| p.record.samples.len()).sum(), "sample"))
                "."
            }
        }
    }
}

fn trials_lead(content: &Content) -> Markup {
    let planned: BTreeSet<&str> = content
        .studies
        .iter()
        .flat_map(|s| &s.figures)
        .flat_map(|f| &f.cells)
        .flat_map(|c| &c.trials)
        .map(|t| t.identity.as_str())
        .collect();
    let failed = |r: &&TrialRecord| matches!(r.outcome, Outcome::Failed { .. });
    let of_plan = || {
        content
            .records
            .iter()
            .filter(|r| planned.contains(r.identity.as_str()))
    };
    let (failures, all) = (of_plan().filter(failed).count(), of_plan().count());
    let seeds: BTreeSet<u64> = of_plan().map(|r| r.config.seed).collect();
    let surplus = content.records.len() - all;
    html! {
        p.lead {
            (all - failures) " of " (planned.len()) " trials done"
            @if failures > 0 { ", " (failures) " failed" }
            ", " (count(seeds.len(), "seed")) ", " (count(content.figures.len(), "figure")) "."
            @if surplus > 0 {
                " " (count(surplus, "more trial")) " in the records: part of no figure, but "
                "counted in the claims where they bear on them."
            }
        }
    }
}

fn count(n: usize, noun: &str) -> String {
    if n == 1 {
        format!("1 {noun}")
    } else {
        format!("{n} {noun}s")
    }
}

/// What the records say of machines and builds.
pub(super) fn section(content: &Content) -> Markup {
    let records = content.records;
    let runs = || records.iter().flat_map(|r| &r.runs);
    let list = |value: fn(&RunRecord) -> String| {
        let distinct: BTreeSet<String> = runs().map(value).collect();
        distinct.into_iter().collect::<Vec<_>>().join("; ")
    };
    let facts: [(&str, String); 8] = [
        (
            "host",
            list(|r| {
                let e = &r.environment;
                format!("{} ({}, {}, {} cores)", e.host, e.cpu, e.os, e.cores)
            }),
        ),
        ("device", list(|r| r.device.clone())),
        ("instruction set", list(|r| r.level.clone())),
        (
            "threads a trial × trials at once",
            list(|r| format!("{} × {}", r.threads, r.jobs)),
        ),
        (
            "revision",
            list(|r| format!("{} ({})", r.environment.revision, r.environment.version)),
        ),
        (
            "build",
            list(|r| format!("{}, {}", r.environment.profile, r.environment.rustc)),
        ),
        ("time", time(records)),
        ("check of gradients", self_checks(records)),
    ];
    html! {
        h2 { "How it was run" }
        @if runs().next().is_none() { p { "The records name no machine." } }
        @else {
            dl { @for (name, value) in &facts { @if !value.is_empty() {
                dt { (name) } dd { (value) }
            } } }
            @if runs().any(|r| r.environment.profile != "release") {
                p.note { "Some trials were run by a build that was not optimised: their times say "
                    "nothing, their accuracies are good." }
            }
        }
    }
}

/// Sum over trials, and the span from the first start to the last end.
fn time(records: &[TrialRecord]) -> String {
    let seconds = |r: &TrialRecord, from: usize| -> f64 {
        let done = r.epochs.iter().filter(|e| e.epoch > from);
        done.map(|e| e.train_seconds + e.evaluation_seconds).sum()
    };
    let total: f64 = records.iter().map(|r| seconds(r, 0)).sum();
    let start = records
        .iter()
        .flat_map(|r| &r.runs)
        .map(|r| r.started_unix)
        .min();
    let end = |r: &TrialRecord| {
        let last = r.runs.last()?;
        Some(last.started_unix as f64 + seconds(r, last.from_epoch))
    };
    let last_end = records
        .iter()
        .filter_map(end)
        .fold(f64::NEG_INFINITY, f64::max);
    match start {
        Some(start) if last_end.is_finite() => format!(
            "{} summed over trials; {} from the first start to the last end, pauses included",
            duration(total),
            duration(last_end - start as f64)
        ),
        _ => format!("{} summed over trials", duration(total)),
    }
}

fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    let (h, m, s) = (whole / 3600, whole / 60 % 60, whole % 60);
    match (h, m) {
        (0, 0) => format!("{seconds:.1} s"),
        (0, _) => format!("{m} min {s} s"),
        _ => format!("{h} h {m} min"),
    }
}

fn self_checks(records: &[TrialRecord]) -> String {
    let checks: Vec<_> = records
        .iter()
        .flat_map(|r| &r.runs)
        .filter_map(|r| r.self_check.as_ref())
        .collect();
    let Some(worst) = checks
        .iter()
        .max_by(|a, b| a.worst_relative_error.total_cmp(&b.worst_relative_error))
    else {
        return String::new();
    };
    let passed = checks.iter().filter(|c| c.passed).count();
    format!(
        "passed {passed} of {} times; largest relative error {:.1e} ({})",
        checks.len(),
        worst.worst_relative_error,
        worst.worst_tensor
    )
}

/// The commands that make the page again.
pub(super) fn reproduce(content: &Content) -> Markup {
    let names: Vec<&str> = content.studies.iter().map(|s| s.name.as_str()).collect();
    html! {
        h2 { "How to reproduce it" }
        p { "The same seeds give the same numbers on any number of cores. Finished work is not "
            "done again, so a command also goes on where it was broken off." }
        pre { code {
            @for name in names { "cargo xtask experiments --config " (name) "\n" }
            @if content.has_runtimes() { "cargo xtask bench-runtime\n" }
        } }
        p.note { "For a configuration of one's own, give the path of its file. Names and settings "
            "of every trial and point stand in the records beside this report, under "
            code { "trials/" } " and " code { "runtime/" } "." }
    }
}
