//! One trial: its readers, and one writer at a time.

mod writer;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::files::read_if_present;
use crate::format::{self, SEALED_TRIAL, TRIAL_FORMAT};
use crate::lines::read_lines;
use crate::lock::{self, Holder};
use crate::predictions::{self, Predictions};
use crate::published;
use crate::record::{EpochRecord, Outcome, RunRecord, TrialRecord};
use crate::validate::validate_epochs;
use lenet_core::Trial;

pub use writer::{Finished, SetAside, TrialWriter};

/// The folder of checkpoints of finished trials, beside that of the trials.
pub(crate) const KEPT: &str = "continuations";

/// A trial's state, as its folder shows it.
#[derive(Debug)]
pub enum TrialState {
    /// The trial has not started.
    Missing,
    /// A process, this one or another, writes the trial now.
    Running {
        /// Epochs done.
        epochs: usize,
    },
    /// The trial has started and not ended, and no process writes it.
    Interrupted {
        /// Epochs done.
        epochs: usize,
    },
    /// The trial ended with a result.
    Done(Box<TrialRecord>),
    /// The trial failed.
    Failed(Box<TrialRecord>),
    /// The folder holds something that cannot be read.
    Unreadable(StoreError),
}

impl TrialState {
    fn ended(record: TrialRecord) -> Self {
        let record = Box::new(record);
        match record.outcome {
            Outcome::Failed { .. } => Self::Failed(record),
            _ => Self::Done(record),
        }
    }
}

/// Contents of `config.json`.
#[derive(Serialize, Deserialize)]
struct ConfigFile {
    format: u32,
    identity: String,
    config: Trial,
}

/// Where a trial lies: the folder that it is worked on in, and the file that holds it once it has finished.
/// Neither need exist. Readers use it directly; a writer calls [`TrialDir::begin`].
#[derive(Debug, Clone)]
pub struct TrialDir {
    folder: PathBuf,
    published: PathBuf,
    kept: PathBuf,
    identity: String,
}

impl TrialDir {
    pub(crate) fn new(trials: &Path, identity: &str) -> Self {
        Self {
            folder: trials.join(identity),
            published: published::path(trials, identity),
            kept: trials.with_file_name(KEPT).join(identity),
            identity: identity.to_owned(),
        }
    }

    /// Path of the checkpoint that was kept when the trial finished, whether it exists or not.
    #[must_use]
    pub fn kept_checkpoint(&self) -> &Path {
        &self.kept
    }

    /// Path of the file that holds the trial once it has finished, whether it exists or not.
    #[must_use]
    pub fn published(&self) -> &Path {
        &self.published
    }

    /// Path of the folder that the trial is worked on in, whether it exists or not. Once the trial has
    /// finished it goes; earlier versions of this program kept it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Path of the engine's checkpoint.
    #[must_use]
    pub fn checkpoint_path(&self) -> PathBuf {
        self.folder.join("checkpoint")
    }

    /// The trial's identity.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Whether a process writes the trial now.
    #[must_use]
    pub fn is_held(&self) -> bool {
        lock::is_held(&self.lock_path())
    }

    /// Who writes the trial now; `None` where nobody does.
    #[must_use]
    pub fn holder(&self) -> Option<Holder> {
        lock::holder(&self.lock_path())
    }

    /// Whether its folder holds the record of a failure, or what an earlier version finished.
    #[must_use]
    pub fn has_result(&self) -> bool {
        self.result_path().exists()
    }

    fn config_path(&self) -> PathBuf {
        self.folder.join("config.json")
    }

    fn predictions_path(&self) -> PathBuf {
        self.folder.join("predictions.bin")
    }

    fn result_path(&self) -> PathBuf {
        self.folder.join("result.json")
    }

    fn epochs_path(&self) -> PathBuf {
        self.folder.join("epochs.jsonl")
    }

    fn runs_path(&self) -> PathBuf {
        self.folder.join("runs.jsonl")
    }

    fn lock_path(&self) -> PathBuf {
        self.folder.join("lock")
    }

    /// The trial's current state.
    #[must_use]
    pub fn state(&self) -> TrialState {
        match self.read_state() {
            Ok(state) => state,
            Err(error) => TrialState::Unreadable(error),
        }
    }

    fn read_state(&self) -> Result<TrialState, StoreError> {
        if let Some(record) = self.read_published()? {
            return Ok(TrialState::ended(record));
        }
        // The lock comes first: a trial that ends meanwhile is then reported as ended, not as
        // interrupted.
        let locked = lock::is_held(&self.lock_path());
        if let Some(record) = self.read_result()? {
            return Ok(TrialState::ended(record));
        }
        let Some(config) = self.read_config()? else {
            // Its folder goes once the trial is published, which may have been just now.
            if let Some(record) = self.read_published()? {
                return Ok(TrialState::ended(record));
            }
            return Ok(match locked {
                true => TrialState::Running { epochs: 0 },
                false => TrialState::Missing,
            });
        };
        let epochs = self.read_epochs_of(&config)?.len();
        Ok(match locked {
            true => TrialState::Running { epochs },
            false => TrialState::Interrupted { epochs },
        })
    }

