//! Errors of the files and folders that hold records.

use std::io;
use std::path::PathBuf;

/// A file or folder of records that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The operating system reports an error.
    #[error("{}: cannot {action}: {source}{}", path.display(), hint(source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The action that failed, for example `create`.
        action: &'static str,
        /// The operating system's error.
        source: io::Error,
    },
    /// A file does not hold what its name says.
    #[error("{}: not a readable {what}: {reason} (hint: move it away to have it made anew)", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A folder, a pipe, a socket or a device stands where a record belongs.
    #[error("{}: not a regular file (hint: move it away)", path.display())]
    NotAFile {
        /// Its path.
        path: PathBuf,
    },
    /// A file's contents are not those that were written.
    #[error(
        "{}: {what} was changed or damaged: its checksum is {found}, its contents give {expected} \
         (hint: the command that wrote it sets it aside and makes it anew)",
        path.display()
    )]
    Checksum {
        /// The file.
        path: PathBuf,
        /// What it holds, with the line where it has lines.
        what: String,
        /// The checksum in the file.
        found: String,
        /// The checksum of the contents.
        expected: String,
    },
    /// A record says things that cannot both be true.
    #[error(
        "{}: the record contradicts itself: {reason} (hint: the command that wrote it sets it aside and makes it anew)",
        path.display()
    )]
    Contradiction {
        /// The file.
        path: PathBuf,
        /// What cannot be.
        reason: String,
    },
    /// The trial has a result, which nothing replaces.
    #[error("{}: the trial has finished", path.display())]
    Finished {
        /// The trial's folder.
        path: PathBuf,
    },
    /// A later version of this program wrote the file.
    #[error(
        "{}: {what} of format {found}; this program reads up to format {newest} \
         (hint: use the version that wrote it, or another folder)",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// What it holds.
        what: &'static str,
        /// The file's format.
        found: u32,
        /// The newest format that can be read.
        newest: u32,
    },
    /// A trial's folder holds another trial.
    #[error("{}: belongs to another configuration (identity {found}, expected {expected})", path.display())]
    Identity {
        /// The file.
        path: PathBuf,
        /// Identity of the file's contents.
        found: String,
        /// Identity that gives the folder its name.
        expected: String,
    },
    /// What a trial's network said of the test images cannot be read. The trial's record does not
    /// need it.
    #[error("{}: not readable predictions: {reason} (hint: delete the file; reports then count the trial as one without predictions)", path.display())]
    Predictions {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Another process writes this trial.
    #[error("{}: in use by {owner} (hint: wait for it, or give another output folder)", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// The owner, as the lock file names it.
        owner: String,
    },
}

impl StoreError {
    /// Whether the file itself is at fault, so that it can be set aside and made anew. What the operating
    /// system refuses, what another process holds, and what a later version wrote is left alone.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Malformed { .. }
                | Self::NotAFile { .. }
                | Self::Checksum { .. }
                | Self::Contradiction { .. }
                | Self::Identity { .. }
                | Self::Predictions { .. }
        )
    }
}

fn hint(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            " (hint: choose a folder that you may write to)"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            " (hint: a file stands where a folder is needed)"
        }
        io::ErrorKind::StorageFull => " (hint: free some space; finished trials are kept)",
        _ => "",
    }
}

#[cfg(test)]
mod tests;
