//! Whole-file reads and writes with the path in every error.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::error::StoreError;

/// For `map_err`: wraps a system error.
pub(crate) fn io_error(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io {
        path,
        action,
        source,
    }
}

/// A file's text; `None` where there is no such file.
pub(crate) fn read_if_present(path: &Path) -> Result<Option<String>, StoreError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error(path, "read")(error)),
    }
}

/// Writes a whole file so that a reader sees the old contents or the new, never a part: to a
/// temporary name in the same folder, synced, then renamed.
pub(crate) fn write_whole(path: &Path, contents: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().expect("files of a store lie in its folder");
    let write = || -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".writing-")
            .tempfile_in(folder)?;
        file.write_all(contents)?;
        file.as_file().sync_all()?;
        allow_reading(file.as_file())?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(io_error(path, "write"))
}

/// Temporary files are private to their owner; records are to be shared.
#[cfg(unix)]
fn allow_reading(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn allow_reading(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// Removes a file that need not be there.
pub(crate) fn remove_if_present(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(io_error(path, "remove")(error))
        }
        _ => Ok(()),
    }
}