    /// What is damaged in the folder of a trial that has ended, its result apart: lists of epochs and runs,
    /// and settings. The result has all of that.
    #[must_use]
    pub fn damage(&self, record: &TrialRecord) -> Vec<StoreError> {
        if !self.folder.exists() {
            return Vec::new();
        }
        let read = [
            self.read_config().map(drop),
            self.read_epochs_of(&record.config).map(drop),
            self.read_runs().map(drop),
        ];
        let found = read.into_iter().filter_map(Result::err);
        found
            .filter(|error| !matches!(error, StoreError::Io { .. }))
            .collect()
    }

    /// The trial's settings; `None` if it has not started.
    ///
    /// # Errors
    /// A [`StoreError`] if the file exists but cannot be read.
    pub fn read_config(&self) -> Result<Option<Trial>, StoreError> {
        let path = self.config_path();
        let Some(text) = read_if_present(&path)? else {
            return Ok(None);
        };
        let file: ConfigFile = format::parse(
            &text,
            &path,
            "trial configuration",
            TRIAL_FORMAT,
            SEALED_TRIAL,
        )?;
        check_identity(&path, &file.config, &self.identity)?;
        Ok(Some(file.config))
    }

    /// The complete record; `None` if the trial has not ended.
    ///
    /// # Errors
    /// A [`StoreError`] if the file exists but cannot be read.
    pub fn read_record(&self) -> Result<Option<TrialRecord>, StoreError> {
        match self.read_published()? {
            None => self.read_result(),
            record => Ok(record),
        }
    }

    /// The record that was published.
    fn read_published(&self) -> Result<Option<TrialRecord>, StoreError> {
        let line = published::read_line(&self.published, 1)?;
        line.map(|line| parse_record(&line, &self.published, &self.identity))
            .transpose()
    }

    /// The record in the trial's folder: that of a failure, or what an earlier version of this program
    /// finished.
    fn read_result(&self) -> Result<Option<TrialRecord>, StoreError> {
        let path = self.result_path();
        let text = read_if_present(&path)?;
        text.map(|text| parse_record(&text, &path, &self.identity))
            .transpose()
    }

    /// What the trained network says of every test image; `None` if that was not kept.
    ///
    /// # Errors
    /// A [`StoreError`] that names the file if it is damaged, of another trial or of a later version.
    pub fn read_predictions(&self) -> Result<Option<Predictions>, StoreError> {
        match published::read_predictions(&self.published, &self.identity)? {
            None => predictions::read(&self.predictions_path(), &self.identity),
            published => Ok(published),
        }
    }

    /// Records of the epochs done so far, as long as the trial has a folder. Leaves out a last line that a
    /// crash cut short.
    ///
    /// # Errors
    /// A [`StoreError`] if any other line cannot be read.
    pub fn read_epochs(&self) -> Result<Vec<EpochRecord>, StoreError> {
        read_lines(&self.epochs_path(), "list of epochs", TRIAL_FORMAT)
    }

    fn read_epochs_of(&self, config: &Trial) -> Result<Vec<EpochRecord>, StoreError> {
        let epochs = self.read_epochs()?;
        match validate_epochs(&epochs, config) {
            Ok(()) => Ok(epochs),
            Err(reason) => Err(StoreError::Contradiction {
                path: self.epochs_path(),
                reason,
            }),
        }
    }

    /// Records of the trial's runs so far, as long as the trial has a folder.
    ///
    /// # Errors
    /// As [`TrialDir::read_epochs`].
    pub fn read_runs(&self) -> Result<Vec<RunRecord>, StoreError> {
        read_lines(&self.runs_path(), "list of runs", TRIAL_FORMAT)
    }
}

/// The record of the trial `identity` from its text, which `path` holds.
///
/// # Errors
/// A [`StoreError`] if it is damaged, of another trial, of a later version, or contradicts itself.
pub(crate) fn parse_record(
    text: &str,
    path: &Path,
    identity: &str,
) -> Result<TrialRecord, StoreError> {
    let record: TrialRecord =
        format::parse(text, path, "trial record", TRIAL_FORMAT, SEALED_TRIAL)?;
    let own = record.config.identity();
    if own != identity {
        return Err(other_identity(path, own, identity));
    }
    let contradiction = |reason| StoreError::Contradiction {
        path: path.to_owned(),
        reason,
    };
    record.validate_as(&own).map_err(contradiction)?;
    Ok(record)
}

fn check_identity(path: &Path, config: &Trial, expected: &str) -> Result<(), StoreError> {
    let found = config.identity();
    match found == expected {
        true => Ok(()),
        false => Err(other_identity(path, found, expected)),
    }
}

fn other_identity(path: &Path, found: String, expected: &str) -> StoreError {
    StoreError::Identity {
        path: path.to_owned(),
        found,
        expected: expected.to_owned(),
    }
}

#[cfg(test)]
mod tests;
