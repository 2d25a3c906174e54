//! Merges the records of several stores.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use crate::record::{Outcome, TrialRecord};

/// Records of several stores, each trial once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Merged {
    /// The records, sorted by identity.
    pub records: Vec<TrialRecord>,
    /// Trials whose results differ between stores; `records` holds the first result.
    pub conflicts: Vec<Conflict>,
}

/// A trial with different results in two stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The trial's identity.
    pub identity: String,
    /// First epoch (counted from 1) that differs; `None` if only the outcomes differ.
    pub epoch: Option<usize>,
    /// Host and instruction set of the record that was kept.
    pub kept: String,
    /// Host and instruction set of the record that was left out.
    pub dropped: String,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            identity,
            epoch,
            kept,
            dropped,
        } = self;
        write!(
            f,
            "trial {identity} gave other numbers on {dropped} than on {kept}"
        )?;
        match epoch {
            Some(epoch) => write!(f, ", from epoch {epoch} on"),
            None => write!(f, " at its end"),
        }
    }
}

/// Merges the records of several stores. If a trial has several records, a result is preferred over
/// a failure, and the first result over later ones. Results that differ in any bit, times aside,
/// are reported as a conflict.
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

/// How two results of a trial differ; `None` if they are equal to the bit, times aside.
pub(crate) fn conflict(kept: &TrialRecord, dropped: &TrialRecord) -> Option<Conflict> {
    let difference = kept.difference(dropped)?;
    Some(Conflict {
        identity: kept.identity.clone(),
        epoch: difference.epoch,
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
