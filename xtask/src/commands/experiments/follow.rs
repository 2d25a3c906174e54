//! Follows a study that workers carry out, until it is done or nobody is left to do it.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use lenet_results::{Outcome, Store, TrialState};
use lenet_study::slurm::{QueuedJob, Submitted, queued};
use lenet_study::{FailedTrial, PlannedTrial, RunSummary, Work};

use crate::exit::{CommandResult, Exit, OrFail};
use crate::progress::Progress;
use crate::table::count;
use crate::{interrupt, output};

use super::conclude;
use super::executor::Handover;

/// Time between two looks at the trials.
const LOOK: Duration = Duration::from_secs(2);
/// Time between two questions to Slurm.
const ASK: Duration = Duration::from_secs(10);

/// Looks at the folder, and now and then at the queue.
pub struct Follower<'f> {
    handover: &'f Handover<'f>,
    store: &'f Store,
    /// The jobs; `None` where workers are started by somebody.
    jobs: Option<&'f Submitted>,
    began: Instant,
}

/// Why following ended.
enum End {
    Done,
    Gone,
    Stopped,
}

impl<'f> Follower<'f> {
    pub fn new(handover: &'f Handover<'f>, store: &'f Store, jobs: Option<&'f Submitted>) -> Self {
        Self {
            handover,
            store,
            jobs,
            began: Instant::now(),
        }
    }

    /// Shows progress until the end, and then what a study that ran here shows.
    pub fn follow(&self) -> CommandResult {
        let stop = interrupt::stop_flag().or_fail()?;
        let trials = &self.handover.plan.trials;
        let progress = Progress::new(self.handover.style, trials.len());
        let mut shown = BTreeMap::new();
        let mut asked = Instant::now();
        let (end, work) = loop {
            let work = lenet_study::survey(self.handover.plan, self.store).or_fail()?;
            self.show(&progress, &mut shown, &work);
            if stop.load(Ordering::Relaxed) {
                break (End::Stopped, work);
            }
            if work.iter().all(|work| *work == Work::Done) && self.report_is_done() {
                break (End::Done, work);
            }
            if asked.elapsed() >= ASK {
                asked = Instant::now();
                if self.left().is_some_and(|left| left.is_empty()) {
                    // Once more, for what ended between the two looks.
                    let work = lenet_study::survey(self.handover.plan, self.store).or_fail()?;
                    self.show(&progress, &mut shown, &work);
                    break (End::Gone, work);
                }
            }
            std::thread::sleep(LOOK);
        };
        progress.finish();
        self.conclude(&end, &work)
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

    fn show(&self, progress: &Progress, shown: &mut BTreeMap<usize, Shown>, work: &[Work]) {
        for (number, (trial, work)) in self.handover.plan.trials.iter().zip(work).enumerate() {
            let key = &trial.identity;
            let before = shown.get(&number).copied().unwrap_or(Shown::Not);
            let now = match work {
                Work::Done => Shown::Ended,
                Work::Elsewhere => Shown::Running,
                _ => Shown::Not,
            };
            if before == Shown::Not && now != Shown::Not {
                progress.begin(key, &trial.label, trial.config.epochs, 0);
            }
            match (before, now) {
                (_, Shown::Running) => progress.reached(key, self.epochs(trial)),
                (Shown::Not | Shown::Running, Shown::Ended) => progress.end(key, "done"),
                (Shown::Running, Shown::Not) => progress.leave(key, "interrupted"),
                _ => {}
            }
            shown.insert(number, now);
        }
    }

    fn epochs(&self, trial: &PlannedTrial) -> usize {
        match self.store.trial(&trial.identity).state() {
            TrialState::Running { epochs } => epochs,
            _ => 0,
        }
    }

    fn conclude(&self, end: &End, work: &[Work]) -> CommandResult {
        let trials = &self.handover.plan.trials;
        let done = work.iter().filter(|work| **work == Work::Done).count();
        if let End::Stopped = end {
            output::note("no longer followed; the workers go on (hint: cargo xtask status)");
            return Ok(Exit::Interrupted);
        }
        let failed: Vec<FailedTrial> = trials
            .iter()
            .zip(work)
            .filter(|(_, work)| **work == Work::Retry)
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
            seconds: self.began.elapsed().as_secs_f64(),
        };
        let exit = conclude(
            self.handover.flags,
            self.handover.plan,
            self.store,
            &summary,
        )?;
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

/// What progress shows of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Not,
    Running,
    Ended,
}
