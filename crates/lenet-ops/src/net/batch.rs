//! A batch as the caller gives it, and the sums over it.

use crate::error::OpsError;

/// The images of a batch. An image is `channels · height · width` long, in (channel, row, column)
/// order.
#[derive(Debug, Clone, Copy)]
pub enum Images<'a> {
    /// A whole set as bytes, and the images of it that form the batch. A pixel is `byte / 255`.
    Bytes {
        /// The set.
        pixels: &'a [u8],
        /// The batch, as positions in the set.
        indices: &'a [u32],
    },
    /// The batch's images, one after the other, with pixels as the network takes them.
    Floats(&'a [f32]),
}

/// Sums over the images of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BatchSums {
    /// Sum of the cross-entropies, in nats.
    pub loss: f64,
    /// Images whose largest logit is their label's. Of equal logits the first counts, NaN never.
    pub correct: usize,
    /// Largest activation of the last hidden layer over the batch, or of the features where there is
    /// no hidden layer. 0 means a dead network; NaN where any activation is NaN.
    pub peak_activation: f32,
}

/// A batch and the parameters to compute it with; lengths and ranges have been checked.
#[derive(Clone, Copy)]
pub(super) struct BatchInput<'a> {
    pub(super) parameters: &'a [f32],
    pub(super) images: Images<'a>,
    pub(super) count: usize,
}

/// Refuses an index that is not below the number of images in the set.
pub(super) fn check_indices(indices: &[u32], images: usize) -> Result<(), OpsError> {
    match indices.iter().position(|&index| index as usize >= images) {
        None => Ok(()),
        Some(position) => Err(OpsError::Index {
            index: indices[position],
            position,
            images,
        }),
    }
}
