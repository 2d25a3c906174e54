//! `bench-runtime`: training runtime against network size, the second half of the report.

use std::path::PathBuf;

use lenet_bench::runtime::{
    Plan, RunContext, RuntimeConfig, RuntimeError, devices, run as measure,
};
use lenet_core::{Precision, Validation};
use lenet_data::{Dataset, SplitSpec};
use lenet_ops::Level;
use lenet_report::{Records, Summary, rounds, summarize, write_report};
use lenet_results::{Environment, PhaseSeconds, RuntimeRecord, RuntimeStore, runtime_records};

use crate::exit::{CommandResult, Exit, Failure, OrFail};
use crate::flags::BenchRuntime;
use crate::inputs::{check_devices, run_options};
use crate::interrupt::stop_flag;
use crate::output;
use crate::progress::GridProgress;
use crate::table::Table;

/// Runs the command; refuses a debug build, a grid that cannot be measured and records of another
/// machine or build.
pub fn run(flags: &BenchRuntime) -> CommandResult {
    if cfg!(debug_assertions) && !flags.allow_debug {
        return Err(refusal(
            "this is a debug build, whose times mean nothing (hint: `cargo xtask` builds an \
             optimised one)",
        ));
    }
    let config = config(flags).or_refuse()?;
    let level = Level::from_environment().or_refuse()?;
    let splits = Dataset::mnist()
        .split(&SplitSpec {
            validation: Validation::first(config.validation),
            samples: Some(config.samples),
            seed: config.seed,
        })
        .or_refuse()?;
    let found = devices(&config.device).or_refuse()?;
    let threads = run_options(flags.threads, 0).threads;
    let plan = Plan::new(&config, found, &splits, threads, level).or_refuse()?;
    for point in &plan.points {
        let path = (point.backend, point.device, Precision::Single);
        check_devices([path], point.ordinal).or_refuse()?;
    }
    let out = match &flags.out {
        Some(folder) => folder.clone(),
        None => PathBuf::from("results").join(&config.name),
    };
    let store = RuntimeStore::create(&out).or_refuse()?;
    for left_out in &plan.left_out {
        output::note(left_out);
    }
    let stop = stop_flag().or_fail()?;
    let mut bar = GridProgress::new(flags.progress.quiet);
    let context = RunContext {
        data: &splits,
        store: &store,
        level,
        stop: &stop,
    };
    let measured = measure(&plan, context, &mut |progress| bar.show(progress));
    bar.finish();
    let records = match measured {
        // Found before any work.
        Err(error @ RuntimeError::OtherEnvironment { .. }) => Err(error).or_refuse()?,
        other => other.or_fail()?,
    };
    let Some(records) = records else {
        output::note("interrupted; the same command goes on");
        return Ok(Exit::Interrupted);
    };
    let summaries = records
        .iter()
        .map(summarize)
        .collect::<Result<Vec<_>, _>>()
        .or_fail()?;
    let points: Vec<_> = records.iter().zip(&summaries).collect();
    // Earlier grids in the folder belong to the report too.
    let all = runtime_records(&out).or_fail()?;
    let report = Records {
        runtimes: &all,
        ..Records::default()
    };
    let files = write_report(report, &out.join("report")).or_fail()?;

    output::line(table(&points)).or_fail()?;
    output::line(format_args!("\n{}", phases(&points))).or_fail()?;
    for remark in remarks(&points).or_fail()? {
        output::line(remark).or_fail()?;
    }
    output::line(provenance(&records, threads)).or_fail()?;
    output::line(format_args!("report   {}", files.index.display())).or_fail()?;
    Ok(Exit::Done)
}

/// The configuration of the file, with the values that flags give instead.
fn config(flags: &BenchRuntime) -> anyhow::Result<RuntimeConfig> {
    let mut config = RuntimeConfig::open(&flags.config)?;
    let replace = |list: &mut Vec<usize>, by: &Vec<usize>| {
        if !by.is_empty() {
            list.clone_from(by);
        }
    };
    replace(&mut config.filters, &flags.filters);
    replace(&mut config.batch_size, &flags.batch_size);
    replace(&mut config.trials, &flags.trials);
    if !flags.device.is_empty() {
        config.device.clone_from(&flags.device);
    }
    if !flags.backend.is_empty() {
        config.backend.clone_from(&flags.backend);
    }
    if let Some(repeats) = flags.repeats {
        config.repeats = repeats;
    }
    config.check()?;
    Ok(config)
}

fn refusal(reason: &'static str) -> Failure {
    Failure {
        exit: Exit::Refused,
        error: anyhow::anyhow!(reason),
    }
}

/// Columns that name a point in both tables.
const POINT: [&str; 7] = [
    "device", "backend", "data", "filters", "batch", "dropout", "trials",
];

fn point(record: &RuntimeRecord) -> Vec<String> {
    let point = &record.point;
    vec![
        point.device_name(),
        point.backend.name().to_owned(),
        point.placement.name().to_owned(),
        point.filters.to_string(),
        point.batch_size.to_string(),
        point.dropout.to_string(),
        point.trials.to_string(),
    ]
}

fn table(points: &[(&RuntimeRecord, &Summary)]) -> Table {
    let mut heading = POINT.to_vec();
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
    for (record, summary) in points {
        let mut row = point(record);
        let [low, high] = summary.quartiles;
        let outliers = summary.outliers.iter().filter(|&&outlier| outlier).count();
        row.extend([
            record.point.parameters.to_string(),
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
fn phases(points: &[(&RuntimeRecord, &Summary)]) -> Table {
    let mut heading = POINT.to_vec();
    heading.extend(PhaseSeconds::NAMES);
    heading.extend(["sum (ms)", "to total"]);
    let mut table = Table::new(&heading);
    for (record, summary) in points {
        if let (Some(phases), Some(excess)) = (summary.phases, summary.phases_excess) {
            let mut row = point(record);
            row.extend(phases.values().map(|s| format!("{:.1}", 1e3 * s)));
            row.push(format!("{:.1}", 1e3 * phases.sum()));
            row.push(format!("{:+.1} %", 100.0 * excess));
            table.row(row);
        }
    }
    table
}

/// Lines about the quality of the samples.
fn remarks(points: &[(&RuntimeRecord, &Summary)]) -> anyhow::Result<Vec<String>> {
    let mut remarks = Vec::new();
    let records = points.iter().map(|(record, _)| *record);
    for round in rounds(records)?.into_iter().filter(|r| r.out_of_line) {
        remarks.push(format!(
            "round {} is out of line: its points took {:+.0} % against their medians (kept)",
            round.round,
            100.0 * (round.ratio - 1.0)
        ));
    }
    let levels: Vec<f64> = points.iter().map(|(_, summary)| summary.level).collect();
    if let Some(lowest) = levels.iter().copied().reduce(f64::min) {
        remarks.push(format!(
            "medians of {} samples; intervals of at least {:.2} % confidence",
            points
                .iter()
                .map(|(r, _)| r.samples.len())
                .min()
                .unwrap_or(0),
            100.0 * lowest
        ));
    }
    Ok(remarks)
}

fn provenance(records: &[RuntimeRecord], threads: usize) -> String {
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
