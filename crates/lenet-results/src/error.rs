//! What can go wrong with files of records.

use std::io;
use std::path::PathBuf;

/// A file or folder of records that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The operating system refused.
    #[error("{}: cannot {action}: {source}{}", path.display(), hint(source))]
    Io {
        /// File or folder.
        path: PathBuf,
        /// What was tried, e.g. `create`.
        action: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// A file whose contents are not what its name says.
    #[error("{}: not a readable {what}: {reason} (hint: move it away to have it made anew)", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A file written by a later version of this program.
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
        /// Its format.
        found: u32,
        /// The newest that can be read.
        newest: u32,
    },
    /// A trial's folder that holds another trial.
    #[error("{}: belongs to another configuration (identity {found}, expected {expected})", path.display())]
    Identity {
        /// The file.
        path: PathBuf,
        /// Identity of its contents.
        found: String,
        /// Identity that its folder is named after.
        expected: String,
    },
    /// Somebody else writes this trial.
    #[error("{}: in use by {owner} (hint: wait for it, or give another output folder)", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// What the lock file says of its owner.
        owner: String,
    },
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
