//! The runtime half of the page: figures, the table of points, and how they were measured.

use std::collections::BTreeSet;

use lenet_core::DeviceKind;
use lenet_results::RuntimeRecord;
use maud::{Markup, PreEscaped, html};

use super::Content;
use super::figures::legend;
use crate::runtime::drawing::{self, RuntimeFigure, thousands};
use crate::runtime::{Point, Runtimes, published};
use lenet_stats::Estimate;

pub(super) fn figures_section(content: &Content) -> Markup {
    html! {
        @for figure in content.runtime_figures { (one(figure)) }
        @if !content.runtime_figures.is_empty() {
            p.note { "The figures' numbers: " a href="runtime.csv" { "runtime.csv" }
                " (a row a point), " a href="runtime-samples.csv" { "runtime-samples.csv" }
                " (a row a sample), " a href="runtime-fits.csv" { "runtime-fits.csv" } "." }
        }
    }
}

fn one(figure: &RuntimeFigure) -> Markup {
    let stem = figure.file_stem();
    html! {
        figure {
            h3 { (figure.heading) }
            div.panels {
                @for panel in figure.sheet().panel_scenes() { (PreEscaped(panel.svg())) }
            }
            (legend(&figure.legend))
            figcaption {
                (figure.caption) " Alone: "
                a href={ (stem) ".svg" } { "SVG" } ", " a href={ (stem) ".png" } { "PNG" } "."
            }
        }
    }
}

/// All tables of runtimes.
pub(super) fn section(content: &Content) -> Markup {
    let runtimes = content.runtimes;
    html! {
        h2 { "Runtimes" }
        p { "Medians over rounds, each round in an order shuffled anew, with their distribution-free "
            "interval: of 95 % from six rounds on, else the range of the rounds (five: 93.75 %). "
            "Work is counted by the direct method; the peak is what all threads reach at most, as "
            "measured, or a GPU's on paper." }
        (points_table(runtimes))
        (fits_table(runtimes))
        (repeats_table(runtimes))
        (remarks(runtimes))
    }
}

fn points_table(runtimes: &Runtimes) -> Markup {
    html! {
        div.scroll { table {
            thead { tr { th.number { "batch" } th.number { "dropout" }
                th.number { "filters" } th.number { "parameters" } th.number { "rounds" }
                th { "seconds" } th.number { "images/s" } th.number { "GFLOP/s" }
                th.number { "of peak" } th.number { "phases" } th.number { "2017" }
                th.number { "2017 ÷ here" } } }
            @for (i, series) in runtimes.series.iter().enumerate() {
                @let own = || runtimes.main().filter(move |p| p.series == i);
                @if own().next().is_some() {
                    tbody {
                        tr { th.group colspan="12" { (series.label) } }
                        @for point in own() { (point_row(runtimes, point)) }
                    }
                }
            }
        } }
        p.note { "Seconds: one epoch and the forward passes over validation and test images. "
            "Phases: how far the sum of the phases, each with a clock around it, is from that. "
            "2017: the report's run on the same kind of device, in seconds; none of its runs had "
            "dropout at work." }
    }
}

fn point_row(runtimes: &Runtimes, point: &Point) -> Markup {
    let (at, summary) = (&point.record.point, &point.summary);
    let of_2017 = published_seconds(runtimes, point);
    let share = |share: f64| format!("{:.0} %", 100.0 * share);
    html! {
        tr {
            td.number { (at.batch_size) }
            td.number { (at.dropout) }
            td.number { (at.filters) }
            td.number { (thousands(at.parameters)) }
            td.number { (point.record.samples.len()) }
            td.nowrap { (format!("{:.3}", summary.median))
                @if let Some(i) = summary.interval { (format!(" ({:.3}–{:.3})", i.low, i.high)) } }
            td.number { (thousands(summary.train_images_per_second.round() as usize)) }
            td.number { (format!("{:.1}", summary.flops_per_second / 1e9)) }
            td.number { (optional(summary.share_of_peak, share)) }
            td.number { (optional(summary.phases_excess, signed_percent)) }
            td.number { (optional(of_2017, |s| format!("{s:.2}"))) }
            td.number { (optional(of_2017, |s| format!("{:.1}", s / summary.median))) }
        }
    }
}

