//! What a running study tells whoever watches it, and what it says at its end.

use lenet_results::{EpochRecord, Outcome, SelfCheck};

use crate::plan::PlannedTrial;

/// What a running study tells. Events of different trials come from different threads.
#[derive(Debug)]
#[non_exhaustive]
pub enum RunEvent<'a> {
    /// Before the first step of all.
    Begin {
        /// Trials of the plan.
        trials: usize,
        /// Of these, how many have a result already.
        done: usize,
        /// How many go on from an earlier run.
        resumed: usize,
        /// How many failed before and are tried again.
        retried: usize,
        /// How many another process runs at this moment; they are left to it.
        elsewhere: usize,
        /// Trials in flight at once.
        jobs: usize,
        /// Threads of each.
        threads: usize,
    },
    /// A code path was checked and found right.
    SelfCheck(&'a SelfCheck),
    /// A trial began or went on.
    TrialStarted {
        /// Which.
        trial: &'a PlannedTrial,
        /// Epochs done before.
        from_epoch: usize,
    },
    /// From time to time.
    TrialStep {
        /// Which.
        trial: &'a PlannedTrial,
        /// Epoch under way, from 1.
        epoch: usize,
        /// Batches of it done.
        batch: usize,
        /// Batches in it.
        batches: usize,
    },
    /// An epoch was evaluated and recorded.
    TrialEpoch {
        /// Which.
        trial: &'a PlannedTrial,
        /// Its numbers.
        epoch: &'a EpochRecord,
    },
    /// A trial ended and its record was written.
    TrialFinished {
        /// Which.
        trial: &'a PlannedTrial,
        /// How.
        outcome: &'a Outcome,
        /// Seconds that this stretch took.
        seconds: f64,
    },
    /// A trial was stopped; it can go on.
    TrialInterrupted {
        /// Which.
        trial: &'a PlannedTrial,
        /// Epochs done.
        epochs: usize,
    },
    /// The last outstanding trial of a round ended: every cell has so many seeds (those that
    /// failed aside). Sent once the trial's record is written.
    RoundFinished {
        /// Rounds that are whole now.
        rounds: usize,
    },
}

/// A trial that could not be run to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedTrial {
    /// Its identity.
    pub identity: String,
    /// Its label.
    pub label: String,
    /// What happened.
    pub message: String,
}

/// How a study's run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// Trials of the plan.
    pub trials: usize,
    /// Trials that had a result before.
    pub already_done: usize,
    /// Trials that got a result now.
    pub finished: usize,
    /// Trials that failed now, in the plan's order.
    pub failed: Vec<FailedTrial>,
    /// Trials left to another process that runs them.
    pub elsewhere: usize,
    /// Trials without a result and not failed: stopped or not begun.
    pub remaining: usize,
    /// Whether the stop flag ended the run.
    pub interrupted: bool,
    /// Wall-clock seconds, self-check included.
    pub seconds: f64,
}
