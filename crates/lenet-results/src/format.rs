//! Format versions of the files on disk.
//!
//! A format number grows whenever older programs can no longer read the file correctly. It is read
//! before anything else, so the error for a newer file says "newer" and not "broken".

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::checksum;
use crate::error::StoreError;

/// The format of a trial's files that this program writes, and the newest that it reads. Format 1 had no
/// checksums.
pub const TRIAL_FORMAT: u32 = 2;
/// The same for `study.json`. Format 1 had no claims, no published data and no images; format 2 no
/// checksum; format 3 stood beside trials that had a folder each, finished or not; in format 4 every figure
/// had all combinations of its axes.
pub const STUDY_FORMAT: u32 = 5;
/// The first format of a trial's files that has checksums.
pub(crate) const SEALED_TRIAL: u32 = 2;
/// The first format of `study.json` that has one.
pub(crate) const SEALED_STUDY: u32 = 3;

/// What must be a format that this program reads.
///
/// # Errors
/// [`StoreError::Newer`] or [`StoreError::Malformed`], with `path`.
fn check_version(
    found: Option<&Value>,
    path: &Path,
    what: &'static str,
    newest: u32,
) -> Result<u32, StoreError> {
    let malformed = |reason: &str| StoreError::Malformed {
        path: path.to_owned(),
        what,
        reason: reason.to_owned(),
    };
    let found = found.ok_or_else(|| malformed("missing field `format`"))?;
    let found = found.as_u64().and_then(|found| u32::try_from(found).ok());
    match found {
        Some(found) if found > newest => Err(StoreError::Newer {
            path: path.to_owned(),
            what,
            found,
            newest,
        }),
        Some(0) => Err(malformed("format 0 never existed")),
        Some(found) => Ok(found),
        None => Err(malformed("its `format` is no number")),
    }
}

fn value(text: &str, path: &Path, what: &'static str) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Malformed {
        path: path.to_owned(),
        what,
        reason: error.to_string(),
    })
}

/// The member `format` at the top level of a JSON text, read from `path`.
///
/// # Errors
/// [`StoreError::Newer`] or [`StoreError::Malformed`], with `path`.
pub(crate) fn version(
    text: &str,
    path: &Path,
    what: &'static str,
    newest: u32,
) -> Result<u32, StoreError> {
    check_version(value(text, path, what)?.get("format"), path, what, newest)
}

/// Reads JSON whose top level has the member `format`, first checking that number. Formats from `sealed`
/// on have a checksum.
///
/// # Errors
/// [`StoreError::Newer`], [`StoreError::Malformed`] or [`StoreError::Checksum`] for `path`, which `text` was read from.
pub(crate) fn parse<T: DeserializeOwned>(
    text: &str,
    path: &Path,
    what: &'static str,
    newest: u32,
    sealed: u32,
) -> Result<T, StoreError> {
    let value = value(text, path, what)?;
    check_version(value.get("format"), path, what, newest)?;
    let value = checksum::checked(value, path, &format!("the {what}"), what, sealed)?;
    // A second reading finds the line and the column of what is wrong.
    T::deserialize(value).map_err(|error| StoreError::Malformed {
        path: path.to_owned(),
        what,
        reason: match serde_json::from_str::<T>(text) {
            Err(placed) => placed.to_string(),
            Ok(_) => error.to_string(),
        },
    })
}
