//! Optimizer updates on NVIDIA GPUs: arguments and grid of `update.cu`.

use crate::cuda::launch::Launch;
use crate::cuda::types::{Pointer, device_repr};

const THREADS: usize = 256;
const PER_THREAD: usize = 4;

/// Partial gradients of neighbouring parameters of a convolution.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Partials {
    /// f32 `[place][segments][stride]`.
    pub(crate) values: Pointer,
    pub(crate) segments: u32,
    pub(crate) stride: u32,
    /// Parameter that the first value belongs to.
    pub(crate) first: u32,
    /// Of parameters; the next entry's begin after them.
    pub(crate) count: u32,
}

/// Arguments of `update`, which advances the clock when it is done.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Update {
    /// f32 `[slot][parameter_stride]`.
    pub(crate) parameters: Pointer,
    /// f32 `[place][gradient_stride]`; read from `convolutions` on.
    pub(crate) gradients: Pointer,
    /// f32 `[slot][parameter_stride]`; null where no network's rule has them.
    pub(crate) first_moments: Pointer,
    /// As `first_moments`.
    pub(crate) second_moments: Pointer,
    /// NetworkConstants `[slot]`.
    pub(crate) constants: Pointer,
    /// StepRates `[slot][rate_stride]`, one for each batch of the epoch.
    pub(crate) rates: Pointer,
    /// u32 `[places]`.
    pub(crate) slots: Pointer,
    /// Clock.
    pub(crate) clock: Pointer,
    /// [`Partials`] `[partial_count]`, of parameters 0 to `convolutions`.
    pub(crate) partials: Pointer,
    pub(crate) parameter_count: u32,
    pub(crate) parameter_stride: u32,
    pub(crate) gradient_stride: u32,
    pub(crate) rate_stride: u32,
    pub(crate) partial_count: u32,
    /// Parameters whose gradients are partial sums.
    pub(crate) convolutions: u32,
}

device_repr!(Partials, Update);

/// Launch of [`Update`].
pub(crate) fn update(parameters: usize, places: usize) -> Launch {
    let blocks = parameters.div_ceil(THREADS * PER_THREAD) as u32;
    Launch::new("update", [blocks, 1, places as u32], THREADS as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{offset_of, size_of};

    #[test]
    fn layouts_are_those_of_the_kernel() {
        let partials = [
            offset_of!(Partials, segments),
            offset_of!(Partials, count),
            size_of::<Partials>(),
        ];
        assert_eq!(partials, [8, 20, 24]);
        let update = [
            offset_of!(Update, partials),
            offset_of!(Update, parameter_count),
            offset_of!(Update, convolutions),
            size_of::<Update>(),
        ];
        assert_eq!(update, [64, 72, 92, 96]);
    }

    #[test]
    fn blocks_cover_all_parameters() {
        assert_eq!(update(104_250, 80).grid, [102, 1, 80]);
        assert_eq!(update(1024, 1).grid, [1, 1, 1]);
        assert_eq!(update(1025, 1).grid, [2, 1, 1]);
    }
}
