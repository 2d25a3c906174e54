//! The one writer of a trial's folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::checksum::{Lines, sealed};
use crate::error::StoreError;
use crate::files::{
    io_error, move_file, read_if_present, regular, remove_if_present, remove_temporary, set_aside,
    write_whole,
};
use crate::format::TRIAL_FORMAT;
use crate::lines::{append_line, drop_torn_line, line};
use crate::lock::{self, Lock};
use crate::merge::Conflict;
use crate::predictions::{self, Predictions};
use crate::published::publish;
use crate::record::{EpochRecord, Outcome, RunRecord, TrialRecord};
use lenet_core::Trial;

use super::{ConfigFile, TrialDir, check_identity};

/// A damaged file that was moved out of the way, to be made anew.
#[derive(Debug)]
pub struct SetAside {
    /// Where it is kept.
    pub kept: PathBuf,
    /// What is wrong with it.
    pub reason: StoreError,
}

impl TrialDir {
    /// Makes this process the trial's writer: takes the lock, looks under it at what is there, and writes
    /// `config.json`. Damaged files are set aside ([`TrialWriter::set_aside`]); the record of a failure is
    /// removed, so that the trial can be tried again.
    ///
    /// The lock ends with the process, however that ends.
    ///
    /// # Errors
    /// [`StoreError::Finished`] if the trial has a result, which stays as it is; [`StoreError::Locked`] if
    /// another writer holds the lock; other errors if a file cannot be written or has a later version.
    pub fn begin(&self, config: &Trial) -> Result<TrialWriter, StoreError> {
        check_identity(&self.folder, config, &self.identity)?;
        if let Ok(Some(_)) = self.read_published() {
            return Err(self.finished());
        }
        if lock::is_held(&self.lock_path()) {
            return Err(Lock::refuse(&self.lock_path()));
        }
        let lock = self.lock()?;
        let mut aside = Vec::new();
        if sound(self.read_published(), &self.published, &mut aside)?
            .flatten()
            .is_some()
        {
            self.clear(lock);
            return Err(self.finished());
        }
        let record = sound(self.read_result(), &self.result_path(), &mut aside)?.flatten();
        match record {
            Some(TrialRecord {
                outcome: Outcome::Failed { .. },
                ..
            }) => remove_if_present(&self.result_path())?,
            Some(_) => return Err(self.finished()),
            None => {}
        }
        remove_temporary(&self.folder);
        // An earlier version wrote them before the result.
        if regular(&self.predictions_path()).is_ok() {
            remove_if_present(&self.predictions_path())?;
        }
        for path in [self.predictions_path(), self.checkpoint_path()] {
            sound(regular(&path), &path, &mut aside)?;
        }
        sound(self.read_config(), &self.config_path(), &mut aside)?;
        write_json(&self.config_path(), &self.config_file(config))?;
        // The next line must not be appended to one that a crash cut short.
        for path in [self.epochs_path(), self.runs_path()] {
            sound(drop_torn_line(&path), &path, &mut aside)?;
        }
        sound(self.read_epochs_of(config), &self.epochs_path(), &mut aside)?;
        let runs = sound(self.read_runs(), &self.runs_path(), &mut aside)?;
        Ok(TrialWriter {
            place: self.clone(),
            config: config.clone(),
            runs: runs.unwrap_or_default(),
            predictions: None,
            keeps_checkpoint: false,
            aside,
            lock,
        })
    }

    fn finished(&self) -> StoreError {
        StoreError::Finished {
            path: self.folder.clone(),
        }
    }

    /// Makes the folder and takes its lock. Whoever has just published the trial removes its folder, which
    /// may be this one.
    fn lock(&self) -> Result<Lock, StoreError> {
        let mut tries = 3;
        loop {
            fs::create_dir_all(&self.folder)
                .map_err(io_error(&self.folder, "create the folder"))?;
            match Lock::take(&self.lock_path()) {
                Err(StoreError::Io { source, .. })
                    if source.kind() == io::ErrorKind::NotFound && tries > 0 =>
                {
                    tries -= 1;
                }
                taken => return taken,
            }
        }
    }

