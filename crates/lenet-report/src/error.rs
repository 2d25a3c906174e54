//! What can go wrong in writing a report.

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
        /// What was tried, e.g. `write`.
        action: &'static str,
        /// What the system answered.
        source: io::Error,
    },
    /// A figure could not be turned into pixels.
    #[error("cannot draw figure {figure}: {reason}")]
    Draw {
        /// The figure's id.
        figure: String,
        /// Why.
        reason: String,
    },
}

impl ReportError {
    /// For `map_err`: wraps a system error.
    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            path,
            action,
            source,
        }
    }
}
