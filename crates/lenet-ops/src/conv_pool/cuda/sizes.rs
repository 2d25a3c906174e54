//! How a stage's work is divided among blocks and threads.

mod correlation;
#[cfg(test)]
mod tests;
mod tf32;

pub(crate) use correlation::Tiling;
use correlation::{Correlation, even_share};

use crate::cuda::types::Launch;
use crate::geometry::Geometry;
use crate::precision::Precision;

/// Bytes of shared memory that a block plans with; every GPU gives 48 KiB.
const SHARED_BYTES: u32 = 40 << 10;
/// Blocks of a launch that keep a large GPU busy: about four for each of its multiprocessors.
const BLOCKS: u32 = 512;
/// Threads of a block of the kernels that read everything from global memory.
const THREADS_ANY: u32 = 256;

/// Sizes of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Stage {
    pub(crate) channels: u32,
    pub(crate) height: u32,
    pub(crate) width: u32,
    pub(crate) filters: u32,
    pub(crate) kernel: u32,
}

impl Stage {
    /// Of a geometry's stage `index`, from 0.
    pub(crate) fn new(geometry: &Geometry, index: usize) -> Self {
        let size = |number: usize| u32::try_from(number).expect("a stage's sizes fit 32 bits");
        let [channels, height, width] = geometry.stage_input(index).map(size);
        Self {
            channels,
            height,
            width,
            filters: size(geometry.filters[index]),
            kernel: size(geometry.kernel),
        }
    }

    /// Weights and biases.
    pub(crate) fn parameters(&self) -> u32 {
        self.filters * (self.channels * self.kernel * self.kernel + 1)
    }

    /// Whether tensor cores compute it; `first` is a first stage, whose images are bytes.
    fn is_for_tensor_cores(&self, first: bool, precision: Precision) -> bool {
        precision == Precision::Tf32 && !first && tf32::covers(self)
    }

    /// Whether the kernels that hold windows in registers know this side.
    fn is_small(&self) -> bool {
        matches!(self.kernel, 3 | 5)
    }

    fn choose(&self, names: [&'static str; 3]) -> &'static str {
        match self.kernel {
            3 => names[0],
            5 => names[1],
            _ => names[2],
        }
    }
}

/// The forward pass of `images` images of `trials` trials.
pub(crate) fn forward(
    first: bool,
    stage: &Stage,
    images: u32,
    trials: u32,
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
        trials,
    };
    if stage.is_for_tensor_cores(first, precision) {
        return tf32::forward(&correlation);
    }
    if stage.is_small() {
        return correlation.plan(kernel);
    }
    let windows = blocks_any([images, rows, columns]);
    (
        Tiling::default(),
        any(kernel, [windows, stage.filters.div_ceil(4), trials]),
    )
}

/// The gradient of a later stage's images.
pub(crate) fn input_gradient(
    stage: &Stage,
    images: u32,
    trials: u32,
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
        trials,
    };
    if stage.is_for_tensor_cores(false, precision) {
        return tf32::input_gradient(&correlation);
    }
    if stage.is_small() {
        return correlation.plan(kernel);
    }
    let blocks = blocks_any([images, stage.channels, stage.height * stage.width]);
    (Tiling::default(), any(kernel, [blocks, 1, trials]))
}

/// The sum over segments of `count` elements.
pub(crate) fn sum_segments(count: usize) -> Launch {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    any("sum_segments", [blocks_any([count, 1, 1]), 1, 1])
}

/// Blocks for so many items, a thread each; more than a grid can have where 32 bits do not do.
fn blocks_any(sizes: [u32; 3]) -> u32 {
    let items: u64 = sizes.map(u64::from).iter().product();
    u32::try_from(items.div_ceil(u64::from(THREADS_ANY))).unwrap_or(u32::MAX)
}

fn any(kernel: &'static str, grid: [u32; 3]) -> Launch {
    Launch {
        kernel,
        grid,
        block: [THREADS_ANY, 1, 1],
        shared_bytes: 0,
    }
}

/// What a block of the weight gradient computes: the end of `StageWeightGradient` in
/// `weight_gradient.cuh`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub(crate) struct WeightTiling {
    /// Of the pooled windows that are computed at a time.
    pub(crate) rows: u32,
    pub(crate) columns: u32,
    /// Floats between rows of a plane in shared memory.
    pub(crate) pitch: u32,
    /// Floats between planes.
    pub(crate) plane: u32,
    /// That a block owns.
    pub(crate) channels: u32,
    /// That a block owns.
    pub(crate) filters: u32,
    /// Of the windows, a thread's share each.
    pub(crate) parts: u32,
    /// That are computed at a time; 1 in f32.
    pub(crate) tile_images: u32,
}

