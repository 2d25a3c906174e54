//! `runtime.csv`, `runtime-samples.csv` and `runtime-fits.csv`.

use lenet_results::{PhaseSeconds, RuntimeRecord, RuntimeSession};

use crate::records::fit::{FittedSeries, fits as all_fits};
use crate::records::runtimes::{Point, Runtimes, other_settings};
use crate::tables::table::{Table, TableOf};
use crate::text::or_empty;

/// Adds what names a point, first in the tables of points and samples.
fn named<R>(table: TableOf<R>, record: impl Fn(&R) -> &RuntimeRecord) -> TableOf<R> {
    table
        .text("device", |r| record(r).device_name())
        .text("backend", |r| record(r).config.backend.name())
        .text("data_placement", |r| record(r).execution.placement.name())
        .text("filters", |r| record(r).filters())
        .text("parameters", |r| record(r).parameters)
        .text("batch_size", |r| record(r).batch_size())
        .text("dropout", |r| record(r).dropout())
        .text("samples", |r| record(r).images.train)
        .text("trials", |r| record(r).execution.trials)
}

/// Adds where a point was measured and what else is special of it, last in the same tables.
fn placed<R>(
    table: TableOf<R>,
    record: impl Fn(&R) -> &RuntimeRecord,
    session: impl Fn(&R) -> Option<&RuntimeSession>,
) -> Table {
    let gpu = |s: &RuntimeSession| s.environment.gpu.as_ref().map(|gpu| gpu.name.clone());
    table
        .text("host", |r| {
            or_empty(session(r).map(|s| &s.environment.host))
        })
        .text("cpu", |r| or_empty(session(r).map(|s| &s.environment.cpu)))
        .text("gpu", |r| or_empty(session(r).and_then(gpu)))
        .text("threads", |r| record(r).execution.threads)
        .text("level", |r| record(r).execution.level.clone())
        .text("revision", |r| {
            or_empty(session(r).map(|s| &s.environment.revision))
        })
        .text("settings", |r| other_settings(record(r)))
        .table()
}

/// A row for each point. Times are in seconds, of all trials of a point together. `low` and `high`
/// bound the median's interval, whose confidence level is `interval_level`. A field is empty where
/// nothing is known.
pub(crate) fn points(runtimes: &Runtimes) -> Table {
    let interval = |p: &Point| p.summary.interval;
    let mut table = named(Table::of(&runtimes.points), |p| p.record)
        .text("median", |p| p.summary.median)
        .text("low", |p| or_empty(interval(p).map(|i| i.low)))
        .text("high", |p| or_empty(interval(p).map(|i| i.high)));
    for (i, name) in PhaseSeconds::NAMES.into_iter().enumerate() {
        let phase = |p: &&Point| or_empty(p.summary.phases.map(|phases| phases.values()[i]));
        table = table.text(&format!("{name}_seconds"), phase);
    }
    let table = table
        .text("phases_excess", |p| or_empty(p.summary.phases_excess))
        .text("interval_level", |p| p.summary.level)
        .text("repeats", |p| p.record.samples.len())
        .text("first_quartile", |p| p.summary.quartiles[0])
        .text("third_quartile", |p| p.summary.quartiles[1])
        .text("validation", |p| p.record.images.validation)
        .text("test", |p| p.record.images.test)
        .text("images_per_second", |p| p.summary.train_images_per_second)
        .text("gflops", |p| p.summary.flops_per_second / 1e9)
        .text("share_of_peak", |p| or_empty(p.summary.share_of_peak))
        .text("peak_memory_bytes", |p| {
            or_empty(p.summary.peak_memory_bytes)
        })
        .text("peak_device_memory_bytes", |p| {
            or_empty(p.summary.peak_device_memory_bytes)
        })
        .text("diverged", |p| p.summary.diverged);
    placed(table, |p| p.record, |p| p.record.sessions.last())
}

/// A row for each sample, in the order of measurement.
pub(crate) fn samples(runtimes: &Runtimes) -> Table {
    let marked = runtimes.points.iter().flat_map(|point| {
        let samples = point.record.samples.iter().zip(&point.summary.outliers);
        samples.map(move |(sample, outlier)| (point, sample, *outlier))
    });
    let table = named(Table::of(marked), |(p, _, _)| p.record)
        .text("round", |(_, s, _)| s.round)
        .text("position", |(_, s, _)| s.position)
        .text("session", |(_, s, _)| s.session)
        .text("seconds", |(_, s, _)| s.seconds())
        .text("train_seconds", |(_, s, _)| s.train_seconds)
        .text("evaluation_seconds", |(_, s, _)| s.evaluation_seconds)
        .text("peak_memory_bytes", |(_, s, _)| {
            or_empty(s.peak_memory_bytes)
        })
        .text("peak_device_memory_bytes", |(_, s, _)| {
            or_empty(s.peak_device_memory_bytes)
        })
        .text("diverged", |(_, s, _)| s.diverged)
        .text("outlier", |(_, _, outlier)| *outlier);
    placed(
        table,
        |(p, _, _)| p.record,
        |(p, s, _)| p.record.sessions.get(s.session),
    )
}

/// The fixed cost of a step and the rate beyond it: a row for each series and rate of dropout. `low`
/// and `high` bound the medians over rounds.
pub(crate) fn fits(runtimes: &Runtimes) -> Table {
    let label = |f: &FittedSeries| runtimes.series[f.series].label.clone();
    let gflops = |flops: Option<f64>| or_empty(flops.map(|flops| flops / 1e9));
    Table::of(all_fits(runtimes))
        .text("series", label)
        .text("dropout", |f| f.dropout)
        .text("points", |f| f.points)
        .text("rounds", |f| f.fit.fixed.n)
        .text("fixed_seconds", |f| f.fit.fixed.point)
        .text("fixed_low", |f| or_empty(f.fit.fixed.low()))
        .text("fixed_high", |f| or_empty(f.fit.fixed.high()))
        .text("gflops", |f| f.fit.rate.point / 1e9)
        .text("gflops_low", move |f| gflops(f.fit.rate.low()))
        .text("gflops_high", move |f| gflops(f.fit.rate.high()))
        .text("interval_level", |f| f.fit.fixed.level)
        .text("worst_miss", |f| f.fit.worst)
        .table()
}

#[cfg(test)]
mod tests;
