//! Published records put to the test: some of their trials are computed again, and every bit is compared.
//!
//! A trial of this project's kernels on a processor gives the same bits on every machine with the instruction
//! set that its record names, so each is computed with its own. What promises no bits is passed over, and told.

mod drawing;
mod unverifiable;

use lenet_ops::Level;
use lenet_results::{
    Difference, STUDY_FORMAT, Store, StoreError, StudyRecord, TrialRecord, TrialState,
};

pub use drawing::{Drawing, PassedOver, Sample};
pub use unverifiable::{Unverifiable, usable_levels};

use crate::data_sets::DataSets;
use crate::error::StudyError;
use crate::event::RunEvent;
use crate::plan::{Plan, PlannedTrial};
use crate::run::{RunSettings, run};

/// A trial that was computed again.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// Its record.
    pub recorded: TrialRecord,
    /// Its name among the trials of the records.
    pub name: String,
    /// The instruction set that computed it, then and now.
    pub level: Level,
    /// What came of it.
    pub finding: Finding,
}

/// What came of computing a trial again.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// Every number is equal to the bit.
    Equal,
    /// A number differs: the first is the recorded one, the second that computed here.
    Different(Difference),
    /// Every number of the record is equal, and the predictions beside it are not.
    Predictions,
    /// It could not be computed here, for lack of memory, say.
    NotComputed(String),
}

/// Computes the trials of a drawing with one instruction set again, in a temporary folder, and compares them
/// with the records, which `recorded` holds. Gives them in the order of the drawing; those that were not reached
/// before `settings.stop` was set are left out.
///
/// # Errors
/// Before any trial: [`StudyError::NoData`] if a data set is missing; a self-check fails. Later: the temporary
/// folder cannot be written.
pub fn verify(
    drawing: &Drawing,
    level: Level,
    recorded: &Store,
    data: &DataSets,
    settings: &RunSettings,
    observer: &(dyn Fn(RunEvent<'_>) + Sync),
) -> Result<Vec<Verified>, StudyError> {
    let temporary = std::env::temp_dir();
    let folder = tempfile::tempdir().map_err(|source| StoreError::Io {
        path: temporary,
        action: "create a temporary folder",
        source,
    })?;
    let here = Store::create(folder.path())?;
    let plan = plan(drawing, level, recorded, data)?;
    run(&plan, data, &here, settings, observer)?;
    let found = drawing.of_level(level).map(|(record, name)| {
        let again = here.trial(&record.identity);
        let finding = match again.state() {
            TrialState::Done(again) => match record.difference(&again) {
                Some(difference) => Finding::Different(difference),
                None => predictions(record, recorded, &here)?,
            },
            TrialState::Failed(again) => Finding::NotComputed(message(&again)),
            TrialState::Unreadable(error) => return Err(error.into()),
            _ => return Ok(None),
        };
        Ok(Some(Verified {
            recorded: record.clone(),
            name: name.to_owned(),
            level,
            finding,
        }))
    });
    found.filter_map(Result::transpose).collect()
}

/// Compares the predictions of a trial, where both have them. Damaged ones are none: the record does not
/// depend on them.
fn predictions(
    record: &TrialRecord,
    recorded: &Store,
    here: &Store,
) -> Result<Finding, StudyError> {
    let recorded = match recorded.trial(&record.identity).read_predictions() {
        Err(error) if error.is_damage() => {
            tracing::warn!("{error}");
            None
        }
        read => read?,
    };
    let here = here.trial(&record.identity).read_predictions()?;
    Ok(match (recorded, here) {
        (Some(recorded), Some(here)) if recorded != here => Finding::Predictions,
        _ => Finding::Equal,
    })
}

fn message(record: &TrialRecord) -> String {
    match &record.outcome {
        lenet_results::Outcome::Failed { message } => message.clone(),
        outcome => format!("{outcome:?}"),
    }
}

/// The trials of one instruction set, as a plan that has nothing else.
fn plan(
    drawing: &Drawing,
    level: Level,
    recorded: &Store,
    data: &DataSets,
) -> Result<Plan, StudyError> {
    let trials = drawing.of_level(level).map(|(record, name)| {
        let source = &record.config.data.source;
        let set = data.name_of(source).ok_or_else(|| StudyError::NoData {
            needed: source.clone(),
            found: Vec::new(),
        })?;
        Ok(PlannedTrial {
            identity: record.identity.clone(),
            config: record.config.clone(),
            label: name.to_owned(),
            data: set.to_owned(),
            parameters: record.parameters,
            round: 0,
            figures: Vec::new(),
            continues: None,
            keeps_checkpoint: false,
        })
    });
    let trials: Vec<PlannedTrial> = trials.collect::<Result<_, StudyError>>()?;
    let has_predictions = |trial: &PlannedTrial| {
        let read = recorded.trial(&trial.identity).read_predictions();
        matches!(read, Ok(Some(_)))
    };
    let predictions = trials.iter().any(has_predictions);
    Ok(Plan {
        study: StudyRecord {
            format: STUDY_FORMAT,
            name: "verify".to_owned(),
            title: "Records put to the test".to_owned(),
            figures: Vec::new(),
            claims: Vec::new(),
            altered: Vec::new(),
            until_decided: None,
            commands: Vec::new(),
            files: Vec::new(),
            data: Vec::new(),
            predictions,
            level: Some(level.name().to_owned()),
        },
        selected: Vec::new(),
        predictions,
        trials,
        runtimes: Vec::new(),
        notes: Vec::new(),
        seed: drawing.seed,
        warnings: Vec::new(),
        outlooks: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
