//! Every mistake of a file, not the first alone.

use crate::error::StudyError;
use crate::node::Document;

/// Most mistakes that are told at once.
const TOLD_AT_ONCE: usize = 20;

/// Reads a file; where that is refused, leaves out what it is refused for and reads the rest, so that one answer
/// tells every mistake. What is refused only because something was left out is not told.
pub(crate) fn read_all<T>(
    text: &str,
    origin: &str,
    read: &dyn Fn(&Document<'_>) -> Result<T, StudyError>,
) -> Result<T, StudyError> {
    let mut document = Document::parse(text, origin)?;
    let mut errors = Vec::new();
    loop {
        let error = match read(&document) {
            Ok(read) if errors.is_empty() => return Ok(read),
            Ok(_) => break,
            Err(error) => error,
        };
        let is_missing = matches!(error, StudyError::MissingKey { .. });
        let place = error.place().cloned();
        let is_left_out = place.is_some_and(|place| !is_missing && document.leave_out(&place));
        if !is_consequence(&error, &errors) {
            errors.push(error);
        }
        if !is_left_out || errors.len() == TOLD_AT_ONCE {
            break;
        }
    }
    match errors.len() {
        1 => Err(errors.remove(0)),
        _ => Err(StudyError::Several(errors)),
    }
}

/// Whether a table may be refused only for what was left out of it, or lacks what was.
fn is_consequence(error: &StudyError, earlier: &[StudyError]) -> bool {
    let Some(key) = error.key() else {
        return false;
    };
    if matches!(error, StudyError::MissingKey { .. }) {
        return !earlier.is_empty();
    }
    let within = |other: &StudyError| {
        let rest = other.key().and_then(|other| other.strip_prefix(key));
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    earlier.iter().any(within)
}

#[cfg(test)]
mod tests;
