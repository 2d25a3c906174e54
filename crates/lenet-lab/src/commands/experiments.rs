//! `experiments`: a study from its file to its report.

mod conclude;
mod executor;
mod follow;
mod page;
mod watcher;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use lenet_results::Store;
use lenet_study::{
    DataSets, FIRST_LOOK, MOST_SEEDS, Overrides, Plan, RunEvent, RunSettings, RunSummary, Seeds,
    StudyConfig, Survey, Work,
};

use crate::command_line::command_line;
use crate::exit::{CommandResult, Exit, Failure, OrFail};
use crate::flags::{Experiments, Shard};
use crate::overlay::Overlay;
use crate::overview::plan_overview;
use crate::progress::{Style, TimingProgress};
use crate::table::{count, duration};
use crate::{inputs, interrupt, output, register};

use conclude::conclude;
use executor::Handover;
use page::Page;
pub use watcher::Watcher;

/// Runs the command; refuses a study, settings, a device or a folder that cannot be used.
pub fn run(flags: &Experiments) -> CommandResult {
    let study = StudyConfig::open(&flags.config).or_refuse()?;
    let (mut overrides, ordinal) = overrides(flags).or_refuse()?;
    let most = flags.until_decided.then_some(flags.max_seeds);
    if let Some(most) = most {
        overrides.seeds = Some(first_look(&study, most).or_refuse()?);
    }
    let data = Arc::new(DataSets::open(&study, &overrides).or_refuse()?);
    let mut plan = Plan::expand(&study, &overrides, &data).or_refuse()?;
    plan.study.until_decided = most;
    plan.study.commands = vec![command_line()];
    if let Some(Shard { part, of }) = flags.shard {
        plan.keep_part(part - 1, of);
    }
    plan.warnings.iter().for_each(output::warning);
    let out = flags
        .out
        .clone()
        .unwrap_or_else(|| Path::new("results").join(&study.name));
    ensure_same_study(&plan.study.name, &out).or_refuse()?;
    let style = Style::of_this_terminal(flags.progress.quiet);
    if let Some(executor) = flags.cluster.executor {
        let handover = Handover {
            flags,
            study: &study,
            plan: &plan,
            data: &data,
            out: std::path::absolute(&out).or_refuse()?,
            style,
        };
        return handover.run(executor);
    }
    let used = plan.trials.iter();
    let used = used.map(|trial| {
        let config = &trial.config;
        (config.backend, config.device, config.precision)
    });
    inputs::check_devices(used, ordinal).or_refuse()?;
    plan.check_level().or_refuse()?;
    let mut settings = RunSettings {
        jobs: flags.jobs,
        threads: flags.threads,
        cuda_ordinal: ordinal,
        ..RunSettings::default()
    };
    if flags.dry_run {
        return dry_run((style, flags.verbose), &plan, &data, &settings, &out);
    }

    let store = Store::create(&out).or_refuse()?;
    // What an earlier run left is read before anything is changed.
    if let Some(file) = store.mend_study().or_refuse()? {
        let kept = file.kept.display();
        output::note(format_args!("{}; it is kept as {kept}", file.reason));
    }
    let earlier = store.read_study().or_refuse()?;
    let mut survey = lenet_study::survey(&plan, &store).or_refuse()?;
    tell_other_levels(&plan, &survey);
    if let (None, Some(looked)) = (most, earlier.and_then(|study| study.until_decided)) {
        plan.study.until_decided = Some(looked);
        output::note(
            "the seeds of these records were added until claims were decided, so their intervals go on \
             allowing for a look after every seed",
        );
    }
    settings.stop = interrupt::stop_flag().or_refuse()?;
    let finished = std::mem::take(&mut survey.finished);
    register::declare_with(&plan.study, store.folder(), finished).or_refuse()?;
    let Some(most) = most else {
        let summary = carry_out(style, (&plan, &survey), &data, &store, &settings)?;
        return conclude(flags, &plan, &store, &summary);
    };
    loop {
        let summary = carry_out(style, (&plan, &survey), &data, &store, &settings)?;
        let is_whole =
            summary.remaining == 0 && summary.failed.is_empty() && summary.elsewhere == 0;
        let records = store.records().or_fail()?;
        let next =
            is_whole.then(|| lenet_study::next_stage(&plan.selected_study(), &records, most));
        let Some(seeds) = next.flatten() else {
            return conclude(flags, &plan, &store, &summary);
        };
        overrides.seeds_of = seeds;
        plan = Plan::expand(&study, &overrides, &data).or_fail()?;
        plan.study.until_decided = Some(most);
        plan.study.commands = vec![command_line()];
        survey = lenet_study::survey(&plan, &store).or_fail()?;
    }
}

/// Says which finished trials the study's instruction set did not compute. They are kept.
fn tell_other_levels(plan: &Plan, survey: &Survey) {
    let level = plan.study.level.as_deref().unwrap_or_default();
    for (other, trials) in &survey.other_levels {
        output::note(format_args!(
            "{} finished with the instruction set {other}, not {level}, before: they are kept (hint: another \
             --out computes them anew)",
            count(*trials, "trial")
        ));
    }
}

/// Refuses a folder whose records are another study's: its record would be replaced. One that cannot
/// be read is named later.
fn ensure_same_study(name: &str, out: &Path) -> anyhow::Result<()> {
    if let Ok(Some(earlier)) = lenet_results::read_study(out) {
        anyhow::ensure!(
            earlier.name == name,
            "{}: this folder holds the study {}, and this one is {name} (hint: give another --out)",
            out.display(),
            earlier.name
        );
    }
    Ok(())
}

