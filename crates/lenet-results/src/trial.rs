//! One trial's folder: readers, and one writer at a time.

mod writer;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::files::read_if_present;
use crate::format::{self, TRIAL_FORMAT};
use crate::lines::read_lines;
use crate::lock;
use crate::predictions::{self, Predictions};
use crate::record::{EpochRecord, Outcome, RunRecord, TrialRecord};
use crate::validate::validate_epochs;
use lenet_core::Trial;

pub use writer::{SetAside, TrialWriter};

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

/// Contents of `config.json`.
#[derive(Serialize, Deserialize)]
struct ConfigFile {
    format: u32,
    identity: String,
    config: Trial,
}

/// The folder of a trial, which may not exist yet. Readers use it directly; a writer calls
/// [`TrialDir::begin`].
#[derive(Debug, Clone)]
pub struct TrialDir {
    folder: PathBuf,
    identity: String,
}

impl TrialDir {
    pub(crate) fn new(folder: PathBuf, identity: &str) -> Self {
        Self {
            folder,
            identity: identity.to_owned(),
        }
    }

    /// Path of the folder, whether it exists or not.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Path of the engine's checkpoint.
    #[must_use]
    pub fn checkpoint_path(&self) -> PathBuf {
        self.folder.join("checkpoint")
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
        // The lock comes first: a trial that ends meanwhile is then reported as ended, not as
        // interrupted.
        let locked = lock::is_held(&self.lock_path());
        if let Some(record) = self.read_record()? {
            let record = Box::new(record);
            return Ok(match record.outcome {
                Outcome::Failed { .. } => TrialState::Failed(record),
                _ => TrialState::Done(record),
            });
        }
        let Some(config) = self.read_config()? else {
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

    /// What is damaged of a finished trial's files, its result apart: lists of epochs and runs, and
    /// settings. The result has all of that.
    #[must_use]
    pub fn damage(&self, record: &TrialRecord) -> Vec<StoreError> {
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
        let file: ConfigFile = format::parse(&text, &path, "trial configuration", TRIAL_FORMAT)?;
        self.check_identity(&path, &file.config)?;
        Ok(Some(file.config))
    }

    /// The complete record; `None` if the trial has not ended.
    ///
    /// # Errors
    /// A [`StoreError`] if the file exists but cannot be read.
    pub fn read_record(&self) -> Result<Option<TrialRecord>, StoreError> {
        let path = self.result_path();
        let Some(text) = read_if_present(&path)? else {
            return Ok(None);
        };
        let record: TrialRecord = format::parse(&text, &path, "trial record", TRIAL_FORMAT)?;
        self.check_identity(&path, &record.config)?;
        let contradiction = |reason| StoreError::Contradiction { path, reason };
        record.validate().map_err(contradiction)?;
        Ok(Some(record))
    }

    /// What the trained network says of every test image; `None` if that was not kept.
    ///
    /// # Errors
    /// A [`StoreError`] that names the file if it is damaged, of another trial or of a later version.
    pub fn read_predictions(&self) -> Result<Option<Predictions>, StoreError> {
        predictions::read(&self.predictions_path(), &self.identity)
    }

    fn check_identity(&self, path: &Path, config: &Trial) -> Result<(), StoreError> {
        let found = config.identity();
        if found == self.identity {
            return Ok(());
        }
        let expected = self.identity.clone();
        Err(StoreError::Identity {
            path: path.to_owned(),
            found,
            expected,
        })
    }

    /// Records of the epochs done so far. Leaves out a last line that a crash cut short.
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

    /// Records of the trial's runs so far.
    ///
    /// # Errors
    /// As [`TrialDir::read_epochs`].
    pub fn read_runs(&self) -> Result<Vec<RunRecord>, StoreError> {
        read_lines(&self.runs_path(), "list of runs", TRIAL_FORMAT)
    }
}

#[cfg(test)]
mod tests;
