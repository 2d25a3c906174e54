//! Checkpoints of finished trials that no trial will go on from.

use std::collections::HashSet;

use lenet_results::Store;

use crate::error::StudyError;
use crate::plan::Plan;

/// Removes the kept checkpoints that the plan has no more use for. Those of trials that it does not know stay,
/// unless it is of the whole study.
///
/// # Errors
/// The folder of trials cannot be listed.
pub(super) fn tidy(plan: &Plan, store: &Store) -> Result<(), StudyError> {
    let kept = store.kept_checkpoints();
    if kept.is_empty() {
        return Ok(());
    }
    let listing = store.listing()?;
    let (mut known, mut needed) = (HashSet::new(), HashSet::new());
    for trial in &plan.trials {
        known.insert(trial.identity.as_str());
        if trial.keeps_checkpoint {
            needed.insert(trial.identity.as_str());
        }
        if let Some(earlier) = &trial.continues
            && !listing.is_finished(&trial.identity)
        {
            needed.insert(earlier.identity.as_str());
        }
    }
    let of_training = plan.study.figures.iter().filter(|f| f.runtime.is_none());
    let is_whole = of_training.count() == plan.selected.len();
    for identity in &kept {
        let identity = identity.as_str();
        if !needed.contains(identity) && (is_whole || known.contains(identity)) {
            store.drop_checkpoint(identity);
        }
    }
    Ok(())
}
