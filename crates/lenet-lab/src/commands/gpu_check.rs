//! `gpu-check`: every check of a GPU in one command.

mod measure;
mod study;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use lenet_bench::device_check::{self, Checked};
use lenet_core::{DeviceKind, Validation};
use lenet_data::{Dataset, SplitSpec, Splits};
use lenet_results::{CheckVerdict, DeviceCheck, Finding};

use crate::exit::{CommandResult, Exit, Failure, OrFail};
use crate::flags::GpuCheck;
use crate::table::duration;
use crate::{inputs, interrupt, output};

/// Time from the start of the command after which no other sample begins.
const MEASURE_UNTIL: Duration = Duration::from_secs(7 * 60);

/// Runs the command; refuses a device that cannot be used, a folder that cannot be written, and a
/// debug build.
pub fn run(flags: &GpuCheck) -> CommandResult {
    let begun = Instant::now();
    if cfg!(debug_assertions) && !flags.quick {
        return Err(Failure {
            exit: Exit::Refused,
            error: anyhow::anyhow!(
                "this is a debug build, whose times mean nothing (hint: `cargo xtask-cuda` builds \
                 an optimised one)"
            ),
        });
    }
    let (kind, ordinal) = inputs::device(&flags.device).or_refuse()?;
    fs::create_dir_all(&flags.out)
        .with_context(|| format!("{}: cannot be made", flags.out.display()))
        .or_refuse()?;
    let stop = interrupt::stop_flag().or_fail()?;
    let name = match kind {
        DeviceKind::Cpu => "cpu".to_owned(),
        DeviceKind::Cuda => format!("cuda:{ordinal}"),
    };
    let mut record = DeviceCheck::new(name, lenet_train::environment(kind, ordinal));
    output::note(describe(&record));

    let data = data(flags.quick).or_fail()?;
    let checked = Checked {
        kind,
        ordinal,
        threads: inputs::run_options(None, ordinal).threads,
        data: &data,
        filters: if flags.quick { 2 } else { 8 },
        seeds: if flags.quick { 2 } else { 5 },
        stop: &stop,
    };
    device_check::run(&checked, |finding| note(&mut record, finding));
    let stopped = || stop.load(std::sync::atomic::Ordering::Relaxed);
    if !stopped() {
        study::run(&record.device.clone(), &flags.out, &stop, |finding| {
            note(&mut record, finding);
        })
        .or_fail()?;
    }
    let mut measured = None;
    if !stopped() {
        let deadline = begun + MEASURE_UNTIL;
        let (finding, table) = measure::run(flags, &record.device, deadline, &stop).or_fail()?;
        note(&mut record, finding);
        measured = Some(table);
    }
    let interrupted = stopped() && Instant::now() < begun + MEASURE_UNTIL;

    let file = flags.out.join("gpu-check.json");
    record.write(&file).or_fail()?;
    output::line(table(&record)).or_fail()?;
    if let Some(measured) = measured {
        output::line(format_args!("\n{measured}")).or_fail()?;
    }
    output::line(format_args!(
        "\n{}\n{} in {}\n{}",
        describe(&record),
        if record.passed() {
            "nothing failed"
        } else {
            "FAILED"
        },
        duration(begun.elapsed().as_secs_f64()),
        file.display()
    ))
    .or_fail()?;
    Ok(match (interrupted, record.passed()) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::Done,
        (false, false) => Exit::Failed,
    })
}

/// Few images, since each check trains some networks.
fn data(quick: bool) -> anyhow::Result<Splits> {
    let mut data = Dataset::mnist().split(&SplitSpec {
        validation: Validation::first(if quick { 20 } else { 1000 }),
        samples: Some(if quick { 192 } else { 4000 }),
        seed: 1,
    })?;
    if quick {
        data.test.indices.truncate(200);
    }
    Ok(data)
}

/// Adds a finding to the record and prints it at once, since the whole check takes minutes.
fn note(record: &mut DeviceCheck, finding: Finding) {
    output::note(format_args!(
        "{}: {} ({})",
        finding.check,
        finding.verdict.name(),
        duration(finding.seconds)
    ));
    record.findings.push(finding);
}

/// A finding that took from `begun` to now.
fn finding(check: &str, verdict: CheckVerdict, detail: String, begun: Instant) -> Finding {
    Finding {
        check: check.to_owned(),
        verdict,
        detail,
        seconds: begun.elapsed().as_secs_f64(),
    }
}

/// The device in words.
fn describe(record: &DeviceCheck) -> String {
    let host = &record.environment;
    let build = format!("revision {}, {} build", host.revision, host.profile);
    match &host.gpu {
        Some(gpu) => format!(
            "{}: {}, compute capability {}, {:.1} GB; driver {} for CUDA {}, built for CUDA {}; \
             on {}, {} cores; {build}",
            record.device,
            gpu.name,
            gpu.compute_capability,
            gpu.memory_bytes as f64 / 1e9,
            gpu.driver,
            gpu.driver_cuda,
            gpu.cuda,
            host.cpu,
            host.cores
        ),
        None => format!(
            "{}: {}, {} cores; {build}",
            record.device, host.cpu, host.cores
        ),
    }
}

/// One line per finding.
fn table(record: &DeviceCheck) -> String {
    let line = |finding: &Finding| {
        let verdict = finding.verdict.name();
        format!(
            "{verdict:<8} {:>6.1} s  {}: {}",
            finding.seconds, finding.check, finding.detail
        )
    };
    let lines: Vec<_> = record.findings.iter().map(line).collect();
    lines.join("\n")
}

/// A path as an argument of a child process.
fn argument(path: &Path) -> anyhow::Result<&str> {
    path.to_str()
        .with_context(|| format!("{}: give a folder whose name is UTF-8", path.display()))
}
