//! Checksums inside of JSON: the member `checksum` is the digest of all other members.
//!
//! It covers values, not bytes: indented otherwise or with its members in another order, a record stays
//! what it is.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use lenet_core::identity::digest;

use crate::error::StoreError;

/// Enters every checksum.
const TAG: &str = "lenet-lab record 1\n";
const MEMBER: &str = "checksum";

/// A value as JSON with its checksum, on one line or on several. It must be a struct; one that does not
/// tell its format is given this one.
pub(crate) fn sealed(value: &impl Serialize, format: u32, lines: Lines) -> String {
    let (text, [before, colon, end]) = match lines {
        Lines::One => (serde_json::to_string(value), [",", ":", "}"]),
        Lines::Many => (serde_json::to_string_pretty(value), [",\n  ", ": ", "\n}"]),
    };
    let text = text.expect("records have string keys only");
    // By way of its text, so that what is summed is what a reader will see.
    let mut value: Value = serde_json::from_str(&text).expect("it was just written");
    let mut sealed = text.strip_suffix(end).unwrap_or(&text).to_owned();
    if let Value::Object(members) = &mut value
        && !members.contains_key("format")
    {
        members.insert("format".to_owned(), format.into());
        sealed += &format!("{before}\"format\"{colon}{format}");
    }
    let sum = digest(TAG, &value);
    sealed + &format!("{before}\"{MEMBER}\"{colon}\"{sum}\"{end}\n")
}

/// How JSON is laid out.
pub(crate) enum Lines {
    One,
    Many,
}

/// Checks the checksum of a text, which `what` names in errors. Formats from `since` on must have one.
///
/// # Errors
/// [`StoreError::Checksum`]; [`StoreError::Malformed`] where it is missing.
pub(crate) fn check(
    text: &str,
    path: &Path,
    what: &str,
    kind: &'static str,
    since: u32,
) -> Result<(), StoreError> {
    let value = serde_json::from_str(text).map_err(|error| StoreError::Malformed {
        path: path.to_owned(),
        what: kind,
        reason: error.to_string(),
    })?;
    checked(value, path, what, kind, since).map(drop)
}

/// A value without its checksum, which must be right.
///
/// # Errors
/// As [`check`].
pub(crate) fn checked(
    mut value: Value,
    path: &Path,
    what: &str,
    kind: &'static str,
    since: u32,
) -> Result<Value, StoreError> {
    let malformed = |reason: String| StoreError::Malformed {
        path: path.to_owned(),
        what: kind,
        reason,
    };
    let Value::Object(members) = &mut value else {
        return Err(malformed("it is not a JSON object".to_owned()));
    };
    match members.remove(MEMBER) {
        Some(found) => {
            let expected = digest(TAG, &value);
            if found == expected.as_str() {
                return Ok(value);
            }
            Err(StoreError::Checksum {
                path: path.to_owned(),
                what: what.to_owned(),
                found: found.as_str().map_or(found.to_string(), str::to_owned),
                expected,
            })
        }
        None => {
            let format = members.get("format").and_then(Value::as_u64);
            match format.is_some_and(|format| format >= u64::from(since)) {
                true => Err(malformed(format!("{what} lacks its checksum"))),
                false => Ok(value),
            }
        }
    }
}
