//! How an export is made.

use std::fs;
use std::path::Path;

use crate::error::ExportError;
use crate::folder::Folder;
use crate::format::Format;
use crate::records::{Content, Records};
use crate::{latex, mlflow, optuna, ro_crate, tensorboard};

/// What a caller chooses of an export.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'o> {
    /// Whether files of the same names are written over.
    pub force: bool,
    /// License of the data, for [`Format::RoCrate`]: an SPDX identifier or the address of a text.
    pub license: Option<&'o str>,
}

/// What was written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Trials in it.
    pub trials: usize,
    /// Files written.
    pub files: usize,
    /// What was left out, converted or rounded, in sentences without an end.
    pub notes: Vec<String>,
}

/// Refuses what an export would not do, before any work.
///
/// # Errors
/// [`ExportError::License`], or of the path [`ExportError::Kind`] or [`ExportError::Occupied`].
pub fn check(format: Format, out: &Path, options: Options<'_>) -> Result<(), ExportError> {
    if let Some(license) = options.license {
        ro_crate::license_address(license)?;
    }
    let Ok(found) = fs::metadata(out) else {
        return Ok(());
    };
    let kind = |needs, found| ExportError::Kind {
        path: out.to_owned(),
        format: format.name(),
        needs,
        found,
    };
    let occupied = |what| ExportError::Occupied {
        path: out.to_owned(),
        what,
    };
    match (format.is_folder(), found.is_dir()) {
        (true, false) => Err(kind("a folder", "a file")),
        (false, true) => Err(kind("a file", "a folder")),
        (true, true) => {
            let mut entries = fs::read_dir(out).map_err(|source| ExportError::Io {
                path: out.to_owned(),
                action: "list the folder",
                source,
            })?;
            match entries.next().is_some() && !options.force {
                true => Err(occupied("the folder is not empty")),
                false => Ok(()),
            }
        }
        // A pipe or /dev/stdout is written to and loses nothing.
        (false, false) if found.is_file() && !options.force => Err(occupied("the file exists")),
        (false, false) => Ok(()),
    }
}

/// Writes records in a format to `out`, a file or a folder ([`Format::is_folder`]).
///
/// Each file is written to a temporary name and renamed. Nothing is removed.
///
/// # Errors
/// As [`check`]; [`ExportError::Nothing`]; a file cannot be written.
pub fn export(
    format: Format,
    records: Records<'_>,
    out: &Path,
    options: Options<'_>,
) -> Result<Exported, ExportError> {
    check(format, out, options)?;
    let content = Content::of(records);
    let mut folder = Folder::new(format, out);
    let mut notes = Vec::new();
    if folder.has_others() {
        notes.push(format!(
            "{}: files of other names, which were there before, stay",
            out.display()
        ));
    }
    let (target, said) = (&mut folder, &mut notes);
    let trials = match format {
        Format::Tensorboard => tensorboard::export(&content, target, said)?,
        Format::Optuna => optuna::export(&content, target, said)?,
        Format::Mlflow => mlflow::export(&content, target, said)?,
        Format::Latex => latex::export(&content, records, target, said)?,
        Format::RoCrate => ro_crate::export(&content, records, options.license, target, said)?,
    };
    Ok(Exported {
        trials,
        files: folder.written(),
        notes,
    })
}

#[cfg(test)]
mod tests;
