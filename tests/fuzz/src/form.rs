//! How inputs of a format are changed.

use serde_json::Value;

use crate::draw::Draw;
use crate::{bytes, json, seal};

/// What a mutator knows of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Nothing.
    Bytes,
    /// A gzip file, whose contents are changed.
    Gzip,
    /// One JSON object with a checksum.
    Record,
    /// Such an object per line.
    Lines,
    /// `predictions.bin`: a digest at its end.
    Predictions,
    /// A safetensors file, whose header is JSON.
    Tensors,
    /// A checkpoint: a safetensors file that holds its own digest.
    Checkpoint,
    /// A PNG: chunks with sums; other pictures have none.
    Picture,
    /// JSON without a checksum.
    Json,
}

impl Form {
    /// A changed input. In half of the cases checksums, digests and lengths are right for the changed
    /// contents.
    pub fn changed(self, seeds: &[Vec<u8>], draw: &mut Draw) -> Vec<u8> {
        let seed = draw.of(seeds);
        let mut changed = match draw.one_in(2) {
            true => self.sealed(seed, seeds, draw),
            false => None,
        };
        let found = changed.take();
        let mut found = found.unwrap_or_else(|| bytes::changed(seed, seeds, draw));
        found.truncate(bytes::MOST);
        found
    }

    fn sealed(self, seed: &[u8], seeds: &[Vec<u8>], draw: &mut Draw) -> Option<Vec<u8>> {
        Some(match self {
            Self::Bytes => return None,
            Self::Gzip => seal::gzip(&bytes::changed(&unzipped(seed)?, seeds, draw)),
            Self::Record => seal::record(json::changed(seed, draw)?),
            Self::Lines => lines(seed, draw)?,
            Self::Predictions => predictions(seed, seeds, draw),
            Self::Tensors => {
                let (header, data) = seal::open_tensors(seed)?;
                seal::tensors(&metadata(header, draw)?, data)
            }
            Self::Checkpoint => {
                let (mut header, data) = seal::open_tensors(seed)?;
                let progress = seal::progress(&header)?.to_string();
                let progress = json::changed(progress.as_bytes(), draw)?;
                if draw.one_in(3) {
                    header = json::changed(header.to_string().as_bytes(), draw)?;
                }
                let is_table = header.is_object();
                is_table.then(|| seal::set_progress(&mut header, data, &progress))?;
                seal::tensors(&header, data)
            }
            Self::Picture => seal::png(bytes::changed(seed, seeds, draw)),
            Self::Json => json::changed(seed, draw)?.to_string().into_bytes(),
        })
    }
}

fn unzipped(bytes: &[u8]) -> Option<Vec<u8>> {
    use std::io::Read;
    let mut contents = Vec::new();
    let decoder = flate2::read::MultiGzDecoder::new(bytes);
    decoder
        .take(bytes::MOST as u64)
        .read_to_end(&mut contents)
        .ok()?;
    Some(contents)
}

/// Changes some lines, or their order.
fn lines(seed: &[u8], draw: &mut Draw) -> Option<Vec<u8>> {
    let mut lines: Vec<&[u8]> = seed.split(|byte| *byte == b'\n').collect();
    lines.retain(|line| !line.is_empty());
    let at = draw.below(lines.len());
    let changed = seal::record(json::changed(lines.get(at)?, draw)?);
    match draw.below(5) {
        0 => lines.insert(at, &changed),
        1 => lines = lines[at..].to_vec(),
        2 => lines = lines.repeat(1 << draw.below(8)),
        _ => lines[at] = &changed,
    }
    let mut text = lines.join(&b'\n');
    text.push(b'\n');
    Some(text)
}

/// Changes the header as JSON, or any of the bytes.
fn predictions(seed: &[u8], seeds: &[Vec<u8>], draw: &mut Draw) -> Vec<u8> {
    let header = || {
        let length = seed.get(12..16)?;
        let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
        Some((seed.get(16..16 + length)?, seed.get(16 + length..)?))
    };
    match header().filter(|_| draw.one_in(2)) {
        Some((header, body)) => {
            let header = json::changed(header, draw)
                .unwrap_or(Value::Null)
                .to_string();
            let mut bytes = seed[..12].to_vec();
            bytes.extend((header.len() as u32).to_le_bytes());
            bytes.extend(header.as_bytes());
            bytes.extend(body);
            seal::predictions(bytes)
        }
        None => seal::predictions(bytes::changed(seed, seeds, draw)),
    }
}

/// Changes a header of tensors, or the JSON within its entry `lenet`.
fn metadata(mut header: Value, draw: &mut Draw) -> Option<Value> {
    let inner = header["__metadata__"]["lenet"].as_str().map(str::to_owned);
    match inner.filter(|_| draw.one_in(2)) {
        Some(inner) => {
            let inner = json::changed(inner.as_bytes(), draw)?.to_string();
            header["__metadata__"]["lenet"] = inner.into();
            Some(header)
        }
        None => json::changed(header.to_string().as_bytes(), draw),
    }
}
