//! Runtimes on both devices, as `bench-runtime` measures them, until the time is up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use lenet_bench::runtime::{Plan, RunContext, RuntimeConfig, devices, run as take};
use lenet_core::Backend::{self, Fused, Stock};
use lenet_core::DeviceKind::{Cpu, Cuda};
use lenet_core::Validation;
use lenet_data::{Dataset, SplitSpec};
use lenet_ops::Level;
use lenet_results::{
    CheckVerdict, DataPlacement, Finding, RuntimePoint, RuntimeRecord, RuntimeStore,
};

use super::finding;
use crate::flags::GpuCheck;
use crate::inputs::run_options;
use crate::table::Table;

/// Takes as many samples as there is time for; `bench-runtime` with the same folder adds more.
///
/// # Errors
/// The folder holds records of another machine or build, or a device fails.
pub fn run(
    flags: &GpuCheck,
    device: &str,
    deadline: Instant,
    stop: &Arc<AtomicBool>,
) -> anyhow::Result<(Finding, Table)> {
    let begun = Instant::now();
    let grids = grids(flags.quick, device)?;
    let first = &grids[0];
    let data = Dataset::mnist().split(&SplitSpec {
        validation: Validation::first(first.validation),
        samples: Some(first.samples),
        seed: first.seed,
    })?;
    let level = Level::from_environment()?;
    let threads = run_options(None, 0).threads;
    let store = RuntimeStore::create(&flags.out)?;
    let context = RunContext {
        data: &data,
        store: &store,
        level,
        stop,
    };
    let mut points = Vec::new();
    let mut left = 0;
    let mut whole = true;
    for grid in &grids {
        let plan = Plan::new(grid, devices(&grid.device)?, &data, threads, level)?;
        points.extend_from_slice(&plan.points);
        let done = take(&plan, context, &mut |progress| {
            left = progress.total - progress.done;
            if Instant::now() >= deadline {
                stop.store(true, Ordering::Relaxed);
            }
        })?;
        whole &= done.is_some();
        if !whole {
            break;
        }
    }
    let why = match Instant::now() >= deadline {
        true => "the time was up",
        false => "stopped",
    };
    let (verdict, detail) = match whole {
        true => (
            CheckVerdict::Passed,
            format!("{} points, {} samples each", points.len(), first.repeats),
        ),
        false => (
            CheckVerdict::Skipped,
            format!(
                "{why} with {left} pieces of work of a grid left (hint: `bench-runtime --out {}` \
                 goes on)",
                flags.out.display()
            ),
        ),
    };
    let mut records = Vec::new();
    for point in &points {
        records.extend(store.read(point)?);
    }
    let finding = finding("runtimes on both devices", verdict, detail, begun);
    Ok((finding, table(&records)?))
}

/// Numbers of trials that a GPU trains together.
const TRIALS: [usize; 3] = [1, 16, 80];

/// As much of the report's grid as both devices measure in a few minutes: first the fused
/// operations, then, on a GPU, those of candle.
fn grids(quick: bool, device: &str) -> anyhow::Result<Vec<RuntimeConfig>> {
    let whole = RuntimeConfig::open(RuntimeConfig::BUILTIN)?;
    let sizes = match quick {
        true => RuntimeConfig {
            filters: vec![2],
            batch_size: vec![64],
            samples: 128,
            validation: 64,
            repeats: 1,
            warm_up_samples: 64,
            ..whole
        },
        false => RuntimeConfig {
            filters: vec![8, 16, 32, 64],
            repeats: 3,
            ..whole
        },
    };
    let mut grids = vec![RuntimeConfig {
        device: vec!["cpu".to_owned(), device.to_owned()],
        trials: TRIALS.to_vec(),
        ..sizes.clone()
    }];
    if device != "cpu" {
        grids.push(RuntimeConfig {
            device: vec![device.to_owned()],
            backend: vec![Backend::Stock],
            ..sizes
        });
    }
    Ok(grids)
}

/// Median seconds of each network on each device, and how many times faster the device is with one
/// trial and, per trial, with the most.
fn table(records: &[RuntimeRecord]) -> anyhow::Result<Table> {
    let mut heading = vec!["filters", "batch", "dropout", "cpu (s)"];
    heading.extend(["1 trial (s)", "16 trials (s)", "80 trials (s)"]);
    heading.extend(["stock streamed (s)", "stock resident (s)"]);
    heading.extend(["cpu/1 trial", "cpu/each of 80"]);
    let mut table = Table::new(&heading);
    let work = |point: &RuntimePoint| (point.filters, point.batch_size, point.dropout.to_bits());
    let mut shown = Vec::new();
    for RuntimeRecord { point, .. } in records {
        let row = work(point);
        if shown.contains(&row) {
            continue;
        }
        shown.push(row);
        let of = |device, backend, placement, trials| -> anyhow::Result<Option<f64>> {
            let wanted = |record: &&RuntimeRecord| {
                let point = &record.point;
                let path = (point.device, point.backend, point.placement, point.trials);
                work(point) == row && path == (device, backend, placement, trials)
            };
            match records.iter().find(wanted) {
                Some(record) if !record.samples.is_empty() => {
                    let seconds: Vec<f64> = record.samples.iter().map(|s| s.seconds()).collect();
                    Ok(Some(lenet_stats::median(&seconds, 0.95)?.point))
                }
                _ => Ok(None),
            }
        };
        let (gpu, resident, streamed) = (Cuda, DataPlacement::Resident, DataPlacement::Streamed);
        let cpu = of(Cpu, Fused, streamed, 1)?;
        let mut fused = [None; TRIALS.len()];
        for (seconds, trials) in fused.iter_mut().zip(TRIALS) {
            *seconds = of(gpu, Fused, resident, trials)?;
        }
        let ratio = |trials: usize, gpu: Option<f64>| {
            let (cpu, gpu) = cpu.zip(gpu)?;
            Some(cpu * trials as f64 / gpu)
        };
        let cell = |value: Option<f64>, digits| {
            value.map_or_else(String::new, |value| format!("{value:.digits$}"))
        };
        let mut cells = vec![
            point.filters.to_string(),
            point.batch_size.to_string(),
            point.dropout.to_string(),
            cell(cpu, 3),
        ];
        cells.extend(fused.map(|seconds| cell(seconds, 3)));
        cells.extend([
            cell(of(gpu, Stock, streamed, 1)?, 3),
            cell(of(gpu, Stock, resident, 1)?, 3),
            cell(ratio(TRIALS[0], fused[0]), 1),
            cell(ratio(TRIALS[2], fused[2]), 1),
        ]);
        table.row(cells);
    }
    Ok(table)
}
