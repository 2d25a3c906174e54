//! `--tensorboard`: the events of trials, written while they run.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::{fs, io};

use anyhow::Context;
use lenet_export::ExportError;
use lenet_export::tensorboard::{Following, Status};
use lenet_results::files::NewFile;
use lenet_results::{Outcome, Store};
use lenet_study::{Plan, RunEvent};

use crate::output;

/// Makes the folder, and refuses one that cannot be written, before any work.
///
/// # Errors
/// It cannot be made or written.
pub fn prepare(folder: &Path) -> anyhow::Result<()> {
    let name = folder.display();
    fs::create_dir_all(folder)
        .and_then(|()| NewFile::create(&folder.join("events")).map(drop))
        // The error's own words hold a temporary file's name.
        .map_err(|error| io::Error::from(error.kind()))
        .with_context(|| format!("--tensorboard {name}: the folder cannot be written"))
}

/// Writes event files of a study that runs. What cannot be written costs no trial: it is told once, and no
/// more events are written.
pub struct EventFiles {
    following: Mutex<Option<Following>>,
    store: Store,
}

impl EventFiles {
    /// Prepares the folder, or nothing where none is asked for.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn begin(folder: Option<&Path>, plan: &Plan, store: &Store) -> Result<Self, ExportError> {
        let configs = plan.trials.iter().map(|trial| &trial.config);
        let following = folder.map(|folder| Following::begin(folder, configs));
        Ok(Self {
            following: Mutex::new(following.transpose()?),
            store: store.clone(),
        })
    }

    /// Writes what an event says.
    pub fn see(&self, event: &RunEvent<'_>) {
        let mut following = self
            .following
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(files) = following.as_mut() else {
            return;
        };
        if let Err(error) = self.write(files, event) {
            output::warning(format_args!("no more events for TensorBoard: {error}"));
            *following = None;
        }
    }

    fn write(&self, files: &mut Following, event: &RunEvent<'_>) -> Result<(), ExportError> {
        match event {
            RunEvent::TrialStarted { trial, from_epoch } => {
                let folder = self.store.trial(&trial.identity);
                let mut epochs = folder.read_epochs()?;
                epochs.truncate(*from_epoch);
                files.start(&trial.config, &epochs, &folder.read_runs()?)
            }
            RunEvent::TrialEpoch { trial, epoch } => files.epoch(&trial.identity, epoch),
            RunEvent::TrialFinished { trial, outcome, .. } => {
                let status = match outcome {
                    Outcome::Failed { .. } => Status::Failure,
                    _ => Status::Success,
                };
                files.end(&trial.identity, status)
            }
            RunEvent::TrialInterrupted { trial, .. } => files.end(&trial.identity, Status::Running),
            _ => Ok(()),
        }
    }
}
