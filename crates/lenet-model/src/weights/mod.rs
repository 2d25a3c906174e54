//! Weights on disk: safetensors with PyTorch's names and layouts.
//!
//! A file that this crate writes holds f32 tensors (or smaller ones, see [`Precision`]). Its metadata
//! entry `lenet` is a JSON object with the version of this format, the shape of the network, its
//! dropout rate and how its training images looked. A PyTorch `state_dict` saved by
//! `safetensors.torch.save_file` has no such entry: [`load`] reads it for a known shape; [`read`] tells
//! the shape from the tensors and from what the caller knows, and says what it assumed.
//!
//! [`LeNet::load`](crate::LeNet::load) and [`LeNet::save`](crate::LeNet::save) read and write a
//! whole network.

mod atomic;
mod error;
mod file;
mod foreign;
mod infer;
mod pickle;
mod reading;

use std::path::Path;

use lenet_core::Geometry;

use crate::classifier::{Classifier, PredictError};
use crate::config::LeNetConfig;
use crate::training_images::{Framing, Normalization, Polarity, TrainingImages};

pub use atomic::write_atomically;
pub use error::WeightsError;
pub use reading::{Loaded, Note, Reading};

/// The newest version of the metadata that this crate reads. It writes version 1 where all stages are
/// the usual ones, so that older versions read them, and version 2 elsewhere, which they refuse.
pub const FORMAT: u32 = 2;

/// The contents of a weights file.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Shape of the network, from the metadata or inferred from the tensors.
    pub geometry: Geometry,
    /// Dropout rate of the training, if the file says.
    pub dropout: Option<f64>,
    /// How the images of the training looked, if the file or the caller says.
    pub images: Option<TrainingImages>,
    /// All parameters, in the order of [`Geometry::parameters`].
    pub parameters: Vec<f32>,
}

/// Type of the numbers in a weights file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Precision {
    /// 32 bits, exact.
    #[default]
    F32,
    /// 16 bits: each number is rounded to 11 significant bits and must not exceed 65,504.
    F16,
    /// 16 bits: each number is rounded to 8 significant bits.
    Bf16,
}

impl Weights {
    /// Configuration of the network, without dropout where the file says nothing of it.
    #[must_use]
    pub fn config(&self) -> LeNetConfig {
        LeNetConfig::new(&self.geometry, self.dropout.unwrap_or(0.0))
    }

    /// A classifier with these weights.
    ///
    /// # Errors
    /// As [`Classifier::new`].
    pub fn classifier(&self) -> Result<Classifier, PredictError> {
        let classifier = Classifier::new(&self.config(), self.parameters.clone())?;
        Ok(match self.images {
            Some(images) => classifier.with_training_images(images),
            None => classifier,
        })
    }

    /// Reads a network from the contents of a weights file, as [`load_any`].
    ///
    /// # Errors
    /// As [`load_any`]; the error calls the file "weights in memory".
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        Ok(decode(Path::new(IN_MEMORY), bytes, &Reading::default())?.weights)
    }

    /// The contents of a weights file.
    ///
    /// # Errors
    /// The number of parameters is not that of the shape, or a number does not fit the precision.
    pub fn to_bytes(&self, precision: Precision) -> Result<Vec<u8>, WeightsError> {
        self.encode(Path::new(IN_MEMORY), precision)
    }

    /// Writes a weights file.
    ///
    /// # Errors
    /// As [`Self::to_bytes`], or the file cannot be written.
    pub fn save(&self, path: &Path, precision: Precision) -> Result<(), WeightsError> {
        let bytes = self.encode(path, precision)?;
        write_atomically(path, &bytes).map_err(|e| WeightsError::io(path, e))
    }

    fn encode(&self, path: &Path, precision: Precision) -> Result<Vec<u8>, WeightsError> {
        file::encode(path, self, precision)
    }
}

fn decode(path: &Path, bytes: &[u8], reading: &Reading) -> Result<Loaded, WeightsError> {
    let contents = file::Contents::parse(path, bytes)?;
    let contradiction = |reason: String| WeightsError::Contradiction {
        file: path.to_owned(),
        reason,
    };
    let mut notes: Vec<Note> = contents.prefix().into_iter().collect();
    let (geometry, dropout, images) = match contents.metadata()? {
        Some(metadata) => {
            if let Some(reason) = reading.contradiction(&metadata.geometry) {
                return Err(contradiction(reason));
            }
            (metadata.geometry, metadata.dropout, metadata.images)
        }
        None => {
            let (geometry, note) = infer::geometry(path, &contents.shapes(), reading)?;
            notes.extend(note);
            (geometry, None, None)
        }
    };
    let images = training_images(images, reading).map_err(contradiction)?;
    let parameters = contents.parameters(&geometry)?;
    Ok(Loaded {
        weights: Weights {
            geometry,
            dropout,
            images,
            parameters,
        },
        notes,
    })
}

