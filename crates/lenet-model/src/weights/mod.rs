//! Weights on disk: safetensors with PyTorch's names and layouts.
//!
//! Files of ours hold f32 tensors and, in the metadata entry `lenet`, a JSON object with the
//! version of this format, the network's shape and its dropout rate. A PyTorch `state_dict`
//! saved by `safetensors.torch.save_file` has no such entry: [`load`] takes it for a known
//! shape, [`load_any`] infers the shape.

mod error;
mod file;
mod infer;

use std::path::Path;

use lenet_ops::Geometry;

pub use error::WeightsError;
pub use file::write_atomically;

/// Version of the metadata that this library writes, and the newest it reads.
pub const FORMAT: u32 = 1;

/// What a weights file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// The network's shape, stated by the file or inferred from its tensors.
    pub geometry: Geometry,
    /// Dropout rate that it was trained with, where the file says.
    pub dropout: Option<f64>,
    /// All parameters in the order of [`Geometry::parameters`].
    pub parameters: Vec<f32>,
}

/// Writes a network's parameters, given in the order of [`Geometry::parameters`].
///
/// # Errors
/// A buffer of the wrong length; a file that cannot be written.
pub fn save(path: &Path, geometry: &Geometry, parameters: &[f32]) -> Result<(), WeightsError> {
    save_with_dropout(path, geometry, None, parameters)
}

/// As [`save`], noting the dropout rate of the training.
///
/// # Errors
/// As [`save`].
pub fn save_with_dropout(
    path: &Path,
    geometry: &Geometry,
    dropout: Option<f64>,
    parameters: &[f32],
) -> Result<(), WeightsError> {
    let bytes = file::encode(path, geometry, dropout, parameters)?;
    write_atomically(path, &bytes).map_err(|e| WeightsError::io(path, e))
}

/// Reads the parameters of a network of known shape, in the order of [`Geometry::parameters`].
/// Tensors of type f16, bf16 and f64 are converted to f32.
///
/// # Errors
/// A [`WeightsError`] naming the file and, where one is at fault, the tensor.
pub fn load(path: &Path, geometry: &Geometry) -> Result<Vec<f32>, WeightsError> {
    let bytes = std::fs::read(path).map_err(|e| WeightsError::io(path, e))?;
    let contents = file::Contents::parse(path, &bytes)?;
    contents.metadata()?;
    contents.parameters(geometry)
}

/// Reads a network of unknown shape. A file without our metadata must be of a network with
/// square images whose sides every pooling halves exactly; another is read by [`load`].
///
/// # Errors
/// As [`load`], and where the shape cannot be inferred.
pub fn load_any(path: &Path) -> Result<Weights, WeightsError> {
    let bytes = std::fs::read(path).map_err(|e| WeightsError::io(path, e))?;
    let contents = file::Contents::parse(path, &bytes)?;
    let (geometry, dropout) = match contents.metadata()? {
        Some(metadata) => (metadata.geometry, metadata.dropout),
        None => (infer::geometry(path, &contents.shapes())?, None),
    };
    let parameters = contents.parameters(&geometry)?;
    Ok(Weights {
        geometry,
        dropout,
        parameters,
    })
}

#[cfg(test)]
mod tests;
