//! Runtimes of both devices, as `bench-runtime` takes them, until the time is up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use lenet_bench::runtime::{Plan, RunContext, RuntimeConfig, devices, run as take};
use lenet_data::{Dataset, SplitSpec};
use lenet_ops::Level;
use lenet_results::{
    CheckVerdict, DataPlacement, DeviceKind, Finding, RuntimePoint, RuntimeRecord, RuntimeStore,
};

use super::finding;
use crate::flags::GpuCheck;
use crate::inputs::run_options;
use crate::table::Table;

/// Takes what samples there is time for; more of them are added by `bench-runtime` with the same
/// folder.
///
/// # Errors
/// Records of another machine or build in the folder, a device that fails.
pub fn run(
    flags: &GpuCheck,
    device: &str,
    deadline: Instant,
    stop: &Arc<AtomicBool>,
) -> anyhow::Result<(Finding, Table)> {
    let begun = Instant::now();
    let config = config(flags.quick, device)?;
    let data = Dataset::mnist().split(&SplitSpec {
        validation: config.validation,
        samples: Some(config.samples),
        seed: config.seed,
    })?;
    let level = Level::from_environment()?;
    let threads = run_options(None, 0).threads;
    let plan = Plan::new(&config, devices(&config.device)?, &data, threads, level)?;
    let store = RuntimeStore::create(&flags.out)?;
    let context = RunContext {
        data: &data,
        store: &store,
        level,
        stop,
    };
    let mut left = 0;
    let whole = take(&plan, context, &mut |progress| {
        left = progress.total - progress.done;
        if Instant::now() >= deadline {
            stop.store(true, Ordering::Relaxed);
        }
    })?;
    let why = match Instant::now() >= deadline {
        true => "the time was up",
        false => "stopped",
    };
    let (verdict, detail) = match whole {
        Some(_) => (
            CheckVerdict::Passed,
            format!(
                "{} points, {} samples each",
                plan.points.len(),
                plan.repeats
            ),
        ),
        None => (
            CheckVerdict::Skipped,
            format!(
                "{why} with {left} pieces of work left (hint: `bench-runtime --out {}` \
                 goes on)",
                flags.out.display()
            ),
        ),
    };
    let mut records = Vec::new();
    for point in &plan.points {
        records.extend(store.read(point)?);
    }
    let finding = finding("runtimes on both devices", verdict, detail, begun);
    Ok((finding, table(&records)?))
}

/// The report's grid as far as both devices get in a few minutes.
fn config(quick: bool, device: &str) -> anyhow::Result<RuntimeConfig> {
    let whole = RuntimeConfig::open(RuntimeConfig::BUILTIN)?;
    let device = vec!["cpu".to_owned(), device.to_owned()];
    if quick {
        return Ok(RuntimeConfig {
            device,
            filters: vec![2],
            batch_size: vec![64],
            samples: 128,
            validation: 64,
            repeats: 1,
            warm_up_samples: 64,
            ..whole
        });
    }
    Ok(RuntimeConfig {
        device,
        filters: vec![8, 16, 32, 64],
        repeats: 3,
        ..whole
    })
}

/// Median seconds of each network on each device, and how many times faster the device is.
fn table(records: &[RuntimeRecord]) -> anyhow::Result<Table> {
    let mut table = Table::new(&[
        "filters",
        "batch",
        "dropout",
        "cpu (s)",
        "streamed (s)",
        "resident (s)",
        "cpu/resident",
    ]);
    let work = |point: &RuntimePoint| (point.filters, point.batch_size, point.dropout.to_bits());
    let mut shown = Vec::new();
    for RuntimeRecord { point, .. } in records {
        let row = work(point);
        if shown.contains(&row) {
            continue;
        }
        shown.push(row);
        let of = |device, placement| -> anyhow::Result<Option<f64>> {
            let wanted = |record: &&RuntimeRecord| {
                let point = &record.point;
                work(point) == row && point.device == device && point.placement == placement
            };
            match records.iter().find(wanted) {
                Some(record) if !record.samples.is_empty() => {
                    let seconds: Vec<f64> = record.samples.iter().map(|s| s.seconds()).collect();
                    Ok(Some(lenet_stats::median(&seconds, 0.95)?.point))
                }
                _ => Ok(None),
            }
        };
        let cpu = of(DeviceKind::Cpu, DataPlacement::Streamed)?;
        let streamed = of(DeviceKind::Cuda, DataPlacement::Streamed)?;
        let resident = of(DeviceKind::Cuda, DataPlacement::Resident)?;
        let ratio = cpu.zip(resident).map(|(cpu, resident)| cpu / resident);
        let cell = |value: Option<f64>, digits| {
            value.map_or_else(String::new, |value| format!("{value:.digits$}"))
        };
        table.row([
            point.filters.to_string(),
            point.batch_size.to_string(),
            point.dropout.to_string(),
            cell(cpu, 3),
            cell(streamed, 3),
            cell(resident, 3),
            cell(ratio, 1),
        ]);
    }
    Ok(table)
}
