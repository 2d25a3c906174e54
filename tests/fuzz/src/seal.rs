//! Makes changed contents pass the checks that would refuse them at the door: checksums, digests,
//! identities and lengths. What lies behind these checks is then reached.
//!
//! The formats are written down here a second time, from their descriptions; a test reads what is sealed.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use lenet_core::Trial;
use lenet_core::identity::digest;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A record with its checksum anew, as text.
#[must_use]
pub fn record(mut value: Value) -> Vec<u8> {
    if let Value::Object(members) = &mut value {
        members.remove("checksum");
        let of_config = members.get("config").and_then(identity);
        if let (Some(identity), Some(named)) = (of_config, members.get_mut("identity")) {
            *named = identity.into();
        }
    }
    let sum = digest("lenet-lab record 1\n", &value);
    if let Value::Object(members) = &mut value {
        members.insert("checksum".to_owned(), sum.into());
    }
    value.to_string().into_bytes()
}

/// The identity of a trial's settings, if they are some.
#[must_use]
pub fn identity(config: &Value) -> Option<String> {
    let trial = serde_json::from_value::<Trial>(config.clone()).ok()?;
    Some(trial.identity())
}

/// A gzip file of these contents.
#[must_use]
pub fn gzip(contents: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(contents);
    encoder.finish().unwrap_or_default()
}

/// Predictions with the digest of their bytes anew, which are the last 32.
#[must_use]
pub fn predictions(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len().saturating_sub(32));
    let digest = Sha256::digest(&bytes);
    bytes.extend(digest);
    bytes
}

/// The header of a safetensors file and the bytes of its tensors; `None` where it is none.
#[must_use]
pub fn open_tensors(bytes: &[u8]) -> Option<(Value, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (header, data) = rest.split_at_checked(length)?;
    Some((serde_json::from_slice(header).ok()?, data))
}

/// A safetensors file.
#[must_use]
pub fn tensors(header: &Value, data: &[u8]) -> Vec<u8> {
    let header = header.to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

const ENTRY: &str = "lenet-checkpoint";

/// The progress that a checkpoint's header holds.
#[must_use]
pub fn progress(header: &Value) -> Option<Value> {
    let envelope: Value = serde_json::from_str(header["__metadata__"][ENTRY].as_str()?).ok()?;
    serde_json::from_str(envelope["progress"].as_str()?).ok()
}

/// Puts another progress into a checkpoint's header, with the digest of the whole.
pub fn set_progress(header: &mut Value, data: &[u8], progress: &Value) {
    let progress = progress.to_string();
    let tensor = |name: &str| -> &[u8] {
        let end = |at: usize| header[name]["data_offsets"][at].as_u64().unwrap_or(0) as usize;
        data.get(end(0)..end(1)).unwrap_or_default()
    };
    let mut hash = Sha256::new();
    for part in [progress.as_bytes(), tensor("parameters"), tensor("moments")] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let envelope = json!({ "format": 1, "digest": digest, "progress": progress });
    header["__metadata__"] = json!({ ENTRY: envelope.to_string() });
}

/// A PNG whose chunks have the sums of their bytes.
#[must_use]
pub fn png(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut at = 8;
    while let Some(length) = bytes.get(at..at + 4) {
        let length = u32::from_be_bytes([length[0], length[1], length[2], length[3]]) as usize;
        let Some(end) = (at + 8).checked_add(length) else {
            break;
        };
        let Some(chunk) = bytes.get(at + 4..end) else {
            break;
        };
        let mut sum = flate2::Crc::new();
        sum.update(chunk);
        let sum = sum.sum().to_be_bytes();
        match bytes.get_mut(end..end + 4) {
            Some(place) => place.copy_from_slice(&sum),
            None => break,
        }
        at = end + 4;
    }
    bytes
}
