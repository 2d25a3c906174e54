//! Writing of whole files. A reader sees the old file or the new one, never a part.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::ReportError;

/// Creates the report's folder.
pub(crate) fn create_folder(path: &Path) -> Result<(), ReportError> {
    fs::create_dir_all(path).map_err(ReportError::io(path, "create"))
}

/// Writes `contents` to a temporary file in `folder` and renames it to `name`.
pub(crate) fn write_whole(
    folder: &Path,
    name: &str,
    contents: &[u8],
) -> Result<PathBuf, ReportError> {
    let path = folder.join(name);
    let write = || -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".writing-")
            .tempfile_in(folder)?;
        file.write_all(contents)?;
        share(file.as_file())?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(ReportError::io(&path, "write"))?;
    Ok(path)
}

/// Makes a file readable for others, since temporary files are private to their owner.
#[cfg(unix)]
fn share(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn share(_: &fs::File) -> io::Result<()> {
    Ok(())
}
