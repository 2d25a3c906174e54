//! The folder of runtime records.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::StoreError;
use crate::files::{io_error, read_if_present, write_whole};
use crate::format;
use crate::runtime::{FirstFormat, RUNTIME_FORMAT, RuntimeRecord};

/// The folder `runtime/` of a results folder: `<identity>.json` for each record; `lock`, which
/// the one measurement holds while it lives; and `round-lock`, which the process of a round holds.
#[derive(Debug)]
pub struct RuntimeStore {
    folder: PathBuf,
    _lock: File,
}

impl RuntimeStore {
    /// Makes the folder if need be, and takes its lock.
    ///
    /// # Errors
    /// [`StoreError::Io`] where it cannot be made, [`StoreError::Locked`] while another process
    /// measures into it.
    pub fn create(results: &Path) -> Result<Self, StoreError> {
        let (folder, path, lock) = prepare(results, "lock")?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                folder,
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked {
                path,
                owner: "another measurement".to_owned(),
            }),
            // Some network file systems know no locks; nobody can be kept out there.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(Self {
                    folder,
                    _lock: lock,
                })
            }
            Err(TryLockError::Error(error)) => Err(io_error(&path, "lock")(error)),
        }
    }

    /// For the process of one round, whose parent holds the folder. Waits while another such process
    /// lives: one whose parent was killed ends with its step.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn of_round(results: &Path) -> Result<Self, StoreError> {
        let (folder, path, lock) = prepare(results, "round-lock")?;
        match lock.lock() {
            Err(error) if error.kind() != io::ErrorKind::Unsupported => {
                Err(io_error(&path, "lock")(error))
            }
            _ => Ok(Self {
                folder,
                _lock: lock,
            }),
        }
    }

    /// The record of this identity, if there is one.
    ///
    /// # Errors
    /// A file that cannot be read, is newer, or holds another record.
    pub fn read(&self, identity: &str) -> Result<Option<RuntimeRecord>, StoreError> {
        let path = self.path(identity);
        let Some(text) = read_if_present(&path)? else {
            return Ok(None);
        };
        parse(&text, &path, identity).map(Some)
    }

    /// Writes a record, whole or not at all.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn write(&self, record: &RuntimeRecord) -> Result<(), StoreError> {
        let mut text = serde_json::to_string_pretty(record).expect("a record has string keys only");
        text.push('\n');
        write_whole(&self.path(&record.identity()), text.as_bytes())
    }

    fn path(&self, identity: &str) -> PathBuf {
        self.folder.join(format!("{identity}.json"))
    }
}

/// Makes the folder if need be, and opens a file for a lock in it.
fn prepare(results: &Path, lock: &str) -> Result<(PathBuf, PathBuf, File), StoreError> {
    let folder = results.join("runtime");
    fs::create_dir_all(&folder).map_err(io_error(&folder, "create the folder"))?;
    let path = folder.join(lock);
    let lock = File::create(&path).map_err(io_error(&path, "create"))?;
    Ok((folder, path, lock))
}

/// All runtime records of a results folder, sorted by identity; none where there is no folder
/// `runtime` in it. Needs no lock, since files appear whole.
///
/// # Errors
/// The first record that cannot be read: nothing is passed over.
pub fn runtime_records(results: &Path) -> Result<Vec<RuntimeRecord>, StoreError> {
    let folder = results.join("runtime");
    let list = || -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&folder)?;
        entries.map(|entry| Ok(entry?.path())).collect()
    };
    let mut paths = match list() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        found => found.map_err(io_error(&folder, "list the folder"))?,
    };
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    let mut records = Vec::with_capacity(paths.len());
    for path in paths {
        let identity = path.file_stem().unwrap_or_default().to_string_lossy();
        // Removed since it was listed: as if it had never been there.
        if let Some(text) = read_if_present(&path)? {
            records.push(parse(&text, &path, &identity)?);
        }
    }
    Ok(records)
}

/// A record's text, which must be what its file is named after.
fn parse(text: &str, path: &Path, identity: &str) -> Result<RuntimeRecord, StoreError> {
    let what = "runtime record";
    let record = match format::version(text, path, what, RUNTIME_FORMAT)? {
        1 => format::parse::<FirstFormat>(text, path, what, RUNTIME_FORMAT)?.into(),
        _ => format::parse::<RuntimeRecord>(text, path, what, RUNTIME_FORMAT)?,
    };
    let path = path.to_owned();
    let found = record.identity();
    if found != identity {
        return Err(StoreError::Identity {
            path,
            found,
            expected: identity.to_owned(),
        });
    }
    let known = record.sessions.len();
    if let Some(sample) = record.samples.iter().find(|s| s.session >= known) {
        return Err(StoreError::Malformed {
            path,
            what: "runtime record",
            reason: format!("a sample names session {}, which it lacks", sample.session),
        });
    }
    Ok(record)
}

#[cfg(test)]
mod tests;
