//! The mirrors against the layouts of the kernels.

use std::mem::{align_of, offset_of, size_of};

use super::*;

#[test]
fn layouts_are_those_of_the_kernels() {
    assert_eq!([size_of::<StageSizes>(), align_of::<StageSizes>()], [20, 4]);
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