    /// Removes the folder of a published trial. What was set aside in it stays, and what cannot be removed
    /// is removed another time.
    fn clear(&self, lock: Lock) {
        for path in [
            self.checkpoint_path(),
            self.predictions_path(),
            self.result_path(),
            self.epochs_path(),
            self.runs_path(),
            self.config_path(),
        ] {
            let _ = remove_if_present(&path);
        }
        remove_temporary(&self.folder);
        drop(lock);
        // Should another process have taken it since, its lease keeps the folder.
        let _ = fs::remove_file(self.lock_path());
        let _ = fs::remove_dir(&self.folder);
    }

    /// Tidies up after a trial that has ended: removes the folder that a process left which was killed after
    /// it had published the trial. Of a trial that an earlier version of this program finished, the damaged
    /// files are made anew, from its result, and its checkpoint goes.
    ///
    /// # Errors
    /// [`StoreError::Locked`] while another process writes the trial; [`StoreError::Io`].
    pub fn mend(&self, record: &TrialRecord) -> Result<Vec<SetAside>, StoreError> {
        if !self.folder.exists() {
            return Ok(Vec::new());
        }
        let lock = self.lock()?;
        if let Ok(Some(_)) = self.read_published() {
            self.clear(lock);
            return Ok(Vec::new());
        }
        let mut aside = Vec::new();
        let path = self.config_path();
        if sound(self.read_config(), &path, &mut aside)?.is_none() {
            write_json(&path, &self.config_file(&record.config))?;
        }
        let path = self.epochs_path();
        if sound(self.read_epochs_of(&record.config), &path, &mut aside)?.is_none() {
            write_lines(&path, &record.epochs)?;
        }
        let path = self.runs_path();
        if sound(self.read_runs(), &path, &mut aside)?.is_none() {
            write_lines(&path, &record.runs)?;
        }
        if !matches!(record.outcome, Outcome::Failed { .. }) {
            remove_if_present(&self.checkpoint_path())?;
        }
        Ok(aside)
    }

    fn config_file(&self, config: &Trial) -> ConfigFile {
        ConfigFile {
            format: TRIAL_FORMAT,
            identity: self.identity.clone(),
            config: config.clone(),
        }
    }
}

