//! The folder of runtime records.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::checksum::{Lines, sealed};
use crate::error::StoreError;
use crate::files::{io_error, read_if_present, remove_temporary, set_aside, write_whole};
use crate::format;
use crate::lock::Lock;
use crate::runtime::{FirstFormat, RUNTIME_FORMAT, RuntimeRecord};
use crate::trial::SetAside;

/// The folder `runtime/` of a results folder: `<identity>.json` for each record; `lock`, which
/// the one measurement holds while it lives; and `round-lock`, which the process of a round holds.
#[derive(Debug)]
pub struct RuntimeStore {
    folder: PathBuf,
    _lock: Lock,
}

impl RuntimeStore {
    /// Makes the folder if need be, and takes its lock.
    ///
    /// # Errors
    /// [`StoreError::Io`] where it cannot be made, [`StoreError::Locked`] while another process
    /// measures into it.
    pub fn create(results: &Path) -> Result<Self, StoreError> {
        let folder = prepare(results)?;
        let lock = Lock::take(&folder.join("lock"))?;
        remove_temporary(&folder);
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    /// For the process of one round, whose parent holds the folder. Waits while another such process
    /// lives: one whose parent was killed ends with its step.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn of_round(results: &Path) -> Result<Self, StoreError> {
        let folder = prepare(results)?;
        let lock = loop {
            match Lock::take(&folder.join("round-lock")) {
                Err(StoreError::Locked { .. }) => std::thread::sleep(Duration::from_millis(50)),
                taken => break taken?,
            }
        };
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    /// Moves a damaged record out of the way, to be measured anew. Gives where it is kept, and why.
    ///
    /// # Errors
    /// Any other error of reading it.
    pub fn mend(&self, identity: &str) -> Result<Option<SetAside>, StoreError> {
        match self.read(identity) {
            Err(reason) if reason.is_damage() => {
                let kept = set_aside(&self.path(identity))?;
                Ok(kept.map(|kept| SetAside { kept, reason }))
            }
            read => read.map(|_| None),
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
        write_into(&self.folder, record)
    }

    fn path(&self, identity: &str) -> PathBuf {
        self.folder.join(format!("{identity}.json"))
    }
}

/// Writes a record into a results folder that nothing else writes into.
///
/// # Errors
/// [`StoreError::Io`].
pub(crate) fn write_runtime(results: &Path, record: &RuntimeRecord) -> Result<(), StoreError> {
    write_into(&prepare(results)?, record)
}

fn write_into(folder: &Path, record: &RuntimeRecord) -> Result<(), StoreError> {
    let record = &RuntimeRecord {
        format: RUNTIME_FORMAT,
        ..record.clone()
    };
    let text = sealed(record, RUNTIME_FORMAT, Lines::Many);
    let path = folder.join(format!("{}.json", record.identity()));
    write_whole(&path, text.as_bytes())
}

fn prepare(results: &Path) -> Result<PathBuf, StoreError> {
    let folder = results.join("runtime");
    fs::create_dir_all(&folder).map_err(io_error(&folder, "create the folder"))?;
    Ok(folder)
}

/// All runtime records of a results folder, sorted by identity, and what is wrong with damaged ones; none
/// where there is no folder `runtime` in it. Needs no lock, since files appear whole.
///
/// # Errors
/// The first record that the operating system refuses to read or that a later version wrote.
pub fn find_runtimes(results: &Path) -> Result<(Vec<RuntimeRecord>, Vec<StoreError>), StoreError> {
    let folder = results.join("runtime");
    let list = || -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&folder)?;
        entries.map(|entry| Ok(entry?.path())).collect()
    };
    let mut paths = match list() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Default::default()),
        found => found.map_err(io_error(&folder, "list the folder"))?,
    };
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    let (mut records, mut damaged) = (Vec::with_capacity(paths.len()), Vec::new());
    for path in paths {
        let identity = path.file_stem().unwrap_or_default().to_string_lossy();
        let read = read_if_present(&path);
        // Removed since it was listed: as if it had never been there.
        match read.and_then(|text| text.map(|text| parse(&text, &path, &identity)).transpose()) {
            Ok(record) => records.extend(record),
            Err(error) if error.is_damage() => damaged.push(error),
            Err(error) => return Err(error),
        }
    }
    Ok((records, damaged))
}

/// The sound ones of [`find_runtimes`].
///
/// # Errors
/// As [`find_runtimes`].
pub fn runtime_records(results: &Path) -> Result<Vec<RuntimeRecord>, StoreError> {
    Ok(find_runtimes(results)?.0)
}

/// A record's text, which must be what its file is named after.
fn parse(text: &str, path: &Path, identity: &str) -> Result<RuntimeRecord, StoreError> {
    let what = "runtime record";
    let record = match format::version(text, path, what, RUNTIME_FORMAT)? {
        1 => format::parse::<FirstFormat>(text, path, what, RUNTIME_FORMAT, RUNTIME_FORMAT)?.into(),
        _ => format::parse::<RuntimeRecord>(text, path, what, RUNTIME_FORMAT, RUNTIME_FORMAT)?,
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
    let contradiction = |reason| StoreError::Contradiction { path, reason };
    record.validate().map_err(contradiction)?;
    Ok(record)
}

#[cfg(test)]
mod tests;
