//! Runtimes on both devices, as `bench-runtime` measures them, until the time is up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use lenet_core::Backend::{Fused, Stock};
use lenet_core::DeviceKind::{Cpu, Cuda};
use lenet_core::{DataPlacement, Samples, Settings, Validation};
use lenet_results::{CheckVerdict, Finding, RuntimeRecord, RuntimeStore};
use lenet_study::measure::{MeasureContext, Part, run as take};
use lenet_study::{Axis, DataSets, Machine, MeasureKind, Plan, RuntimeOverrides, StudyConfig};

use super::finding;
use crate::flags::GpuCheck;
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
    let store = RuntimeStore::create(&flags.out)?;
    let mut identities = Vec::new();
    let mut left = 0;
    let mut whole = true;
    for grid in grids(flags.quick, device)? {
        let machine = Machine::here(&grid.devices, None)?;
        let data = DataSets::open_runtimes(&grid.study, &grid.overrides)?;
        let plan = Plan::expand_runtimes(&grid.study, &grid.overrides, &machine, &data)?;
        identities.extend(plan.runtimes.iter().map(|r| r.identity.clone()));
        let context = MeasureContext {
            data: &data,
            store: &store,
            level: machine.level,
            stop,
        };
        let done = take(&plan, Part::Whole, context, &mut |progress| {
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
            format!(
                "{} points, {} samples each",
                identities.len(),
                repeats(flags.quick)
            ),
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
    for identity in &identities {
        records.extend(store.read(identity)?);
    }
    let finding = finding("runtimes on both devices", verdict, detail, begun);
    Ok((finding, table(&records)?))
}

/// Numbers of trials that a GPU trains together.
const TRIALS: [usize; 3] = [1, 16, 80];

/// A part of the report's figures on some devices.
struct Grid {
    study: StudyConfig,
    overrides: RuntimeOverrides,
    devices: Vec<String>,
}

const fn repeats(quick: bool) -> usize {
    if quick { 1 } else { 3 }
}

/// As much of the report's figures as both devices measure in a few minutes: first the fused
/// operations, then, on a GPU, those of candle.
fn grids(quick: bool, device: &str) -> anyhow::Result<Vec<Grid>> {
    let mut study = StudyConfig::open("lab-2017")?;
    for figure in &mut study.figures {
        if let (MeasureKind::Runtime(parameters), true) = (&mut figure.measure, quick) {
            parameters.warm_up_samples = 64;
        }
    }
    let axis = |name: &str, values: Vec<Settings>| Axis {
        name: name.to_owned(),
        values,
    };
    let filters = |filters: usize| Settings {
        filters: Some(vec![filters; 2]),
        ..Settings::default()
    };
    let trials = |trials: usize| Settings {
        trials: Some(trials),
        ..Settings::default()
    };
    let sizes: &[usize] = if quick { &[2] } else { &[8, 16, 32, 64] };
    let sizes = axis("filters", sizes.iter().copied().map(filters).collect());
    let overrides = RuntimeOverrides {
        only: match quick {
            true => vec!["4".to_owned()],
            false => vec!["4".to_owned(), "5".to_owned()],
        },
        settings: match quick {
            true => Settings {
                samples: Some(Samples::Drawn(128)),
                validation: Some(Validation::first(64)),
                ..Settings::default()
            },
            false => Settings::default(),
        },
        axes: vec![sizes],
        repeats: Some(repeats(quick)),
    };
    let with = |extra: Axis| RuntimeOverrides {
        axes: overrides.axes.iter().cloned().chain([extra]).collect(),
        ..overrides.clone()
    };
    let mut grids = vec![Grid {
        study: study.clone(),
        overrides: with(axis("trials", TRIALS.map(trials).to_vec())),
        devices: vec!["cpu".to_owned(), device.to_owned()],
    }];
    if device != "cpu" {
        let stock = Settings {
            backend: Some(Stock),
            ..Settings::default()
        };
        grids.push(Grid {
            overrides: with(axis("backend", vec![stock])),
            study,
            devices: vec![device.to_owned()],
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
    let work = |r: &RuntimeRecord| (r.filters(), r.batch_size(), r.dropout().to_bits());
    let mut shown = Vec::new();
    for record in records {
        let row = work(record);
        if shown.contains(&row) {
            continue;
        }
        shown.push(row);
        let of = |device, backend, placement, trials| -> anyhow::Result<Option<f64>> {
            let wanted = |record: &&RuntimeRecord| {
                let (config, execution) = (&record.config, &record.execution);
                let code = (config.device, config.backend);
                work(record) == row
                    && (code, execution.placement, execution.trials)
                        == ((device, backend), placement, trials)
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
            record.filters().to_string(),
            record.batch_size().to_string(),
            record.dropout().to_string(),
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
