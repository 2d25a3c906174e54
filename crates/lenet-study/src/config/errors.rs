//! Every mistake of a file, not the first alone.

use crate::error::StudyError;
use crate::node::Document;

/// Most mistakes that are told at once.
const MOST: usize = 20;

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
        if !is_missing || errors.is_empty() {
            errors.push(error);
        }
        let left_out = place.is_some_and(|place| !is_missing && document.leave_out(&place));
        if !left_out || errors.len() == MOST {
            break;
        }
    }
    match errors.len() {
        1 => Err(errors.remove(0)),
        _ => Err(StudyError::Several(errors)),
    }
}

#[cfg(test)]
mod tests;
