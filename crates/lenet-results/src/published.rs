//! The one file of a finished trial: `trials/<first two digits>/<identity>.jsonl`.
//!
//! Its first line is the record, its second, where they are kept, the predictions. It is written aside, and
//! gets its name only where nothing has it: whoever else finishes the same trial finds the first result
//! there, and compares.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::checksum::{Lines, sealed};
use crate::error::StoreError;
use crate::files::{LONGEST, io_error, malformed, regular, set_aside, sync_folder, write_first};
use crate::format::TRIAL_FORMAT;
use crate::merge::{Conflict, conflict};
use crate::predictions::{self, Predictions};
use crate::record::TrialRecord;

/// How the name of a file of a finished trial ends.
pub(crate) const ENDING: &str = ".jsonl";
/// What stands between the identity and a number in the name of a result that differs from the first.
pub(crate) const CONFLICT: &str = ".conflict-";

/// A line that says what it holds.
#[derive(Serialize)]
pub(crate) struct Kind<'r, R> {
    pub(crate) kind: &'static str,
    #[serde(flatten)]
    pub(crate) record: &'r R,
}

/// The second line.
#[derive(Serialize, Deserialize)]
struct PredictionsLine {
    kind: String,
    identity: String,
    /// What `predictions.bin` holds, in base64.
    predictions: String,
}

/// Where a finished trial's file lies below the folder of trials.
pub(crate) fn path(trials: &Path, identity: &str) -> PathBuf {
    let digits = identity.get(..2).unwrap_or(identity);
    trials.join(digits).join(format!("{identity}{ENDING}"))
}

/// The first line of a file of a finished trial, without its end.
pub(crate) fn line(record: &TrialRecord) -> String {
    let record = Kind {
        kind: "trial",
        record,
    };
    sealed(&record, TRIAL_FORMAT, Lines::One)
}

/// The second line.
pub(crate) fn predictions_line(identity: &str, bytes: &[u8]) -> String {
    let line = PredictionsLine {
        kind: "predictions".to_owned(),
        identity: identity.to_owned(),
        predictions: STANDARD.encode(bytes),
    };
    let text = serde_json::to_string(&line).expect("a line has string keys only");
    text + "\n"
}

/// Publishes a result, with the bytes of its predictions. Of two results of one trial the first stays; the
/// second goes if it is equal to the bit, and is kept beside the first and told if not.
///
/// # Errors
/// [`StoreError::Io`]; [`StoreError::Newer`] if a later version published the first result.
pub(crate) fn publish(
    path: &Path,
    record: &TrialRecord,
    predictions: Option<&[u8]>,
) -> Result<Option<Conflict>, StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    match fs::create_dir(folder) {
        Ok(()) => sync_folder(folder),
        Err(_) if folder.is_dir() => {}
        Err(error) => return Err(io_error(folder, "create the folder")(error)),
    }
    let mut text = line(record);
    if let Some(bytes) = predictions {
        text += &predictions_line(&record.identity, bytes);
    }
    while !write_first(path, text.as_bytes())? {
        match read_line(path, 1) {
            Ok(Some(first)) => match crate::trial::parse_record(&first, path, &record.identity) {
                Ok(first) => return keep_second(path, &first, record, &text),
                Err(error) if error.is_damage() => drop(set_aside(path)?),
                Err(error) => return Err(error),
            },
            Ok(None) => {}
            Err(error) if error.is_damage() => drop(set_aside(path)?),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Keeps a second result that differs from the first.
pub(crate) fn keep_second(
    path: &Path,
    first: &TrialRecord,
    second: &TrialRecord,
    text: &str,
) -> Result<Option<Conflict>, StoreError> {
    let Some(conflict) = conflict(first, second) else {
        return Ok(None);
    };
    let identity = &second.identity;
    for number in 1.. {
        let name = format!("{identity}{CONFLICT}{number}{ENDING}");
        if write_first(&path.with_file_name(name), text.as_bytes())? {
            break;
        }
    }
    Ok(Some(conflict))
}

/// A line of a file, counted from 1; `None` if the file does not exist.
///
/// # Errors
/// [`StoreError::Io`]; [`StoreError::NotAFile`]; [`StoreError::Malformed`] for a file that is too long, a
/// line that is no text, and a first line without its end.
pub(crate) fn read_line(path: &Path, number: usize) -> Result<Option<String>, StoreError> {
    let Some(found) = regular(path)? else {
        return Ok(None);
    };
    if found.len() > LONGEST {
        return Err(malformed(
            path,
            format!("it is longer than {LONGEST} bytes"),
        ));
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| {
        let mut reader = BufReader::new(file.take(LONGEST));
        for _ in 0..number {
            bytes.clear();
            reader.read_until(b'\n', &mut bytes)?;
        }
        Ok(())
    });
    match read {
        // Removed since it was looked at.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(io_error(path, "read"))?,
    }
    if number == 1 && !bytes.ends_with(b"\n") {
        return Err(malformed(path, "it was cut short".to_owned()));
    }
    match String::from_utf8(bytes) {
        Ok(line) => Ok(Some(line)),
        Err(error) => Err(malformed(path, error.to_string())),
    }
}

/// The predictions beside a record; `None` if they were not kept, or there is no such file.
///
/// # Errors
/// As [`predictions::read`].
pub(crate) fn read_predictions(
    path: &Path,
    identity: &str,
) -> Result<Option<Predictions>, StoreError> {
    match read_line(path, 2)? {
        Some(line) if !line.is_empty() => parse_predictions(&line, path, identity).map(Some),
        _ => Ok(None),
    }
}

/// Predictions from their line.
///
/// # Errors
/// As [`predictions::read`].
pub(crate) fn parse_predictions(
    line: &str,
    path: &Path,
    identity: &str,
) -> Result<Predictions, StoreError> {
    let damaged = |reason: String| StoreError::Predictions {
        path: path.to_owned(),
        reason,
    };
    let line: PredictionsLine =
        serde_json::from_str(line).map_err(|error| damaged(error.to_string()))?;
    let bytes = STANDARD.decode(&line.predictions);
    let bytes = bytes.map_err(|error| damaged(error.to_string()))?;
    predictions::of_bytes(&bytes, path, identity)
}

#[cfg(test)]
mod tests;
