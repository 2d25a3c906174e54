//! Checkpoints: one file from which a trial resumes exactly.
//!
//! A checkpoint is a safetensors file with two tensors, `parameters` and `moments` (f32, flat, in
//! the geometry's order), and one metadata entry, `lenet-checkpoint`. The entry is a JSON envelope
//! with the format version, a SHA-256 digest of everything else, and the progress as JSON text.
//! Learning rate, batch order and dropout masks depend only on the configuration and the step,
//! and early stopping only on the epochs' records. So none of them has state to save.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use lenet_core::Trial;
use lenet_model::weights::write_atomically;
use lenet_results::EpochRecord;
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

    /// Reads the checkpoint of the trial `identity`; `None` if the file does not exist.
    pub fn read(path: &Path, identity: &str) -> Result<Option<Self>, CheckpointError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(CheckpointError::Io {
                    file: path.to_owned(),
                    source,
                });
            }
        };
        let checkpoint = Self::decode(path, &bytes)?;
        if checkpoint.progress.identity != identity {
            return Err(CheckpointError::OtherTrial {
                file: path.to_owned(),
                found: checkpoint.progress.identity,
                wanted: identity.to_owned(),
            });
        }
        Ok(Some(checkpoint))
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
mod tests {
    use super::*;
    use crate::testing;

    fn checkpoint() -> Checkpoint {
        let trial = testing::trial();
        Checkpoint {
            progress: Progress {
                identity: trial.identity(),
                config: trial,
                level: "portable".to_owned(),
                epochs: vec![],
                step: 7,
                batch: 3,
                loss_bits: f64::NAN.to_bits(),
                correct: 5,
                train_seconds: 0.1,
            },
            parameters: vec![1.0, f32::MIN_POSITIVE / 3.0, -0.0],
            moments: vec![],
        }
    }

    fn read(bytes: &[u8]) -> Result<Option<Checkpoint>, CheckpointError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c");
        std::fs::write(&path, bytes).unwrap();
        Checkpoint::read(&path, &checkpoint().progress.identity)
    }

    fn written() -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c");
        checkpoint().write(&path).unwrap();
        std::fs::read(&path).unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(read(&written()).unwrap(), Some(checkpoint()));
        assert_eq!(
            Checkpoint::read(Path::new("/nonexistent/c"), "x").unwrap(),
            None
        );
    }

    #[test]
    fn any_cut_or_flipped_bit_is_noticed() {
        let whole = written();
        for length in 0..whole.len() {
            let error = read(&whole[..length]).unwrap_err();
            assert!(
                matches!(error, CheckpointError::Broken { .. }),
                "{length}: {error}"
            );
        }
        for at in 0..whole.len() {
            let mut altered = whole.clone();
            altered[at] ^= 2;
            match read(&altered) {
                Err(CheckpointError::Broken { .. } | CheckpointError::Version { .. }) => {}
                other => panic!("byte {at}: {other:?}"),
            }
        }
    }

    #[test]
    fn another_trial_and_a_newer_version_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c");
        checkpoint().write(&path).unwrap();
        let error = Checkpoint::read(&path, "0123456789abcdef").unwrap_err();
        assert!(
            matches!(error, CheckpointError::OtherTrial { .. }),
            "{error}"
        );

        let mut newer = written();
        let (old, new) = (br#"{\"format\":1,"#, br#"{\"format\":2,"#);
        let at = newer
            .windows(old.len())
            .position(|window| window == old)
            .unwrap();
        newer[at..at + new.len()].copy_from_slice(new);
        let error = read(&newer).unwrap_err();
        assert!(
            matches!(error, CheckpointError::Version { found: 2, .. }),
            "{error}"
        );
    }
}
