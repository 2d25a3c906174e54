//! Mirrors of the types in `lenet.cuh`, and how a kernel is launched.

use candle_core::cuda_backend::cudarc::driver::DeviceRepr;
use candle_core::cuda_backend::cudarc::driver::sys::CUdeviceptr;

use crate::dropout::reference::threshold;
use crate::optimizer::{Adam, Rule};

/// An address in the device's memory.
pub(crate) type Pointer = CUdeviceptr;

/// No address.
pub(crate) const NULL: Pointer = 0;

/// What may differ between the trials of a launch.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub(crate) struct Trial {
    pub(crate) dropout_seed: u64,
    /// Optimizer steps before this epoch's first batch.
    pub(crate) first_step: u64,
    /// A unit is kept where its random word is not below; 0: no dropout.
    pub(crate) dropout_threshold: u32,
    /// Of kept units.
    pub(crate) dropout_scale: f32,
    pub(crate) rule: u32,
    /// Of the rule: see `update.cu`.
    pub(crate) constants: [f32; 5],
}

const RULE_SGD: u32 = 0;
const RULE_MOMENTUM: u32 = 1;
const RULE_NESTEROV: u32 = 2;
const RULE_ADAM: u32 = 3;
const RULE_RMSPROP: u32 = 4;

impl Trial {
    /// A trial with an update rule, without dropout, `first_step` steps into its training.
    pub(crate) fn new(rule: &Rule, first_step: u64) -> Self {
        let (rule, constants) = match *rule {
            Rule::Sgd => (RULE_SGD, [0.0; 5]),
            Rule::Momentum { momentum } => (RULE_MOMENTUM, [momentum, 0.0, 0.0, 0.0, 0.0]),
            Rule::Nesterov { momentum } => (RULE_NESTEROV, [momentum, 0.0, 0.0, 0.0, 0.0]),
            Rule::Adam {
                beta1,
                beta2,
                epsilon,
            }
            | Rule::AdamW {
                beta1,
                beta2,
                epsilon,
                ..
            } => (RULE_ADAM, [beta1, beta2, 1.0 - beta1, 1.0 - beta2, epsilon]),
            Rule::RmsProp { alpha, epsilon } => {
                (RULE_RMSPROP, [alpha, 1.0 - alpha, epsilon, 0.0, 0.0])
            }
        };
        Self {
            dropout_seed: 0,
            first_step,
            dropout_threshold: 0,
            dropout_scale: 1.0,
            rule,
            constants: constants.map(|constant| constant as f32),
        }
    }

    /// The trial with dropout of `rate`, in [0, 1), under `seed`.
    pub(crate) fn with_dropout(self, rate: f64, seed: u64) -> Self {
        // Where no word is kept, the scale of those that a 32-bit threshold keeps is 0.
        let (dropout_threshold, dropout_scale) = match u32::try_from(threshold(rate)) {
            Ok(threshold) => (threshold, (1.0 / (1.0 - rate)) as f32),
            Err(_) => (u32::MAX, 0.0),
        };
        Self {
            dropout_seed: seed,
            dropout_threshold,
            dropout_scale,
            ..self
        }
    }
}

/// Numbers of one optimizer step of one trial.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub(crate) struct Rate {
    /// Learning rate; Adam: over 1 − β₁ᵗ.
    pub(crate) rate: f32,
    /// Adam: √(1 − β₂ᵗ).
    pub(crate) correction: f32,
    /// AdamW: 1 − learning rate · weight decay; otherwise 1.
    pub(crate) keep: f32,
    pub(crate) padding: f32,
}

impl Rate {
    /// For a rule's step `step`, from 1.
    pub(crate) fn new(rule: &Rule, learning_rate: f64, step: u64) -> Self {
        let (betas, weight_decay) = match *rule {
            Rule::Adam { beta1, beta2, .. } => ([beta1, beta2], 0.0),
            Rule::AdamW {
                beta1,
                beta2,
                weight_decay,
                ..
            } => ([beta1, beta2], weight_decay),
            _ => {
                return Self {
                    rate: learning_rate as f32,
                    correction: 1.0,
                    keep: 1.0,
                    padding: 0.0,
                };
            }
        };
        let adam = Adam::new(learning_rate, step, betas, 0.0, weight_decay);
        Self {
            rate: adam.rate,
            correction: adam.correction,
            keep: adam.keep,
            padding: 0.0,
        }
    }
}

/// Where the trials of a group stand in their epoch; one for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub(crate) struct Clock {
    /// Batches of the epoch done.
    pub(crate) batch: u32,
    /// Blocks of the running update that are done.
    pub(crate) ticket: u32,
}

