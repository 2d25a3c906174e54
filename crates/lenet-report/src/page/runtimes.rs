//! The tables of runtimes, and remarks on the measurements.

use std::collections::{BTreeMap, BTreeSet};

use lenet_stats::Estimate;
use maud::{Markup, html};

use crate::records::fit::{FittedSeries, fits};
use crate::records::runtime_figures::RuntimeFigure;
use crate::records::runtimes::{Point, Repeat, Runtimes};
use crate::records::series::Series;
use crate::tables::table::{Style, Table};
use crate::text::{count, joined, or_dash, signed_percent, thousands};

pub(super) fn section(runtimes: &Runtimes, declared: &[RuntimeFigure]) -> Markup {
    html! {
        p { "Medians over rounds, each round in an order shuffled anew, with their distribution-free "
            "interval: of 95 % from six rounds on, else the range of the rounds (five: 93.75 %). "
            "Work is counted by the direct method; the peak is what all threads reach at most, as "
            "measured, or a GPU's on paper." }
        (points_table(runtimes, declared))
        (fits_table(runtimes))
        (repeats_table(runtimes))
        (remarks(runtimes, declared))
    }
}

/// Settings that the table has columns for, or the names of its groups.
const TOLD: [&str; 7] = [
    "batch_size",
    "dropout",
    "filters",
    "device",
    "backend",
    "placement",
    "threads",
];

/// The points that figures declare, and those of the main workload.
fn shown<'r, 'a>(
    runtimes: &'r Runtimes<'a>,
    declared: &[RuntimeFigure],
) -> Vec<(&'r Point<'a>, String)> {
    let cells = || declared.iter().flat_map(|figure| &figure.cells);
    let settings = |point: &'r Point<'a>| {
        let key = point.record.cell();
        let cell = cells().find(|cell| cell.key == key);
        let beside = cell.map(|cell| cell.beside(|name| TOLD.contains(&name)));
        let own = runtimes.is_main(point).then(String::new);
        Some((point, beside.or(own)?))
    };
    runtimes.points.iter().filter_map(settings).collect()
}

fn points_table(runtimes: &Runtimes, declared: &[RuntimeFigure]) -> Markup {
    let by_cell = published_seconds(declared);
    let shown = shown(runtimes, declared);
    let seconds = |p: &Point| {
        let interval = p.summary.interval;
        let interval = interval.map(|i| format!(" ({:.3}–{:.3})", i.low, i.high));
        format!("{:.3}{}", p.summary.median, interval.unwrap_or_default())
    };
    let images = |p: &Point| p.summary.train_images_per_second.round() as usize;
    let gflops = |p: &Point| format!("{:.1}", p.summary.flops_per_second / 1e9);
    let published = |p: &Point| by_cell.get(p.record.cell().as_str()).copied();
    let table = |points: &mut dyn Iterator<Item = &(&Point, String)>| {
        Table::of(points)
            .column("settings", Style::Label, |(_, settings)| settings.clone())
            .number("batch", |(p, _)| p.record.batch_size())
            .number("dropout", |(p, _)| p.record.dropout())
            .number("filters", |(p, _)| p.record.filters())
            .number("parameters", |(p, _)| thousands(p.record.parameters))
            .number("rounds", |(p, _)| p.record.samples.len())
            .line("seconds", |(p, _)| seconds(p))
            .number("images/s", |(p, _)| thousands(images(p)))
            .number("GFLOP/s", |(p, _)| gflops(p))
            .number("of peak", |(p, _)| {
                or_dash(p.summary.share_of_peak, whole_percent)
            })
            .number("phases", |(p, _)| {
                or_dash(p.summary.phases_excess, signed_percent)
            })
            .number("published", |(p, _)| {
                or_dash(published(p), |s| format!("{s:.2}"))
            })
            .number("published ÷ here", |(p, _)| {
                or_dash(published(p), |s| format!("{:.1}", s / p.summary.median))
            })
            .table()
    };
    let lacking: Vec<&str> = [
        (
            "settings",
            shown.iter().all(|(_, settings)| settings.is_empty()),
        ),
        ("published", by_cell.is_empty()),
        ("published ÷ here", by_cell.is_empty()),
    ]
    .into_iter()
    .filter_map(|(heading, lacks)| lacks.then_some(heading))
    .collect();
    let table = |points: &mut dyn Iterator<Item = &(&Point, String)>| {
        let all = table(points);
        lacking
            .iter()
            .fold(all, |table, heading| table.without(heading))
    };
    let group = |(i, series): (usize, &Series)| {
        let own = table(&mut shown.iter().filter(|(p, _)| p.series == i));
        (!own.is_empty()).then(|| (series.label.clone(), own))
    };
    let series = runtimes.series.iter().enumerate();
    let groups: Vec<_> = series.filter_map(group).collect();
    html! {
        (table(&mut shown.iter()).html_in_groups(&groups))
        p.note { "Seconds: one epoch and the forward passes over validation and test images. "
            "Phases: how far the sum of the phases, each with a clock around it, is from that. "
            (sources(declared)) }
    }
}

