//! The last dense layer with its loss on NVIDIA GPUs: arguments and grid of `head.cu`.

use crate::cuda::launch::Launch;
use crate::cuda::types::{Batch, Pointer, device_repr};

/// Images of a block, one warp per image.
pub(crate) const WARPS: usize = 8;

/// The sums of one block of the head.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C)]
pub(crate) struct HeadSums {
    /// Sum of the cross-entropies, in nats.
    pub(crate) loss: f64,
    /// Images whose label's logit is the first of the largest, none of them NaN.
    pub(crate) correct: u32,
    pub(crate) padding: u32,
}

/// Arguments of `head`: logits, loss and, in training, the gradients of the logits and of the
/// layer's input.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Head {
    pub(crate) batch: Batch,
    /// f32 `[place][stride][inputs]`.
    pub(crate) input: Pointer,
    /// f32 `[slot][parameter_stride]`.
    pub(crate) parameters: Pointer,
    /// NetworkConstants `[slot]`; read with dropout only.
    pub(crate) constants: Pointer,
    /// f32 `[place][stride][classes]`, or null.
    pub(crate) logits: Pointer,
    /// f32 `[place][stride][classes]`; null in evaluation.
    pub(crate) logit_gradient: Pointer,
    /// f32 `[place][stride][inputs]`; null in evaluation.
    pub(crate) input_gradient: Pointer,
    /// [`HeadSums`] `[slot][sums_stride][block_stride]`, or null.
    pub(crate) sums: Pointer,
    /// u32 `[place]`, bits of the largest input: start at 0, NaN where any is; or null.
    pub(crate) peaks: Pointer,
    pub(crate) parameter_stride: u32,
    /// Offset of `[classes][inputs]` among the parameters.
    pub(crate) weight: u32,
    /// Offset of `[classes]`.
    pub(crate) bias: u32,
    pub(crate) inputs: u32,
    /// At most 256.
    pub(crate) classes: u32,
    /// Images that a place has memory for.
    pub(crate) stride: u32,
    /// Batches, or chunks, of an epoch.
    pub(crate) sums_stride: u32,
    /// [`blocks`] of a full batch.
    pub(crate) block_stride: u32,
    /// Number of the batch where it has no clock.
    pub(crate) chunk: u32,
    /// Whether the input comes from a hidden layer's ReLU, 0 or 1.
    pub(crate) mask: u32,
    /// Whether dropout followed that, 0 or 1.
    pub(crate) dropout: u32,
    pub(crate) padding: u32,
}

device_repr!(HeadSums, Head);

/// Blocks, and so [`HeadSums`], of a batch of `images`.
pub(crate) fn blocks(images: usize) -> usize {
    images.div_ceil(WARPS)
}

/// Launch of [`Head`].
pub(crate) fn head(images: usize, places: usize) -> Launch {
    let grid = [blocks(images) as u32, 1, places as u32];
    Launch::new("head", grid, 32 * WARPS as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{offset_of, size_of};

    #[test]
    fn layouts_are_those_of_the_kernel() {
        assert_eq!(
            [size_of::<HeadSums>(), offset_of!(HeadSums, correct)],
            [16, 8]
        );
        let head = [
            offset_of!(Head, input),
            offset_of!(Head, peaks),
            offset_of!(Head, parameter_stride),
            offset_of!(Head, chunk),
            offset_of!(Head, dropout),
            size_of::<Head>(),
        ];
        assert_eq!(head, [56, 112, 120, 152, 160, 168]);
    }

    #[test]
    fn a_warp_computes_an_image() {
        let launch = head(100, 3);
        assert_eq!((launch.grid, launch.block), ([13, 1, 3], [256, 1, 1]));
        assert_eq!(head(1, 1).grid, [1, 1, 1]);
    }
}
