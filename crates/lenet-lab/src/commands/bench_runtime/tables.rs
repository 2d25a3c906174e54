//! What `bench-runtime` prints.

use lenet_report::{Summary, rounds};
use lenet_results::{Environment, PhaseSeconds, RuntimeRecord};

use crate::table::Table;

/// Columns that name a point in both tables.
const POINT: [&str; 7] = [
    "device", "backend", "data", "filters", "batch", "dropout", "trials",
];

/// A runtime that was measured.
pub struct Measured<'m> {
    /// The record.
    pub record: &'m RuntimeRecord,
    /// Its summary.
    pub summary: Summary,
    /// Settings that vary and have no column.
    pub settings: &'m str,
}

/// The columns that name a runtime, with one for settings where some of them vary.
fn heading(measured: &[Measured<'_>]) -> Vec<&'static str> {
    let mut heading = POINT.to_vec();
    if measured.iter().any(|m| !m.settings.is_empty()) {
        heading.push("settings");
    }
    heading
}

fn named(measured: &Measured<'_>, heading: &[&str]) -> Vec<String> {
    let record = measured.record;
    let mut row = vec![
        record.device_name(),
        record.config.backend.name().to_owned(),
        record.execution.placement.name().to_owned(),
        record.filters().to_string(),
        record.batch_size().to_string(),
        record.dropout().to_string(),
        record.execution.trials.to_string(),
    ];
    if heading.contains(&"settings") {
        row.push(measured.settings.to_owned());
    }
    row
}

/// Medians and rates, a row for each runtime.
pub fn table(all: &[Measured<'_>]) -> Table {
    let point_heading = heading(all);
    let mut heading = point_heading.clone();
    heading.extend([
        "parameters",
        "seconds",
        "interval",
        "IQR",
        "images/s",
        "GFLOP/s",
        "of peak",
        "marks",
    ]);
    let mut table = Table::new(&heading);
    for measured in all {
        let (record, summary) = (measured.record, &measured.summary);
        let mut row = named(measured, &point_heading);
        let [low, high] = summary.quartiles;
        let outliers = summary.outliers.iter().filter(|&&outlier| outlier).count();
        row.extend([
            record.parameters.to_string(),
            format!("{:.3}", summary.median),
            summary.interval.map_or_else(String::new, |interval| {
                format!("{:.3}–{:.3}", interval.low, interval.high)
            }),
            format!("{:.3}", high - low),
            format!("{:.0}", summary.train_images_per_second),
            format!("{:.1}", summary.flops_per_second / 1e9),
            summary
                .share_of_peak
                .map_or_else(String::new, |share| format!("{:.0} %", 100.0 * share)),
            match (outliers, summary.diverged) {
                (0, false) => String::new(),
                (0, true) => "diverged".to_owned(),
                (n, false) => format!("{n} out of line"),
                (n, true) => format!("{n} out of line, diverged"),
            },
        ]);
        table.row(row);
    }
    table
}

/// Milliseconds per phase, their sum, and its difference from the median runtime.
pub fn phases(all: &[Measured<'_>]) -> Table {
    let point_heading = heading(all);
    let mut heading = point_heading.clone();
    heading.extend(PhaseSeconds::NAMES);
    heading.extend(["sum (ms)", "to total"]);
    let mut table = Table::new(&heading);
    for measured in all {
        let summary = &measured.summary;
        if let (Some(phases), Some(excess)) = (summary.phases, summary.phases_excess) {
            let mut row = named(measured, &point_heading);
            row.extend(phases.values().map(|s| format!("{:.1}", 1e3 * s)));
            row.push(format!("{:.1}", 1e3 * phases.sum()));
            row.push(format!("{:+.1} %", 100.0 * excess));
            table.row(row);
        }
    }
    table
}

/// Lines about the quality of the samples.
///
/// # Errors
/// A time that is not finite.
pub fn remarks(all: &[Measured<'_>]) -> anyhow::Result<Vec<String>> {
    let mut remarks = Vec::new();
    let records = all.iter().map(|measured| measured.record);
    for round in rounds(records)?.into_iter().filter(|r| r.out_of_line) {
        remarks.push(format!(
            "round {} is out of line: its points took {:+.0} % against their medians (kept)",
            round.round,
            100.0 * (round.ratio - 1.0)
        ));
    }
    let levels: Vec<f64> = all.iter().map(|m| m.summary.level).collect();
    if let Some(lowest) = levels.iter().copied().reduce(f64::min) {
        remarks.push(format!(
            "medians of {} samples; intervals of at least {:.2} % confidence",
            all.iter()
                .map(|m| m.record.samples.len())
                .min()
                .unwrap_or(0),
            100.0 * lowest
        ));
    }
    Ok(remarks)
}

/// Machine and build.
pub fn provenance(records: &[RuntimeRecord], threads: usize) -> String {
    let host = Environment::collect();
    let session = records
        .iter()
        .rev()
        .find_map(|record| record.sessions.last());
    let unknown = || "unknown".to_owned();
    format!(
        "{}, {} cores, {threads} threads; governor {}, load {} at the start, peak {} GFLOP/s a \
         thread; revision {}, {} build",
        host.cpu,
        host.cores,
        session.map_or_else(unknown, |s| s.governor.clone()),
        session
            .and_then(|s| s.load_average)
            .map_or_else(unknown, |load| format!("{load:.2}")),
        session
            .and_then(|s| s.peak_flops_per_thread)
            .map_or_else(unknown, |peak| format!("{:.0}", peak / 1e9)),
        host.revision,
        host.profile
    )
}
