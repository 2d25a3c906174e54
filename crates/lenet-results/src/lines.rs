//! Files of one JSON value per line, which a crash can only cut short in the last line.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::files::{io_error, read_if_present, write_whole};

/// A value as one line of JSON.
pub(crate) fn line(value: &impl Serialize) -> String {
    let mut line = serde_json::to_string(value).expect("records have string keys only");
    line.push('\n');
    line
}

/// Appends a value as one line.
pub(crate) fn append_line(path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
    let append = || -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        // A single write: a crash can cut short this line only.
        file.write_all(line(value).as_bytes())?;
        file.sync_data()
    };
    append().map_err(io_error(path, "append to"))
}

/// The complete lines of a JSON Lines text.
fn whole_lines(text: &str) -> &str {
    text.rfind('\n').map_or("", |end| &text[..=end])
}

/// Removes a last line that a crash cut short.
pub(crate) fn drop_torn_line(path: &Path) -> Result<(), StoreError> {
    let Some(text) = read_if_present(path)? else {
        return Ok(());
    };
    let whole = whole_lines(&text);
    if whole.len() < text.len() {
        write_whole(path, whole.as_bytes())?;
    }
    Ok(())
}

/// The values of all complete lines; none if the file does not exist. `what` names the file's contents
/// in errors.
pub(crate) fn read_lines<T: DeserializeOwned>(
    path: &Path,
    what: &'static str,
) -> Result<Vec<T>, StoreError> {
    let Some(text) = read_if_present(path)? else {
        return Ok(Vec::new());
    };
    let parse = |(number, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| StoreError::Malformed {
            path: path.to_owned(),
            what,
            reason: format!("line {}: {error}", number + 1),
        })
    };
    whole_lines(&text).lines().enumerate().map(parse).collect()
}
