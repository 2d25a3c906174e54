//! Weights on disk: safetensors with PyTorch's names and layouts.
//!
//! A file that this crate writes holds f32 tensors (or smaller ones, see [`Precision`]). Its metadata
//! entry `lenet` is a JSON object with the version of this format, the shape of the network and its
//! dropout rate. A PyTorch `state_dict` saved by `safetensors.torch.save_file` has no such entry:
//! [`load`] reads it for a known shape, [`load_any`] infers the shape.
//!
//! [`LeNet::load`](crate::LeNet::load) and [`LeNet::save`](crate::LeNet::save) read and write a
//! whole network.

mod atomic;
mod error;
mod file;
mod infer;

use std::path::Path;

use lenet_core::Geometry;

use crate::config::LeNetConfig;

pub use atomic::write_atomically;
pub use error::WeightsError;

/// Version of the metadata that this crate writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// The contents of a weights file.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Shape of the network, from the metadata or inferred from the tensors.
    pub geometry: Geometry,
    /// Dropout rate of the training, if the file says.
    pub dropout: Option<f64>,
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

    /// Reads a network from the contents of a weights file, as [`load_any`].
    ///
    /// # Errors
    /// As [`load_any`]; the error calls the file "weights in memory".
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        Self::decode(Path::new(IN_MEMORY), bytes)
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
        let Self {
            geometry,
            dropout,
            parameters,
        } = self;
        file::encode(path, geometry, *dropout, parameters, precision)
    }

    fn decode(path: &Path, bytes: &[u8]) -> Result<Self, WeightsError> {
        let contents = file::Contents::parse(path, bytes)?;
        let (geometry, dropout) = match contents.metadata()? {
            Some(metadata) => (metadata.geometry, metadata.dropout),
            None => (infer::geometry(path, &contents.shapes())?, None),
        };
        let parameters = contents.parameters(&geometry)?;
        Ok(Self {
            geometry,
            dropout,
            parameters,
        })
    }
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
    let bytes = file::encode(path, geometry, dropout, parameters, Precision::F32)?;
    write_atomically(path, &bytes).map_err(|e| WeightsError::io(path, e))
}

/// Reads the parameters of a network of known shape, in the order of [`Geometry::parameters`].
/// Tensors of type f16, bf16 and f64 are converted to f32.
///
/// # Errors
/// A [`WeightsError`] that names the file and, if one is at fault, the tensor.
pub fn load(path: &Path, geometry: &Geometry) -> Result<Vec<f32>, WeightsError> {
    let bytes = std::fs::read(path).map_err(|e| WeightsError::io(path, e))?;
    let contents = file::Contents::parse(path, &bytes)?;
    contents.metadata()?;
    contents.parameters(geometry)
}

/// Reads a network of unknown shape. In a file without this crate's metadata, the network must take
/// square images whose sides every max-pool halves exactly; [`load`] reads others.
///
/// # Errors
/// As [`load`], or the shape cannot be inferred.
pub fn load_any(path: &Path) -> Result<Weights, WeightsError> {
    let bytes = std::fs::read(path).map_err(|e| WeightsError::io(path, e))?;
    Weights::decode(path, &bytes)
}

#[cfg(test)]
mod tests;
