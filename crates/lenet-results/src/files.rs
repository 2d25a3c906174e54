//! Reads and writes whole files; every error holds the path.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::StoreError;

/// Makes a function for `map_err` that wraps the operating system's error.
pub(crate) fn io_error(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io {
        path,
        action,
        source,
    }
}

/// A file's text; `None` if the file does not exist.
pub(crate) fn read_if_present(path: &Path) -> Result<Option<String>, StoreError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error(path, "read")(error)),
    }
}

/// Writes a whole file, as [`NewFile`] does.
///
/// # Errors
/// [`StoreError::Io`] with the path.
pub fn write_whole(path: &Path, contents: &[u8]) -> Result<(), StoreError> {
    NewFile::create(path)
        .and_then(|file| file.write(contents))
        .map_err(io_error(path, "write"))
}

/// A file that is written completely or not at all. The contents go to a temporary file in the same
/// folder, which is renamed at the end. So a reader sees either the old contents or the new ones,
/// and an interrupted write leaves the old ones.
///
/// - An existing file keeps its permissions. A new one gets the process's default permissions.
/// - A symbolic link stays; the file that it points to is replaced.
/// - Devices, pipes and `/dev/stdout` cannot be replaced, so they are written to directly.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    /// `None` if the path is written to directly.
    temporary: Option<NamedTempFile>,
}

impl NewFile {
    /// Prepares to write `path` and changes nothing there. So a caller learns, before any work,
    /// whether the folder is writable.
    ///
    /// # Errors
    /// The folder does not exist, or this process may not write in it.
    pub fn create(path: &Path) -> io::Result<Self> {
        if is_written_directly(path) {
            return Ok(Self {
                path: path.to_owned(),
                temporary: None,
            });
        }
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let mut builder = tempfile::Builder::new();
        builder.prefix(".writing-");
        // By default only the owner may read a temporary file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let temporary = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
        Ok(Self {
            path,
            temporary: Some(temporary),
        })
    }

    /// Writes the contents and renames the file.
    ///
    /// # Errors
    /// The disk is full, or the path can no longer be written.
    pub fn write(self, contents: &[u8]) -> io::Result<()> {
        let Some(mut temporary) = self.temporary else {
            return write_directly(&self.path, contents);
        };
        temporary.write_all(contents)?;
        if let Ok(existing) = fs::metadata(&self.path) {
            temporary
                .as_file()
                .set_permissions(existing.permissions())?;
        }
        temporary.as_file().sync_all()?;
        temporary.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

const STDOUT: &str = "/dev/stdout";

/// Whether `path` names an open stream of this process, or a device or pipe.
fn is_written_directly(path: &Path) -> bool {
    let is_stream = [STDOUT, "/dev/stderr", "/dev/fd", "/proc"]
        .iter()
        .any(|stream| path.starts_with(stream));
    is_stream || fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

fn write_directly(path: &Path, contents: &[u8]) -> io::Result<()> {
    // Opened a second time, a redirected standard output would start at the file's beginning, and
    // lines printed later would overwrite these.
    if path == Path::new(STDOUT) {
        let mut stdout = io::stdout().lock();
        stdout.write_all(contents)?;
        return stdout.flush();
    }
    let mut file = fs::OpenOptions::new().append(true).open(path)?;
    file.write_all(contents)
}

/// Removes a file if it exists.
pub(crate) fn remove_if_present(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(io_error(path, "remove")(error))
        }
        _ => Ok(()),
    }
}

#[cfg(all(test, unix))]
mod tests;
