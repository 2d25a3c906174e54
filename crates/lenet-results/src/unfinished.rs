//! Trials that have begun and not ended, with what they have done so far.

use crate::error::StoreError;
use crate::record::{EpochRecord, RunRecord};
use crate::store::Store;
use crate::trial::TrialState;
use lenet_core::Trial;

/// A trial that has begun and not ended.
#[derive(Debug, Clone, PartialEq)]
pub struct UnfinishedTrial {
    /// [`Trial::identity`] of `config`.
    pub identity: String,
    /// The trial's settings.
    pub config: Trial,
    /// Epochs done so far, in order.
    pub epochs: Vec<EpochRecord>,
    /// Its start and its resumptions.
    pub runs: Vec<RunRecord>,
    /// Whether a process writes it now; otherwise it was interrupted.
    pub is_running: bool,
}

impl Store {
    /// The trials that have begun and not ended, sorted by identity. What is damaged of them,
    /// [`Store::find_records`] names too.
    ///
    /// # Errors
    /// As [`Store::find_records`].
    pub fn find_unfinished(&self) -> Result<Vec<UnfinishedTrial>, StoreError> {
        let identities = self.identities()?;
        let identities: Vec<&str> = identities.iter().map(String::as_str).collect();
        let read = self.map_states(&identities, |trial, state| -> Result<_, StoreError> {
            let is_running = match state {
                TrialState::Running { .. } => true,
                TrialState::Interrupted { .. } => false,
                _ => return Ok(None),
            };
            let Some(config) = trial.read_config()? else {
                return Ok(None);
            };
            Ok(Some(UnfinishedTrial {
                identity: trial.identity().to_owned(),
                config,
                epochs: trial.read_epochs()?,
                runs: trial.read_runs()?,
                is_running,
            }))
        });
        let mut found = Vec::new();
        for read in read {
            match read {
                Err(error) if error.is_damage() => {}
                read => found.extend(read?),
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests;
