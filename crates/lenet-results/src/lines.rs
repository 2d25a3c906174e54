//! Files of one JSON value per line, which a crash can only cut short in the last line.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::checksum;
use crate::error::StoreError;
use crate::files::{
    io_error, read_bytes, read_if_present, regular, sync, sync_folder, write_whole,
};

/// A value as one line of JSON, with its format and its checksum.
pub(crate) fn line(value: &impl Serialize, format: u32) -> String {
    checksum::sealed(value, format, checksum::Lines::One)
}

/// Appends a value as one line, and brings it to the disk. A last line that a crash cut short is ended
/// first, so that it costs no more than itself.
pub(crate) fn append_line(
    path: &Path,
    value: &impl Serialize,
    format: u32,
) -> Result<(), StoreError> {
    let is_new = regular(path)?.is_none();
    let append = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = options.read(true).append(true).create(true).open(path)?;
        let mut text = line(value, format);
        if !ends_a_line(&mut file)? {
            text.insert(0, '\n');
        }
        // A single write: a crash can cut short this line only, and lines of two processes do not mix.
        file.write_all(text.as_bytes())?;
        sync(&file, path)
    };
    append().map_err(io_error(path, "append to"))?;
    if is_new {
        sync_folder(path);
    }
    Ok(())
}

/// Whether a file is empty or ends with the end of a line.
fn ends_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
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

/// The value of a line, counted from 1. `what` names the file's contents in errors.
fn read_line<T: DeserializeOwned>(
    line: &str,
    number: usize,
    path: &Path,
    what: &'static str,
    newest: u32,
) -> Result<T, StoreError> {
    let place = format!("line {number} of the {what}");
    let malformed = |reason: String| StoreError::Malformed {
        path: path.to_owned(),
        what,
        reason: format!("line {number}: {reason}"),
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
}

/// The values of all complete lines; none if the file does not exist. `what` names the file's contents
/// in errors.
pub(crate) fn read_lines<T: DeserializeOwned>(
    path: &Path,
    what: &'static str,
    newest: u32,
) -> Result<Vec<T>, StoreError> {
    let text = read_if_present(path)?.unwrap_or_default();
    let lines = (1..).zip(whole_lines(&text).lines());
    lines
        .map(|(number, line)| read_line(line, number, path, what, newest))
        .collect()
}

/// The values of all complete lines that are sound, and what is wrong with the others. A file of lines
/// that nothing else holds is read so: a damaged line costs that line alone.
///
/// # Errors
/// The operating system refuses to read the file, or a later version wrote one of the lines.
pub(crate) fn read_sound_lines<T: DeserializeOwned>(
    path: &Path,
    what: &'static str,
    newest: u32,
) -> Result<(Vec<T>, Vec<StoreError>), StoreError> {
    let bytes = read_bytes(path)?.unwrap_or_default();
    let (mut sound, mut damaged) = (Vec::new(), Vec::new());
    // What comes after the last end of a line was cut short.
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    for (number, line) in (1..).zip(lines.filter_map(|line| line.strip_suffix(b"\n"))) {
        // Bytes that are no text are damage, and cannot pass for what they stand in place of.
        let line = String::from_utf8_lossy(line);
        match read_line(&line, number, path, what, newest) {
            Ok(value) => sound.push(value),
            Err(error) if error.is_damage() => damaged.push(error),
            Err(error) => return Err(error),
        }
    }
    Ok((sound, damaged))
}
