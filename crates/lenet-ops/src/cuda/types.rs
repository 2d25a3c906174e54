//! Mirrors of the types in `lenet.cuh`.

use candle_core::cuda_backend::cudarc::driver::sys::CUdeviceptr;

use lenet_core::Optimizer;

use crate::dropout::Mask;
use crate::dropout::reference::threshold;
use crate::optimizer::Step;

/// Lets kernels take types as arguments: plain numbers with C's layout, without references to this
/// machine's memory.
macro_rules! device_repr {
    ($($type:ty),+) => {$(
        // SAFETY: the types are `repr(C)` and consist of numbers only.
        unsafe impl candle_core::cuda_backend::cudarc::driver::DeviceRepr for $type {}
    )+};
}
pub(crate) use device_repr;

/// An address in the device's memory.
pub(crate) type Pointer = CUdeviceptr;

/// No address.
pub(crate) const NULL: Pointer = 0;

/// What may differ between the networks of a launch.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub(crate) struct NetworkConstants {
    pub(crate) dropout_seed: u64,
    /// Optimizer steps before this epoch's first batch.
    pub(crate) first_step: u64,
    /// A unit is kept where its random word is not below; 0: no dropout.
    pub(crate) dropout_threshold: u32,
    /// What kept units are multiplied by.
    pub(crate) dropout_scale: f32,
    pub(crate) rule: u32,
    /// See `update.cu`.
    pub(crate) rule_constants: [f32; 5],
}

impl NetworkConstants {
    /// A network with an optimizer, without dropout, `first_step` steps into its training.
    pub(crate) fn new(optimizer: &Optimizer, first_step: u64) -> Self {
        // What does not depend on step and rate.
        let (rule, rule_constants) = Step::new(optimizer, 0.0, 1).rule();
        Self {
            dropout_seed: 0,
            first_step,
            dropout_threshold: 0,
            dropout_scale: 1.0,
            rule,
            rule_constants,
        }
    }

    /// The network with a mask's rate and seed.
    pub(crate) fn with_dropout(self, mask: Option<Mask>) -> Self {
        let Some(mask) = mask else { return self };
        // The largest 32-bit threshold still keeps one word. Where no word is to be kept, its scale
        // is 0.
        let (dropout_threshold, dropout_scale) = match u32::try_from(threshold(mask.rate)) {
            Ok(threshold) => (threshold, mask.kept_scale()),
            Err(_) => (u32::MAX, 0.0),
        };
        Self {
            dropout_seed: mask.seed,
            dropout_threshold,
            dropout_scale,
            ..self
        }
    }
}

/// The factors of one optimizer step of one network.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub(crate) struct StepRates {
    /// Learning rate; Adam: over 1 − β₁ᵗ.
    pub(crate) rate: f32,
    /// Adam: √(1 − β₂ᵗ).
    pub(crate) correction: f32,
    /// AdamW: 1 − learning rate · weight decay; otherwise 1.
    pub(crate) keep: f32,
    /// Weight decay that is added to the gradient; 0 for none.
    pub(crate) decay: f32,
}

impl StepRates {
    /// For an optimizer's step `step`, from 1.
    pub(crate) fn new(optimizer: &Optimizer, learning_rate: f64, step: u64) -> Self {
        let [rate, correction, keep, decay] =
            Step::new(optimizer, learning_rate, step).rates(optimizer);
        Self {
            rate,
            correction,
            keep,
            decay,
        }
    }
}

/// How far the epoch has come; one clock serves all networks of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub(crate) struct Clock {
    /// Batches of the epoch that are done.
    pub(crate) batch: u32,
    /// Blocks of the running update that are done.
    pub(crate) ticket: u32,
}

/// Which images a launch computes.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Batch {
    /// u8 `[image][channel][row][column]`, a whole set; a pixel is byte / 255.
    pub(crate) pixels: Pointer,
    /// u8, a class for each of its images.
    pub(crate) labels: Pointer,
    /// u32 `[slot][order_stride]`: positions in the set.
    pub(crate) order: Pointer,
    /// [`Clock`]; where it is null, the batch begins at `first`.
    pub(crate) clock: Pointer,
    /// u32 `[places]`: a network's slot in memory.
    pub(crate) slots: Pointer,
    /// 0 where all slots share one order.
    pub(crate) order_stride: u32,
    pub(crate) first: u32,
    /// Images of a full batch: batch number b begins at first + b · batch_size.
    pub(crate) batch_size: u32,
    /// Images of this launch, at most `batch_size`.
    pub(crate) images: u32,
}

device_repr!(NetworkConstants, StepRates, Clock, Batch);

#[cfg(test)]
mod tests;
