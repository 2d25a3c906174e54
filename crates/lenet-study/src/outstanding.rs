//! What is left to do: one pure function.

use lenet_results::{Store, TrialState};

use crate::error::StudyError;
use crate::plan::Plan;

/// What a trial still needs, as its state says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Nothing: it has a result.
    Done,
    /// All of it.
    Start,
    /// The rest: it was interrupted.
    Resume {
        /// Epochs done.
        epochs: usize,
    },
    /// It failed and is tried again, from its checkpoint where it has one.
    Retry,
    /// Somebody else runs it now.
    Elsewhere,
}

impl Work {
    /// What a trial in this state needs.
    ///
    /// # Errors
    /// That of an unreadable trial: it is never overwritten.
    pub fn of(state: TrialState) -> Result<Self, StudyError> {
        Ok(match state {
            TrialState::Done(_) => Self::Done,
            TrialState::Missing => Self::Start,
            TrialState::Interrupted { epochs } => Self::Resume { epochs },
            TrialState::Failed(_) => Self::Retry,
            TrialState::Running { .. } => Self::Elsewhere,
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

/// Positions in the plan of the trials to run, in the order to run them: the plan's own, but
/// within a round those first that were interrupted (what they have done is not left lying).
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
