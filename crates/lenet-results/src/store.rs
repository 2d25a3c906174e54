//! The folder that holds a study's trials.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::checksum::{Lines, sealed};
use crate::error::StoreError;
use crate::files::{
    io_error, read_if_present, remove_if_present, remove_temporary, set_aside, write_whole,
};
use crate::format::{self, SEALED_STUDY, STUDY_FORMAT};
use crate::listing::Listing;
use crate::merge::{Conflict, conflict};
use crate::parallel::in_parallel;
use crate::published;
use crate::record::TrialRecord;
use crate::study::StudyRecord;
use crate::trial::{KEPT, SetAside, TrialDir, TrialState, parse_record};

/// The folder that holds a study's trials:
///
/// ```text
/// study.json                 the study: figures, cells and trials, claims
/// registrations.jsonl        what the study declared and when, one line per declaration
/// trials/<ab>/<identity>.jsonl
///                            a finished trial, below the first two digits of its identity: a line with
///                            the complete record, and a line with class and confidence of every test
///                            image and the first convolution's kernels, if the study keeps them
/// trials/<ab>/<identity>.conflict-1.jsonl
///                            a later result of the same trial that differs from it
/// trials/<identity>/         a trial that has not finished:
///     config.json            the trial's settings, written before the first step
///     runs.jsonl             host, build and device, one line per run
///     epochs.jsonl           one line per epoch
///     checkpoint             the state to resume from
///     result.json            the record of a failure
///     lock, lock.lease       held by the trial's writer
/// continuations/<identity>   the last checkpoint of a finished trial, while a search may train it for more
///                            epochs
/// ```
///
/// Earlier versions of this program left the folder of a finished trial, with its record in `result.json`
/// and its predictions in `predictions.bin`; they are read as ever.
///
/// Every JSON record holds a checksum of what it says. A damaged file is renamed to `NAME.aside-1` before
/// another takes its name.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// What [`Store::find_records`] finds.
#[derive(Debug, Default)]
pub struct FoundRecords {
    /// Records of the trials that have ended, sorted by identity.
    pub records: Vec<TrialRecord>,
    /// What is wrong with files that are damaged.
    pub damaged: Vec<StoreError>,
    /// Identities of the trials whose own records are among these, sorted.
    pub unreadable: Vec<String>,
    /// Second results of trials that differ from the first, which `records` has.
    pub conflicts: Vec<Conflict>,
}

impl Store {
    /// Opens the store in `folder`, creates the folder if need be, and checks that it is writable.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the folder cannot be created or written.
    pub fn create(folder: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let store = Self {
            folder: folder.into(),
        };
        let trials = store.trials_folder();
        fs::create_dir_all(&trials).map_err(io_error(&trials, "create the folder"))?;
        for folder in [&store.folder, &trials] {
            tempfile::Builder::new()
                .prefix(".writing-")
                .tempfile_in(folder)
                .map_err(io_error(folder, "write into the folder"))?;
            remove_temporary(folder);
        }
        Ok(store)
    }

