//! The file `predictions.bin`: 8 bytes `LENETPRD`, the format version (u32), the length of the header
//! (u32), the header (JSON), the codes (u16 each), the kernels of the first convolution (f32 each),
//! and the SHA-256 of all bytes before it. Numbers are little-endian.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Kernels, MOST_CLASSES, Predictions, PredictionsError, elements, steps};
use crate::error::StoreError;
use crate::files::io_error;

/// The format of `predictions.bin` that this program writes, and the newest that it reads.
pub const PREDICTIONS_FORMAT: u32 = 1;

const MAGIC: [u8; 8] = *b"LENETPRD";
/// Length of magic, version and length of the header.
const PREFIX: usize = 16;
const DIGEST: usize = 32;
const LONGEST_HEADER: usize = 4096;
/// A longer file is refused before any memory is taken for it.
const LARGEST_FILE: usize = 64 << 20;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    /// Identity of the trial.
    identity: String,
    classes: usize,
    /// Number of test images.
    images: usize,
    /// SHA-256 of the test labels, one byte per image.
    labels: String,
    /// Shape of the kernels of the first convolution: filters, channels, rows, columns.
    kernels: [usize; 4],
}

impl Header {
    /// Bytes of codes and kernels; `None` if memory cannot hold so many.
    fn body(&self) -> Option<[usize; 2]> {
        let codes = self.images.checked_mul(2)?;
        Some([codes, elements(self.kernels)?.checked_mul(4)?])
    }
}

impl Predictions {
    fn header(&self) -> Header {
        Header {
            identity: self.identity.clone(),
            classes: self.classes,
            images: self.codes.len(),
            labels: self.labels.clone(),
            kernels: self.kernels.shape,
        }
    }

    /// Refuses predictions whose file would not be read back.
    pub(super) fn check_size(&self) -> Result<(), PredictionsError> {
        let values = self.codes.len() * 2 + self.kernels.values.len() * 4;
        let bytes = PREFIX + LONGEST_HEADER + values + DIGEST;
        match bytes > LARGEST_FILE {
            false => Ok(()),
            true => Err(PredictionsError::Size {
                images: self.codes.len(),
                bytes,
                most: LARGEST_FILE,
            }),
        }
    }
}

/// The file's contents.
pub(crate) fn to_bytes(predictions: &Predictions) -> Vec<u8> {
    let header =
        serde_json::to_vec(&predictions.header()).expect("the header has string keys only");
    let length = u32::try_from(header.len()).expect("an identity and a digest are short");
    let mut bytes = MAGIC.to_vec();
    bytes.extend(PREDICTIONS_FORMAT.to_le_bytes());
    bytes.extend(length.to_le_bytes());
    bytes.extend(header);
    let codes = predictions.codes.iter();
    bytes.extend(codes.flat_map(|code| code.to_le_bytes()));
    let weights = predictions.kernels.values.iter();
    bytes.extend(weights.flat_map(|weight| weight.to_le_bytes()));
    let digest = Sha256::digest(&bytes);
    bytes.extend(digest);
    bytes
}

/// Reads the predictions of the trial `identity`; `None` if the file does not exist.
///
/// # Errors
/// The file is damaged, foreign, of another trial or of a later format.
pub(crate) fn read(path: &Path, identity: &str) -> Result<Option<Predictions>, StoreError> {
    let damaged = |reason: String| StoreError::Predictions {
        path: path.to_owned(),
        reason,
    };
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error(path, "read")(error)),
    };
    if !found.is_file() {
        return Err(damaged("it is not a file".to_owned()));
    }
    let too_long = || damaged(format!("it is longer than {LARGEST_FILE} bytes"));
    if found.len() > LARGEST_FILE as u64 {
        return Err(too_long());
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST_FILE as u64 + 1).read_to_end(&mut bytes))
        .map_err(io_error(path, "read"))?;
    if bytes.len() > LARGEST_FILE {
        return Err(too_long());
    }
    of_bytes(&bytes, path, identity).map(Some)
}

/// The predictions of the trial `identity` from their bytes, which `path` holds.
///
/// # Errors
/// As [`read`].
pub(crate) fn of_bytes(
    bytes: &[u8],
    path: &Path,
    identity: &str,
) -> Result<Predictions, StoreError> {
    let predictions = from_bytes(bytes, path)?;
    if predictions.identity != identity {
        return Err(StoreError::Identity {
            path: path.to_owned(),
            found: predictions.identity,
            expected: identity.to_owned(),
        });
    }
    Ok(predictions)
}

/// Predictions from the contents of the file `path`.
///
/// # Errors
/// [`StoreError::Predictions`]; [`StoreError::Newer`] for a later format, whose other bytes may mean
/// anything.
pub(super) fn from_bytes(bytes: &[u8], path: &Path) -> Result<Predictions, StoreError> {
    let path = path.to_owned();
    match bytes.strip_prefix(&MAGIC).and_then(number) {
        Some((found, _)) if found > PREDICTIONS_FORMAT => Err(StoreError::Newer {
            path,
            what: "predictions",
            found,
            newest: PREDICTIONS_FORMAT,
        }),
        _ => parse(bytes).map_err(|reason| StoreError::Predictions { path, reason }),
    }
}

/// The number that bytes begin with, and the bytes after it.
fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*word), rest))
}

/// Reads a file's contents; the error is a sentence without its subject.
fn parse(bytes: &[u8]) -> Result<Predictions, String> {
    let rest = bytes
        .strip_prefix(&MAGIC)
        .ok_or("it does not begin with `LENETPRD`")?;
    let (version, rest) = number(rest).ok_or("it ends within its version")?;
    if version != PREDICTIONS_FORMAT {
        return Err(format!("format {version} never existed"));
    }
    let (length, rest) = number(rest).ok_or("it ends within its version")?;
    let (rest, digest) = rest
        .split_last_chunk::<DIGEST>()
        .ok_or("it ends within its digest")?;
    if Sha256::digest(&bytes[..bytes.len() - DIGEST])[..] != digest[..] {
        return Err("its contents do not match its digest".to_owned());
    }
    let length = length as usize;
    if length > LONGEST_HEADER.min(rest.len()) {
        return Err(format!("its header cannot have {length} bytes"));
    }
    let (header, body) = rest.split_at(length);
    let header: Header = serde_json::from_slice(header).map_err(|error| error.to_string())?;
    if !(1..=MOST_CLASSES).contains(&header.classes) {
        return Err(format!("{} classes are not 1 to 256", header.classes));
    }
    let lengths = header.body();
    let [codes, weights] = lengths.ok_or("it announces more than memory holds")?;
    if codes.checked_add(weights) != Some(body.len()) {
        return Err(format!(
            "{} images and kernels {:?} do not fill {} bytes",
            header.images,
            header.kernels,
            body.len()
        ));
    }
    let (codes, weights) = body.split_at(codes);
    let (codes, _) = codes.as_chunks::<2>();
    let codes: Vec<u16> = codes.iter().map(|code| u16::from_le_bytes(*code)).collect();
    let past = header.classes * steps(header.classes);
    if let Some(image) = codes.iter().position(|code| usize::from(*code) >= past) {
        return Err(format!(
            "image {image} has a class beyond {}",
            header.classes
        ));
    }
    let (weights, _) = weights.as_chunks::<4>();
    let values = weights.iter().map(|weight| f32::from_le_bytes(*weight));
    Ok(Predictions {
        identity: header.identity,
        classes: header.classes,
        labels: header.labels,
        codes,
        kernels: Kernels {
            shape: header.kernels,
            values: values.collect(),
        },
    })
}

#[cfg(test)]
mod tests;
