//! Exit codes, and the one that an error leads to.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The command did everything.
    Done,
    /// A trial failed, or the command failed after work had begun.
    Failed,
    /// The input cannot be used; no work has begun.
    Refused,
    /// Ctrl-C stopped the command; the same command continues.
    Interrupted,
    /// A worker was stopped before it had finished an epoch.
    Idle,
}

impl Exit {
    /// The code that scripts see.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Refused => 2,
            Self::Idle => 3,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// An error and the exit code that it leads to.
#[derive(Debug)]
pub struct Failure {
    /// [`Exit::Refused`] or [`Exit::Failed`].
    pub exit: Exit,
    /// The error.
    pub error: anyhow::Error,
}

/// What each command returns.
pub type CommandResult = Result<Exit, Failure>;

/// Marks an error as one before the work or one during it.
pub trait OrFail<T> {
    /// The input is at fault and nothing has been done: exit code 2.
    fn or_refuse(self) -> Result<T, Failure>;
    /// Work had begun: exit code 1.
    fn or_fail(self) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> OrFail<T> for Result<T, E> {
    fn or_refuse(self) -> Result<T, Failure> {
        self.map_err(|error| Failure {
            exit: Exit::Refused,
            error: error.into(),
        })
    }

    fn or_fail(self) -> Result<T, Failure> {
        self.map_err(|error| Failure {
            exit: Exit::Failed,
            error: error.into(),
        })
    }
}

/// An error and its causes on one line. A cause is left out where an error above it already
/// contains its words.
#[must_use]
pub fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests;
