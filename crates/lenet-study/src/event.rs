//! The events of a running study, and the summary at its end.

use lenet_results::{EpochRecord, Outcome, SelfCheck, TrialRecord};

use crate::plan::PlannedTrial;

/// An event of a running study. Events of different trials come from different threads.
#[derive(Debug)]
#[non_exhaustive]
pub enum RunEvent<'a> {
    /// The study begins; no step has been taken yet.
    Begin {
        /// Trials of the plan.
        trials: usize,
        /// Trials that have a result already.
        done: usize,
        /// Interrupted trials that resume.
        resumed: usize,
        /// Failed trials that are tried again.
        retried: usize,
        /// Trials that another process runs now, and that this process leaves to it.
        elsewhere: usize,
        /// Trials that run at once.
        jobs: usize,
        /// Threads per step.
        threads: usize,
    },
    /// All code paths passed the self-check; holds the result that came closest to its bound,
    /// with the seconds of all checks.
    SelfCheck(&'a SelfCheck),
    /// A trial started or resumed.
    TrialStarted {
        /// The trial.
        trial: &'a PlannedTrial,
        /// Epochs done before.
        from_epoch: usize,
    },
    /// A trial's progress within an epoch; sent after some steps, not after each.
    TrialStep {
        /// The trial.
        trial: &'a PlannedTrial,
        /// The current epoch, counted from 1.
        epoch: usize,
        /// Batches done in this epoch.
        batch: usize,
        /// Batches per epoch.
        batches: usize,
    },
    /// An epoch was evaluated and recorded.
    TrialEpoch {
        /// The trial.
        trial: &'a PlannedTrial,
        /// The epoch's losses, accuracies and seconds.
        epoch: &'a EpochRecord,
    },
    /// A trial ended and its record was written.
    TrialFinished {
        /// The trial.
        trial: &'a PlannedTrial,
        /// How it ended.
        outcome: &'a Outcome,
        /// Wall-clock seconds in this process.
        seconds: f64,
    },
    /// A trial was stopped and can be resumed.
    TrialInterrupted {
        /// The trial.
        trial: &'a PlannedTrial,
        /// Epochs done.
        epochs: usize,
    },
    /// The last outstanding trial of a round ended and its record was written. Every cell now has
    /// results for `rounds` seeds, except for trials that failed.
    RoundFinished {
        /// Rounds that are complete now.
        rounds: usize,
    },
}

/// A trial that could not be run to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedTrial {
    /// The trial's identity.
    pub identity: String,
    /// The trial's label.
    pub label: String,
    /// The error.
    pub message: String,
}

impl FailedTrial {
    /// A trial whose failure another process recorded.
    pub(crate) fn of(trial: &PlannedTrial, record: &TrialRecord) -> Self {
        let message = match &record.outcome {
            Outcome::Failed { message } => message.clone(),
            _ => String::new(),
        };
        Self {
            identity: trial.identity.clone(),
            label: trial.label.clone(),
            message,
        }
    }
}

/// What a study's run did.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// Trials of the plan.
    pub trials: usize,
    /// Trials that had a result before this run.
    pub already_done: usize,
    /// Trials that finished in this run.
    pub finished: usize,
    /// Trials that failed in this run, in the plan's order.
    pub failed: Vec<FailedTrial>,
    /// Trials that another process runs.
    pub elsewhere: usize,
    /// Trials that were interrupted or never started.
    pub remaining: usize,
    /// Whether the stop flag ended the run.
    pub interrupted: bool,
    /// Wall-clock seconds, including the self-check.
    pub seconds: f64,
}
