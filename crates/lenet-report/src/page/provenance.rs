//! What ran, where, by which build, and how to run it again.

use std::collections::BTreeSet;

use lenet_core::{DeviceKind, Gpu};
use lenet_results::{Environment, Outcome, RunRecord, SelfCheck, StudyFile, TrialRecord};
use maud::{Markup, html};

use super::Content;
use crate::records::estimates::extremes;
use crate::records::runtimes::Runtimes;
use crate::text::{count, thousands};

/// The sentences below the title.
pub(super) fn lead(content: &Content) -> Markup {
    let points = content.runtimes.points.iter();
    let samples = points.map(|p| p.record.samples.len());
    html! {
        @if content.has_trials() { (trials_lead(content)) }
        @if content.has_runtimes() {
            p.lead {
                (count(content.runtimes.points.len(), "runtime")) " of "
                (content.runtimes.series.len()) " series of device and code, "
                (count(samples.sum(), "sample"))
                "."
            }
        }
        (left_out(content.left_out))
    }
}

/// What is damaged, and so counts as missing.
fn left_out(files: &[String]) -> Markup {
    html! {
        @if !files.is_empty() {
            div.note {
                p { (count(files.len(), "damaged file")) " left out of this report. What they held counts as "
                    "missing. The command that wrote them sets them aside and makes them anew." }
                ul { @for file in files { li { (file) } } }
            }
        }
    }
}

fn trials_lead(content: &Content) -> Markup {
    let figures = content.studies.iter().flat_map(|s| &s.figures);
    let trials = figures.flat_map(|f| &f.cells).flat_map(|c| &c.trials);
    let planned: BTreeSet<&str> = trials.map(|t| t.identity.as_str()).collect();
    let failed = |r: &&TrialRecord| matches!(r.outcome, Outcome::Failed { .. });
    let is_planned = |r: &&TrialRecord| planned.contains(r.identity.as_str());
    let of_plan = || content.records.iter().filter(is_planned);
    let (failures, all) = (of_plan().filter(failed).count(), of_plan().count());
    let seeds: BTreeSet<u64> = of_plan().map(|r| r.config.seed).collect();
    let surplus = content.records.len() - all;
    html! {
        p.lead {
            (all - failures) " of " (planned.len()) " trials done"
            @if failures > 0 { ", " (failures) " failed" }
            ", " (count(seeds.len(), "seed")) ", " (count(content.study_figures.len(), "figure")) "."
            @if surplus > 0 {
                " " (count(surplus, "more trial")) " in the records: part of no figure, but "
                "counted in the claims where they bear on them."
            }
        }
    }
}

/// A list of facts. Facts without a text are left out.
fn facts(facts: &[(&str, String)]) -> Markup {
    html! {
        dl { @for (name, value) in facts { @if !value.is_empty() {
            dt { (name) } dd { (value) }
        } } }
    }
}

/// The distinct texts in order.
fn distinct(texts: impl Iterator<Item = String>) -> String {
    let distinct: BTreeSet<String> = texts.collect();
    distinct.into_iter().collect::<Vec<_>>().join("; ")
}

fn host(e: &Environment) -> String {
    format!(
        "{} ({}, {}, {})",
        e.host,
        e.cpu,
        e.os,
        count(e.cores, "core")
    )
}

/// Machines and builds of the trials.
pub(super) fn of_trials(records: &[TrialRecord]) -> Markup {
    let runs = || records.iter().flat_map(|r| &r.runs);
    let all = |text: fn(&RunRecord) -> String| distinct(runs().map(text));
    let list = [
        ("host", all(|r| host(&r.environment))),
        ("device", all(|r| r.device.clone())),
        ("instruction set", all(|r| r.level.clone())),
        (
            "threads per trial × trials at once",
            all(|r| format!("{} × {}", r.threads, r.jobs)),
        ),
        (
            "revision",
            all(|r| format!("{} ({})", r.environment.revision, r.environment.version)),
        ),
        (
            "build",
            all(|r| format!("{}, {}", r.environment.profile, r.environment.rustc)),
        ),
        ("time", time(records)),
        ("check of gradients", self_checks(records)),
    ];
    html! {
        @if runs().next().is_none() { p { "The records name no machine." } }
        @else {
            (facts(&list))
            @if runs().any(|r| r.environment.profile != "release") {
                p.note { "Some trials were run by a build that was not optimised: their times say "
                    "nothing, their accuracies are good." }
            }
        }
    }
}

