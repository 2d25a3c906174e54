//! The op with channels in the lanes of vectors, for 3×3 kernels.
//!
//! An image's channels form blocks of as many channels as a vector has lanes; zeros pad the last
//! block. A block is a plane of vectors with a border of zeros, and an image is its blocks, one after
//! the other. The first stage takes planes of plain numbers instead, since images have few channels.
//!
//! Forward, the first stage is direct and later ones take Winograd's F(2×2, 3×3), whose tile of
//! four places is just what max-pool reduces to one. Backward, everything follows the one place
//! of a window that was the maximum: [`Lists`] holds, filter by filter, where they are and what
//! gradient they have, and leaves out those that ReLU has cut off.
//!
//! An infinite sum of a convolution reads as NaN after the pool, which the readable reference
//! would keep infinite: either way the network is lost, and its loss says so.

mod first;
mod first_weight_gradient;
mod input_gradient;
mod lists;
mod pool;
mod rows;
mod weight_gradient;
mod weights;
mod winograd;

pub(crate) use first::FirstForward;
pub(crate) use first_weight_gradient::FirstWeightGradient;
pub(crate) use input_gradient::{LaterInputGradient, Windows};
pub(crate) use lists::Lists;
pub(crate) use rows::{ReadRow, WriteRow};
pub(crate) use weight_gradient::LaterWeightGradient;
pub(crate) use weights::{AddGradients, StageWeights};
pub(crate) use winograd::{Tiles, WinogradForward};

#[cfg(test)]
mod tests;

use super::Planes;

/// Weights of a filter for one channel.
pub(crate) const TAPS: usize = 9;

/// Lowest code, by its bits, of a dead pooled place, whose maximum ReLU has cut off. Lower codes are
/// the places of the window, in row order.
const DEAD: u32 = 4;

/// Sizes of one stage and where its buffers' elements lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChannelStage {
    pub(crate) channels: usize,
    pub(crate) filters: usize,
    /// The input and its gradient, with their border.
    pub(crate) input: Planes,
    /// The pooled places.
    pub(crate) pooled: Planes,
}

impl ChannelStage {
    pub(crate) fn new([channels, height, width]: [usize; 3], filters: usize) -> Self {
        Self {
            channels,
            filters,
            input: Planes::new(height, width, 1),
            pooled: Planes::compact(height / 2, width / 2),
        }
    }

    /// Pooled places of a plane.
    pub(crate) fn places(&self) -> usize {
        self.pooled.plane
    }
}
