//! The op with images in the lanes of vectors.
//!
//! A block holds as many images as a vector has lanes: one vector holds the values of one place in all
//! of them, and weights are broadcast. So every number of channels and every size works. The border of
//! SAME padding is stored as zeros around each plane.

mod backward;
mod forward;
mod input_gradient;
pub(crate) mod nchw;
mod weight_gradient;
mod window;

pub(crate) use backward::{Backward, GroupScratch, InputBuffers};
pub(crate) use forward::Forward;

use super::Planes;
pub(crate) use super::planes::{fill_lane, read_lane};

/// Code of a dead pooled place, whose maximum ReLU has cut off. Codes 0 to 3 are places in the window.
pub(crate) const DEAD: f32 = 4.0;

/// Sizes of one stage and where its buffers' elements lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ImageStage {
    pub(crate) channels: usize,
    pub(crate) filters: usize,
    pub(crate) kernel: usize,
    /// The input, with the border that SAME padding needs.
    pub(crate) input: Planes,
    /// The pooled places, for their argmax codes.
    pub(crate) codes: Planes,
    /// The convolution's places, for their gradient, with the same border.
    pub(crate) unpooled: Planes,
    /// The input's gradient: sides rounded up to even.
    pub(crate) input_gradient: Planes,
}

impl ImageStage {
    pub(crate) fn new(
        [channels, height, width]: [usize; 3],
        filters: usize,
        kernel: usize,
    ) -> Self {
        let border = kernel / 2;
        let even = |side: usize| side.next_multiple_of(2);
        Self {
            channels,
            filters,
            kernel,
            input: Planes::new(height, width, border),
            codes: Planes::compact(height / 2, width / 2),
            unpooled: Planes::new(even(height), even(width), border),
            input_gradient: Planes::compact(even(height), even(width)),
        }
    }

    /// Weights of a filter.
    pub(crate) fn weights_of_filter(&self) -> usize {
        self.channels * self.kernel * self.kernel
    }

    /// Weights of the stage.
    pub(crate) fn weights(&self) -> usize {
        self.filters * self.weights_of_filter()
    }
}
