//! Checkpoints: one file from which a trial resumes exactly.
//!
//! A checkpoint is a safetensors file with two tensors, `parameters` and `moments` (f32, flat, in
//! the geometry's order), and one metadata entry, `lenet-checkpoint`. The entry is a JSON envelope
//! with the format version, a SHA-256 digest of everything else, and the progress as JSON text.
//! Learning rate, batch order and dropout masks depend only on the configuration and the step,
//! and early stopping only on the epochs' records. So none of them has state to save.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use lenet_core::Trial;
use lenet_model::weights::write_atomically;
use lenet_results::EpochRecord;
use lenet_results::validate::validate_epochs;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The checkpoint format that this library writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

const ENTRY: &str = "lenet-checkpoint";

/// What can be wrong with a checkpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The file cannot be read or written.
    #[error("checkpoint {}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// The file is truncated, altered or not a checkpoint.
    #[error("checkpoint {}: broken: {reason} (hint: delete it to start the trial anew)", file.display())]
    Broken {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The file has a later format version.
    #[error(
        "checkpoint {}: written in format {found}, this version reads up to {supported} (hint: update, or delete it to start the trial anew)",
        file.display()
    )]
    Version {
        /// The file.
        file: PathBuf,
        /// The file's format version.
        found: u32,
        /// The newest format version that can be read.
        supported: u32,
    },
    /// The file belongs to a trial with another configuration.
    #[error(
        "checkpoint {}: of trial {found}, not of {wanted}, which has other settings (hint: name another file, or delete it)",
        file.display()
    )]
    OtherTrial {
        /// The file.
        file: PathBuf,
        /// Identity of the trial in the file.
        found: String,
        /// Identity of the trial to be run.
        wanted: String,
    },
}

/// The progress of a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// Identity of the trial.
    pub identity: String,
    /// The trial's settings, for people who read the file.
    pub config: Trial,
    /// Instruction set that computed this state.
    pub level: String,
    /// Records of the epochs done.
    pub epochs: Vec<EpochRecord>,
    /// Optimizer steps done.
    pub step: u64,
    /// Batches done in the current epoch.
    pub batch: usize,
    /// Sum of the current epoch's losses so far, as the bits of an f64.
    pub loss_bits: u64,
    /// Images of the current epoch classified correctly so far.
    pub correct: u64,
    /// Wall-clock seconds of training in the current epoch so far.
    pub train_seconds: f64,
}

impl Progress {
    /// That of a trial before its first step.
    pub fn start(trial: &Trial, identity: String, level: String) -> Self {
        Self {
            identity,
            config: trial.clone(),
            level,
            epochs: Vec::new(),
            step: 0,
            batch: 0,
            loss_bits: 0f64.to_bits(),
            correct: 0,
            train_seconds: 0.0,
        }
    }

    /// Refuses progress that a trial of so many batches per epoch and so many training images cannot have
    /// made.
    ///
    /// # Errors
    /// What cannot be, in words.
    pub fn check(&self, batches: usize, images: usize) -> Result<(), String> {
        validate_epochs(&self.epochs, &self.config)?;
        let (done, batch) = (self.epochs.len(), self.batch);
        let steps = done.checked_mul(batches).and_then(|s| s.checked_add(batch));
        if batch > batches || steps.map(|steps| steps as u64) != Some(self.step) {
            let step = self.step;
            return Err(format!(
                "step {step} is not that of batch {batch} of {batches} after {done} epochs"
            ));
        }
        if self.correct > images as u64 {
            let correct = self.correct;
            return Err(format!("{correct} of {images} images are correct"));
        }
        match self.train_seconds >= 0.0 && self.train_seconds.is_finite() {
            true => Ok(()),
            false => Err(format!("it trained for {} seconds", self.train_seconds)),
        }
    }
}

/// Bytes of the longest checkpoint that a trial can have: its parameters, up to two moments of each, and
/// the records of its epochs, of which each takes less than a kilobyte.
pub(crate) fn most_bytes(parameters: usize, trial: &Trial) -> u64 {
    let numbers = (parameters as u64).saturating_mul(12);
    let epochs = (trial.epochs as u64).saturating_mul(1 << 10);
    numbers.saturating_add(epochs).saturating_add(1 << 20)
}

/// A checkpoint in memory.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Checkpoint {
    pub progress: Progress,
    pub parameters: Vec<f32>,
    pub moments: Vec<f32>,
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    format: u32,
    digest: String,
    progress: String,
}

/// The field that every version of the envelope has.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

