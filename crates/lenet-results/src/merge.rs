//! Records of several stores brought together.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::record::{Outcome, TrialRecord};

/// Records of several stores, each trial once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Merged {
    /// Sorted by identity.
    pub records: Vec<TrialRecord>,
    /// Trials whose results differ between stores; the first one met is in `records`.
    pub conflicts: Vec<Conflict>,
}

/// A trial that gave different numbers in different places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The trial.
    pub identity: String,
    /// First epoch (counted from 1) that differs, or `None` where only the outcomes do.
    pub epoch: Option<usize>,
    /// Host and instruction set of the record that was kept.
    pub kept: String,
    /// The same of the record that was left out.
    pub dropped: String,
}

/// Brings together records of several stores. Of a trial that stands in more than one, a result
/// is preferred over a failure, and the first over later ones; results that are not equal bit
/// for bit (times aside) are reported.
#[must_use]
pub fn merge(records: impl IntoIterator<Item = TrialRecord>) -> Merged {
    let mut kept: BTreeMap<String, TrialRecord> = BTreeMap::new();
    let mut conflicts = Vec::new();
    let failed = |record: &TrialRecord| matches!(record.outcome, Outcome::Failed { .. });
    for record in records {
        match kept.entry(record.identity.clone()) {
            Entry::Vacant(place) => {
                place.insert(record);
            }
            Entry::Occupied(mut place) => match (failed(place.get()), failed(&record)) {
                (true, false) => {
                    place.insert(record);
                }
                (false, false) => conflicts.extend(conflict(place.get(), &record)),
                (_, true) => {}
            },
        }
    }
    Merged {
        records: kept.into_values().collect(),
        conflicts,
    }
}

fn conflict(kept: &TrialRecord, dropped: &TrialRecord) -> Option<Conflict> {
    let pairs = kept.epochs.iter().zip(&dropped.epochs);
    let differing = pairs
        .filter(|(a, b)| !a.same_outcome(b))
        .map(|(a, _)| a.epoch)
        .next();
    let lengths_differ = kept.epochs.len() != dropped.epochs.len();
    if differing.is_none() && !lengths_differ && kept.outcome == dropped.outcome {
        return None;
    }
    let shorter = kept.epochs.len().min(dropped.epochs.len());
    Some(Conflict {
        identity: kept.identity.clone(),
        epoch: differing.or(lengths_differ.then_some(shorter + 1)),
        kept: origin(kept),
        dropped: origin(dropped),
    })
}

fn origin(record: &TrialRecord) -> String {
    let runs: Vec<String> = record
        .runs
        .iter()
        .map(|run| format!("{} ({})", run.environment.host, run.level))
        .collect();
    if runs.is_empty() {
        "unknown".to_owned()
    } else {
        runs.join(", then ")
    }
}

#[cfg(test)]
mod tests;