/// What the report gave for the same images on the same kind of device.
fn published_seconds(runtimes: &Runtimes, point: &Point) -> Option<f64> {
    let at = &point.record.point;
    let same_images = runtimes
        .workload
        .as_ref()
        .is_some_and(|w| w.is_the_studys());
    if !same_images || ![0.0, 0.5].contains(&at.dropout) {
        return None;
    }
    published::seconds(at.device, at.filters, at.batch_size, at.dropout > 0.0)
}

fn fits_table(runtimes: &Runtimes) -> Markup {
    let fits = drawing::fits(runtimes);
    let bounded = |e: &Estimate, scale: f64| {
        let bounds = |i: lenet_stats::Interval| {
            let (a, b) = (i.low * scale, i.high * scale);
            format!(" ({:.3}–{:.3})", a.min(b), a.max(b))
        };
        format!(
            "{:.3}{}",
            e.point * scale,
            e.interval.map_or(String::new(), bounds)
        )
    };
    html! {
        @if !fits.is_empty() {
            h3 { "Fixed cost of a step, and the rate beyond it" }
            div.scroll { table {
                thead { tr { th { "series" } th.number { "dropout" } th.number { "points" }
                    th { "ms a step" } th { "GFLOP/s" } th.number { "worst miss" } } }
                tbody { @for fitted in &fits {
                    tr {
                        td { (runtimes.series[fitted.series].label) }
                        td.number { (fitted.dropout) }
                        td.number { (fitted.points) }
                        td.nowrap { (bounded(&fitted.fit.fixed, 1e3)) }
                        td.nowrap { (bounded(&fitted.fit.rate, 1e-9)) }
                        td.number { (format!("{:.0} %", 100.0 * fitted.fit.worst)) }
                    }
                } }
            } }
            p.note { "Median over rounds, each fitted on its own. Worst miss: by how much the line "
                "misses the point that it misses most; where that is much, time is not a fixed "
                "cost plus work at one rate." }
        }
    }
}

/// How well points measured twice agree: what a second run of the same command is good for.
fn repeats_table(runtimes: &Runtimes) -> Markup {
    let near = |r: &&crate::runtime::Repeat| (r.again / r.shown - 1.0).abs() <= 0.05;
    let within = runtimes.repeats.iter().filter(near).count();
    html! {
        @if !runtimes.repeats.is_empty() {
            h3 { "Measured again" }
            p { (within) " of " (runtimes.repeats.len()) " medians of a second measurement of the "
                "same point on the same machine with the same build lie within 5 % of the first, "
                "which is the one shown." }
            div.scroll { table {
                thead { tr { th { "series" } th.number { "batch" } th.number { "dropout" }
                    th.number { "filters" } th.number { "first" } th.number { "again" }
                    th.number { "difference" } } }
                tbody { @for repeat in &runtimes.repeats {
                    @let at = &repeat.record.point;
                    tr {
                        td { (runtimes.series[repeat.series].label) }
                        td.number { (at.batch_size) }
                        td.number { (at.dropout) }
                        td.number { (at.filters) }
                        td.number { (format!("{:.3}", repeat.shown)) }
                        td.number { (format!("{:.3}", repeat.again)) }
                        td.number { (signed_percent(repeat.again / repeat.shown - 1.0)) }
                    }
                } }
            } }
        }
    }
}

/// Marks: rounds and samples out of line, points that say nothing, points of other images.
fn remarks(runtimes: &Runtimes) -> Markup {
    let mut notes: Vec<String> = Vec::new();
    for (host, speed) in runtimes.slow_rounds() {
        notes.push(format!(
            "Round {} on {host} is out of line: its points took {} against their medians.",
            speed.round,
            signed_percent(speed.ratio - 1.0)
        ));
    }
    let outliers: usize = runtimes
        .points
        .iter()
        .map(|p| p.summary.outliers.iter().filter(|o| **o).count())
        .sum();
    let samples: usize = runtimes.points.iter().map(|p| p.record.samples.len()).sum();
    if outliers > 0 {
        notes.push(format!(
            "{outliers} of {samples} samples lie beyond 1.5 interquartile ranges of their point's \
             quartiles."
        ));
    }
    let diverged = runtimes
        .points
        .iter()
        .filter(|p| p.summary.diverged)
        .count();
    if diverged > 0 {
        notes.push(format!(
            "At {diverged} points the network's numbers stopped being finite."
        ));
    }
    let beside = runtimes.points.len() - runtimes.main().count();
    if beside > 0 {
        notes.push(format!(
            "{beside} points of other images, or of trials that were trained together, stand in \
             runtime.csv only: figures, tables and claims hold the images fixed and are about \
             networks trained alone."
        ));
    }
    notes.extend(
        runtimes
            .unusable
            .iter()
            .map(|u| format!("Left out: {}: {}.", u.point, u.reason)),
    );
    html! {
        @if !notes.is_empty() {
            h3 { "Marks" }
            p { "Samples and rounds out of line are marked, and count like all others." }
            ul { @for note in &notes { li { (note) } } }
        }
    }
}

