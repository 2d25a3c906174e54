//! Which trials a store has, by names alone: one look at its folders, whatever the number of files.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::StoreError;
use crate::files::{io_error, is_temporary};
use crate::published::{CONFLICT, ENDING};

/// The trials that have a file or a folder.
#[derive(Debug, Default)]
pub struct Listing {
    finished: HashSet<String>,
    begun: HashSet<String>,
    /// Results that differ from those published before them.
    pub(crate) conflicts: Vec<PathBuf>,
    /// Folders in which killed processes may have left temporary files.
    pub(crate) littered: Vec<PathBuf>,
}

impl Listing {
    /// Lists the folder of trials.
    ///
    /// # Errors
    /// [`StoreError::Io`] if it or a folder in it cannot be listed.
    pub(crate) fn of(trials: &Path) -> Result<Self, StoreError> {
        let mut found = Self::default();
        let mut fans = Vec::new();
        each_entry(trials, |name, entry| {
            if entry.file_type()?.is_dir() {
                match name.len() {
                    2 => fans.push(entry.path()),
                    _ => drop(found.begun.insert(name.to_owned())),
                }
            }
            Ok(())
        })?;
        for fan in fans {
            let mut is_littered = false;
            each_entry(&fan, |name, entry| {
                match name.strip_suffix(ENDING) {
                    Some(stem) if stem.contains(CONFLICT) => found.conflicts.push(entry.path()),
                    Some(identity) => drop(found.finished.insert(identity.to_owned())),
                    None => is_littered |= is_temporary(name),
                }
                Ok(())
            })?;
            if is_littered {
                found.littered.push(fan);
            }
        }
        found.conflicts.sort();
        Ok(found)
    }

    /// Whether the trial's result was published.
    #[must_use]
    pub fn is_finished(&self, identity: &str) -> bool {
        self.finished.contains(identity)
    }

    /// Whether the trial has a folder: it was begun, or an earlier version of this program finished it.
    #[must_use]
    pub fn is_begun(&self, identity: &str) -> bool {
        self.begun.contains(identity)
    }

    /// All of both, each once, in no order.
    pub fn identities(&self) -> impl Iterator<Item = &str> {
        let begun = self
            .begun
            .iter()
            .filter(|begun| !self.finished.contains(*begun));
        self.finished.iter().chain(begun).map(String::as_str)
    }
}

/// Calls a function with each entry of a folder whose name is text. A folder that is gone has none.
fn each_entry(
    folder: &Path,
    mut see: impl FnMut(&str, &fs::DirEntry) -> io::Result<()>,
) -> Result<(), StoreError> {
    let mut list = || -> io::Result<()> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            if let Some(name) = OsStr::to_str(&name) {
                see(name, &entry)?;
            }
        }
        Ok(())
    };
    list().map_err(io_error(folder, "list the folder"))
}
