//! The file or the folder that an export writes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use lenet_results::files::write_whole;

use crate::error::ExportError;
use crate::format::Format;

/// Where an export goes. Names within it are made by [`file_names`](crate::names::file_names) or are this
/// program's own: none leads out of it.
#[derive(Debug)]
pub(crate) struct Folder {
    format: Format,
    path: PathBuf,
    known: BTreeSet<PathBuf>,
    has_others: bool,
    written: usize,
}

impl Folder {
    pub(crate) fn new(format: Format, path: &Path) -> Self {
        let entries = fs::read_dir(path).ok();
        let has_others = entries.is_some_and(|mut entries| entries.next().is_some());
        Self {
            format,
            path: path.to_owned(),
            known: BTreeSet::new(),
            has_others: has_others && format.is_folder(),
            written: 0,
        }
    }

    /// Whether there were files in it before.
    pub(crate) fn has_others(&self) -> bool {
        self.has_others
    }

    /// Its path without links, if it is there.
    pub(crate) fn absolute(&self) -> PathBuf {
        fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone())
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    pub(crate) fn written(&self) -> usize {
        self.written
    }

    /// Makes a folder within.
    pub(crate) fn make(&mut self, names: &[&str]) -> Result<PathBuf, ExportError> {
        let path: PathBuf = [self.path.as_path()]
            .into_iter()
            .chain(names.iter().map(Path::new))
            .collect();
        if !self.known.contains(&path) {
            fs::create_dir_all(&path).map_err(|source| ExportError::Io {
                path: path.clone(),
                action: "create the folder",
                source,
            })?;
            self.known.insert(path.clone());
        }
        Ok(path)
    }

    /// Prepares the path of a file within, whose last name is the file's, and counts it.
    pub(crate) fn place(&mut self, names: &[&str]) -> Result<PathBuf, ExportError> {
        let Some((name, folders)) = names.split_last() else {
            self.written += 1;
            return Ok(self.path.clone());
        };
        let folder = self.make(folders)?;
        self.written += 1;
        Ok(folder.join(name))
    }

    /// Writes a file, whole or not at all. Without names it is the export itself.
    pub(crate) fn write(&mut self, names: &[&str], contents: &[u8]) -> Result<(), ExportError> {
        let path = self.place(names)?;
        Ok(write_whole(&path, contents)?)
    }
}