/// Machines and builds of the runtimes.
pub(super) fn provenance(runtimes: &Runtimes) -> Markup {
    let records = || runtimes.points.iter().map(|p| p.record);
    let sessions = || records().flat_map(|r| &r.sessions);
    let list = |values: &mut dyn Iterator<Item = String>| {
        values
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
            .join("; ")
    };
    let host = |s: &lenet_results::RuntimeSession| {
        let e = &s.environment;
        format!("{} ({}, {}, {} cores)", e.host, e.cpu, e.os, e.cores)
    };
    let gpu = |s: &lenet_results::RuntimeSession| {
        let gpu = s.environment.gpu.as_ref()?;
        Some(format!(
            "{} ({} GiB, compute capability {}), driver {}, CUDA {}",
            gpu.name,
            gpu.memory_bytes >> 30,
            gpu.compute_capability,
            gpu.driver,
            gpu.cuda
        ))
    };
    let build = |s: &lenet_results::RuntimeSession| {
        let e = &s.environment;
        let features = match e.features.as_slice() {
            [] => String::new(),
            features => format!(", features {}", features.join(", ")),
        };
        format!("{}, {}{features}", e.profile, e.rustc)
    };
    let loads: Vec<f64> = sessions().filter_map(|s| s.load_average).collect();
    let load = match (
        loads.iter().copied().reduce(f64::min),
        loads.iter().copied().reduce(f64::max),
    ) {
        (Some(a), Some(b)) => format!("{a:.2} to {b:.2} runnable processes in the minute before"),
        _ => "unknown".to_owned(),
    };
    let peak = |s: &lenet_results::RuntimeSession| {
        let peak = s.peak_flops_per_thread?;
        Some(format!("{:.0} GFLOP/s", peak / 1e9))
    };
    let on_cpu = |r: &RuntimeRecord| r.point.device == DeviceKind::Cpu;
    let facts: [(&str, String); 10] = [
        ("host", list(&mut sessions().map(host))),
        ("GPU", list(&mut sessions().filter_map(gpu))),
        (
            "threads",
            list(&mut records().map(|r| r.point.threads.to_string())),
        ),
        (
            "instruction set",
            list(
                &mut records()
                    .filter(|r| on_cpu(r))
                    .map(|r| r.point.level.clone()),
            ),
        ),
        ("peak of a thread", list(&mut sessions().filter_map(peak))),
        (
            "frequency governor",
            list(&mut sessions().map(|s| s.governor.clone())),
        ),
        ("load at the start", load),
        (
            "revision",
            list(&mut sessions().map(|s| s.environment.revision.clone())),
        ),
        ("build", list(&mut sessions().map(build))),
        (
            "images",
            list(&mut records().map(|r| {
                let p = &r.point;
                let [train, validation, test] = [p.samples, p.validation, p.test].map(thousands);
                format!(
                    "{}: {train} for training, {validation} for validation, {test} for test",
                    p.source
                )
            })),
        ),
    ];
    html! {
        h2 { "How runtimes were measured" }
        dl { @for (name, value) in &facts { @if !value.is_empty() {
            dt { (name) } dd { (value) }
        } } }
    }
}

fn optional(value: Option<f64>, text: impl Fn(f64) -> String) -> String {
    value.map_or("–".to_owned(), text)
}

fn signed_percent(share: f64) -> String {
    format!("{:+.1} %", 100.0 * share).replace('-', "−")
}