/// Which images a launch computes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Batch {
    /// u8 `[image][channel][row][column]`, a whole set; a pixel is byte / 255.
    pub(crate) pixels: Pointer,
    /// u8, a class for each of its images.
    pub(crate) labels: Pointer,
    /// u32 `[slot][order_stride]`: positions in the set.
    pub(crate) order: Pointer,
    /// [`Clock`]; null: the batch begins at `first`.
    pub(crate) clock: Pointer,
    /// u32 `[places]`: a trial's slot in memory.
    pub(crate) slots: Pointer,
    /// 0: one order for all.
    pub(crate) order_stride: u32,
    pub(crate) first: u32,
    /// Of a full batch: batch number b begins at first + b · batch_size.
    pub(crate) batch_size: u32,
    /// In this launch, at most `batch_size`.
    pub(crate) images: u32,
}

// SAFETY: plain numbers, laid out as C does, without references to this machine's memory.
unsafe impl DeviceRepr for Trial {}
// SAFETY: as above.
unsafe impl DeviceRepr for Rate {}
// SAFETY: as above.
unsafe impl DeviceRepr for Clock {}
// SAFETY: as above.
unsafe impl DeviceRepr for Batch {}

/// A kernel with the sizes of its grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Launch {
    pub(crate) kernel: &'static str,
    /// Blocks in x, y, z.
    pub(crate) grid: [u32; 3],
    /// Threads of a block in x, y, z.
    pub(crate) block: [u32; 3],
    /// Bytes of dynamic shared memory of a block.
    pub(crate) shared_bytes: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{align_of, offset_of, size_of};

    #[test]
    fn layouts_are_those_of_the_header() {
        assert_eq!([size_of::<Trial>(), align_of::<Trial>()], [48, 8]);
        let trial = [
            offset_of!(Trial, dropout_seed),
            offset_of!(Trial, first_step),
            offset_of!(Trial, dropout_threshold),
            offset_of!(Trial, dropout_scale),
            offset_of!(Trial, rule),
            offset_of!(Trial, constants),
        ];
        assert_eq!(trial, [0, 8, 16, 20, 24, 28]);
        assert_eq!([size_of::<Rate>(), align_of::<Rate>()], [16, 4]);
        assert_eq!(
            [offset_of!(Rate, correction), offset_of!(Rate, keep)],
            [4, 8]
        );
        assert_eq!([size_of::<Clock>(), offset_of!(Clock, ticket)], [8, 4]);
        assert_eq!([size_of::<Batch>(), align_of::<Batch>()], [56, 8]);
        let batch = [
            offset_of!(Batch, pixels),
            offset_of!(Batch, labels),
            offset_of!(Batch, order),
            offset_of!(Batch, clock),
            offset_of!(Batch, slots),
            offset_of!(Batch, order_stride),
            offset_of!(Batch, first),
            offset_of!(Batch, batch_size),
            offset_of!(Batch, images),
        ];
        assert_eq!(batch, [0, 8, 16, 24, 32, 40, 44, 48, 52]);
    }

    #[test]
    fn dropout_thresholds_fit_or_keep_nothing() {
        let trial = Trial::new(&Rule::Sgd, 3);
        assert_eq!((trial.dropout_threshold, trial.dropout_scale), (0, 1.0));
        let half = trial.with_dropout(0.5, 9);
        assert_eq!((half.dropout_threshold, half.dropout_scale), (1 << 31, 2.0));
        assert_eq!((half.dropout_seed, half.first_step), (9, 3));
        let all = trial.with_dropout(0.999_999_999_999, 9);
        assert_eq!((all.dropout_threshold, all.dropout_scale), (u32::MAX, 0.0));
    }

    #[test]
    fn rates_hold_the_corrections_of_their_step() {
        let adam_w = Rule::AdamW {
            beta1: 0.9,
            beta2: 0.99,
            epsilon: 1e-8,
            weight_decay: 0.1,
        };
        let rate = Rate::new(&adam_w, 0.5, 2);
        assert_eq!(rate.rate, (0.5 / (1.0 - 0.9 * 0.9)) as f32);
        assert_eq!(rate.correction, (1.0_f64 - 0.99 * 0.99).sqrt() as f32);
        assert_eq!(rate.keep, 0.95);
        let momentum = Rate::new(&Rule::Momentum { momentum: 0.9 }, 0.5, 2);
        assert_eq!((momentum.rate, momentum.keep), (0.5, 1.0));
    }
}
