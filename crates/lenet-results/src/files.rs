//! Reads and writes whole files; every error holds the path.

mod operations;

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::error::StoreError;
use crate::owner::{is_alive, machine};

#[cfg(test)]
pub(crate) use operations::seen;
pub(crate) use operations::{sync, sync_folder};

/// Makes a function for `map_err` that wraps the operating system's error.
pub(crate) fn io_error(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io {
        path,
        action,
        source,
    }
}

/// A longer record is refused before any memory is taken for it. A trial of 100,000 epochs has 60 MB; what
/// is read takes several times its length.
pub(crate) const LONGEST: u64 = 256 << 20;

/// A file's text; `None` if the file does not exist.
///
/// # Errors
/// As [`read_bytes`]; [`StoreError::Malformed`] for bytes that are no text.
pub(crate) fn read_if_present(path: &Path) -> Result<Option<String>, StoreError> {
    let Some(bytes) = read_bytes(path)? else {
        return Ok(None);
    };
    let text = String::from_utf8(bytes);
    text.map(Some)
        .map_err(|error| malformed(path, error.to_string()))
}

/// A file's bytes; `None` if the file does not exist. Whatever is no regular file is refused unopened:
/// to open a pipe waits for its other end.
///
/// # Errors
/// [`StoreError::Io`]; [`StoreError::NotAFile`]; [`StoreError::Malformed`] for a file that is too long.
pub(crate) fn read_bytes(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(found) = regular(path)? else {
        return Ok(None);
    };
    if found.len() > LONGEST {
        let reason = format!("it is longer than {LONGEST} bytes");
        return Err(malformed(path, reason));
    }
    let mut bytes = Vec::new();
    match fs::File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes)) {
        // Removed since it was looked at.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(|_| Some(bytes)).map_err(io_error(path, "read")),
    }
}

pub(crate) fn malformed(path: &Path, reason: String) -> StoreError {
    StoreError::Malformed {
        path: path.to_owned(),
        what: "record",
        reason,
    }
}

/// A regular file's metadata; `None` if nothing has this name.
///
/// # Errors
/// [`StoreError::NotAFile`] for a folder, a pipe, a socket or a device.
pub(crate) fn regular(path: &Path) -> Result<Option<fs::Metadata>, StoreError> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(Some(found)),
        Ok(_) => Err(StoreError::NotAFile {
            path: path.to_owned(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error(path, "read")(error)),
    }
}

/// Renames what has this name to `NAME.aside-1`, or the first such number that is free. Gives its new
/// path; `None` if there was nothing.
pub(crate) fn set_aside(path: &Path) -> Result<Option<PathBuf>, StoreError> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(None);
    }
    let mut number = 1;
    let kept = loop {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".aside-{number}"));
        let kept = path.with_file_name(name);
        if fs::symlink_metadata(&kept).is_err() {
            break kept;
        }
        number += 1;
    };
    operations::rename(path, &kept).map_err(io_error(path, "set aside"))?;
    sync_folder(path);
    Ok(Some(kept))
}

/// Moves a file to another folder of the same file system, which is made if need be. A file that has the name
/// is replaced.
///
/// # Errors
/// [`StoreError::Io`].
pub(crate) fn move_file(from: &Path, to: &Path) -> Result<(), StoreError> {
    let folder = operations::folder_of(to);
    fs::create_dir_all(folder).map_err(io_error(folder, "create the folder"))?;
    operations::rename(from, to).map_err(io_error(to, "write"))?;
    sync_folder(to);
    Ok(())
}

const TEMPORARY: &str = ".writing-";

/// What the names of this process's temporary files begin with.
pub(crate) fn temporary_prefix() -> String {
    format!("{TEMPORARY}{}-{}-", machine(), std::process::id())
}

/// Whether a name is that of a temporary file of this program.
pub(crate) fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY)
}

/// Removes temporary files that killed processes left in a folder. Those of a process that lives, and
/// of another machine's for a day, stay.
pub fn remove_temporary(folder: &Path) {
    const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(owner) = name.to_str().and_then(|name| name.strip_prefix(TEMPORARY)) else {
            continue;
        };
        let mut parts = owner.split('-');
        let is_in_use = match (parts.next(), parts.next().map(str::parse), parts.next()) {
            (Some(at), Some(Ok(process)), Some(_)) if at == machine() => is_alive(process),
            (Some(_), Some(Ok(_)), Some(_)) => {
                let age = entry.metadata().and_then(|found| found.modified());
                age.is_ok_and(|time| time.elapsed().is_ok_and(|age| age < A_DAY))
            }
            _ => false,
        };
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && !is_in_use {
            // Whoever may not remove it leaves it there.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Writes a whole file under a name that nothing has yet; `false` if something has it, which stays.
///
/// # Errors
/// [`StoreError::Io`] with the path.
pub(crate) fn write_first(path: &Path, contents: &[u8]) -> Result<bool, StoreError> {
    NewFile::create(path)
        .and_then(|file| file.write_first(contents))
        .map_err(io_error(path, "write"))
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
        let mut builder = tempfile::Builder::new();
        let prefix = temporary_prefix();
        builder.prefix(&prefix);
        // By default only the owner may read a temporary file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let temporary = builder.tempfile_in(operations::folder_of(&path))?;
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
        if self.temporary.is_none() {
            return write_directly(&self.path, contents);
        }
        self.write_with(|file| file.write_all(contents))
    }

    /// The same with contents that a function writes.
    ///
    /// # Errors
    /// As [`NewFile::write`], and whatever the function returns.
    pub fn write_with<T>(
        self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> io::Result<T> {
        let Some(mut temporary) = self.temporary else {
            let mut contents = Vec::new();
            let written = write(&mut contents)?;
            write_directly(&self.path, &contents)?;
            return Ok(written);
        };
        let mut buffered = io::BufWriter::new(&mut temporary);
        let written = write(&mut buffered)?;
        buffered.flush()?;
        drop(buffered);
        if let Ok(existing) = fs::metadata(&self.path) {
            temporary
                .as_file()
                .set_permissions(existing.permissions())?;
        }
        operations::sync(temporary.as_file(), &self.path)?;
        operations::persist(temporary, &self.path)?;
        sync_folder(&self.path);
        Ok(written)
    }
}

impl NewFile {
    /// Writes the contents and gives them their name if nothing has it; `false` if something has.
    ///
    /// # Errors
    /// As [`NewFile::write`].
    fn write_first(self, contents: &[u8]) -> io::Result<bool> {
        let Some(mut temporary) = self.temporary else {
            return Ok(false);
        };
        temporary.write_all(contents)?;
        operations::sync(temporary.as_file(), &self.path)?;
        let is_first = operations::persist_first(temporary, &self.path)?;
        if is_first {
            sync_folder(&self.path);
        }
        Ok(is_first)
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
    match operations::remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(io_error(path, "remove")(error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
