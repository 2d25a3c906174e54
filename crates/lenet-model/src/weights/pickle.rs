//! Files of `torch.save`, by candle's reader of pickles, which runs none of what they name.

use std::io::Cursor;
use std::path::Path;

use candle_core::Tensor;
use candle_core::pickle::{PthTensors, TensorInfo, read_pth_tensor_info};

use super::Note;
use super::error::WeightsError;

/// Bytes of the longest description of tensors that is read. Those of networks of this kind take 2,000.
const MOST_BYTES: u64 = 256 << 10;

/// Stack of the reader, which calls itself once for each level of a description; a level takes a byte at least.
const STACK: usize = 256 << 20;

/// Where a checkpoint of a training loop may keep its `state_dict`.
const KEYS: [&str; 4] = ["state_dict", "model_state_dict", "model", "net"];

/// Whether a file is an archive of `torch.save`.
pub(super) fn is_torch(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") && description(bytes).is_ok()
}

/// The tensors of an archive as safetensors, and the entry that they stood in, if they stood in one.
pub(super) fn to_safetensors(
    path: &Path,
    bytes: &[u8],
) -> Result<(Vec<u8>, Option<Note>), WeightsError> {
    let refuse = |reason: String| WeightsError::Pickle {
        file: path.to_owned(),
        reason,
    };
    let size = description(bytes).map_err(refuse)?;
    if size > MOST_BYTES {
        return Err(refuse(format!(
            "its description of tensors has {size} bytes, and at most {MOST_BYTES} are read"
        )));
    }
    let (own, most) = (path.to_owned(), bytes.len());
    let reader = std::thread::Builder::new().stack_size(STACK);
    let reader = reader
        .spawn(move || tensors(&own, most))
        .map_err(|error| refuse(error.to_string()))?;
    let read = reader
        .join()
        .map_err(|_| refuse("it is not as torch.save writes it".to_owned()))?;
    let (tensors, key) = read.map_err(refuse)?;
    let whole = safetensors::serialize(tensors, None).map_err(|e| refuse(e.to_string()))?;
    let note = key.map(|key| Note::Inside {
        key: key.to_owned(),
    });
    Ok((whole, note))
}

/// Bytes of the description of an archive's tensors.
fn description(bytes: &[u8]) -> Result<u64, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let mut found = None;
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(|e| e.to_string())?;
        // As torch.save writes it; others could unfold to any size.
        if entry.compressed_size() != entry.size() {
            return Err("an entry of the archive is compressed".to_owned());
        }
        if entry.name().is_ok_and(|name| name.ends_with("/data.pkl")) {
            found = Some(entry.size());
        }
    }
    found.ok_or_else(|| "the archive has no data.pkl".to_owned())
}

/// Tensors by their names, and the entry that they stood in.
type Tensors = (Vec<(String, Tensor)>, Option<&'static str>);

fn tensors(path: &Path, most: usize) -> Result<Tensors, String> {
    let found = |key: Option<&'static str>| {
        let infos = read_pth_tensor_info(path, false, key).ok()?;
        (!infos.is_empty()).then_some((infos, key))
    };
    let keys = std::iter::once(None).chain(KEYS.map(Some));
    let (infos, key) = keys
        .into_iter()
        .find_map(found)
        .ok_or("it holds no state_dict, neither by itself nor as state_dict, model_state_dict, model or net")?;
    // Before anything is allocated for them.
    let bytes = |info: &TensorInfo| {
        let numbers = info.layout.shape().elem_count();
        numbers.checked_mul(info.dtype.size_in_bytes())
    };
    let mut all = infos.iter().map(bytes);
    let all = all.try_fold(0usize, |sum, bytes| sum.checked_add(bytes?));
    if all.is_none_or(|all| all > most) {
        return Err("its tensors are larger than the file".to_owned());
    }
    let reader = PthTensors::new(path, key).map_err(|e| e.to_string())?;
    let mut tensors = Vec::new();
    for info in infos {
        let tensor = reader
            .get(&info.name)
            .map_err(|e| format!("{}: {e}", info.name))?;
        let tensor = tensor.ok_or_else(|| format!("{} is missing", info.name))?;
        let tensor = tensor.contiguous().map_err(|e| e.to_string())?;
        tensors.push((info.name, tensor));
    }
    Ok((tensors, key))
}

#[cfg(test)]
mod tests;