    /// Opens an existing store for reading.
    ///
    /// # Errors
    /// [`StoreError::Malformed`] if there is no folder `trials` in it, [`StoreError::Io`] if the
    /// folder cannot be read.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let store = Self {
            folder: folder.into(),
        };
        let trials = store.trials_folder();
        match fs::metadata(&trials) {
            Ok(found) if found.is_dir() => Ok(store),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(io_error(&trials, "read the folder")(error))
            }
            _ => Err(StoreError::Malformed {
                path: store.folder,
                what: "folder of records",
                reason: "there is no folder `trials` in it".to_owned(),
            }),
        }
    }

    /// The store's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn trials_folder(&self) -> PathBuf {
        self.folder.join("trials")
    }

    /// The folder of the trial with this identity, whether it exists or not.
    #[must_use]
    pub fn trial(&self, identity: &str) -> TrialDir {
        TrialDir::new(&self.trials_folder(), identity)
    }

    /// The trials that have a file or a folder, by their names alone.
    ///
    /// # Errors
    /// [`StoreError::Io`] if a folder cannot be listed.
    pub fn listing(&self) -> Result<Listing, StoreError> {
        Listing::of(&self.trials_folder())
    }

    /// Identities of the trials whose checkpoints are kept, sorted.
    #[must_use]
    pub fn kept_checkpoints(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.join(KEPT)).into_iter().flatten();
        let names = entries.flatten().map(|entry| entry.file_name());
        let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
        names.sort_unstable();
        names
    }

    /// Removes a checkpoint that was kept, and the folder with the last one. What cannot be removed stays.
    pub fn drop_checkpoint(&self, identity: &str) {
        let path = self.trial(identity).kept_checkpoint().to_owned();
        let _ = remove_if_present(&path);
        let _ = fs::remove_dir(self.folder.join(KEPT));
    }

    /// Removes what killed processes left where finished trials lie.
    pub fn tidy(&self, listing: &Listing) {
        listing
            .littered
            .iter()
            .for_each(|folder| remove_temporary(folder));
    }

    /// Identities of all trials that have a file or a folder, sorted.
    ///
    /// # Errors
    /// As [`Store::listing`].
    pub fn identities(&self) -> Result<Vec<String>, StoreError> {
        let listing = self.listing()?;
        let mut all: Vec<String> = listing.identities().map(str::to_owned).collect();
        all.sort_unstable();
        Ok(all)
    }

    /// Calls a function with each of these trials and its state, on all cores, and gives what it returns, in
    /// their order.
    pub fn map_states<T: Send>(
        &self,
        identities: &[&str],
        map: impl Fn(&TrialDir, TrialState) -> T + Sync,
    ) -> Vec<T> {
        in_parallel(identities, |identity| {
            let trial = self.trial(identity);
            let state = trial.state();
            map(&trial, state)
        })
    }

    /// Records of all trials that have ended, failed ones included, sorted by identity.
    ///
    /// # Errors
    /// As [`Store::find_records`].
    pub fn records(&self) -> Result<Vec<TrialRecord>, StoreError> {
        Ok(self.find_records()?.records)
    }

    /// Records of all trials that have ended, and what of the trials' files is damaged. A damaged record
    /// is none.
    ///
    /// # Errors
    /// The first file that the operating system refuses to read or that a later version wrote.
    pub fn find_records(&self) -> Result<FoundRecords, StoreError> {
        let listing = self.listing()?;
        let mut identities: Vec<&str> = listing.identities().collect();
        identities.sort_unstable();
        let read = self.map_states(&identities, |trial, state| match state {
            TrialState::Done(record) | TrialState::Failed(record) => {
                let damaged = trial.damage(&record);
                Ok((Some(*record), damaged, None))
            }
            TrialState::Unreadable(error) if error.is_damage() => {
                Ok((None, vec![error], Some(trial.identity().to_owned())))
            }
            TrialState::Unreadable(error) => Err(error),
            TrialState::Missing | TrialState::Running { .. } | TrialState::Interrupted { .. } => {
                Ok((None, Vec::new(), None))
            }
        });
        let mut found = FoundRecords::default();
        for read in read {
            let (record, damaged, unreadable) = read?;
            found.records.extend(record);
            found.damaged.extend(damaged);
            found.unreadable.extend(unreadable);
        }
        for path in &listing.conflicts {
            match self.read_conflict(path) {
                Ok(conflict) => found.conflicts.extend(conflict),
                Err(error) if error.is_damage() => found.damaged.push(error),
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// Second results of trials that differ from the first; damaged ones are left out.
    ///
    /// # Errors
    /// As [`Store::find_records`].
    pub fn conflicts(&self) -> Result<Vec<Conflict>, StoreError> {
        let mut found = Vec::new();
        for path in self.listing()?.conflicts {
            match self.read_conflict(&path) {
                Err(error) if error.is_damage() => {}
                read => found.extend(read?),
            }
        }
        Ok(found)
    }

    /// Reads a second result of a trial and compares it with the first.
    fn read_conflict(&self, path: &Path) -> Result<Option<Conflict>, StoreError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let identity = name.split(published::CONFLICT).next().unwrap_or_default();
        let Some(line) = published::read_line(path, 1)? else {
            return Ok(None);
        };
        let second = parse_record(&line, path, identity)?;
        let first = self.trial(identity).read_record()?;
        Ok(first.and_then(|first| conflict(&first, &second)))
    }

    /// Moves a damaged `study.json` out of the way, since a study writes it anew.
    ///
    /// # Errors
    /// [`StoreError::Io`]; [`StoreError::Newer`] for that of a later version, which stays.
    pub fn mend_study(&self) -> Result<Option<SetAside>, StoreError> {
        match self.read_study() {
            Err(reason) if reason.is_damage() => {
                let kept = set_aside(&self.folder.join("study.json"))?;
                Ok(kept.map(|kept| SetAside { kept, reason }))
            }
            read => read.map(|_| None),
        }
    }

    /// The study that the trials belong to; `None` if `study.json` does not exist.
    ///
    /// # Errors
    /// A [`StoreError`] if the file exists but cannot be read.
    pub fn read_study(&self) -> Result<Option<StudyRecord>, StoreError> {
        read_study(&self.folder)
    }

    /// [`write_study`] of its folder.
    ///
    /// # Errors
    /// [`StoreError::Io`]; [`StoreError::Newer`] if a later version wrote the file, which then stays
    /// as it is.
    pub fn write_study(&self, study: &StudyRecord) -> Result<(), StoreError> {
        write_study(&self.folder, study)
    }
}

/// The study that the records of a folder belong to, if it was written.
///
/// # Errors
/// A [`StoreError`] for a file that is there and cannot be understood.
pub fn read_study(folder: &Path) -> Result<Option<StudyRecord>, StoreError> {
    let path = folder.join("study.json");
    let Some(text) = read_if_present(&path)? else {
        return Ok(None);
    };
    let study: StudyRecord = format::parse(&text, &path, "study", STUDY_FORMAT, SEALED_STUDY)?;
    // Formats 2 to 4 say the same.
    let format = match study.format {
        2..=4 => STUDY_FORMAT,
        format => format,
    };
    Ok(Some(StudyRecord { format, ..study }))
}

/// Writes `study.json` into a folder that there is.
///
/// # Errors
/// [`StoreError::Io`]; [`StoreError::Newer`] rather than overwriting a later version's file.
pub fn write_study(folder: &Path, study: &StudyRecord) -> Result<(), StoreError> {
    if let Err(error @ StoreError::Newer { .. }) = read_study(folder) {
        return Err(error);
    }
    let study = StudyRecord {
        format: STUDY_FORMAT,
        ..study.clone()
    };
    let text = sealed(&study, STUDY_FORMAT, Lines::Many);
    write_whole(&folder.join("study.json"), text.as_bytes())
}

#[cfg(test)]
mod tests;
