//! `runtime.csv`, `runtime-samples.csv` and `runtime-fits.csv`.

use lenet_results::{PhaseSeconds, RuntimeSample};

use crate::records::fit::fits as all_fits;
use crate::records::runtimes::{Point, Runtimes};
use crate::tables::table::Table;
use crate::text::or_empty;

/// What names a point, first in the tables of points and samples.
const POINT: [&str; 9] = [
    "device",
    "backend",
    "data_placement",
    "filters",
    "parameters",
    "batch_size",
    "dropout",
    "samples",
    "trials",
];

/// Where a point was measured, last in the same tables.
const PLACE: [&str; 6] = ["host", "cpu", "gpu", "threads", "level", "revision"];

/// A row for each point. Times are in seconds, of all trials of a point together. `low` and `high`
/// bound the median's interval, whose confidence level is `interval_level`. A field is empty where
/// nothing is known.
pub(crate) fn points(runtimes: &Runtimes) -> Table {
    let phases = PhaseSeconds::NAMES.map(|name| format!("{name}_seconds"));
    let own = [
        "phases_excess",
        "interval_level",
        "repeats",
        "first_quartile",
        "third_quartile",
        "validation",
        "test",
        "images_per_second",
        "gflops",
        "share_of_peak",
        "peak_memory_bytes",
        "peak_device_memory_bytes",
        "diverged",
    ];
    let mut columns = POINT.to_vec();
    columns.extend(["median", "low", "high"]);
    columns.extend(phases.iter().map(String::as_str));
    columns.extend(own.into_iter().chain(PLACE));
    Table::of_text(&columns, runtimes.points.iter().map(point_row))
}

fn point_row(point: &Point) -> Vec<String> {
    let (record, summary) = (&point.record, &point.summary);
    let mut row = name(point);
    row.extend([
        summary.median.to_string(),
        or_empty(summary.interval.map(|interval| interval.low)),
        or_empty(summary.interval.map(|interval| interval.high)),
    ]);
    match &summary.phases {
        Some(phases) => row.extend(phases.values().map(|seconds| seconds.to_string())),
        None => row.extend(PhaseSeconds::NAMES.map(|_| String::new())),
    }
    row.extend([
        or_empty(summary.phases_excess),
        summary.level.to_string(),
        record.samples.len().to_string(),
        summary.quartiles[0].to_string(),
        summary.quartiles[1].to_string(),
        record.point.validation.to_string(),
        record.point.test.to_string(),
        summary.train_images_per_second.to_string(),
        (summary.flops_per_second / 1e9).to_string(),
        or_empty(summary.share_of_peak),
        or_empty(summary.peak_memory_bytes),
        or_empty(summary.peak_device_memory_bytes),
        summary.diverged.to_string(),
    ]);
    row.extend(place(point, record.sessions.len().saturating_sub(1)));
    row
}

/// A row for each sample, in the order of measurement.
pub(crate) fn samples(runtimes: &Runtimes) -> Table {
    let own = [
        "round",
        "position",
        "session",
        "seconds",
        "train_seconds",
        "evaluation_seconds",
        "peak_memory_bytes",
        "peak_device_memory_bytes",
        "diverged",
        "outlier",
    ];
    let columns: Vec<&str> = POINT.into_iter().chain(own).chain(PLACE).collect();
    let rows = runtimes.points.iter().flat_map(|point| {
        let marked = point.record.samples.iter().zip(&point.summary.outliers);
        marked.map(|(sample, outlier)| sample_row(point, sample, *outlier))
    });
    Table::of_text(&columns, rows)
}

fn sample_row(point: &Point, sample: &RuntimeSample, outlier: bool) -> Vec<String> {
    let mut row = name(point);
    row.extend([
        sample.round.to_string(),
        sample.position.to_string(),
        sample.session.to_string(),
        sample.seconds().to_string(),
        sample.train_seconds.to_string(),
        sample.evaluation_seconds.to_string(),
        or_empty(sample.peak_memory_bytes),
        or_empty(sample.peak_device_memory_bytes),
        sample.diverged.to_string(),
        outlier.to_string(),
    ]);
    row.extend(place(point, sample.session));
    row
}

/// The fixed cost of a step and the rate beyond it: a row for each series and rate of dropout. `low`
/// and `high` bound the medians over rounds.
pub(crate) fn fits(runtimes: &Runtimes) -> Table {
    let columns = [
        "series",
        "dropout",
        "points",
        "rounds",
        "fixed_seconds",
        "fixed_low",
        "fixed_high",
        "gflops",
        "gflops_low",
        "gflops_high",
        "interval_level",
        "worst_miss",
    ];
    let rows = all_fits(runtimes).into_iter().map(|fitted| {
        let (fixed, rate) = (fitted.fit.fixed, fitted.fit.rate);
        [
            runtimes.series[fitted.series].label.clone(),
            fitted.dropout.to_string(),
            fitted.points.to_string(),
            fixed.n.to_string(),
            fixed.point.to_string(),
            or_empty(fixed.low()),
            or_empty(fixed.high()),
            (rate.point / 1e9).to_string(),
            or_empty(rate.low().map(|flops| flops / 1e9)),
            or_empty(rate.high().map(|flops| flops / 1e9)),
            fixed.level.to_string(),
            fitted.fit.worst.to_string(),
        ]
    });
    Table::of_text(&columns, rows)
}

fn name(point: &Point) -> Vec<String> {
    let point = &point.record.point;
    vec![
        point.device_name(),
        point.backend_name().to_owned(),
        point.placement.name().to_owned(),
        point.filters.to_string(),
        point.parameters.to_string(),
        point.batch_size.to_string(),
        point.dropout.to_string(),
        point.samples.to_string(),
        point.trials.to_string(),
    ]
}

fn place(point: &Point, session: usize) -> [String; 6] {
    let here = point.record.sessions.get(session).map(|s| &s.environment);
    let point = &point.record.point;
    [
        or_empty(here.map(|e| &e.host)),
        or_empty(here.map(|e| &e.cpu)),
        or_empty(here.and_then(|e| e.gpu.as_ref()).map(|gpu| &gpu.name)),
        point.threads.to_string(),
        point.level.clone(),
        or_empty(here.map(|e| &e.revision)),
    ]
}

#[cfg(test)]
mod tests;
