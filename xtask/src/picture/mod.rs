//! Image files as a network's input.

mod read;

use std::path::Path;

use anyhow::Context;

/// Reads an image file and converts it to `shape`, `[channels, height, width]`, values in
/// [0, 1], as [`lenet_model::picture`] says.
///
/// # Errors
/// A file that cannot be read, is none of PNG, JPEG, PGM and PPM, or holds no ink.
pub fn load(path: &Path, shape: [usize; 3]) -> anyhow::Result<Vec<f32>> {
    let picture = read::read(path)?;
    let pixels = picture.to_pixels(shape);
    pixels.with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests;