/// What was read; `None` where the file was damaged, which is then set aside.
fn sound<T>(
    read: Result<T, StoreError>,
    path: &Path,
    aside: &mut Vec<SetAside>,
) -> Result<Option<T>, StoreError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(reason) if reason.is_damage() => {
            let kept = set_aside(path)?;
            aside.extend(kept.map(|kept| SetAside { kept, reason }));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The writer of a trial. It holds the trial's lock; dropping it releases the lock.
#[derive(Debug)]
pub struct TrialWriter {
    place: TrialDir,
    config: Trial,
    runs: Vec<RunRecord>,
    /// What `predictions.bin` held in earlier versions.
    predictions: Option<Vec<u8>>,
    keeps_checkpoint: bool,
    aside: Vec<SetAside>,
    lock: Lock,
}

/// A trial that has ended, as its writer leaves it.
#[derive(Debug)]
pub struct Finished {
    /// The record.
    pub record: TrialRecord,
    /// How another process's result of the same trial differs, which was published before and stays.
    pub conflict: Option<Conflict>,
}

impl TrialWriter {
    /// Damaged files that were found and moved out of the way.
    #[must_use]
    pub fn set_aside(&self) -> &[SetAside] {
        &self.aside
    }

    /// Moves the checkpoint out of the way, so that the trial begins anew. Gives its new path; `None` if
    /// there is none.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn set_checkpoint_aside(&mut self) -> Result<Option<PathBuf>, StoreError> {
        set_aside(&self.place.checkpoint_path())
    }

    /// Keeps the checkpoint when the trial finishes, as [`TrialDir::kept_checkpoint`], so that a longer trial
    /// can go on from it.
    pub fn keep_checkpoint(&mut self) {
        self.keeps_checkpoint = true;
    }

    /// Begins the trial's list of runs with those of the trial that it goes on with, where it has none of its
    /// own.
    ///
    /// # Errors
    /// As [`Self::append_run`].
    pub fn inherit_runs(&mut self, runs: &[RunRecord]) -> Result<(), StoreError> {
        match self.runs.is_empty() {
            true => runs.iter().try_for_each(|run| self.append_run(run)),
            false => Ok(()),
        }
    }

    /// Appends the record of a run that begins now.
    ///
    /// # Errors
    /// [`StoreError::Io`]; [`StoreError::Locked`] if another process has taken the trial over.
    pub fn append_run(&mut self, run: &RunRecord) -> Result<(), StoreError> {
        self.lock.check()?;
        self.runs.push(run.clone());
        append_line(&self.place.runs_path(), run, TRIAL_FORMAT)
    }

    /// Appends the record of one epoch.
    ///
    /// # Errors
    /// As [`Self::append_run`].
    pub fn append_epoch(&mut self, epoch: &EpochRecord) -> Result<(), StoreError> {
        self.lock.check()?;
        append_line(&self.place.epochs_path(), epoch, TRIAL_FORMAT)
    }

    /// Replaces the list of epochs by the one in a checkpoint. A process that was killed may have
    /// written more epochs than its checkpoint holds, or one fewer.
    ///
    /// # Errors
    /// As [`Self::append_run`].
    pub fn restore_epochs(&mut self, epochs: &[EpochRecord]) -> Result<(), StoreError> {
        self.lock.check()?;
        let path = self.place.epochs_path();
        if read_if_present(&path)?.unwrap_or_default() == lines(epochs) {
            return Ok(());
        }
        write_lines(&path, epochs)
    }

    /// Keeps predictions, to be published with the result.
    ///
    /// # Errors
    /// [`StoreError::Identity`] if they are of another trial.
    pub fn keep_predictions(&mut self, predictions: &Predictions) -> Result<(), StoreError> {
        if predictions.identity() != self.place.identity {
            return Err(StoreError::Identity {
                path: self.place.published.clone(),
                found: predictions.identity().to_owned(),
                expected: self.place.identity.clone(),
            });
        }
        self.predictions = Some(predictions::to_bytes(predictions));
        Ok(())
    }

    /// Publishes the trial, then keeps its checkpoint if that was asked for, and removes its folder. If it failed, the failure is recorded in the folder, where
    /// the checkpoint stays for the next try.
    ///
    /// A result is published even if another process has taken the trial over: the first one stays, and
    /// they are compared.
    ///
    /// # Errors
    /// [`StoreError::Io`]; of a failure, [`StoreError::Locked`] if another process has taken the trial over.
    pub fn finish(
        self,
        outcome: Outcome,
        epochs: Vec<EpochRecord>,
        parameters: usize,
    ) -> Result<Finished, StoreError> {
        let record = TrialRecord {
            format: TRIAL_FORMAT,
            identity: self.place.identity.clone(),
            config: self.config.clone(),
            parameters,
            outcome,
            epochs,
            runs: self.runs.clone(),
        };
        if let Outcome::Failed { .. } = record.outcome {
            self.lock.check()?;
            write_json(&self.place.result_path(), &record)?;
            return Ok(Finished {
                record,
                conflict: None,
            });
        }
        // On the disk, its name too, before the checkpoint goes.
        let conflict = publish(&self.place.published, &record, self.predictions.as_deref())?;
        if self.lock.check().is_ok() {
            if self.keeps_checkpoint {
                keep(&self.place.checkpoint_path(), &self.place.kept)?;
            }
            self.place.clear(self.lock);
        }
        Ok(Finished { record, conflict })
    }
}

/// Moves a checkpoint, if there is one, to where it is kept. A process that is killed before leaves it where
/// it is removed with its folder.
fn keep(checkpoint: &Path, kept: &Path) -> Result<(), StoreError> {
    match regular(checkpoint)? {
        Some(_) => move_file(checkpoint, kept),
        None => Ok(()),
    }
}

fn lines(values: &[impl Serialize]) -> String {
    values.iter().map(|v| line(v, TRIAL_FORMAT)).collect()
}

fn write_lines(path: &Path, values: &[impl Serialize]) -> Result<(), StoreError> {
    write_whole(path, lines(values).as_bytes())
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
    write_whole(path, sealed(value, TRIAL_FORMAT, Lines::Many).as_bytes())
}