/// Seeds of every cell at the first look.
fn first_look(study: &StudyConfig, most: usize) -> anyhow::Result<usize> {
    anyhow::ensure!(
        !study.claims.is_empty(),
        "--until-decided: study {} declares no claims (hint: write [[claim]] in its file)",
        study.name
    );
    anyhow::ensure!(
        most >= FIRST_LOOK,
        "--max-seeds {most}: give at least {FIRST_LOOK}, since fewer have no interval"
    );
    anyhow::ensure!(
        most <= MOST_SEEDS,
        "--max-seeds {most}: give at most {MOST_SEEDS}"
    );
    if let Seeds::List(list) = &study.seeds {
        anyhow::ensure!(
            most <= list.len(),
            "--max-seeds {most}: the study lists {} seeds (hint: give a smaller number, or add seeds \
             to its file)",
            list.len()
        );
    }
    Ok(FIRST_LOOK)
}

/// What the flags lay over the study, and the ordinal of the CUDA device.
fn overrides(flags: &Experiments) -> anyhow::Result<(Overrides, usize)> {
    let mut overlay = Overlay::default();
    let (epochs, samples) = (flags.epochs, flags.samples);
    overlay.flag(
        "epochs",
        "--epochs",
        epochs.map(|n| n.to_string()).as_deref(),
    )?;
    overlay.flag(
        "samples",
        "--samples",
        samples.map(|n| n.to_string()).as_deref(),
    )?;
    let ordinal = match flags.cluster.executor {
        None => overlay.compute(&flags.compute)?,
        Some(_) => overlay.compute_elsewhere(&flags.compute)?,
    };
    overlay.set(&flags.set)?;
    inputs::check_threads(flags.jobs, flags.threads)?;
    Ok((
        Overrides {
            only: flags.only.clone(),
            seeds: flags.seeds,
            seeds_of: BTreeMap::new(),
            settings: overlay.into_settings(),
            allow_large: flags.allow_large,
            predictions: flags.no_predictions.then_some(false),
        },
        ordinal,
    ))
}

/// Says which of the trials at `positions` do not fit in memory and will fail.
fn warn_of_memory(plan: &Plan, positions: &[usize], data: &DataSets) {
    let too_large = lenet_study::too_large(plan, positions, data);
    if let Some((first, why)) = too_large.first() {
        output::warning(format_args!(
            "{} cannot be trained here, of which the first is {}: {why}",
            count(too_large.len(), "trial"),
            first.label
        ));
    }
}

fn dry_run(
    (style, is_whole): (Style, bool),
    plan: &Plan,
    data: &DataSets,
    settings: &RunSettings,
    out: &Path,
) -> CommandResult {
    let work = match out.join("trials").is_dir() {
        true => {
            let store = Store::open(out).or_refuse()?;
            lenet_study::survey(plan, &store).or_refuse()?.work
        }
        false => vec![Work::Start; plan.trials.len()],
    };
    let rounds: Vec<usize> = plan.trials.iter().map(|trial| trial.round).collect();
    let left = lenet_study::outstanding(&rounds, &work);
    warn_of_memory(plan, &left, data);
    output::line(plan_overview(plan, &work, is_whole)).or_fail()?;
    let mut text = format!(
        "{}, {}, {} to run",
        count(plan.cells(), "cell"),
        count(plan.trials.len(), "trial"),
        left.len()
    );
    if !left.is_empty() {
        inputs::warn_of_load();
        let timings = TimingProgress::new(style);
        let estimate = lenet_study::estimate(plan, &left, data, settings, &mut |done, all| {
            timings.show(done, all);
        });
        timings.finish();
        let estimate = estimate.or_fail()?;
        text += &format!(
            ": about {} with {} at once",
            duration(estimate.wall_seconds),
            count(estimate.jobs, "trial")
        );
        if estimate.timed < estimate.kinds {
            text += &format!(
                " (a step was timed of {} of {})",
                estimate.timed,
                count(estimate.kinds, "kind")
            );
        }
    }
    output::line(text).or_fail()?;
    Ok(Exit::Done)
}

/// Runs what is left of a plan and writes the report. A study that is stopped does not wait for a report
/// that takes long.
fn carry_out(
    style: Style,
    (plan, survey): (&Plan, &Survey),
    data: &Arc<DataSets>,
    store: &Store,
    settings: &RunSettings,
) -> Result<RunSummary, Failure> {
    let page = Page {
        store: store.clone(),
        data: Arc::clone(data),
    };
    let watcher = Arc::new(Watcher::new(style));
    let follower = std::thread::Builder::new().name("page".to_owned());
    let (watched, followed) = (Arc::clone(&watcher), page.clone());
    let follower = follower.spawn(move || watched.follow(&followed));
    if let Err(error) = &follower {
        output::warning(format_args!(
            "the page does not follow the study, since no thread can be started: {error}"
        ));
    }
    let see = |event: RunEvent<'_>| watcher.see(event);
    let summary = lenet_study::run_surveyed(plan, data, store, survey, settings, &see);
    watcher.finish();
    let summary = summary.or_fail()?;
    if summary.interrupted && !(watcher.is_page_quick() && summary.trials <= QUICK) {
        output::note("the report is that of some time ago (hint: `report` writes it anew)");
        return Ok(summary);
    }
    if let Ok(follower) = follower {
        // A panic was told where it happened; the report is written below.
        let _ = follower.join();
    }
    let report = page
        .write(None)
        .context("the trials are done, but the report could not be written")
        .or_fail()?;
    report.warnings.iter().for_each(output::warning);
    Ok(summary)
}

/// Of more trials a study that is stopped writes no report.
const QUICK: usize = 1000;

#[cfg(test)]
mod tests;
