//! One trial's folder: readers, and one writer at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::files::{io_error, read_if_present, remove_if_present, write_whole};
use crate::format::{self, TRIAL_FORMAT};
use crate::lines::{append_line, drop_torn_line, line, read_lines};
use crate::predictions::{self, Predictions};
use crate::record::{EpochRecord, Outcome, RunRecord, TrialRecord};
use lenet_core::Trial;

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
        let locked = self.is_locked()?;
        if let Some(record) = self.read_record()? {
            let record = Box::new(record);
            return Ok(match record.outcome {
                Outcome::Failed { .. } => TrialState::Failed(record),
                _ => TrialState::Done(record),
            });
        }
        if self.read_config()?.is_none() {
            return Ok(if locked {
                TrialState::Running { epochs: 0 }
            } else {
                TrialState::Missing
            });
        }
        let epochs = self.read_epochs()?.len();
        Ok(if locked {
            TrialState::Running { epochs }
        } else {
            TrialState::Interrupted { epochs }
        })
    }

    fn is_locked(&self) -> Result<bool, StoreError> {
        let path = self.lock_path();
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(io_error(&path, "open")(error)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(io_error(&path, "lock")(error)),
        }
    }

    /// The trial's settings; `None` if it has not started.
    ///
    /// # Errors
    /// A [`StoreError`] if the file exists but cannot be read.
    pub fn read_config(&self) -> Result<Option<Trial>, StoreError> {
        let path = self.folder.join("config.json");
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
        read_lines(&self.epochs_path(), "list of epochs")
    }

    /// Records of the trial's runs so far.
    ///
    /// # Errors
    /// As [`TrialDir::read_epochs`].
    pub fn read_runs(&self) -> Result<Vec<RunRecord>, StoreError> {
        read_lines(&self.runs_path(), "list of runs")
    }

    /// Makes this process the trial's writer: takes the lock, writes `config.json`, and removes
    /// the record of a failure so that the trial can be tried again, and predictions without a
    /// record.
    ///
    /// The operating system releases the lock when the process ends, however it ends. The lock
    /// file names the owner; without a lock on it, the file means nothing.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if another writer holds the lock; other errors if a file cannot be
    /// written or has a later version.
    pub fn begin(&self, config: &Trial) -> Result<TrialWriter, StoreError> {
        self.check_identity(&self.folder, config)?;
        fs::create_dir_all(&self.folder).map_err(io_error(&self.folder, "create the folder"))?;
        let lock = self.lock()?;
        self.read_config()?;
        self.read_record()?;
        remove_if_present(&self.result_path())?;
        remove_if_present(&self.predictions_path())?;
        let file = ConfigFile {
            format: TRIAL_FORMAT,
            identity: self.identity.clone(),
            config: config.clone(),
        };
        write_json(&self.folder.join("config.json"), &file)?;
        // The next line must not be appended to one that a crash cut short.
        for path in [self.epochs_path(), self.runs_path()] {
            drop_torn_line(&path)?;
        }
        Ok(TrialWriter {
            place: self.clone(),
            config: config.clone(),
            _lock: lock,
        })
    }

    fn lock(&self) -> Result<File, StoreError> {
        let path = self.lock_path();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io_error(&path, "open"))?;
        // A reader that checks whether the trial is running holds the lock for a moment.
        for attempt in 0.. {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if attempt < 20 => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(TryLockError::WouldBlock) => {
                    let mut owner = String::new();
                    if file.read_to_string(&mut owner).is_err() || owner.is_empty() {
                        "another process".clone_into(&mut owner);
                    }
                    return Err(StoreError::Locked {
                        path,
                        owner: owner.trim().to_owned(),
                    });
                }
                Err(TryLockError::Error(error)) => return Err(io_error(&path, "lock")(error)),
            }
        }
        let owner = format!(
            "process {} on {}\n",
            std::process::id(),
            crate::environment::host()
        );
        file.set_len(0)
            .and_then(|()| file.write_all(owner.as_bytes()))
            .map_err(io_error(&path, "write"))?;
        Ok(file)
    }
}

/// The writer of a trial. It holds the trial's lock; dropping it releases the lock.
#[derive(Debug)]
pub struct TrialWriter {
    place: TrialDir,
    config: Trial,
    _lock: File,
}

impl TrialWriter {
    /// Appends the record of a run that begins now.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn append_run(&mut self, run: &RunRecord) -> Result<(), StoreError> {
        append_line(&self.place.runs_path(), run)
    }

    /// Appends the record of one epoch.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn append_epoch(&mut self, epoch: &EpochRecord) -> Result<(), StoreError> {
        append_line(&self.place.epochs_path(), epoch)
    }

    /// Replaces the list of epochs by the one in a checkpoint. A process that was killed may have
    /// written more epochs than its checkpoint holds, or one fewer.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn restore_epochs(&mut self, epochs: &[EpochRecord]) -> Result<(), StoreError> {
        let lines: String = epochs.iter().map(line).collect();
        let path = self.place.epochs_path();
        if read_if_present(&path)?.unwrap_or_default() == lines {
            return Ok(());
        }
        write_whole(&path, lines.as_bytes())
    }

    /// Writes `predictions.bin`. It comes before [`Self::finish`], so a finished trial has it whole
    /// or not at all.
    ///
    /// # Errors
    /// [`StoreError::Io`]; [`StoreError::Identity`] if they are of another trial.
    pub fn keep_predictions(&mut self, predictions: &Predictions) -> Result<(), StoreError> {
        let path = self.place.predictions_path();
        if predictions.identity() != self.place.identity {
            return Err(StoreError::Identity {
                path,
                found: predictions.identity().to_owned(),
                expected: self.place.identity.clone(),
            });
        }
        write_whole(&path, &predictions::to_bytes(predictions))
    }

    /// Writes `result.json` and removes the checkpoint. If the trial failed, the checkpoint stays
    /// for the next try.
    ///
    /// # Errors
    /// [`StoreError::Io`], or an error if the list of runs cannot be read.
    pub fn finish(
        self,
        outcome: Outcome,
        epochs: Vec<EpochRecord>,
        parameters: usize,
    ) -> Result<TrialRecord, StoreError> {
        let failed = matches!(outcome, Outcome::Failed { .. });
        let record = TrialRecord {
            format: TRIAL_FORMAT,
            identity: self.place.identity.clone(),
            config: self.config.clone(),
            parameters,
            outcome,
            epochs,
            runs: self.place.read_runs()?,
        };
        write_json(&self.place.result_path(), &record)?;
        if !failed {
            remove_if_present(&self.place.checkpoint_path())?;
        }
        Ok(record)
    }
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
    let mut text = serde_json::to_string_pretty(value).expect("records have string keys only");
    text.push('\n');
    write_whole(path, text.as_bytes())
}

#[cfg(test)]
mod tests;
