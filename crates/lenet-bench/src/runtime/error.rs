//! Why a runtime measurement is refused or ends.

use lenet_data::DataError;
use lenet_results::StoreError;
use lenet_train::TrainError;

/// What can go wrong before and while runtimes are measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuntimeError {
    /// Neither a file nor the name of a built-in configuration.
    #[error(
        "{path}: {reason} (hint: name a file, or {})",
        crate::runtime::RuntimeConfig::BUILTIN
    )]
    Read {
        /// What was asked for.
        path: String,
        /// Why it could not be read.
        reason: String,
    },
    /// Not TOML, or a value of the wrong type.
    #[error("{origin}: {message}")]
    Syntax {
        /// The file.
        origin: String,
        /// What is wrong and where.
        message: String,
    },
    /// A key that nothing reads.
    #[error("{origin}:{line}: unknown key `{key}` ({hint})")]
    UnknownKey {
        /// The file.
        origin: String,
        /// Line, from 1.
        line: usize,
        /// The key.
        key: String,
        /// The nearest known key, or all of them.
        hint: String,
    },
    /// A value that cannot be used.
    #[error("`{key}`: {reason}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What would do.
        reason: String,
    },
    /// Nothing of the grid can be measured here.
    #[error("nothing to measure: {}", reasons.join("; "))]
    Nothing {
        /// What was left out and why.
        reasons: Vec<String>,
    },
    /// Samples of two machines or builds would be mixed in one point.
    #[error(
        "the records hold samples of another machine or build: {what} was {found:?} and is \
         {expected:?} (hint: give another --out)"
    )]
    OtherEnvironment {
        /// What differs.
        what: &'static str,
        /// As recorded.
        found: String,
        /// As it is.
        expected: String,
    },
    /// Images.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Records.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Training.
    #[error(transparent)]
    Train(#[from] TrainError),
}
