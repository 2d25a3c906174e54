//! `worker`: one of many processes that carry out a study in a shared folder.

use anyhow::Context;
use lenet_results::{WorkerLog, cores, worker_of_this_process};
use lenet_study::{Plan, RunEvent, RunSettings, RunSummary, Share};

use crate::commands::experiments::Watcher;
use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Worker;
use crate::progress::Style;
use crate::table::count;
use crate::{inputs, interrupt, output};

/// Runs the command; refuses a folder without a plan, and what this machine cannot compute.
pub fn run(flags: &Worker) -> CommandResult {
    inputs::check_threads(flags.jobs, flags.threads).or_refuse()?;
    let store = inputs::records(&flags.out).or_refuse()?;
    let study = store
        .read_study()
        .or_refuse()?
        .with_context(|| {
            let out = flags.out.display();
            format!(
                "{out}: there is no study.json (hint: `experiments --executor workers` writes it)"
            )
        })
        .or_refuse()?;
    let (plan, data) = Plan::of_record(study, &flags.only).or_refuse()?;
    let used = plan.trials.iter();
    let used = used.map(|trial| {
        let config = &trial.config;
        (config.backend, config.device, config.precision)
    });
    inputs::check_devices(used, 0).or_refuse()?;
    let settings = RunSettings {
        jobs: flags.jobs,
        threads: flags.threads,
        cuda_ordinal: 0,
        stop: interrupt::stop_flag().or_refuse()?,
    };
    let told = flags.index.zip(flags.of).or_else(worker_of_this_process);
    let (index, of) = told.unwrap_or((0, 1));
    let asked = flags
        .jobs
        .zip(flags.threads)
        .map(|(jobs, threads)| jobs * threads);
    let cores = cores().min(asked.unwrap_or(usize::MAX));
    let log = WorkerLog::begin(store.folder(), cores).or_fail()?;
    let watcher = Watcher::new(Style::of_this_terminal(flags.progress.quiet));
    let see = |event: RunEvent<'_>| {
        log.seen();
        watcher.see(event);
    };
    let share = Share { index, of };
    let summary = lenet_study::work(&plan, &data, &store, &settings, share, &see);
    watcher.finish();
    log.end().or_fail()?;
    conclude(&summary.or_fail()?, watcher.has_progress())
}

/// Says how the worker ended. A worker that was stopped tells by its exit code whether it got anywhere.
fn conclude(summary: &RunSummary, has_progress: bool) -> CommandResult {
    output::line(format_args!(
        "{}: {} by this worker, {} before or by others, {} failed, {} left",
        count(summary.trials, "trial"),
        summary.finished,
        summary.already_done,
        summary.failed.len(),
        summary.remaining + summary.elsewhere,
    ))
    .or_fail()?;
    for failed in &summary.failed {
        output::note(format_args!("failed: {}: {}", failed.label, failed.message));
    }
    Ok(match (summary.interrupted, has_progress) {
        (true, true) => Exit::Interrupted,
        (true, false) => Exit::Idle,
        (false, _) if summary.failed.is_empty() => Exit::Done,
        (false, _) => Exit::Failed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_tells_whether_to_go_on() {
        let summary = RunSummary {
            trials: 3,
            already_done: 1,
            finished: 1,
            failed: Vec::new(),
            elsewhere: 0,
            remaining: 1,
            interrupted: true,
            seconds: 0.0,
        };
        assert_eq!(conclude(&summary, true).unwrap(), Exit::Interrupted);
        assert_eq!(conclude(&summary, false).unwrap(), Exit::Idle);
        let done = RunSummary {
            remaining: 0,
            finished: 2,
            interrupted: false,
            ..summary
        };
        assert_eq!(conclude(&done, false).unwrap(), Exit::Done);
    }
}
