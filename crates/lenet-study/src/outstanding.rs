//! Which trials are left to run, and in which order.

use std::collections::{BTreeMap, HashMap, HashSet};

use lenet_results::{Listing, Store, TrialState};

use crate::error::StudyError;
use crate::plan::{Plan, PlannedTrial};

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

/// What a look at every trial of a plan finds.
#[derive(Debug)]
pub struct Survey {
    /// What each trial still needs, in the plan's order.
    pub work: Vec<Work>,
    /// Finished trials by [`Trial::cell`](lenet_core::Trial::cell), of the plan or not.
    pub finished: HashMap<String, usize>,
    /// Finished trials of the plan by their instruction set, where it is not the study's.
    pub other_levels: BTreeMap<String, usize>,
    /// Positions of finished trials that left something behind.
    pub(crate) to_mend: Vec<usize>,
    pub(crate) listing: Listing,
}

impl Survey {
    /// The same, but that trials which failed are not tried again.
    #[must_use]
    pub fn without_retries(mut self) -> Self {
        for work in &mut self.work {
            if *work == Work::Retry {
                *work = Work::Done;
            }
        }
        self
    }
}

/// Reads the records of a store, and finds what each trial of the plan still needs.
///
/// # Errors
/// The first trial that cannot be read.
pub fn survey(plan: &Plan, store: &Store) -> Result<Survey, StudyError> {
    let listing = store.listing()?;
    let planned: HashSet<&str> = plan.trials.iter().map(|t| t.identity.as_str()).collect();
    let others = listing.identities();
    let others = others.filter(|identity| !planned.contains(identity));
    let known = plan.trials.iter().map(|trial| trial.identity.as_str());
    let identities: Vec<&str> = known.chain(others).collect();
    let seen = store.map_states(&identities, |trial, state| {
        let (mut finished, mut level, mut is_tidy) = (None, None, true);
        if let TrialState::Done(record) = &state {
            finished = Some(record.config.cell());
            level = plan.other_level(record);
            is_tidy = !listing.is_begun(trial.identity())
                || !listing.is_finished(trial.identity())
                    && trial.damage(record).is_empty()
                    && !trial.checkpoint_path().exists();
        }
        (Work::of(state), finished, level, is_tidy)
    });
    let mut found = Survey {
        work: Vec::with_capacity(plan.trials.len()),
        finished: HashMap::new(),
        other_levels: BTreeMap::new(),
        to_mend: Vec::new(),
        listing: Listing::default(),
    };
    for (position, (work, finished, level, is_tidy)) in seen.into_iter().enumerate() {
        if let Some(cell) = finished {
            *found.finished.entry(cell).or_default() += 1;
        }
        // Records that are not of the plan are in nobody's way, whatever is wrong with them.
        if position < plan.trials.len() {
            found.work.push(work?);
            if let Some(level) = level {
                *found.other_levels.entry(level).or_default() += 1;
            }
            if !is_tidy {
                found.to_mend.push(position);
            }
        }
    }
    found.listing = listing;
    Ok(found)
}

/// What each trial of the plan still needs, as far as names tell: no record is read but those of failures.
/// Whoever claims a trial looks again.
///
/// # Errors
/// The folder of trials cannot be listed.
pub(crate) fn glance(plan: &Plan, store: &Store) -> Result<Vec<Work>, StudyError> {
    let listing = store.listing()?;
    let of = |trial: &PlannedTrial| {
        let identity = &trial.identity;
        if listing.is_finished(identity) {
            return Ok(Work::Done);
        }
        let place = store.trial(identity);
        match listing.is_begun(identity) && place.has_result() {
            true => Work::of(place.state()),
            false => Ok(Work::Start),
        }
    };
    plan.trials.iter().map(of).collect()
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
