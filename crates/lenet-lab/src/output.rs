//! Lines on standard output, which a reader like `head` may close, and on standard error. Titles, ids,
//! paths and host names come from outside, so every text passes [`shown`].

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};

/// Writes one line of results. A closed pipe is not an error: the reader has seen enough, and work
/// that is not finished must go on.
///
/// # Errors
/// Any other failure to write, such as a full disk.
pub fn line(text: impl std::fmt::Display) -> io::Result<()> {
    ignore_closed(writeln!(io::stdout().lock(), "{}", shown(text)))
}

/// Writes a drawing of our own with its colours, whose control characters a terminal must get.
///
/// # Errors
/// As [`line()`].
pub fn drawing(text: &str) -> io::Result<()> {
    ignore_closed(write!(io::stdout().lock(), "{text}"))
}

/// Writes one line for people on standard error and ignores a failure.
pub fn note(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "{}", shown(text));
}

/// Writes one line on standard error of what is allowed but probably not meant.
pub fn warning(text: impl std::fmt::Display) {
    note(format_args!("warning: {text}"));
}

/// As [`lenet_core::shown`], of whatever has a text.
#[must_use]
pub fn shown(text: impl std::fmt::Display) -> String {
    lenet_core::shown(&text.to_string())
}

/// Whether standard output is a terminal that takes colours.
#[must_use]
pub fn stdout_has_colours() -> bool {
    takes_colours(io::stdout().is_terminal())
}

/// Whether standard error is a terminal that takes colours.
#[must_use]
pub fn stderr_has_colours() -> bool {
    takes_colours(io::stderr().is_terminal())
}

fn takes_colours(terminal: bool) -> bool {
    let [term, no_color] = ["TERM", "NO_COLOR"].map(std::env::var_os);
    colours(terminal, term.as_deref(), no_color.as_deref())
}

/// Columns of the terminal that standard output is; `None` where it is none.
#[must_use]
pub fn stdout_width() -> Option<u16> {
    let width = || Some(terminal_size::terminal_size_of(io::stdout())?.0.0);
    io::stdout().is_terminal().then(width).flatten()
}

/// A terminal that calls itself dumb takes no control codes, nor does one that says nothing, but for those of Windows. By the rule of
/// <https://no-color.org> a value that is not empty switches colours off.
fn colours(terminal: bool, term: Option<&OsStr>, no_color: Option<&OsStr>) -> bool {
    let takes_codes = term.map_or(cfg!(windows), |term| term != "dumb");
    terminal && takes_codes && no_color.is_none_or(OsStr::is_empty)
}

fn ignore_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests;
