//! One launch of a pass, and what the launches of a pass have in common.

use super::memory::Set;
use crate::conv_pool::cuda::{StageForward, StageInputGradient, StageWeightGradient};
use crate::cuda::types::Pointer;
use crate::dense::cuda::{DenseForward, DenseInputGradient, DenseWeightGradients};
use crate::optimizer::cuda::Update;
use crate::softmax_cross_entropy::cuda::Head;

/// A kernel with its arguments.
pub(super) enum Call {
    StageForward(StageForward),
    DenseForward(DenseForward),
    Head(Box<Head>),
    DenseWeightGradients(DenseWeightGradients),
    DenseInputGradient(DenseInputGradient),
    StageInputGradient(StageInputGradient),
    StageWeightGradient(StageWeightGradient),
    Update(Update),
}

/// Where a pass finds its images and leaves its sums.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) set: &'a Set,
    /// u32 `[slot][order_stride]`; where the stride is 0, all slots share one order.
    pub(super) order: Pointer,
    pub(super) order_stride: usize,
    /// First image of a pass that has no clock.
    pub(super) first: usize,
    /// Images of the pass.
    pub(super) images: usize,
    /// Networks that take part.
    pub(super) places: usize,
    /// [`HeadSums`](crate::softmax_cross_entropy::cuda::HeadSums) `[slot][sums_stride][block_stride]`.
    pub(super) sums: Pointer,
    pub(super) sums_stride: usize,
    pub(super) block_stride: usize,
    /// Whether any of the networks drops units.
    pub(super) dropout: bool,
}

/// An ensemble checks its sizes when it is made.
pub(super) fn size(number: usize) -> u32 {
    u32::try_from(number).expect("an ensemble's sizes fit 32 bits")
}
