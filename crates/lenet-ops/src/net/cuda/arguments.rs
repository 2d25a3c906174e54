//! What callers give an ensemble, and what it tells them.

use crate::dropout::Mask;
use lenet_core::Optimizer;

/// A network before its first step, or as it was saved.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// The optimizer.
    pub optimizer: Optimizer,
    /// All parameters, in the order of the geometry.
    pub parameters: &'a [f32],
    /// [`Optimizer::moments`] buffers as long as the parameters, one after the other. Empty means zeros.
    pub moments: &'a [f32],
}

/// A network's part in an epoch.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The network's position in the ensemble.
    pub network: usize,
    /// Images of the whole epoch, as positions in the set, in the order of training.
    pub order: &'a [u32],
    /// Number of optimizer steps before the epoch's first batch.
    pub first_step: u64,
    /// The learning rate of each batch of the epoch.
    pub learning_rates: &'a [f64],
    /// Only rate and seed are used: the step's number follows from `first_step`.
    pub dropout: Option<Mask>,
}

/// An image set on the GPU; [`Ensemble::place`](super::Ensemble::place) returns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetId(pub(super) usize);

/// A part of a step, for timing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepPart {
    /// Images to losses and the gradients of the logits.
    Forward,
    /// The gradients of all parameters.
    Backward,
    /// The optimizer's update.
    Update,
}
