//! Errors of writing a report.

use std::io;
use std::path::{Path, PathBuf};

/// A report that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file or folder could not be written.
    #[error(
        "cannot {action} {}: {source} (hint: choose another folder with --out, or make this one \
         writable)",
        path.display()
    )]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The action that failed, e.g. `write`.
        action: &'static str,
        /// The error of the system.
        source: io::Error,
    },
    /// A figure could not be drawn as pixels.
    #[error("cannot draw figure {figure}: {reason}")]
    Draw {
        /// The id of the figure.
        figure: String,
        /// The reason.
        reason: String,
    },
}

impl ReportError {
    /// Wraps a system error, for `map_err`.
    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            path,
            action,
            source,
        }
    }
}
