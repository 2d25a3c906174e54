//! Compiled kernels on disk.
//!
//! A file's name is the digest of everything that it was made from, and the file begins with the digest
//! of its contents. So a file that was cut short, changed or copied from elsewhere is not used.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

const MAGIC: &[u8; 16] = b"lenet-lab cuda 1";

/// A SHA-256 digest.
pub(super) type Key = [u8; 32];

/// Digest of `parts`, which keeps their borders.
pub(super) fn key(parts: &[&[u8]]) -> Key {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The folder that the environment asks for: `LENET_CACHE`, or `lenet-lab` in `XDG_CACHE_HOME` or in
/// `.cache` at home. `None` where it names none.
pub(super) fn folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(folder) = set("LENET_CACHE") {
        return Some(folder.into());
    }
    // The standard wants relative paths ignored.
    let absolute = |name: &str| {
        set(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")));
    base.map(|folder| folder.join("lenet-lab"))
}

/// What was stored under `key`, if it is there and whole.
pub(super) fn load(folder: &Path, key: &Key) -> Option<Vec<u8>> {
    let file = fs::read(path(folder, key)).ok()?;
    let rest = file.strip_prefix(MAGIC)?;
    let (digest, contents) = rest.split_at_checked(size_of::<Key>())?;
    (digest == seal(key, contents)).then(|| contents.to_vec())
}

/// Stores `contents` under `key`.
///
/// # Errors
/// The folder cannot be written.
pub(super) fn store(folder: &Path, key: &Key, contents: &[u8]) -> io::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    fs::create_dir_all(folder)?;
    let path = path(folder, key);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let part = path.with_extension(format!("{}-{count}.part", process::id()));
    let file = [MAGIC.as_slice(), &seal(key, contents), contents].concat();
    let stored = fs::write(&part, file).and_then(|()| fs::rename(&part, &path));
    if stored.is_err() {
        // What is left of it is of no use; the first error tells more than one of this.
        let _ = fs::remove_file(&part);
    }
    stored
}

/// Digest of the contents together with the key, so that one key's file is no other's.
fn seal(key: &Key, contents: &[u8]) -> Key {
    self::key(&[key, contents])
}

fn path(folder: &Path, key: &Key) -> PathBuf {
    let name: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    folder.join(name).with_extension("kernels")
}

#[cfg(test)]
mod tests;
