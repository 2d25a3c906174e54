//! Follows a study that workers carry out, until it is done or nobody is left to do it.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use lenet_results::{Outcome, Store, StoreError, TrialState};
use lenet_study::slurm::{QueuedJob, Submitted, queued};
use lenet_study::{FailedTrial, Plan, PlannedTrial, RunSummary};

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Experiments;
use crate::progress::{Progress, Style};
use crate::table::count;
use crate::{interrupt, output, program};

use super::conclude::conclude;

/// Time between two looks at the trials.
const LOOK: Duration = Duration::from_secs(2);
/// Time between two questions to Slurm.
const ASK: Duration = Duration::from_secs(10);

/// Looks at the folder, and now and then at the queue.
pub struct Follower<'f> {
    pub flags: &'f Experiments,
    pub plan: &'f Plan,
    pub store: &'f Store,
    pub style: Style,
    /// The jobs; `None` where workers are started by somebody.
    pub jobs: Option<&'f Submitted>,
}

/// Why following ended.
enum End {
    Done,
    Gone,
    Stopped,
}

impl Follower<'_> {
    /// Shows progress until the end, and then what a study that ran here shows.
    pub fn follow(&self) -> CommandResult {
        let began = Instant::now();
        let stop = interrupt::stop_flag().or_fail()?;
        let trials = &self.plan.trials;
        let progress = Progress::new(self.style, trials.len());
        let mut seen = vec![Seen::Not; trials.len()];
        let mut asked = Instant::now();
        let end = loop {
            self.look(&progress, &mut seen).or_fail()?;
            if stop.load(Ordering::Relaxed) {
                break End::Stopped;
            }
            if seen.iter().all(|seen| *seen == Seen::Done) && self.report_is_done() {
                break End::Done;
            }
            if asked.elapsed() >= ASK {
                asked = Instant::now();
                if self.left().is_some_and(|left| left.is_empty()) {
                    // Once more, for what ended between the two looks.
                    self.look(&progress, &mut seen).or_fail()?;
                    break End::Gone;
                }
            }
            std::thread::sleep(LOOK);
        };
        progress.finish();
        self.conclude(&end, &seen, began)
    }

    /// What is left of all jobs; `None` where Slurm does not say, or there are none to ask about.
    fn left(&self) -> Option<Vec<QueuedJob>> {
        let jobs = self.jobs?;
        let mut numbers = jobs.workers.clone();
        numbers.push(jobs.report.clone());
        queued(&numbers)
    }

    fn report_is_done(&self) -> bool {
        let report = |jobs: &Submitted| queued(std::slice::from_ref(&jobs.report));
        self.jobs
            .is_none_or(|jobs| report(jobs).is_some_and(|left| left.is_empty()))
    }

    /// Looks at every trial that is not known to be done, and shows what changed.
    fn look(&self, progress: &Progress, seen: &mut [Seen]) -> Result<(), StoreError> {
        let listing = self.store.listing()?;
        for (trial, seen) in self.plan.trials.iter().zip(seen) {
            if *seen == Seen::Done {
                continue;
            }
            let key = &trial.identity;
            let now = match listing.is_finished(key) {
                true => Seen::Done,
                false if listing.is_begun(key) => self.seen(trial),
                false => Seen::Not,
            };
            let was_running = matches!(seen, Seen::Running(_));
            if !was_running && matches!(now, Seen::Running(_) | Seen::Done) {
                progress.begin(key, &trial.label, trial.config.epochs, 0);
            }
            match now {
                Seen::Running(epochs) => progress.reached(key, epochs),
                Seen::Done => progress.end(key, "done"),
                Seen::Failed if was_running => progress.leave(key, "failed"),
                Seen::Not if was_running => progress.leave(key, "interrupted"),
                Seen::Failed | Seen::Not => {}
            }
            *seen = now;
        }
        Ok(())
    }

    /// A trial that has a folder.
    fn seen(&self, trial: &PlannedTrial) -> Seen {
        match self.store.trial(&trial.identity).state() {
            TrialState::Running { epochs } => Seen::Running(epochs),
            // That of an earlier version.
            TrialState::Done(_) => Seen::Done,
            TrialState::Failed(_) => Seen::Failed,
            _ => Seen::Not,
        }
    }

    fn conclude(&self, end: &End, seen: &[Seen], began: Instant) -> CommandResult {
        let trials = &self.plan.trials;
        let done = seen.iter().filter(|seen| **seen == Seen::Done).count();
        if let End::Stopped = end {
            output::note(format_args!(
                "no longer followed; the workers go on (hint: {} status)",
                program::name()
            ));
            return Ok(Exit::Interrupted);
        }
        let failed: Vec<FailedTrial> = trials
            .iter()
            .zip(seen)
            .filter(|(_, seen)| **seen == Seen::Failed)
            .map(|(trial, _)| self.failure(trial))
            .collect();
        let left = trials.len() - done - failed.len();
        let summary = RunSummary {
            trials: trials.len(),
            already_done: 0,
            finished: done,
            failed,
            elsewhere: 0,
            remaining: left,
            interrupted: false,
            seconds: began.elapsed().as_secs_f64(),
        };
        let exit = conclude(self.flags, self.plan, self.store, &summary)?;
        if left == 0 {
            return Ok(exit);
        }
        output::note(format_args!(
            "the jobs are gone and {} not done (hint: the logs in {} say why; the same command submits workers \
             for the rest)",
            match left {
                1 => "1 trial is".to_owned(),
                left => format!("{} are", count(left, "trial")),
            },
            self.store.folder().join("logs").display()
        ));
        Ok(Exit::Failed)
    }

    fn failure(&self, trial: &PlannedTrial) -> FailedTrial {
        let message = match self.store.trial(&trial.identity).state() {
            TrialState::Failed(record) => match record.outcome {
                Outcome::Failed { message } => message,
                _ => String::new(),
            },
            _ => String::new(),
        };
        FailedTrial {
            identity: trial.identity.clone(),
            label: trial.label.clone(),
            message,
        }
    }
}

/// What was seen of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Nobody trains it.
    Not,
    /// Somebody does, and has done so many epochs.
    Running(usize),
    Done,
    Failed,
}
