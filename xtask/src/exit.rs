//! Exit codes, and which of them an error leads to.

use std::process::ExitCode;

/// How a command ended, in the words of its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for was done.
    Done,
    /// Some trial failed, or work that had begun could not be brought to its end.
    Failed,
    /// What was asked for cannot be done; no work was begun.
    Refused,
    /// Stopped by Ctrl-C; the same command goes on.
    Interrupted,
}

impl Exit {
    /// The code that scripts see.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Refused => 2,
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
    /// What happened.
    pub error: anyhow::Error,
}

/// What each command returns.
pub type CommandResult = Result<Exit, Failure>;

/// Says whether an error came before the work or during it.
pub trait OrFail<T> {
    /// The input was at fault and nothing has been done: exit code 2.
    ///
    /// # Errors
    /// The error itself.
    fn or_refuse(self) -> Result<T, Failure>;
    /// Work had begun: exit code 1.
    ///
    /// # Errors
    /// The error itself.
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

/// An error and its causes on one line. A cause whose words its parent has already said, as
/// typed errors do that name their source, is not repeated.
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
mod tests {
    use super::*;

    #[test]
    fn codes_are_what_scripts_know() {
        let all = [Exit::Done, Exit::Failed, Exit::Refused, Exit::Interrupted];
        assert_eq!(all.map(Exit::code), [0, 1, 2, 130]);
    }

    #[test]
    fn causes_are_said_once() {
        let error = anyhow::anyhow!("disk full").context("x.csv: cannot be written");
        assert_eq!(chain(&error), "x.csv: cannot be written: disk full");
        let error = anyhow::anyhow!("disk full").context("x.csv: disk full");
        assert_eq!(chain(&error), "x.csv: disk full");
    }
}