/// How the training images looked, as the file says it and, where it does not, the caller.
fn training_images(
    own: Option<TrainingImages>,
    reading: &Reading,
) -> Result<Option<TrainingImages>, String> {
    if let Some(Normalization { mean, deviation }) =
        reading.normalization.filter(|stated| !stated.is_valid())
    {
        return Err(format!(
            "a mean of {mean} and a deviation of {deviation} normalize nothing"
        ));
    }
    let Some(own) = own else {
        let stated = reading.polarity.is_some() || reading.normalization.is_some();
        return Ok(stated.then(|| TrainingImages {
            polarity: reading.polarity.unwrap_or(Polarity::LightOnDark),
            framing: Framing::default(),
            normalization: reading.normalization.unwrap_or_default(),
        }));
    };
    let stated = TrainingImages {
        polarity: reading.polarity.unwrap_or(own.polarity),
        normalization: reading.normalization.unwrap_or(own.normalization),
        ..own
    };
    if stated == own {
        return Ok(Some(own));
    }
    Err(format!(
        "its network was trained on images that are {}, normalized by mean {} and deviation {}",
        own.polarity.name(),
        own.normalization.mean,
        own.normalization.deviation
    ))
}

/// Bytes of the longest file of weights that is read.
const MOST_BYTES: u64 = 4 << 30;

fn check_length(bytes: u64) -> Result<(), std::io::Error> {
    match bytes > MOST_BYTES {
        true => Err(std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            format!("it has more than {MOST_BYTES} bytes"),
        )),
        false => Ok(()),
    }
}

/// The contents of a file. Devices and pipes, which may never end or never begin, are no files.
fn contents_of(path: &Path) -> Result<Vec<u8>, WeightsError> {
    let io = |error| WeightsError::io(path, error);
    let found = std::fs::metadata(path).map_err(io)?;
    let kind = found.file_type();
    if !kind.is_file() && !kind.is_dir() {
        let words = "this is a device or a pipe, not a file";
        return Err(io(std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            words,
        )));
    }
    check_length(found.len()).map_err(io)?;
    std::fs::read(path).map_err(io)
}

/// What errors call the file where there is none.
pub(crate) const IN_MEMORY: &str = "weights in memory";

/// Writes the parameters of a network, which are in the order of [`Geometry::parameters`].
///
/// # Errors
/// The number of parameters is not that of the geometry, or the file cannot be written.
pub fn save(path: &Path, geometry: &Geometry, parameters: &[f32]) -> Result<(), WeightsError> {
    save_with_dropout(path, geometry, None, parameters)
}

/// As [`save`], with the dropout rate of the training.
///
/// # Errors
/// As [`save`].
pub fn save_with_dropout(
    path: &Path,
    geometry: &Geometry,
    dropout: Option<f64>,
    parameters: &[f32],
) -> Result<(), WeightsError> {
    let weights = Weights {
        geometry: geometry.clone(),
        dropout,
        images: None,
        parameters: parameters.to_vec(),
    };
    weights.save(path, Precision::F32)
}

/// Reads the parameters of a network of known shape, in the order of [`Geometry::parameters`].
/// Tensors of type f16, bf16 and f64 are converted to f32.
///
/// # Errors
/// A [`WeightsError`] that names the file and, if one is at fault, the tensor.
pub fn load(path: &Path, geometry: &Geometry) -> Result<Vec<f32>, WeightsError> {
    let (bytes, _) = safetensors_of(path)?;
    let contents = file::Contents::parse(path, &bytes)?;
    // The same tensors may serve images of a neighbouring size.
    let stages = Reading {
        images: None,
        ..Reading::of(geometry)
    };
    if let Some(metadata) = contents.metadata()?
        && let Some(reason) = stages.contradiction(&metadata.geometry)
    {
        return Err(WeightsError::Contradiction {
            file: path.to_owned(),
            reason,
        });
    }
    contents.parameters(geometry)
}

/// Reads a network of unknown shape, as [`read`] does where the caller knows nothing more.
///
/// # Errors
/// As [`read`].
pub fn load_any(path: &Path) -> Result<Weights, WeightsError> {
    Ok(read(path, &Reading::default())?.weights)
}

/// Reads a network, and says what the file does not say itself.
///
/// In a file without this crate's metadata, the tensors tell filters, kernels and layers, but not which
/// images the network takes, which convolutions are padded, and where pools are. What `reading` does
/// not state is looked for: images of 28×28 or 32×32, all convolutions padded or none (with 5×5
/// kernels also the first alone), a pool after each or after the last. Where exactly one of these
/// networks has such tensors, it is the one, and [`Loaded::notes`] says so.
///
/// A prefix that all names of tensors share is left out. A file of `torch.save` is read as well, where it
/// holds a `state_dict` by itself or under a usual name; nothing of what it names is run.
///
/// # Errors
/// As [`load`]; several networks or none have such tensors ([`WeightsError::Inference`]); the file
/// says otherwise than `reading` ([`WeightsError::Contradiction`]).
pub fn read(path: &Path, reading: &Reading) -> Result<Loaded, WeightsError> {
    let (bytes, note) = safetensors_of(path)?;
    let mut loaded = decode(path, &bytes, reading)?;
    loaded.notes.extend(note);
    Ok(loaded)
}

/// The contents of a file, those of `torch.save` as safetensors, and what is to be said about them.
fn safetensors_of(path: &Path) -> Result<(Vec<u8>, Option<Note>), WeightsError> {
    let bytes = contents_of(path)?;
    match pickle::is_torch(&bytes) {
        true => pickle::to_safetensors(path, &bytes),
        false => Ok((bytes, None)),
    }
}

#[cfg(test)]
mod tests;
