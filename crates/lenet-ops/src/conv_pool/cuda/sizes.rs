//! How a stage's work is divided among blocks and threads.

mod correlation;
mod stage;
#[cfg(test)]
mod tests;
mod tf32;
mod weights;

pub(crate) use stage::{Segments, StageSizes, Tiling, WeightTiling};

use crate::cuda::launch::Launch;
use correlation::Correlation;
use lenet_core::Precision;

/// Threads of a block of the kernels that read everything from global memory.
const THREADS_ANY: u32 = 256;

/// The forward pass of `images` images at each of `places` places.
pub(crate) fn forward(
    first: bool,
    stage: &StageSizes,
    images: u32,
    places: u32,
    precision: Precision,
) -> (Tiling, Launch) {
    let kernel = stage.choose(if first {
        [
            "first_stage_forward_3",
            "first_stage_forward_5",
            "first_stage_forward_any",
        ]
    } else {
        ["stage_forward_3", "stage_forward_5", "stage_forward_any"]
    });
    let [rows, columns] = [stage.height / 2, stage.width / 2];
    let correlation = Correlation {
        outputs: stage.filters,
        inputs: stage.channels,
        rows,
        columns,
        kernel: stage.kernel,
        images,
        places,
    };
    if tf32::covers(first, stage, precision) {
        return tf32::forward(&correlation);
    }
    if stage.is_small() {
        return correlation.plan(kernel);
    }
    let windows = blocks_any([images, rows, columns]);
    (
        Tiling::default(),
        Launch::new(
            kernel,
            [windows, stage.filters.div_ceil(4), places],
            THREADS_ANY,
        ),
    )
}

/// The gradient of a later stage's images.
pub(crate) fn input_gradient(
    stage: &StageSizes,
    images: u32,
    places: u32,
    precision: Precision,
) -> (Tiling, Launch) {
    let kernel = stage.choose([
        "stage_input_gradient_3",
        "stage_input_gradient_5",
        "stage_input_gradient_any",
    ]);
    let correlation = Correlation {
        outputs: stage.channels,
        inputs: stage.filters,
        rows: stage.height.div_ceil(2),
        columns: stage.width.div_ceil(2),
        kernel: stage.kernel,
        images,
        places,
    };
    if tf32::covers(false, stage, precision) {
        return tf32::input_gradient(&correlation);
    }
    if stage.is_small() {
        return correlation.plan(kernel);
    }
    let blocks = blocks_any([images, stage.channels, stage.height * stage.width]);
    (
        Tiling::default(),
        Launch::new(kernel, [blocks, 1, places], THREADS_ANY),
    )
}

/// The sum over segments of `count` elements.
pub(crate) fn sum_segments(count: usize) -> Launch {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let blocks = blocks_any([count, 1, 1]);
    Launch::new("sum_segments", [blocks, 1, 1], THREADS_ANY)
}

/// Blocks for so many items, one thread per item; more than a grid can have where 32 bits do not
/// suffice.
fn blocks_any(sizes: [u32; 3]) -> u32 {
    let items: u64 = sizes.map(u64::from).iter().product();
    u32::try_from(items.div_ceil(u64::from(THREADS_ANY))).unwrap_or(u32::MAX)
}

/// The gradient of a stage's weights from `images` images at each of `places` places.
pub(crate) fn weight_gradient(
    first: bool,
    stage: &StageSizes,
    images: u32,
    places: u32,
    precision: Precision,
) -> (WeightTiling, Segments, Launch) {
    if tf32::covers(first, stage, precision) {
        return tf32::weight_gradient(stage, images, places);
    }
    let kernel = stage.choose(if first {
        [
            "first_stage_weight_gradient_3",
            "first_stage_weight_gradient_5",
            "first_stage_weight_gradient_any",
        ]
    } else {
        [
            "stage_weight_gradient_3",
            "stage_weight_gradient_5",
            "stage_weight_gradient_any",
        ]
    });
    if !stage.is_small() {
        let blocks = stage.parameters().div_ceil(THREADS_ANY);
        let segments = Segments::new(images, blocks);
        let launch = Launch::new(kernel, [segments.segments, blocks, places], THREADS_ANY);
        return (WeightTiling::default(), segments, launch);
    }
    let (tiling, threads, shared_bytes) = if first {
        weights::first_weight_tiling(stage)
    } else {
        weights::weight_tiling(stage)
    };
    let blocks = stage.filters.div_ceil(tiling.filters) * stage.channels.div_ceil(tiling.channels);
    let segments = Segments::new(images, blocks);
    let grid = [segments.segments, blocks, places];
    let launch = Launch::new(kernel, grid, threads).with_shared(shared_bytes);
    (tiling, segments, launch)
}
