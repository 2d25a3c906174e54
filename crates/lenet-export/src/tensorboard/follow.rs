//! Event files of trials that run, written as their epochs end.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use lenet_core::{Names, Trial, shown};
use lenet_results::{EpochRecord, RunRecord};

use super::{Status, Writer, file_name};
use crate::clock;
use crate::error::ExportError;
use crate::names::file_names;

/// Writes the events of a study's trials while they run, into the folders that an export gives them.
///
/// A trial that goes on gets another file in its folder. That file has its earlier epochs, too, and says that
/// those of earlier files do not count.
#[derive(Debug)]
pub struct Following {
    folder: PathBuf,
    folders: HashMap<String, String>,
    open: HashMap<String, Writer<File>>,
    /// Seconds since 1970-01-01 UTC.
    now: fn() -> f64,
}

impl Following {
    /// Begins with the columns of the tab HPARAMS for all trials of a study. The folder need not exist.
    ///
    /// # Errors
    /// [`ExportError::Io`] if the folder cannot be written.
    pub fn begin<'t>(
        folder: &Path,
        trials: impl Iterator<Item = &'t Trial> + Clone,
    ) -> Result<Self, ExportError> {
        Self::begin_at(folder, trials, seconds_now)
    }

    fn begin_at<'t>(
        folder: &Path,
        trials: impl Iterator<Item = &'t Trial> + Clone,
        now: fn() -> f64,
    ) -> Result<Self, ExportError> {
        let names = Names::of_trials(trials.clone());
        let identities: Vec<String> = trials.clone().map(Trial::identity).collect();
        let texts = trials.clone().map(|trial| shown(&names.trial(trial)));
        let folders = file_names(texts.zip(identities.iter().map(String::as_str)));
        let following = Self {
            folder: folder.to_owned(),
            folders: identities.iter().cloned().zip(folders).collect(),
            open: HashMap::new(),
            now,
        };
        let file = following.create(None)?;
        let written = Writer::experiment(file, trials, now());
        written.map_err(following.failed("write"))?;
        Ok(following)
    }

    /// Begins the file of a trial that starts or goes on now, with the epochs that it has done before.
    ///
    /// # Errors
    /// [`ExportError::Io`] if the file cannot be written.
    pub fn start(
        &mut self,
        trial: &Trial,
        epochs: &[EpochRecord],
        runs: &[RunRecord],
    ) -> Result<(), ExportError> {
        let identity = trial.identity();
        let file = self.create(Some(&identity))?;
        let began = clock::start(runs).unwrap_or_else(self.now);
        let write = || {
            let mut writer = Writer::begin(file, trial, began)?;
            writer.restart(began)?;
            let ends = clock::epoch_ends(runs, epochs);
            for (epoch, end) in epochs.iter().zip(ends) {
                writer.epoch(epoch, end)?;
            }
            Ok(writer)
        };
        let writer = write().map_err(self.failed("write"))?;
        self.open.insert(identity, writer);
        Ok(())
    }

    /// Writes an epoch of a trial that has started.
    ///
    /// # Errors
    /// [`ExportError::Io`] if the file cannot be written; nothing more is written of the trial then.
    pub fn epoch(&mut self, identity: &str, epoch: &EpochRecord) -> Result<(), ExportError> {
        let now = (self.now)();
        let Some(writer) = self.open.get_mut(identity) else {
            return Ok(());
        };
        let written = writer.epoch(epoch, now);
        if written.is_err() {
            self.open.remove(identity);
        }
        written.map_err(self.failed("write"))
    }

    /// Writes how a trial that has started ended, or that it was interrupted.
    ///
    /// # Errors
    /// As [`Self::epoch`].
    pub fn end(&mut self, identity: &str, status: Status) -> Result<(), ExportError> {
        let Some(writer) = self.open.remove(identity) else {
            return Ok(());
        };
        let written = writer.end(status, (self.now)());
        written.map(drop).map_err(self.failed("write"))
    }

    /// A new file in the folder of a trial, or in that of all.
    fn create(&self, identity: Option<&str>) -> Result<File, ExportError> {
        let own = identity.and_then(|identity| self.folders.get(identity));
        let folder = own.map_or_else(|| self.folder.clone(), |own| self.folder.join(own));
        fs::create_dir_all(&folder).map_err(self.failed("create"))?;
        let name = file_name(Some((self.now)()));
        let (mut path, mut number) = (folder.join(&name), 1);
        loop {
            match OpenOptions::new().write(true).create_new(true).open(path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => return created.map_err(self.failed("write")),
            }
            number += 1;
            path = folder.join(format!("{name}.{number}"));
        }
    }

    fn failed(&self, action: &'static str) -> impl FnOnce(io::Error) -> ExportError + use<> {
        let path = self.folder.clone();
        move |source| ExportError::Io {
            path,
            action,
            source,
        }
    }
}

fn seconds_now() -> f64 {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH);
    passed.map_or(0.0, |passed| passed.as_secs_f64())
}

#[cfg(test)]
mod tests;
