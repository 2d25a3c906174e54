//! `bench-runtime`: the runtimes of a study.

mod child;
mod tables;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::ensure;
use lenet_core::Settings;
use lenet_report::{Records, summarize, write_report};
use lenet_results::{RuntimeRecord, RuntimeStore, SharedNode, read_study, write_study};
use lenet_study::measure::rounds_apart;
use lenet_study::{
    Axis, DataSets, Machine, Plan, RuntimeOverrides, StudyConfig, StudyError, TomlSettings as _,
    joint_study,
};

use crate::command_line::command_line;
use crate::commands::report::read;
use crate::evidence::Kept;
use crate::exit::{CommandResult, Exit, Failure, OrFail};
use crate::flags::BenchRuntime;
use crate::inputs::{check_devices, check_threads, fetch, warn_of_load};
use crate::interrupt::stop_flag;
use crate::overlay::Overlay;
use crate::progress::GridProgress;
use crate::{output, register};
use tables::Measured;

/// Runs the command; refuses a debug build, a study that cannot be measured and records of another
/// machine or build.
pub fn run(flags: &BenchRuntime) -> CommandResult {
    if cfg!(debug_assertions) && !flags.allow_debug {
        return Err(Failure {
            exit: Exit::Refused,
            error: anyhow::anyhow!(
                "this is a debug build, whose times mean nothing (hint: build with --release)"
            ),
        });
    }
    let study = StudyConfig::open(&flags.config).or_refuse()?;
    let overrides = overrides(flags).or_refuse()?;
    let machine = Machine::here(&flags.device, flags.threads).or_refuse()?;
    for set in DataSets::to_fetch(&study, &overrides.settings) {
        fetch(set).or_refuse()?;
    }
    let data = DataSets::open_runtimes(&study, &overrides).or_refuse()?;
    let mut plan = Plan::expand_runtimes(&study, &overrides, &machine, &data).or_refuse()?;
    plan.study.commands = vec![command_line()];
    for runtime in &plan.runtimes {
        let config = &runtime.blank.config;
        let path = (config.backend, config.device, config.precision);
        check_devices([path], runtime.blank.execution.ordinal).or_refuse()?;
    }
    lenet_study::check_runtimes(&plan, &data).or_refuse()?;
    let out = match &flags.out {
        Some(folder) => folder.clone(),
        None => PathBuf::from("results").join(&study.name),
    };
    if let Some(part) = child::part(flags) {
        return child::run(&plan, part, &data, machine.level, &out);
    }
    let store = RuntimeStore::create(&out).or_refuse()?;
    register::declare(&plan.study, &out).or_refuse()?;
    record_study(&plan, &out).or_refuse()?;
    let note = study.note.as_ref().filter(|_| !flags.progress.quiet);
    for line in note.into_iter().chain(&plan.notes) {
        output::note(line);
    }
    if !flags.progress.quiet {
        warn_of_load();
    }
    if let Some(shared) = SharedNode::here() {
        output::warning(format_args!(
            "{shared}; the records say so (hint: ask Slurm for --exclusive)"
        ));
    }
    let stop = stop_flag().or_fail()?;
    let mut bar = GridProgress::new(flags.progress.quiet);
    let over = flags
        .over
        .map(|minutes| Duration::from_secs_f64(60.0 * minutes));
    let mut launch = |part, told: &mut dyn FnMut()| child::launch(part, &stop, told);
    let measured = rounds_apart(&plan, &store, &stop, over, &mut launch, &mut |progress| {
        bar.show(progress);
    });
    bar.finish();
    let records = match measured {
        // Found before any work.
        Err(error @ StudyError::OtherEnvironment { .. }) => Err(error).or_refuse()?,
        other => other.or_fail()?,
    };
    let Some(records) = records else {
        output::note("interrupted; the same command goes on");
        return Ok(Exit::Interrupted);
    };
    tell(&plan, &records, machine.threads).or_fail()?;
    let page = report(&out, &data).or_fail()?;
    output::line(format_args!("report   {}", page.display())).or_fail()?;
    Ok(Exit::Done)
}

