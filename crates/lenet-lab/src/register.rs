//! Registering what a study declares before it is carried out.

use std::collections::HashMap;
use std::path::Path;
use std::time::SystemTime;

use lenet_results::{Registration, Store, StudyRecord, register, runtime_records};

/// Registers a study with the number of trials and runtimes of each cell that have finished by now.
pub fn declare(study: &StudyRecord, folder: &Path) -> anyhow::Result<()> {
    let mut finished: HashMap<String, usize> = HashMap::new();
    if folder.join("trials").is_dir() {
        for record in Store::open(folder)?.records()? {
            *finished.entry(record.config.cell()).or_default() += 1;
        }
    }
    declare_with(study, folder, finished)
}

/// The same, where the finished trials of each cell were counted just now.
pub fn declare_with(
    study: &StudyRecord,
    folder: &Path,
    mut finished: HashMap<String, usize>,
) -> anyhow::Result<()> {
    for record in runtime_records(folder)? {
        *finished.entry(record.cell()).or_default() += record.samples.len();
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let unix = now.map_or(0, |since| since.as_secs());
    let finished = |cell: &str| finished.get(cell).copied().unwrap_or(0);
    register(folder, &Registration::new(study, unix, &finished))?;
    Ok(())
}