/// Machines and builds of the runtimes.
pub(super) fn of_runtimes(runtimes: &Runtimes) -> Markup {
    let records = || runtimes.points.iter().map(|p| p.record);
    let sessions = || records().flat_map(|r| &r.sessions);
    let gpu = |gpu: &Gpu| {
        format!(
            "{} ({} GiB, compute capability {}), driver {}, CUDA {}",
            gpu.name,
            gpu.memory_bytes >> 30,
            gpu.compute_capability,
            gpu.driver,
            gpu.cuda
        )
    };
    let build = |e: &Environment| {
        let features = match e.features.as_slice() {
            [] => String::new(),
            features => format!(", features {}", features.join(", ")),
        };
        format!("{}, {}{features}", e.profile, e.rustc)
    };
    let load = match extremes(sessions().filter_map(|s| s.load_average)) {
        Some((low, high)) => {
            format!("{low:.2} to {high:.2} runnable processes in the minute before")
        }
        None => "unknown".to_owned(),
    };
    let peaks = sessions().filter_map(|s| s.peak_flops_per_thread);
    let on_cpu = records().filter(|r| r.config.device == DeviceKind::Cpu);
    let images = records().map(|r| {
        let images = r.images;
        let [train, validation, test] =
            [images.train, images.validation, images.test].map(thousands);
        format!(
            "{}: {train} for training, {validation} for validation, {test} for test",
            r.config.data.source
        )
    });
    let environments = || sessions().map(|s| &s.environment);
    let gpus = environments().filter_map(|e| e.gpu.as_ref());
    let threads = records().map(|r| r.execution.threads.to_string());
    let revisions = environments().map(|e| e.revision.clone());
    let list = [
        ("host", distinct(environments().map(host))),
        ("GPU", distinct(gpus.map(gpu))),
        ("threads", distinct(threads)),
        (
            "instruction set",
            distinct(on_cpu.map(|r| r.execution.level.clone())),
        ),
        (
            "peak of a thread",
            distinct(peaks.map(|peak| format!("{:.0} GFLOP/s", peak / 1e9))),
        ),
        (
            "frequency governor",
            distinct(sessions().map(|s| s.governor.clone())),
        ),
        ("load at the start", load),
        (
            "shared",
            distinct(sessions().filter_map(|s| s.shared.map(|shared| shared.to_string()))),
        ),
        ("revision", distinct(revisions)),
        ("build", distinct(environments().map(build))),
        ("images", distinct(images)),
    ];
    html! {
        (facts(&list))
    }
}

/// Time summed over trials, and the span from the first start to the last end.
fn time(records: &[TrialRecord]) -> String {
    let seconds = |r: &TrialRecord, from: usize| -> f64 {
        let done = r.epochs.iter().filter(|e| e.epoch > from);
        done.map(|e| e.train_seconds + e.evaluation_seconds).sum()
    };
    let total: f64 = records.iter().map(|r| seconds(r, 0)).sum();
    let runs = records.iter().flat_map(|r| &r.runs);
    let start = runs.map(|r| r.started_unix).min();
    let end = |r: &TrialRecord| {
        let last = r.runs.last()?;
        Some(last.started_unix as f64 + seconds(r, last.from_epoch))
    };
    let ends = records.iter().filter_map(end);
    let last_end = ends.fold(f64::NEG_INFINITY, f64::max);
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
    let runs = records.iter().flat_map(|r| &r.runs);
    let checks: Vec<_> = runs.filter_map(|r| r.self_check.as_ref()).collect();
    let error = |check: &SelfCheck| check.worst_relative_error;
    let worst = checks.iter().max_by(|a, b| error(a).total_cmp(&error(b)));
    let Some(worst) = worst else {
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

/// The commands that make the page again, and the files that they read.
pub(super) fn reproduce(content: &Content) -> Markup {
    let mut commands: Vec<String> = Vec::new();
    for study in content.studies {
        let usual = || format!("lenet-lab experiments --config {}", study.name);
        match study.commands.as_slice() {
            // A record of an older version does not say.
            [] => commands.push(usual()),
            told => commands.extend(told.iter().cloned()),
        }
    }
    let told = content
        .studies
        .iter()
        .any(|study| !study.commands.is_empty());
    if content.has_runtimes() && !told {
        commands.push("lenet-lab bench-runtime".to_owned());
    }
    let mut files: Vec<&StudyFile> = Vec::new();
    for file in content.studies.iter().flat_map(|study| &study.files) {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    html! {
        p { "The same seeds give the same numbers on any number of cores. Finished work is not "
            "done again, so a command also goes on where it was broken off." }
        pre { code { @for command in &commands { (command) "\n" } } }
        @if files.is_empty() {
            p.note { "For a configuration of one's own, give the path of its file." }
        }
        @for file in &files {
            details { summary { code { (file.name) } } pre { code { (file.text) } } }
        }
        p.note { "Names and settings of every trial and point stand in the records beside this "
            "report, under " code { "trials/" } " and " code { "runtime/" } "." }
    }
}
