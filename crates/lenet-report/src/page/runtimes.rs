//! The tables of runtimes, and remarks on the measurements.

use lenet_stats::Estimate;
use maud::{Markup, html};

use crate::lab2017;
use crate::records::fit::{FittedSeries, fits};
use crate::records::runtimes::{Point, Repeat, Runtimes};
use crate::tables::table::{Row, Style, Table};
use crate::text::{or_dash, signed_percent, thousands};

pub(super) fn section(runtimes: &Runtimes) -> Markup {
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
    let [published, ratio] = lab2017::RUNTIME_COLUMNS;
    let columns = [
        ("batch", Style::Number),
        ("dropout", Style::Number),
        ("filters", Style::Number),
        ("parameters", Style::Number),
        ("rounds", Style::Number),
        ("seconds", Style::Line),
        ("images/s", Style::Number),
        ("GFLOP/s", Style::Number),
        ("of peak", Style::Number),
        ("phases", Style::Number),
        (published, Style::Number),
        (ratio, Style::Number),
    ];
    let group = |(i, series)| {
        let own = runtimes.main().filter(|p| p.series == i);
        let rows: Vec<Row> = own.map(|point| point_row(runtimes, point)).collect();
        (!rows.is_empty()).then_some((series, rows))
    };
    let labels = runtimes.series.iter().map(|series| series.label.as_str());
    let groups: Vec<_> = labels.enumerate().filter_map(group).collect();
    html! {
        (Table::new::<Row>(&columns, []).html_in_groups(&groups))
        p.note { "Seconds: one epoch and the forward passes over validation and test images. "
            "Phases: how far the sum of the phases, each with a clock around it, is from that. "
            (lab2017::RUNTIMES_NOTE) }
    }
}

fn point_row(runtimes: &Runtimes, point: &Point) -> Row {
    let (at, summary) = (&point.record.point, &point.summary);
    let published = published_seconds(runtimes, point);
    let interval = summary.interval;
    let interval = interval.map(|i| format!(" ({:.3}–{:.3})", i.low, i.high));
    let images = summary.train_images_per_second.round() as usize;
    vec![
        at.batch_size.into(),
        at.dropout.into(),
        at.filters.into(),
        thousands(at.parameters).into(),
        point.record.samples.len().into(),
        format!("{:.3}{}", summary.median, interval.unwrap_or_default()).into(),
        thousands(images).into(),
        format!("{:.1}", summary.flops_per_second / 1e9).into(),
        or_dash(summary.share_of_peak, whole_percent).into(),
        or_dash(summary.phases_excess, signed_percent).into(),
        or_dash(published, |s| format!("{s:.2}")).into(),
        or_dash(published, |s| format!("{:.1}", s / summary.median)).into(),
    ]
}

/// The published runtime for the same images on the same kind of device.
fn published_seconds(runtimes: &Runtimes, point: &Point) -> Option<f64> {
    let at = &point.record.point;
    let comparable = runtimes.workload == Some(lab2017::workload());
    if !comparable || ![0.0, 0.5].contains(&at.dropout) {
        return None;
    }
    lab2017::seconds(at.device, at.filters, at.batch_size, at.dropout > 0.0)
}

fn fits_table(runtimes: &Runtimes) -> Markup {
    let columns = [
        ("series", Style::Text),
        ("dropout", Style::Number),
        ("points", Style::Number),
        ("ms a step", Style::Line),
        ("GFLOP/s", Style::Line),
        ("worst miss", Style::Number),
    ];
    let scaled = |e: &Estimate, scale: f64| {
        let bounds = |i: lenet_stats::Interval| {
            let (a, b) = (i.low * scale, i.high * scale);
            format!(" ({:.3}–{:.3})", a.min(b), a.max(b))
        };
        let interval = e.interval.map_or(String::new(), bounds);
        format!("{:.3}{interval}", e.point * scale)
    };
    let row = |fitted: FittedSeries| {
        [
            runtimes.series[fitted.series].label.clone(),
            fitted.dropout.to_string(),
            fitted.points.to_string(),
            scaled(&fitted.fit.fixed, 1e3),
            scaled(&fitted.fit.rate, 1e-9),
            whole_percent(fitted.fit.worst),
        ]
    };
    let table = Table::new(&columns, fits(runtimes).into_iter().map(row));
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
    let columns = [
        ("series", Style::Text),
        ("batch", Style::Number),
        ("dropout", Style::Number),
        ("filters", Style::Number),
        ("first", Style::Number),
        ("again", Style::Number),
        ("difference", Style::Number),
    ];
    let row = |repeat: &Repeat| {
        let at = &repeat.record.point;
        [
            runtimes.series[repeat.series].label.clone(),
            at.batch_size.to_string(),
            at.dropout.to_string(),
            at.filters.to_string(),
            format!("{:.3}", repeat.shown),
            format!("{:.3}", repeat.again),
            signed_percent(repeat.again / repeat.shown - 1.0),
        ]
    };
    html! {
        @if !repeats.is_empty() {
            h3 { "Measured again" }
            p { (within) " of " (repeats.len()) " medians of a second measurement of the "
                "same point on the same machine with the same build lie within 5 % of the first, "
                "which is the one shown." }
            (Table::new(&columns, repeats.iter().map(row)).html())
        }
    }
}

/// Remarks on rounds and samples out of line, on points without results and on other images.
fn remarks(runtimes: &Runtimes) -> Markup {
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
    let beside = points.len() - runtimes.main().count();
    if beside > 0 {
        notes.push(format!(
            "{beside} points of other images, or of trials that were trained together, stand in \
             runtime.csv only: figures, tables and claims hold the images fixed and are about \
             networks trained alone."
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
