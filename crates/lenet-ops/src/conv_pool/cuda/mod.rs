//! A stage on NVIDIA GPUs: arguments and grids of the kernels in this folder.
//!
//! Kernels of side 3 and 5 are computed from shared memory and registers, others from global memory.
//! Where TF32 is requested, large later stages of side 3 are computed on tensor cores. The bits of
//! the results depend on the stage and the number of images alone, not on how many networks share
//! the launch.

mod sizes;
mod tensor;

pub(crate) use sizes::{
    StageSizes, Tiling, WeightTiling, forward, input_gradient, sum_segments, weight_gradient,
};
pub(crate) use tensor::{run_backward, run_forward};

use crate::cuda::types::{Batch, Pointer, device_repr};

/// Arguments of `stage_forward_*` and `first_stage_forward_*`.
#[derive(Debug, Clone, Copy, Default)]
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
    pub(crate) stage: StageSizes,
    /// As [`forward`] gives it.
    pub(crate) tiling: Tiling,
}

/// Arguments of `stage_input_gradient_*`.
#[derive(Debug, Clone, Copy, Default)]
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
    pub(crate) stage: StageSizes,
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
    /// At least [`StageSizes::parameters`].
    pub(crate) partial_stride: u32,
    /// Images of a segment, except the last: as [`weight_gradient`] gives it.
    pub(crate) segment_images: u32,
    /// Images that a place has memory for.
    pub(crate) stride: u32,
    pub(crate) stage: StageSizes,
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

device_repr!(
    StageForward,
    StageInputGradient,
    StageWeightGradient,
    SumSegments
);

#[cfg(test)]
mod tests;
