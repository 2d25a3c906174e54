//! Records of runtime measurements: one file a point, every sample kept.
//!
//! A [`RuntimePoint`] is everything that a run's time depends on and that can be chosen; its
//! [`identity`](RuntimePoint::identity) names the record's file. What depends on the machine and
//! the build stands in a [`RuntimeSession`], one for each process that measured.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use crate::error::StoreError;
use crate::files::{io_error, read_if_present, write_whole};
use crate::format;
use lenet_core::identity::digest;
use lenet_core::{Backend, DeviceKind};

/// Newest format of a runtime record that this program reads, and the one it writes.
pub const RUNTIME_FORMAT: u32 = 1;

/// Enters every digest; changes when the same point comes to mean other work.
const TAG: &str = "lenet-lab runtime 1\n";

/// Where the training images lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataPlacement {
    /// In host memory; each batch is gathered there and goes to the device.
    Streamed,
    /// On the device; only the batch's indices travel. On the CPU the two are the same place.
    Resident,
}

impl DataPlacement {
    /// Its name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Streamed => "streamed",
            Self::Resident => "resident",
        }
    }
}

/// What is measured: the work and how it is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuntimePoint {
    /// Kind of device.
    pub device: DeviceKind,
    /// Ordinal of the CUDA device, 0 for the processor.
    pub ordinal: usize,
    /// Which code computes the network.
    pub backend: Backend,
    /// Where the images lie.
    pub placement: DataPlacement,
    /// Threads of one step on the host.
    pub threads: usize,
    /// Instruction set of the fused backend, on a GPU `cuda`; `candle` for the stock one.
    pub level: String,
    /// Filters of both convolutions.
    pub filters: usize,
    /// Trainable parameters of the network.
    pub parameters: usize,
    /// Images a step.
    pub batch_size: usize,
    /// Rate of dropout, which is really connected; 0: none.
    pub dropout: f64,
    /// [`Data::source`](lenet_core::Data::source).
    pub source: String,
    /// Training images, drawn at random.
    pub samples: usize,
    /// Validation images that the network is evaluated on after the epoch.
    pub validation: usize,
    /// Test images, likewise.
    pub test: usize,
    /// Learning rate of the SGD steps.
    pub learning_rate: f64,
    /// Seed of weights, samples, order and dropout.
    pub seed: u64,
    /// Trials of this network that are trained together in single launches on the device, each
    /// with a seed of its own counted up from `seed`; 1, which stands for itself in files: one
    /// alone.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub trials: usize,
}

impl RuntimePoint {
    /// Sixteen hex digits that name this point, made like a trial's identity.
    #[must_use]
    pub fn identity(&self) -> String {
        let value = serde_json::to_value(self).expect("a point has string keys only");
        digest(TAG, &value)
    }

    /// `cpu` or `cuda:N`.
    #[must_use]
    pub fn device_name(&self) -> String {
        self.device.name_with(self.ordinal)
    }
}

fn one() -> usize {
    1
}

fn is_one(trials: &usize) -> bool {
    *trials == one()
}

/// Floating-point operations that one sample needs on the count of the direct method, whatever
/// method the backend takes; of all trials that are trained together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeWork {
    /// Of one epoch of training.
    pub train_flops: u64,
    /// Of the forward passes over validation and test data.
    pub evaluation_flops: u64,
}

/// Machine and build at one stretch of measuring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuntimeSession {
    /// Host and build.
    pub environment: Environment,
    /// Frequency governor of the first processor, or `unknown`.
    pub governor: String,
    /// Runnable processes, averaged over the minute before the start; `None`: unknown.
    pub load_average: Option<f64>,
    /// FLOP/s that one thread of the processor reaches at most, measured at the start; `None` on
    /// a GPU, whose peak on paper is [`Gpu::nominal_flops`](lenet_core::Gpu::nominal_flops).
    pub peak_flops_per_thread: Option<f64>,
}

/// One epoch of training and the two evaluations after it, of all trials that are trained
/// together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RuntimeSample {
    /// Round, from 1.
    pub round: usize,
    /// Position of the point in the round's shuffled order, from 1.
    pub position: usize,
    /// Index of the session that measured it.
    pub session: usize,
    /// Wall-clock seconds of the epoch.
    pub train_seconds: f64,
    /// Wall-clock seconds of the forward passes over validation and test data.
    pub evaluation_seconds: f64,
    /// Most host memory that the process held during it, data set included, in bytes.
    pub peak_memory_bytes: Option<u64>,
    /// Most device memory that the process held during it, in bytes; `None` on the CPU, or
    /// where the driver does not tell.
    #[serde(default)]
    pub peak_device_memory_bytes: Option<u64>,
    /// Whether the network's numbers stopped being finite.
    pub diverged: bool,
}

impl RuntimeSample {
    /// What the report calls the runtime: epoch and evaluations, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.train_seconds + self.evaluation_seconds
    }
}

/// Where the time of one epoch and its evaluations goes, in seconds; measured in a pass of its
/// own.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct PhaseSeconds {
    /// Shuffling, gathering images and labels, making them floats.
    pub prepare: f64,
    /// Host to device.
    pub copy: f64,
    /// Forward pass and loss.
    pub forward: f64,
    /// Gradients.
    pub backward: f64,
    /// Parameter updates.
    pub optimizer: f64,
    /// Forward passes over validation and test data.
    pub evaluation: f64,
}

