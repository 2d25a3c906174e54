//! Writing of whole files. A reader sees the old file or the new one, never a part.
//!
//! The names of a report's files are kept in its folder. The next report removes what it does not have.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use lenet_results::files::{NewFile, remove_temporary};

use crate::error::ReportError;

/// Creates the report's folder, or removes what a process that was killed has left in it.
pub(crate) fn create_folder(path: &Path) -> Result<(), ReportError> {
    fs::create_dir_all(path).map_err(ReportError::io(path, "create"))?;
    remove_temporary(path);
    Ok(())
}

/// Writes `contents` to `folder/name`, whole or not at all; gives its path.
pub(crate) fn write_whole(
    folder: &Path,
    name: &str,
    contents: &[u8],
) -> Result<PathBuf, ReportError> {
    let path = folder.join(name);
    NewFile::create(&path)
        .and_then(|file| file.write(contents))
        .map_err(ReportError::io(&path, "write"))?;
    Ok(path)
}

/// The same for text. Every text of a report passes here: what records hold came from outside, and none of
/// its control characters reaches a file.
pub(crate) fn write_text(folder: &Path, name: &str, text: &str) -> Result<PathBuf, ReportError> {
    write_whole(folder, name, lenet_core::shown(text).as_bytes())
}

/// Holds the names of the files that a report wrote into its folder, one per line.
const MANIFEST: &str = ".report-files";

/// What a report's files may end with.
const EXTENSIONS: [&str; 6] = ["csv", "html", "json", "md", "png", "svg"];

/// The files of a report and of those before it, by their names.
pub(crate) struct Manifest<'f> {
    folder: &'f Path,
    earlier: BTreeSet<String>,
    now: BTreeSet<String>,
}

impl<'f> Manifest<'f> {
    /// Notes that these files are going to be written, so that a later report knows of them even if this
    /// one does not get to its end.
    pub(crate) fn begin(
        folder: &'f Path,
        now: impl IntoIterator<Item = String>,
    ) -> Result<Self, ReportError> {
        let text = fs::read(folder.join(MANIFEST)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let names = text.lines().filter(|name| is_of_a_report(name));
        let manifest = Self {
            folder,
            earlier: names.map(str::to_owned).collect(),
            now: now.into_iter().collect(),
        };
        if !manifest.now.is_subset(&manifest.earlier) {
            manifest.write(&manifest.earlier | &manifest.now)?;
        }
        Ok(manifest)
    }

    /// Removes the files of earlier reports that this one has not.
    pub(crate) fn finish(self) -> Result<(), ReportError> {
        for name in &self.earlier - &self.now {
            let path = self.folder.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(ReportError::io(&path, "remove")(error));
                }
                _ => {}
            }
        }
        match self.now == self.earlier {
            true => Ok(()),
            false => self.write(self.now.clone()),
        }
    }

    fn write(&self, names: BTreeSet<String>) -> Result<(), ReportError> {
        let text: String = names.iter().map(|name| format!("{name}\n")).collect();
        write_whole(self.folder, MANIFEST, text.as_bytes()).map(drop)
    }
}

/// Whether a line of the manifest can be the name of a report's file: it names nothing outside the folder.
fn is_of_a_report(name: &str) -> bool {
    let path = Path::new(name);
    let extension = path.extension().and_then(|extension| extension.to_str());
    path.file_name().is_some_and(|file| file == name)
        && extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
}

#[cfg(test)]
mod tests;
