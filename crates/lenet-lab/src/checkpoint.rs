//! Saved weights from the command line, with what their file does not say.

use anyhow::Context;
use lenet_model::weights::{self, Loaded, Reading, Weights};

use crate::flags::Checkpoint;
use crate::output;

/// Reads weights and says on standard error what their file does not say itself. `images` is the size
/// of the images that the network is for, where data tell it; the flag goes before it.
///
/// # Errors
/// The file cannot be used, or several networks have such tensors; the error names the file.
pub fn load(flags: &Checkpoint, images: Option<[usize; 2]>) -> anyhow::Result<Weights> {
    // The file's bytes, its numbers, and the network that is made of them.
    let bytes = std::fs::metadata(&flags.path).map_or(0, |file| file.len());
    lenet_train::ensure_memory(bytes.saturating_mul(3))
        .with_context(|| flags.path.display().to_string())?;
    let mut reading = Reading::default();
    reading.images = flags.images.map(|size| size.0).or(images);
    reading.padding = flags.padding;
    reading.stride = flags.stride;
    reading.pooling = flags.pooling;
    reading.polarity = flags.polarity;
    reading.normalization = flags.normalize.map(|given| given.0);
    let Loaded { weights, notes, .. } = weights::read(&flags.path, &reading)?;
    for note in notes {
        output::note(format_args!("note: {}: {note}", flags.path.display()));
    }
    Ok(weights)
}
