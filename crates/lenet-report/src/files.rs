//! Writing of whole files. A reader sees the old file or the new one, never a part.

use std::fs;
use std::path::{Path, PathBuf};

use lenet_results::files::NewFile;

use crate::error::ReportError;

/// Creates the report's folder.
pub(crate) fn create_folder(path: &Path) -> Result<(), ReportError> {
    fs::create_dir_all(path).map_err(ReportError::io(path, "create"))
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
