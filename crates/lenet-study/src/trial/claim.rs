//! Claiming a trial: its lock, its images, and the checkpoint that it goes on from.

use std::path::PathBuf;

use lenet_data::Splits;
use lenet_results::{RunRecord, SetAside, Store, StoreError, TrialWriter};

use crate::data_sets::DataSets;
use crate::error::StudyError;
use crate::plan::PlannedTrial;

/// A trial whose lock this process holds, with its images and the path of its checkpoint.
pub(super) struct LockedTrial<'p> {
    pub(super) trial: &'p PlannedTrial,
    pub(super) checkpoint: PathBuf,
    /// The checkpoint of the trial that it goes on with.
    pub(super) earlier: Option<PathBuf>,
    pub(super) splits: Splits,
}

impl LockedTrial<'_> {
    /// The runs of the trial that it goes on with, if it does.
    pub(super) fn earlier_runs(&self, store: &Store) -> Vec<RunRecord> {
        let Some(earlier) = self
            .trial
            .continues
            .as_ref()
            .filter(|_| self.earlier.is_some())
        else {
            return Vec::new();
        };
        let record = store.trial(&earlier.identity).read_record();
        record
            .ok()
            .flatten()
            .map_or(Vec::new(), |record| record.runs)
    }
}

/// What comes of claiming a trial.
pub(super) enum Claim<'p> {
    Locked(LockedTrial<'p>, Box<TrialWriter>),
    /// Another process has the lock.
    Elsewhere,
    /// Another process has finished the trial.
    Done,
}

/// Takes a trial's lock, and looks under it whether the trial is still to be run.
///
/// # Errors
/// The trial's images or its folder.
pub(super) fn claim<'p>(
    (data, store): (&DataSets, &Store),
    trial: &'p PlannedTrial,
) -> Result<Claim<'p>, StudyError> {
    let splits = data.splits(&trial.data, &trial.config)?;
    let dir = store.trial(&trial.identity);
    let mut writer = match dir.begin(&trial.config) {
        Err(StoreError::Locked { .. }) => return Ok(Claim::Elsewhere),
        Err(StoreError::Finished { .. }) => return Ok(Claim::Done),
        other => other?,
    };
    writer.set_aside().iter().for_each(tell_set_aside);
    if trial.keeps_checkpoint {
        writer.keep_checkpoint();
    }
    let checkpoint = dir.checkpoint_path();
    let kept = trial.continues.as_ref().map(|earlier| {
        let earlier = store.trial(&earlier.identity);
        earlier.kept_checkpoint().to_owned()
    });
    let earlier = kept.filter(|kept| {
        let is_there = kept.exists();
        if !is_there && !checkpoint.exists() {
            let label = &trial.label;
            tracing::warn!("{label}: the shorter trial left no checkpoint; it begins anew");
        }
        is_there
    });
    let locked = LockedTrial {
        trial,
        checkpoint,
        earlier,
        splits,
    };
    Ok(Claim::Locked(locked, Box::new(writer)))
}

/// Says that a damaged file was set aside.
pub(crate) fn tell_set_aside(file: &SetAside) {
    tracing::warn!("{}; it is kept as {}", file.reason, file.kept.display());
}