/// The published seconds of each cell that has some.
fn published_seconds(declared: &[RuntimeFigure]) -> BTreeMap<&str, f64> {
    let cells = declared.iter().flat_map(|figure| &figure.cells);
    cells
        .filter_map(|cell| Some((cell.key.as_str(), cell.published?)))
        .collect()
}

/// Where they come from, each source once.
fn sources(declared: &[RuntimeFigure]) -> String {
    let all = declared
        .iter()
        .filter_map(|figure| figure.published.as_ref());
    let all = all.map(|p| format!("Published: {}; {}.", p.source, p.precision));
    joined(all.collect::<BTreeSet<_>>(), " ")
}

fn fits_table(runtimes: &Runtimes) -> Markup {
    let scaled = |e: &Estimate, scale: f64| {
        let bounds = |i: lenet_stats::Interval| {
            let (a, b) = (i.low * scale, i.high * scale);
            format!(" ({:.3}–{:.3})", a.min(b), a.max(b))
        };
        let interval = e.interval.map_or(String::new(), bounds);
        format!("{:.3}{interval}", e.point * scale)
    };
    let label = |f: &FittedSeries| runtimes.series[f.series].label.clone();
    let table = Table::of(fits(runtimes))
        .text("series", label)
        .number("dropout", |f| f.dropout)
        .number("points", |f| f.points)
        .line("ms a step", move |f| scaled(&f.fit.fixed, 1e3))
        .line("GFLOP/s", move |f| scaled(&f.fit.rate, 1e-9))
        .number("worst miss", |f| whole_percent(f.fit.worst))
        .table();
    html! {
        @if !table.is_empty() {
            h3 { "Fixed cost of a step, and the rate beyond it" }
            (table.html())
            p.note { "Median over rounds, each fitted on its own. Worst miss: by how much the line "
                "misses the point that it misses most; where that is much, time is not a fixed "
                "cost plus work at one rate." }
        }
    }
}

/// How well two measurements of a point agree.
fn repeats_table(runtimes: &Runtimes) -> Markup {
    let repeats = &runtimes.repeats;
    let near = |r: &&Repeat| (r.again / r.shown - 1.0).abs() <= 0.05;
    let within = repeats.iter().filter(near).count();
    let label = |r: &&Repeat| runtimes.series[r.series].label.clone();
    let table = Table::of(repeats)
        .text("series", label)
        .number("batch", |r| r.record.batch_size())
        .number("dropout", |r| r.record.dropout())
        .number("filters", |r| r.record.filters())
        .number("first", |r| format!("{:.3}", r.shown))
        .number("again", |r| format!("{:.3}", r.again))
        .number("difference", |r| signed_percent(r.again / r.shown - 1.0))
        .table();
    html! {
        @if !repeats.is_empty() {
            h3 { "Measured again" }
            p { (within) " of " (repeats.len()) " medians of a second measurement of the "
                "same point on the same machine with the same build lie within 5 % of the first, "
                "which is the one shown." }
            (table.html())
        }
    }
}

/// Remarks on rounds and samples out of line, on points without results and on other images.
fn remarks(runtimes: &Runtimes, declared: &[RuntimeFigure]) -> Markup {
    let points = &runtimes.points;
    let mut notes: Vec<String> = Vec::new();
    for (host, speed) in runtimes.slow_rounds() {
        notes.push(format!(
            "Round {} on {host} is out of line: its points took {} against their medians.",
            speed.round,
            signed_percent(speed.ratio - 1.0)
        ));
    }
    let marks = points.iter().flat_map(|p| &p.summary.outliers);
    let outliers = marks.filter(|outlier| **outlier).count();
    let samples: usize = points.iter().map(|p| p.record.samples.len()).sum();
    if outliers > 0 {
        notes.push(format!(
            "{outliers} of {samples} samples lie beyond 1.5 interquartile ranges of their point's \
             quartiles."
        ));
    }
    let diverged = points.iter().filter(|p| p.summary.diverged).count();
    if diverged > 0 {
        notes.push(format!(
            "At {diverged} points the network's numbers stopped being finite."
        ));
    }
    let beside = points.len() - shown(runtimes, declared).len();
    if beside > 0 {
        notes.push(format!(
            "{} of other images or settings, or of trials that were trained together, in \
             runtime.csv only: no figure here declares them.",
            count(beside, "point")
        ));
    }
    let unusable = runtimes.unusable.iter();
    notes.extend(unusable.map(|u| format!("Left out: {}: {}.", u.point, u.reason)));
    html! {
        @if !notes.is_empty() {
            h3 { "Marks" }
            p { "Samples and rounds out of line are marked, and count like all others." }
            ul { @for note in &notes { li { (note) } } }
        }
    }
}

fn whole_percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

#[cfg(test)]
mod tests;
