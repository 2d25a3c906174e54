//! A stage on NVIDIA GPUs: arguments and grids of the kernels in this folder.
//!
//! Kernels of side 3 and 5 are computed from shared memory and registers, others from global
//! memory; large later stages of side 3 on tensor cores, where TF32 is asked for. The results' bits depend on the stage and the number of images alone, not on how many
//! trials share the launch.

mod sizes;
mod tensor;

pub(crate) use sizes::{
    Stage, Tiling, WeightTiling, forward, input_gradient, sum_segments, weight_gradient,
};
pub(crate) use tensor::{run_backward, run_forward};

use candle_core::cuda_backend::cudarc::driver::DeviceRepr;

use crate::cuda::types::{Batch, Pointer};

/// Arguments of `stage_forward_*` and `first_stage_forward_*`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct StageForward {
    pub(crate) batch: Batch,
    /// f32 `[place][stride][channel][row][column]`; a first stage: unused.
    pub(crate) images: Pointer,
    /// f32 `[slot][parameter_stride]`.
    pub(crate) parameters: Pointer,
    /// f32 `[place][stride][filter][row / 2][column / 2]`.
    pub(crate) pooled: Pointer,
    /// u8, as `pooled`: 0 to 3, the place of a window's maximum in row order; 4 where ReLU gives 0.
    pub(crate) codes: Pointer,
    pub(crate) parameter_stride: u32,
    /// Offset of `[filter][channel][row][column]` among the parameters.
    pub(crate) weight: u32,
    /// Offset of `[filter]`.
    pub(crate) bias: u32,
    /// Images that a place has memory for.
    pub(crate) stride: u32,
    pub(crate) stage: Stage,
    /// As [`forward`] gives it.
    pub(crate) tiling: Tiling,
}

/// Arguments of `stage_input_gradient_*`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct StageInputGradient {
    pub(crate) batch: Batch,
    /// f32 `[place][stride][filter][row / 2][column / 2]`, with respect to `pooled`.
    pub(crate) upstream: Pointer,
    /// u8, as `upstream`.
    pub(crate) codes: Pointer,
    /// f32 `[slot][parameter_stride]`.
    pub(crate) parameters: Pointer,
    /// f32 `[place][stride][channel][row][column]`.
    pub(crate) gradient: Pointer,
    pub(crate) parameter_stride: u32,
    /// Offset of `[filter][channel][row][column]` among the parameters.
    pub(crate) weight: u32,
    /// Images that a place has memory for.
    pub(crate) stride: u32,
    pub(crate) stage: Stage,
    /// As [`input_gradient`] gives it.
    pub(crate) tiling: Tiling,
    pub(crate) padding: u32,
}

/// Arguments of `stage_weight_gradient_*` and `first_stage_weight_gradient_*`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct StageWeightGradient {
    pub(crate) batch: Batch,
    /// f32 `[place][stride][channel][row][column]`; a first stage: unused.
    pub(crate) images: Pointer,
    /// f32 `[place][stride][filter][row / 2][column / 2]`, with respect to `pooled`.
    pub(crate) upstream: Pointer,
    /// u8, as `upstream`.
    pub(crate) codes: Pointer,
    /// f32 `[place][segment][partial_stride]`: `[filter][channel][row][column]`, then `[filter]`.
    pub(crate) partial: Pointer,
    /// At least [`Stage::parameters`].
    pub(crate) partial_stride: u32,
    /// Images of a segment, except the last: as [`weight_gradient`] gives it.
    pub(crate) segment_images: u32,
    /// Images that a place has memory for.
    pub(crate) stride: u32,
    pub(crate) stage: Stage,
    /// As [`weight_gradient`] gives it.
    pub(crate) tiling: WeightTiling,
}

/// Arguments of `sum_segments`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct SumSegments {
    /// f32 `[segments][stride]`.
    pub(crate) partial: Pointer,
    /// f32 `[count]`.
    pub(crate) sums: Pointer,
    pub(crate) segments: u32,
    pub(crate) stride: u32,
    pub(crate) count: u32,
    pub(crate) padding: u32,
}

// SAFETY: plain numbers, laid out as C does, without references to this machine's memory.
unsafe impl DeviceRepr for StageForward {}
// SAFETY: as above.
unsafe impl DeviceRepr for StageInputGradient {}
// SAFETY: as above.
unsafe impl DeviceRepr for StageWeightGradient {}
// SAFETY: as above.
unsafe impl DeviceRepr for SumSegments {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{align_of, offset_of, size_of};

    #[test]
    fn layouts_are_those_of_the_kernels() {
        assert_eq!([size_of::<Stage>(), align_of::<Stage>()], [20, 4]);
        assert_eq!([size_of::<Tiling>(), size_of::<WeightTiling>()], [28, 32]);

        assert_eq!(
            [size_of::<StageForward>(), align_of::<StageForward>()],
            [152, 8]
        );
        let forward = [
            offset_of!(StageForward, images),
            offset_of!(StageForward, codes),
            offset_of!(StageForward, parameter_stride),
            offset_of!(StageForward, stride),
            offset_of!(StageForward, stage),
            offset_of!(StageForward, tiling),
        ];
        assert_eq!(forward, [56, 80, 88, 100, 104, 124]);

        assert_eq!(size_of::<StageInputGradient>(), 152);
        let gradient = [
            offset_of!(StageInputGradient, upstream),
            offset_of!(StageInputGradient, gradient),
            offset_of!(StageInputGradient, parameter_stride),
            offset_of!(StageInputGradient, stage),
            offset_of!(StageInputGradient, tiling),
        ];
        assert_eq!(gradient, [56, 80, 88, 100, 120]);

        assert_eq!(
            [size_of::<SumSegments>(), offset_of!(SumSegments, count)],
            [32, 24]
        );
        assert_eq!(size_of::<StageWeightGradient>(), 152);
        let weights = [
            offset_of!(StageWeightGradient, images),
            offset_of!(StageWeightGradient, partial),
            offset_of!(StageWeightGradient, partial_stride),
            offset_of!(StageWeightGradient, stage),
            offset_of!(StageWeightGradient, tiling),
        ];
        assert_eq!(weights, [56, 80, 88, 100, 120]);
    }
}
