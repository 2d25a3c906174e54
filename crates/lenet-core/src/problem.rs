//! A setting that cannot be run.

/// What is wrong with one setting, and what would do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: {hint}")]
pub struct Problem {
    /// The setting's place in a [`Trial`](crate::Trial), e.g. `optimizer.momentum`.
    pub path: String,
    /// The value found and what would do.
    pub hint: String,
}

impl Problem {
    /// A problem at `path`.
    #[must_use]
    pub fn new(path: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            hint: hint.into(),
        }
    }
}
