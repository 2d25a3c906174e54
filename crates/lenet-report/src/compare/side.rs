//! One of two sets of records that are compared.

use std::collections::{BTreeMap, BTreeSet};

use lenet_results::TrialRecord;

use super::comparison::SideSummary;
use super::selection::Selection;
use crate::Records;

/// One of two sets of records that are compared.
#[derive(Debug, Clone, Copy, Default)]
pub struct Side<'a> {
    /// What a reader calls it: its folder or its file.
    pub name: &'a str,
    /// Its records. Without evidence nothing is said of predictions.
    pub records: Records<'a>,
    /// Identities of trials whose records are damaged; `left_out` says what is wrong with them.
    pub unreadable: &'a [String],
}

/// A side with its trials by identity.
pub(super) struct Indexed<'a> {
    pub(super) side: &'a Side<'a>,
    pub(super) trials: BTreeMap<&'a str, &'a TrialRecord>,
    pub(super) unreadable: BTreeSet<&'a str>,
}

impl<'a> Indexed<'a> {
    pub(super) fn of(side: &'a Side<'a>, selection: &Selection) -> Self {
        let selected = |identity: &&str| selection.has_trial(identity);
        let trials = side.records.trials.iter();
        let trials = trials.map(|trial| (trial.identity.as_str(), trial));
        let trials: BTreeMap<_, _> = trials.filter(|(identity, _)| selected(identity)).collect();
        let unreadable = side.unreadable.iter().map(String::as_str);
        Self {
            unreadable: unreadable.filter(selected).collect(),
            side,
            trials,
        }
    }

    pub(super) fn summary(&self) -> SideSummary {
        let records = &self.side.records;
        let mut studies: Vec<String> = records.studies.iter().map(|s| s.name.clone()).collect();
        studies.sort();
        studies.dedup();
        SideSummary {
            name: self.side.name.to_owned(),
            studies,
            trials: self.trials.len(),
            runtimes: records.runtimes.len(),
            damaged: records.left_out.to_vec(),
        }
    }
}
