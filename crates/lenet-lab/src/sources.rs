//! Where records come from: folders, and packs that are unpacked for as long as they are read.

use std::path::PathBuf;

use anyhow::Context;
use lenet_results::{is_pack, unpack};
use tempfile::TempDir;

/// Folders of records.
#[derive(Debug, Default)]
pub struct Sources {
    /// In the order in which they were named.
    pub folders: Vec<PathBuf>,
    /// What is wrong with damaged lines of packs, whose records count as missing.
    pub damaged: Vec<String>,
    unpacked: Vec<TempDir>,
}

/// The folders that these paths mean. A pack's is removed when they are dropped.
///
/// # Errors
/// A file is no pack, or cannot be unpacked.
pub fn open(paths: &[PathBuf]) -> anyhow::Result<Sources> {
    let mut sources = Sources::default();
    for path in paths {
        if !is_pack(path) {
            sources.folders.push(path.clone());
            continue;
        }
        let folder = tempfile::tempdir()
            .with_context(|| format!("{}: there is no room to unpack it", path.display()))?;
        let damaged = unpack(path, folder.path())?;
        let words = damaged.iter().map(ToString::to_string);
        sources.damaged.extend(words);
        sources.folders.push(folder.path().to_owned());
        sources.unpacked.push(folder);
    }
    Ok(sources)
}
