//! Files of one JSON value per line, which a crash can only cut short in the last line.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::checksum;
use crate::error::StoreError;
use crate::files::{io_error, read_if_present, regular, write_whole};

/// A value as one line of JSON, with its format and its checksum.
pub(crate) fn line(value: &impl Serialize, format: u32) -> String {
    checksum::sealed(value, format, checksum::Lines::One)
}

/// Appends a value as one line.
pub(crate) fn append_line(
    path: &Path,
    value: &impl Serialize,
    format: u32,
) -> Result<(), StoreError> {
    regular(path)?;
    let append = || -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        // A single write: a crash can cut short this line only.
        file.write_all(line(value, format).as_bytes())?;
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

#[derive(Deserialize)]
struct Format {
    format: Option<u32>,
}

/// The values of all complete lines; none if the file does not exist. `what` names the file's contents
/// in errors.
pub(crate) fn read_lines<T: DeserializeOwned>(
    path: &Path,
    what: &'static str,
    newest: u32,
) -> Result<Vec<T>, StoreError> {
    let Some(text) = read_if_present(path)? else {
        return Ok(Vec::new());
    };
    let parse = |(number, line): (usize, &str)| {
        let place = format!("line {} of the {what}", number + 1);
        let malformed = |reason: String| StoreError::Malformed {
            path: path.to_owned(),
            what,
            reason: format!("line {}: {reason}", number + 1),
        };
        // The first format of a line did not name it.
        let format: Format = serde_json::from_str(line).map_err(|e| malformed(e.to_string()))?;
        // A format that was changed is damage; `config.json` tells a later version.
        checksum::check(line, path, &place, what, newest)?;
        if let Some(found) = format.format.filter(|found| *found > newest) {
            return Err(StoreError::Newer {
                path: path.to_owned(),
                what,
                found,
                newest,
            });
        }
        serde_json::from_str(line).map_err(|error| malformed(error.to_string()))
    };
    whole_lines(&text).lines().enumerate().map(parse).collect()
}
