//! What several commands are given in the same way: data, device, threads, output files.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use lenet_core::{Backend, DeviceChoice, DeviceKind, Precision};
use lenet_data::Dataset;
use lenet_results::Store;
use lenet_train::RunOptions;

use crate::flags;

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
    used: impl IntoIterator<Item = (Backend, DeviceKind, Precision)>,
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

impl From<flags::Backend> for Backend {
    fn from(flag: flags::Backend) -> Self {
        match flag {
            flags::Backend::Fused => Self::Fused,
            flags::Backend::Stock => Self::Stock,
        }
    }
}

/// A file that is written beside its final name and only appears when it is whole. Opening it
/// before the work refuses a path that cannot be written while nothing is lost.
#[derive(Debug)]
pub struct NewFile<'a> {
    path: &'a Path,
    temporary: tempfile::NamedTempFile,
}

impl<'a> NewFile<'a> {
    /// Prepares to write `path`.
    ///
    /// # Errors
    /// The folder is missing or not writable, or the path is a folder.
    pub fn create(path: &'a Path) -> anyhow::Result<Self> {
        let name = path.display();
        anyhow::ensure!(!path.is_dir(), "{name}: is a folder, not a file");
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        anyhow::ensure!(
            folder.is_dir(),
            "{name}: cannot be written: there is no folder {} (hint: make it first)",
            folder.display()
        );
        // The error's own words hold the temporary name, which means nothing to anybody.
        let temporary = builder()
            .tempfile_in(folder)
            .map_err(|error| std::io::Error::from(error.kind()))
            .with_context(|| format!("{name}: cannot be written"))?;
        Ok(Self { path, temporary })
    }

    /// Writes the contents and gives the file its name.
    ///
    /// # Errors
    /// The disk is full, or the path has become unwritable.
    pub fn write(mut self, contents: &[u8]) -> anyhow::Result<()> {
        let cannot = || format!("{}: cannot be written", self.path.display());
        self.temporary.write_all(contents).with_context(cannot)?;
        self.temporary.persist(self.path).with_context(cannot)?;
        Ok(())
    }
}

/// Temporary files are private to their owner; these get the permissions of any new file.
fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lenet-lab-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        drop(NewFile::create(&path).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        NewFile::create(&path).unwrap().write(b"a,b\n").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"a,b\n");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn unwritable_paths_are_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            folder.path().to_owned(),
            folder.path().join("missing/x.csv"),
        ] {
            let error = NewFile::create(&path).unwrap_err();
            assert!(
                error.to_string().contains(&path.display().to_string()),
                "{error}"
            );
        }
    }
}
