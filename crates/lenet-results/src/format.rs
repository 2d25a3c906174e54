//! Format versions of the files on disk.
//!
//! A format number grows whenever older programs can no longer read the file correctly. It is read
//! before anything else, so the error for a newer file says "newer" and not "broken".

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::checksum;
use crate::error::StoreError;

/// The format of a trial's files that this program writes, and the newest that it reads. Format 1 had no
/// checksums.
pub const TRIAL_FORMAT: u32 = 2;
/// The same for `study.json`. Format 1 had no claims, no published data and no images; format 2 no
/// checksum.
pub const STUDY_FORMAT: u32 = 3;

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
    #[derive(Deserialize)]
    struct Versioned {
        format: u32,
    }
    let malformed = |reason: String| StoreError::Malformed {
        path: path.to_owned(),
        what,
        reason,
    };
    let Versioned { format: found } =
        serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
    if found > newest {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            what,
            found,
            newest,
        });
    }
    if found == 0 {
        return Err(malformed("format 0 never existed".to_owned()));
    }
    Ok(found)
}

/// Reads JSON whose top level has the member `format`, first checking that number.
///
/// # Errors
/// [`StoreError::Newer`], [`StoreError::Malformed`] or [`StoreError::Checksum`] for `path`, which `text` was read from.
pub(crate) fn parse<T: DeserializeOwned>(
    text: &str,
    path: &Path,
    what: &'static str,
    newest: u32,
) -> Result<T, StoreError> {
    version(text, path, what, newest)?;
    // The newest format of every file is the one that brought checksums.
    checksum::check(text, path, &format!("the {what}"), what, newest)?;
    serde_json::from_str(text).map_err(|error| StoreError::Malformed {
        path: path.to_owned(),
        what,
        reason: error.to_string(),
    })
}