/// The weight gradient's division of a batch: `segments` runs of `images` images, the last shorter.
/// The sums' order, so their bits, depends on the stage and the number of images alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segments {
    pub(crate) segments: u32,
    pub(crate) images: u32,
}

impl Segments {
    /// Of a batch of `images`, where `blocks` blocks do one segment.
    fn new(images: u32, blocks: u32) -> Self {
        let wanted = 128_u32.div_ceil(blocks).min(16);
        let share = even_share(images, images.div_ceil(wanted).max(2));
        Self {
            segments: images.div_ceil(share),
            images: share,
        }
    }
}

/// The gradient of a stage's weights from `images` images of each of `trials` trials.
pub(crate) fn weight_gradient(
    first: bool,
    stage: &Stage,
    images: u32,
    trials: u32,
    precision: Precision,
) -> (WeightTiling, Segments, Launch) {
    if stage.is_for_tensor_cores(first, precision) {
        return tf32::weight_gradient(stage, images, trials);
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
        let launch = any(kernel, [segments.segments, blocks, trials]);
        return (WeightTiling::default(), segments, launch);
    }
    let (tiling, threads, shared_bytes) = if first {
        first_weight_tiling(stage)
    } else {
        weight_tiling(stage)
    };
    let blocks = stage.filters.div_ceil(tiling.filters) * stage.channels.div_ceil(tiling.channels);
    let segments = Segments::new(images, blocks);
    let launch = Launch {
        kernel,
        grid: [segments.segments, blocks, trials],
        block: [threads, 1, 1],
        shared_bytes,
    };
    (tiling, segments, launch)
}

/// Tiling, threads and shared memory where threads of a warp own different filters.
fn first_weight_tiling(stage: &Stage) -> (WeightTiling, u32, u32) {
    let filters = stage.filters.next_power_of_two().min(32);
    let channels = stage.channels.min(8);
    let parts = (256 / filters / channels).max(1);
    let threads = filters * channels * parts;
    let sums = 4 * (threads + 1) * (stage.kernel * stage.kernel + 1);
    let (tiling, bytes) = fit(stage, |rows, columns| {
        let width = 2 * columns + stage.kernel - 1;
        // Neighbouring windows' places in two rows lie in different banks.
        let pitch = match width % 32 {
            0..4 => width + 4 - width % 32,
            29.. => width + 36 - width % 32,
            _ => width,
        };
        let plane = (2 * rows + stage.kernel - 1) * pitch;
        let tiling = WeightTiling {
            rows,
            columns,
            pitch,
            plane,
            channels,
            filters,
            parts,
            tile_images: 1,
        };
        (
            tiling,
            4 * channels * plane + 8 * filters * ((rows * columns) | 1),
        )
    });
    (tiling, threads, bytes.max(sums))
}

/// Tiling, threads and shared memory where threads of a warp own different channels.
fn weight_tiling(stage: &Stage) -> (WeightTiling, u32, u32) {
    let channels = stage.channels.next_power_of_two().min(32);
    // Filters of a thread, and threads whose sums fit the shared memory.
    let (share, most) = if stage.kernel == 3 {
        (4, 256)
    } else {
        (2, 192)
    };
    let shares = stage.filters.div_ceil(share).min(4);
    let warp = 32 / channels;
    let parts = (most / channels / shares / warp * warp).max(warp);
    let threads = channels * shares * parts;
    let sums = 4 * (threads + 1) * share * (stage.kernel * stage.kernel + 1);
    let filters = shares * share;
    let (tiling, bytes) = fit(stage, |rows, columns| {
        let pitch = 2 * columns + stage.kernel - 1;
        // Pairs of different channels lie in different banks.
        let plane = (2 * rows + stage.kernel - 1) * pitch;
        let plane = plane + (34 - plane % 32) % 32;
        let tiling = WeightTiling {
            rows,
            columns,
            pitch,
            plane,
            channels,
            filters,
            parts,
            tile_images: 1,
        };
        (tiling, 4 * channels * plane + 8 * filters * rows * columns)
    });
    (tiling, threads, bytes.max(sums))
}

/// The largest tile of windows for which `plan` needs no more than the shared memory.
fn fit(stage: &Stage, plan: impl Fn(u32, u32) -> (WeightTiling, u32)) -> (WeightTiling, u32) {
    let mut tile = [stage.height / 2, stage.width / 2];
    loop {
        let (tiling, bytes) = plan(tile[0], tile[1]);
        if bytes <= SHARED_BYTES || tile == [1, 1] {
            return (tiling, bytes);
        }
        let longer = usize::from(tile[1] > tile[0]);
        tile[longer] = tile[longer].div_ceil(2);
    }
}
