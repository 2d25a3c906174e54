//! Which trials are left to run, and in which order.

use lenet_results::{Store, TrialState};

use crate::error::StudyError;
use crate::plan::Plan;

/// What a trial still needs, given its state on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Nothing: the trial has a result.
    Done,
    /// To be run from the start.
    Start,
    /// To be resumed: the trial was interrupted.
    Resume {
        /// Epochs done.
        epochs: usize,
    },
    /// To be tried again, from the checkpoint if there is one: the trial failed.
    Retry,
    /// Nothing by this process: another one runs the trial now.
    Elsewhere,
}

impl Work {
    /// What a trial in this state needs.
    ///
    /// # Errors
    /// The error of a trial that the operating system refuses to read or that a later version wrote.
    /// What is merely damaged is set aside and made anew.
    pub fn of(state: TrialState) -> Result<Self, StudyError> {
        Ok(match state {
            TrialState::Done(_) => Self::Done,
            TrialState::Missing => Self::Start,
            TrialState::Interrupted { epochs } => Self::Resume { epochs },
            TrialState::Failed(_) => Self::Retry,
            TrialState::Running { .. } => Self::Elsewhere,
            TrialState::Unreadable(error) if error.is_damage() => Self::Start,
            TrialState::Unreadable(error) => return Err(error.into()),
        })
    }
}

/// What each trial of the plan still needs, in the plan's order.
///
/// # Errors
/// The first trial that cannot be read.
pub fn survey(plan: &Plan, store: &Store) -> Result<Vec<Work>, StudyError> {
    plan.trials
        .iter()
        .map(|trial| Work::of(store.trial(&trial.identity).state()))
        .collect()
}

/// Positions in the plan of the trials to run, in the order in which to run them. This is the
/// plan's order, except that within a round interrupted trials come first.
#[must_use]
pub fn outstanding(rounds: &[usize], work: &[Work]) -> Vec<usize> {
    let needed = |position: &usize| {
        matches!(
            work[*position],
            Work::Start | Work::Resume { .. } | Work::Retry
        )
    };
    let mut positions: Vec<usize> = (0..work.len()).filter(needed).collect();
    positions.sort_by_key(|&position| {
        (
            rounds[position],
            !matches!(work[position], Work::Resume { .. }),
        )
    });
    positions
}

#[cfg(test)]
mod tests;