impl PhaseSeconds {
    /// Names of the phases, in the order of [`Self::values`].
    pub const NAMES: [&'static str; 6] = [
        "prepare",
        "copy",
        "forward",
        "backward",
        "optimizer",
        "evaluation",
    ];

    /// All phases in order.
    #[must_use]
    pub fn values(&self) -> [f64; 6] {
        [
            self.prepare,
            self.copy,
            self.forward,
            self.backward,
            self.optimizer,
            self.evaluation,
        ]
    }

    /// Their sum.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.values().iter().sum()
    }
}

/// All that was measured at a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuntimeRecord {
    /// Version of this type.
    pub format: u32,
    /// The point.
    pub point: RuntimePoint,
    /// Work of each of its samples.
    pub work: RuntimeWork,
    /// Processes that measured, in order.
    pub sessions: Vec<RuntimeSession>,
    /// Samples, in the order in which they were taken.
    pub samples: Vec<RuntimeSample>,
    /// Passes with a clock around each phase.
    pub phases: Vec<PhaseSeconds>,
}

impl RuntimeRecord {
    /// A record without samples.
    #[must_use]
    pub fn new(point: RuntimePoint, work: RuntimeWork) -> Self {
        Self {
            format: RUNTIME_FORMAT,
            point,
            work,
            sessions: Vec::new(),
            samples: Vec::new(),
            phases: Vec::new(),
        }
    }
}

/// The folder `runtime/` of a results folder: `<identity>.json` for each point, and `lock`, which
/// the one process that measures holds while it lives.
#[derive(Debug)]
pub struct RuntimeStore {
    folder: PathBuf,
    _lock: File,
}

impl RuntimeStore {
    /// Makes the folder if need be, and takes its lock.
    ///
    /// # Errors
    /// [`StoreError::Io`] where it cannot be made, [`StoreError::Locked`] while another process
    /// measures into it.
    pub fn create(results: &Path) -> Result<Self, StoreError> {
        let folder = results.join("runtime");
        fs::create_dir_all(&folder).map_err(io_error(&folder, "create the folder"))?;
        let path = folder.join("lock");
        let lock = File::create(&path).map_err(io_error(&path, "create"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                folder,
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked {
                path,
                owner: "another measurement".to_owned(),
            }),
            // Some network file systems know no locks; nobody can be kept out there.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(Self {
                    folder,
                    _lock: lock,
                })
            }
            Err(TryLockError::Error(error)) => Err(io_error(&path, "lock")(error)),
        }
    }

    /// The record of a point, if there is one.
    ///
    /// # Errors
    /// A file that cannot be read, is newer, or belongs to another point.
    pub fn read(&self, point: &RuntimePoint) -> Result<Option<RuntimeRecord>, StoreError> {
        let identity = point.identity();
        let path = self.path(&identity);
        let Some(text) = read_if_present(&path)? else {
            return Ok(None);
        };
        parse(&text, &path, &identity).map(Some)
    }

    /// Writes a point's record, whole or not at all.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn write(&self, record: &RuntimeRecord) -> Result<(), StoreError> {
        let mut text = serde_json::to_string_pretty(record).expect("a record has string keys only");
        text.push('\n');
        write_whole(&self.path(&record.point.identity()), text.as_bytes())
    }

    fn path(&self, identity: &str) -> PathBuf {
        self.folder.join(format!("{identity}.json"))
    }
}

/// All runtime records of a results folder, sorted by identity; none where there is no folder
/// `runtime` in it. Needs no lock, since files appear whole.
///
/// # Errors
/// The first record that cannot be read: nothing is passed over.
pub fn runtime_records(results: &Path) -> Result<Vec<RuntimeRecord>, StoreError> {
    let folder = results.join("runtime");
    let list = || -> io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&folder)?;
        entries.map(|entry| Ok(entry?.path())).collect()
    };
    let mut paths = match list() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        found => found.map_err(io_error(&folder, "list the folder"))?,
    };
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    let mut records = Vec::with_capacity(paths.len());
    for path in paths {
        let identity = path.file_stem().unwrap_or_default().to_string_lossy();
        // Removed since it was listed: as if it had never been there.
        if let Some(text) = read_if_present(&path)? {
            records.push(parse(&text, &path, &identity)?);
        }
    }
    Ok(records)
}

/// A record's text, which must be of the point that its file is named after.
fn parse(text: &str, path: &Path, identity: &str) -> Result<RuntimeRecord, StoreError> {
    let record: RuntimeRecord = format::parse(text, path, "runtime record", RUNTIME_FORMAT)?;
    let path = path.to_owned();
    let found = record.point.identity();
    if found != identity {
        return Err(StoreError::Identity {
            path,
            found,
            expected: identity.to_owned(),
        });
    }
    let known = record.sessions.len();
    if let Some(sample) = record.samples.iter().find(|s| s.session >= known) {
        return Err(StoreError::Malformed {
            path,
            what: "runtime record",
            reason: format!("a sample names session {}, which it lacks", sample.session),
        });
    }
    Ok(record)
}

#[cfg(test)]
mod tests;