fn digest(progress: &str, parameters: &[u8], moments: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [progress.as_bytes(), parameters, moments] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn to_bytes(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

fn from_bytes(bytes: &[u8]) -> Vec<f32> {
    let (words, _) = bytes.as_chunks::<4>();
    words.iter().map(|&word| f32::from_le_bytes(word)).collect()
}

impl Checkpoint {
    /// Writes the file under a temporary name and renames it.
    pub fn write(&self, path: &Path) -> Result<(), CheckpointError> {
        let unencodable = |reason: String| CheckpointError::Broken {
            file: path.to_owned(),
            reason,
        };
        let (parameters, moments) = (to_bytes(&self.parameters), to_bytes(&self.moments));
        let progress =
            serde_json::to_string(&self.progress).map_err(|e| unencodable(e.to_string()))?;
        let digest = digest(&progress, &parameters, &moments);
        let envelope = Envelope {
            format: FORMAT,
            digest,
            progress,
        };
        let envelope = serde_json::to_string(&envelope).map_err(|e| unencodable(e.to_string()))?;
        let view = |bytes| {
            let bytes: &Vec<u8> = bytes;
            TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes)
        };
        let tensors = view(&parameters)
            .and_then(|parameters| Ok([("parameters", parameters), ("moments", view(&moments)?)]))
            .map_err(|e| unencodable(e.to_string()))?;
        let metadata = HashMap::from([(ENTRY.to_owned(), envelope)]);
        let bytes = safetensors::serialize(tensors, Some(metadata))
            .map_err(|e| unencodable(e.to_string()))?;
        write_atomically(path, &bytes).map_err(|source| CheckpointError::Io {
            file: path.to_owned(),
            source,
        })
    }

    /// Reads the checkpoint of the trial `identity`, which has at most `most` bytes; `None` if the file
    /// does not exist.
    pub fn read(path: &Path, identity: &str, most: u64) -> Result<Option<Self>, CheckpointError> {
        let checkpoint = Self::read_any(path, most)?;
        match checkpoint {
            Some(found) if found.progress.identity != identity => Err(found.other(path, identity)),
            found => Ok(found),
        }
    }

    /// Reads the last checkpoint of a trial that begins `trial`, as one of `trial` itself; `None` if the
    /// file does not exist.
    pub fn read_earlier(
        path: &Path,
        trial: &Trial,
        most: u64,
    ) -> Result<Option<Self>, CheckpointError> {
        let Some(mut found) = Self::read_any(path, most)? else {
            return Ok(None);
        };
        let identity = trial.identity();
        let Progress { config, epochs, .. } = &found.progress;
        let is_its_own = found.progress.identity == config.identity();
        let is_last = epochs.len() == config.epochs && found.progress.batch == 0;
        if !(is_its_own && is_last && config.begins(trial)) {
            return Err(found.other(path, &identity));
        }
        found.progress.identity = identity;
        found.progress.config = trial.clone();
        Ok(Some(found))
    }

    /// The file is of another trial.
    fn other(self, path: &Path, wanted: &str) -> CheckpointError {
        CheckpointError::OtherTrial {
            file: path.to_owned(),
            found: self.progress.identity,
            wanted: wanted.to_owned(),
        }
    }

    fn read_any(path: &Path, most: u64) -> Result<Option<Self>, CheckpointError> {
        let broken = |reason: String| CheckpointError::Broken {
            file: path.to_owned(),
            reason,
        };
        let read = || -> io::Result<Option<Vec<u8>>> {
            // To open a pipe waits for its other end, and a device may have no end.
            if !fs::metadata(path)?.is_file() {
                return Ok(None);
            }
            let mut bytes = Vec::new();
            let file = File::open(path)?;
            file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
            Ok(Some(bytes))
        };
        let bytes = match read() {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(broken("it is not a file".to_owned())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(CheckpointError::Io {
                    file: path.to_owned(),
                    source,
                });
            }
        };
        if bytes.len() as u64 > most {
            return Err(broken(format!(
                "it is longer than the {most} bytes that this trial's can have"
            )));
        }
        Self::decode(path, &bytes).map(Some)
    }

    fn decode(path: &Path, bytes: &[u8]) -> Result<Self, CheckpointError> {
        let broken = |reason: String| CheckpointError::Broken {
            file: path.to_owned(),
            reason,
        };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| broken(e.to_string()))?;
        let envelope = header.metadata().as_ref().and_then(|map| map.get(ENTRY));
        let envelope = envelope.ok_or_else(|| broken(format!("it has no entry `{ENTRY}`")))?;
        let Version { format } =
            serde_json::from_str(envelope).map_err(|e| broken(e.to_string()))?;
        if format == 0 || format > FORMAT {
            let file = path.to_owned();
            return Err(CheckpointError::Version {
                file,
                found: format,
                supported: FORMAT,
            });
        }
        let envelope: Envelope =
            serde_json::from_str(envelope).map_err(|e| broken(e.to_string()))?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| broken(e.to_string()))?;
        let data = |name: &str| {
            tensors
                .tensor(name)
                .map(|view| view.data())
                .map_err(|e| broken(e.to_string()))
        };
        let (parameters, moments) = (data("parameters")?, data("moments")?);
        if digest(&envelope.progress, parameters, moments) != envelope.digest {
            return Err(broken("its contents do not match its digest".to_owned()));
        }
        let progress =
            serde_json::from_str(&envelope.progress).map_err(|e| broken(e.to_string()))?;
        let (parameters, moments) = (from_bytes(parameters), from_bytes(moments));
        Ok(Self {
            progress,
            parameters,
            moments,
        })
    }
}

#[cfg(test)]
mod tests;
