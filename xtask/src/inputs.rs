//! What several commands take in the same way: data, records, device and threads.

use std::path::Path;

use lenet_data::Dataset;
use lenet_results::{BackendKind, DeviceKind, Precision, Store};
use lenet_train::{DeviceChoice, RunOptions};

/// MNIST, or the IDX files of a folder.
///
/// # Errors
/// Names the file that cannot be used.
pub fn dataset(data_dir: Option<&Path>) -> anyhow::Result<Dataset> {
    match data_dir {
        None => Ok(Dataset::mnist()),
        Some(folder) => Ok(Dataset::from_folder(folder)?),
    }
}

/// The records in a folder that `experiments` wrote.
///
/// # Errors
/// Says what kind of folder is meant.
pub fn records(folder: &Path) -> anyhow::Result<Store> {
    anyhow::ensure!(
        folder.join("trials").is_dir(),
        "{}: there are no records (hint: give the folder that `experiments --out` wrote)",
        folder.display()
    );
    Ok(Store::open(folder)?)
}

/// A device flag, checked against what this build and this machine have.
///
/// # Errors
/// Says what to do instead.
pub fn device(flag: &str) -> anyhow::Result<(DeviceKind, usize)> {
    Ok(flag.parse::<DeviceChoice>()?.resolve()?)
}

/// Checks that each backend can compute on its device, so that what is missing is said before any
/// work.
///
/// # Errors
/// Names what is missing.
pub fn check_devices(
    used: impl IntoIterator<Item = (BackendKind, DeviceKind, Precision)>,
    ordinal: usize,
) -> anyhow::Result<()> {
    let mut checked = Vec::new();
    for path in used {
        if !checked.contains(&path) {
            let (backend, device, precision) = path;
            lenet_train::check_device(backend, device, precision, ordinal)?;
            checked.push(path);
        }
    }
    Ok(())
}

/// Options of a single network's run: it may have all cores.
#[must_use]
pub fn run_options(threads: Option<usize>, cuda_ordinal: usize) -> RunOptions {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    RunOptions {
        threads: threads.unwrap_or_else(cores),
        cuda_ordinal,
        ..RunOptions::default()
    }
}
