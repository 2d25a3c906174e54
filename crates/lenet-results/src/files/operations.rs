//! The operations that what is on the disk after a loss of power depends on. All go through here, so that
//! tests can see that none is left out, and in which order they come.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

/// Brings a file's contents to the disk.
pub(crate) fn sync(file: &File, path: &Path) -> io::Result<()> {
    note("sync", path);
    file.sync_all()
}

/// Makes what was made, renamed or removed in the folder of `path` last. Some file systems cannot; nothing
/// is lost by going on there.
pub(crate) fn sync_folder(path: &Path) {
    note("sync the folder of", path);
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

/// The folder that a path lies in; of a bare name it is this process's.
pub(super) fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Gives a temporary file its name, which another file may have had.
pub(super) fn persist(temporary: NamedTempFile, path: &Path) -> io::Result<()> {
    temporary.persist(path).map_err(|error| error.error)?;
    note("rename to", path);
    Ok(())
}

/// Gives a temporary file a name that nothing has yet; `false` if something has it.
pub(super) fn persist_first(temporary: NamedTempFile, path: &Path) -> io::Result<bool> {
    match temporary.persist_noclobber(path) {
        Ok(_) => {
            note("rename to", path);
            Ok(true)
        }
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    }
}

/// Renames a file or a folder.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    note("rename to", to);
    fs::rename(from, to)
}

/// Removes a file.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    note("remove", path);
    fs::remove_file(path)
}

/// Keeps an operation for the tests of this thread.
fn note(what: &str, path: &Path) {
    #[cfg(test)]
    seen::keep(what, path);
    #[cfg(not(test))]
    let _ = (what, path);
}

#[cfg(test)]
pub(crate) mod seen {
    //! The operations of this thread.

    use std::cell::RefCell;
    use std::path::Path;

    thread_local! {
        static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }

    /// Keeps an operation with the name of its file.
    pub(super) fn keep(what: &str, path: &Path) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        SEEN.with_borrow_mut(|seen| seen.push(format!("{what} {name}")));
    }

    /// All operations since this was asked for last.
    pub(crate) fn take() -> Vec<String> {
        SEEN.take()
    }
}
