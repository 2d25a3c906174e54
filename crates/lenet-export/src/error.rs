//! Errors of an export.

use std::io;
use std::path::PathBuf;

use lenet_results::StoreError;

/// Records that could not be exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// Something is there already.
    #[error(
        "{}: {what} (hint: choose another path with --out, or give --force, which writes over files of the same \
         names and leaves all others)",
        path.display()
    )]
    Occupied {
        /// The file or folder.
        path: PathBuf,
        /// What is there.
        what: &'static str,
    },
    /// A file stands where the format needs a folder, or a folder where it needs a file.
    #[error("{}: {format} is {needs}, and {found} is there (hint: choose another path with --out)", path.display())]
    Kind {
        /// The path.
        path: PathBuf,
        /// The format's name.
        format: &'static str,
        /// What the format needs.
        needs: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A file or folder could not be written.
    #[error("{}: cannot {action}: {source} (hint: choose another path with --out)", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The action that failed.
        action: &'static str,
        /// The operating system's error.
        source: io::Error,
    },
    /// The license is neither an SPDX identifier nor the address of a text.
    #[error(
        "license {0:?}: give an SPDX identifier such as CC-BY-4.0, or an address that begins with https://"
    )]
    License(String),
    /// There is nothing to export.
    #[error("there is nothing that {format} can hold: {reason}")]
    Nothing {
        /// The format's name.
        format: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// A record could not be read, or a file not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ExportError {
    /// Whether nothing was written, because of what was asked for.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Occupied { .. } | Self::Kind { .. } | Self::License(_) | Self::Nothing { .. }
        )
    }
}
