//! What several commands take in the same way: data, records, device and threads.

use std::path::Path;

use lenet_core::bounds::{THREADS, TOGETHER};
use lenet_core::{Backend, DeviceChoice, DeviceKind, Precision};
use lenet_data::{Dataset, NamedSet};
use lenet_results::Store;
use lenet_train::{RunOptions, TrainError};

use crate::flags::Data;
use crate::output;
use crate::progress::{LoadingProgress, Style};

/// MNIST, or the data set in a folder of IDX files. What is probably not meant in it is a warning.
///
/// # Errors
/// A file cannot be used; the error names it.
pub fn dataset(flags: &Data) -> anyhow::Result<Dataset> {
    if let Some(name) = &flags.data {
        return named_dataset(name, Path::new(""));
    }
    let mut data = match (&flags.data_dir, &flags.data_set) {
        (None, _) => return Ok(Dataset::mnist()),
        (Some(folder), None) => Dataset::from_folder(folder)?,
        (Some(folder), Some(name)) => Dataset::from_folder_of_sets(folder, name)?,
    };
    if flags.transpose {
        data = data.transposed()?;
    }
    warn(&data);
    Ok(data)
}

/// The data set of this name, or that in a folder, whose path is relative to `from`. What is probably not meant in
/// it is a warning.
///
/// # Errors
/// A file cannot be used, or the set cannot be had; the error names it.
pub fn named_dataset(name: &str, from: &Path) -> anyhow::Result<Dataset> {
    if let Some(set) = lenet_study::named_set(name, from) {
        fetch(set)?;
    }
    let data = lenet_study::data_set(name, from)?;
    warn(&data);
    Ok(data)
}

/// Brings a set that is known by its name into the cache, with a bar.
///
/// # Errors
/// It cannot be had.
pub fn fetch(set: NamedSet) -> anyhow::Result<()> {
    let bar = LoadingProgress::new(Style::of_this_terminal(false), set.title());
    let shown = bar.clone();
    let fetched = set.fetch(move |bytes, of| shown.show(bytes, of));
    bar.finish();
    Ok(fetched?)
}

/// Says what is probably not meant in a data set.
pub fn warn(data: &Dataset) {
    for warning in data.warnings() {
        output::warning(warning);
    }
}

/// The records in a folder that `experiments` wrote.
///
/// # Errors
/// The folder holds no records.
pub fn records(folder: &Path) -> anyhow::Result<Store> {
    anyhow::ensure!(
        folder.join("trials").is_dir(),
        "{}: there are no records (hint: give the folder that `experiments --out` wrote)",
        folder.display()
    );
    Ok(Store::open(folder)?)
}

/// The device and its ordinal from the text of `--device`.
///
/// # Errors
/// The text names no device, or this build or this machine lacks it.
pub fn device(flag: &str) -> anyhow::Result<(DeviceKind, usize)> {
    let choice = flag.parse::<DeviceChoice>().map_err(TrainError::from)?;
    Ok(lenet_train::resolve_device(choice)?)
}

/// The same for other machines: the device is named and not opened. Those that Slurm gives to a job count
/// from 0, so there is nothing to choose from but the kind.
///
/// # Errors
/// The text names no device, or one that depends on the machine.
pub fn device_elsewhere(flag: &str) -> anyhow::Result<(DeviceKind, usize)> {
    match flag.parse::<DeviceChoice>().map_err(TrainError::from)? {
        DeviceChoice::Cpu => Ok((DeviceKind::Cpu, 0)),
        DeviceChoice::Cuda(0) => Ok((DeviceKind::Cuda, 0)),
        DeviceChoice::Cuda(_) | DeviceChoice::Auto => anyhow::bail!(
            "--device {flag}: workers on several machines must compute on one kind of device, whichever they \
             are given (hint: --device cpu, or --device cuda)"
        ),
    }
}

/// Checks, before any work, that each backend can compute on its device in its precision.
///
/// # Errors
/// A combination cannot; the error says what is missing.
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

/// Most threads of all trials that run at once.
const MOST_THREADS: usize = 4096;

/// Refuses numbers of trials at once and of threads of each that no machine has a use for.
///
/// # Errors
/// A number is out of range, or both together are.
pub fn check_threads(jobs: Option<usize>, threads: Option<usize>) -> anyhow::Result<()> {
    for (flag, given, bounds) in [("--jobs", jobs, TOGETHER), ("--threads", threads, THREADS)] {
        if let Some(number) = given.filter(|&number| !bounds.hold(number)) {
            anyhow::bail!("{flag} {number}: {}", bounds.hint());
        }
    }
    if let (Some(jobs), Some(threads)) = (jobs, threads) {
        let all = jobs * threads;
        anyhow::ensure!(
            all <= MOST_THREADS,
            "--jobs {jobs} --threads {threads}: these are {all} threads at once (hint: at most \
             {MOST_THREADS}; more than there are cores make nothing faster)"
        );
    }
    Ok(())
}

/// Options to run a single network on `threads` threads, by default on all cores.
#[must_use]
pub fn run_options(threads: Option<usize>, cuda_ordinal: usize) -> RunOptions {
    RunOptions {
        threads: threads.unwrap_or_else(lenet_results::cores),
        cuda_ordinal,
        ..RunOptions::default()
    }
}

/// Says that other programs keep this machine's cores busy, so that times will be longer than usual. Those of a debug
/// build mean nothing anyhow.
pub fn warn_of_load() {
    if cfg!(debug_assertions) {
        return;
    }
    let cores = lenet_results::cores();
    if let Some(load) = lenet_study::measure::load_average().filter(|load| is_busy(*load, cores)) {
        output::warning(format_args!(
            "this machine is busy: a load of {load:.1} on {} before this begins, so times will be longer than \
             they need be",
            crate::table::count(cores, "core")
        ));
    }
}

/// Whether the load of the last minute keeps more than half of the cores.
fn is_busy(load: f64, cores: usize) -> bool {
    load > 0.5 * cores as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_busy_with_more_than_half_of_its_cores() {
        let cases = [(0.0, false), (1.0, false), (1.01, true), (f64::NAN, false)];
        for (load, expected) in cases {
            assert_eq!(is_busy(load, 2), expected, "{load}");
        }
    }

    #[test]
    fn threads_of_all_trials_have_a_limit() {
        struct Case {
            jobs: usize,
            threads: usize,
            is_fine: bool,
        }
        let case = |jobs, threads, is_fine| Case {
            jobs,
            threads,
            is_fine,
        };
        let cases = [
            // 4095, 4096 and 4097 threads.
            case(1365, 3, true),
            case(4, 1024, true),
            case(241, 17, false),
            case(1, 1025, false),
            case(65_536, 0, false),
            case(65_537, 1, false),
        ];
        let mut wrong = Vec::new();
        for Case {
            jobs,
            threads,
            is_fine,
        } in cases
        {
            if check_threads(Some(jobs), Some(threads)).is_ok() != is_fine {
                wrong.push(format!("{jobs} jobs of {threads} threads"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