/// What the flags ask for beside the study's file.
fn overrides(flags: &BenchRuntime) -> anyhow::Result<RuntimeOverrides> {
    let mut overlay = Overlay::default();
    let texts = |numbers: &[usize]| numbers.iter().map(usize::to_string).collect();
    let backends = flags
        .backend
        .iter()
        .map(|backend| backend.name().to_owned());
    let lists: [(&str, &str, Vec<String>); 4] = [
        ("filters", "--filters", texts(&flags.filters)),
        ("batch_size", "--batch-size", texts(&flags.batch_size)),
        ("trials", "--trials", texts(&flags.trials)),
        ("backend", "--backend", backends.collect()),
    ];
    let mut axes = Vec::new();
    for (name, flag, texts) in lists {
        if !texts.is_empty() {
            axes.push(axis(name, flag, &texts)?);
            overlay.note(name, flag);
        }
    }
    if !flags.device.is_empty() {
        overlay.note("device", "--device");
    }
    if flags.threads.is_some() {
        overlay.note("threads", "--threads");
    }
    overlay.set(&flags.set)?;
    ensure!(
        flags.repeats != Some(0),
        "--repeats: `repeats` is 0: give at least 1"
    );
    check_threads(None, flags.threads)?;
    let minutes = flags.over.unwrap_or(0.0);
    ensure!(
        (0.0..=1e6).contains(&minutes),
        "--over {minutes}: give a number of minutes from 0 to a million"
    );
    Ok(RuntimeOverrides {
        only: flags.only.clone(),
        settings: overlay.into_settings(),
        axes,
        repeats: flags.repeats,
    })
}

/// The values that a flag gives for a setting, each once.
fn axis(name: &str, flag: &str, texts: &[String]) -> anyhow::Result<Axis> {
    let mut values = Vec::new();
    for text in texts {
        let mut value = Settings::default();
        value.assign(name, text, flag)?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(Axis {
        name: name.to_owned(),
        values,
    })
}

/// Writes `study.json`, unless the folder has another study's.
fn record_study(plan: &Plan, out: &Path) -> anyhow::Result<()> {
    let earlier = read_study(out)?;
    if let Some(other) = earlier.as_ref().filter(|e| e.name != plan.study.name) {
        output::note(format_args!(
            "{}: study.json is of the study {}, and stays as it is",
            out.display(),
            other.name
        ));
        return Ok(());
    }
    write_study(out, &joint_study(plan, earlier))?;
    Ok(())
}

fn tell(plan: &Plan, records: &[RuntimeRecord], threads: usize) -> anyhow::Result<()> {
    let measured = records.iter().zip(&plan.runtimes).map(|(record, runtime)| {
        Ok(Measured {
            record,
            summary: summarize(record)?,
            settings: &runtime.settings,
        })
    });
    let measured: Vec<Measured<'_>> = measured.collect::<anyhow::Result<_>>()?;
    output::line(tables::table(&measured))?;
    output::line(format_args!("\n{}", tables::phases(&measured)))?;
    for remark in tables::remarks(&measured)? {
        output::line(remark)?;
    }
    output::line(tables::provenance(records, threads))?;
    Ok(())
}

/// Writes the report of everything in the folder and gives the path of its page. Earlier runtimes
/// belong to it, and trials that `experiments` left there.
fn report(out: &Path, data: &DataSets) -> anyhow::Result<PathBuf> {
    let found = read(&[out.to_owned()], None)?;
    let kept = Kept::new(&[out], data);
    let records = Records {
        evidence: Some(&kept),
        ..found.records()
    };
    let files = write_report(records, &out.join("report"))?;
    files.warnings.iter().for_each(output::warning);
    Ok(files.index)
}
