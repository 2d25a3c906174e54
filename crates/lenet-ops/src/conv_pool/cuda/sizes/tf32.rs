//! How a stage's work is divided among tensor cores: see `correlate_tf32.cuh` and
//! `weight_gradient_tf32.cu`.

#[cfg(test)]
mod tests;

use super::correlation::Correlation;
use super::stage::{BLOCKS, Segments, StageSizes, Tiling, WeightTiling, even_share};
use crate::cuda::launch::Launch;
use lenet_core::Precision;

/// Bytes of shared memory that every GPU gives a block.
const SHARED_BYTES: u32 = 48 << 10;
/// Most threads of a block, as the kernels' launch bounds have it.
const THREADS: u32 = 512;
/// Threads that copy weights; a block has no fewer.
const READERS: u32 = 288;
/// Inputs in shared memory, and floats that they take of each output.
const INPUTS: u32 = 8;
const WEIGHT_STRIDE: u32 = 76;
/// Quads of windows of a block; a warp has two.
const QUADS: u32 = 16;
/// Quads beside one another in a block: more would have more places at the edge than threads.
const QUAD_COLUMNS: u32 = 7;
/// Fewest channels and filters of a stage that tensor cores compute.
const LARGE: u32 = 32;

/// Filters and channels of a block of the weight gradient.
const SIDE: u32 = 32;
/// A block's shares of the quads, and bytes in which all but one leave their sums.
const PARTS: u32 = 2;
const SUMS_BYTES: u32 = 4 * 72 * 32 * SIDE / 8 * (PARTS - 1);

/// Whether tensor cores compute a stage: one of side 3 that is large enough, and not the first, whose
/// images are bytes.
pub(super) fn covers(first: bool, stage: &StageSizes, precision: Precision) -> bool {
    let large = stage.kernel == 3 && stage.channels >= LARGE && stage.filters >= LARGE;
    precision == Precision::Tf32 && !first && large
}

/// Floats between planes: 8 more than a multiple of 32.
fn plane(rows: u32, pitch: u32) -> u32 {
    let size = (2 * rows + 2) * pitch;
    size + (40 - size % 32) % 32
}

/// The tiling and launch of a correlation by one of `kernels`, for 32 and for 64 outputs of a block.
/// `copiers` threads copy the planes of so many images, rows and columns of windows.
fn correlation(
    of: &Correlation,
    kernels: [&'static str; 2],
    copiers: impl Fn(u32, u32, u32) -> u32,
) -> (Tiling, Launch) {
    let outputs = if of.outputs > 32 { 64 } else { 32 };
    let quad_columns = even_share(of.columns.div_ceil(4), QUAD_COLUMNS);
    let rows = even_share(of.rows, QUADS / quad_columns);
    let columns = of.columns.min(4 * quad_columns);
    let tiles = of.rows.div_ceil(rows) * of.columns.div_ceil(columns);
    let pitch = 2 * columns + 2;
    let blocks_of_outputs = of.outputs.div_ceil(outputs);
    let quads = |images: u32| images * rows * quad_columns;
    let bytes = |images: u32| 4 * (outputs * WEIGHT_STRIDE + images * INPUTS * plane(rows, pitch));
    let fits = |images: u32| {
        let blocks = u64::from(of.images.div_ceil(images) * tiles * blocks_of_outputs);
        // Beyond half of a block's most, only where enough blocks stay.
        let worth =
            quads(images) <= QUADS / 2 || blocks * u64::from(of.places) >= u64::from(BLOCKS);
        quads(images) <= QUADS
            && copiers(images, rows, columns) <= THREADS
            && bytes(images) <= SHARED_BYTES
            && worth
    };
    let mut images = 1;
    while images < of.images && fits(images + 1) {
        images += 1;
    }
    let warps = outputs / 32 * quads(images).div_ceil(2);
    let threads = copiers(images, rows, columns).max(32 * warps).max(READERS);
    let tiling = Tiling {
        images,
        rows,
        columns,
        pitch,
        groups: outputs / 4,
        rounds: 1,
        depth: INPUTS,
    };
    let kernel = kernels[usize::from(outputs == 64)];
    let blocks_of_images = of.images.div_ceil(images) * tiles;
    let grid = [blocks_of_images, blocks_of_outputs, of.places];
    let launch = Launch::new(kernel, grid, threads.next_multiple_of(32));
    (tiling, launch.with_shared(bytes(images)))
}

/// The forward pass: a thread copies a place of the planes.
pub(super) fn forward(of: &Correlation) -> (Tiling, Launch) {
    let kernels = ["stage_forward_tf32_32", "stage_forward_tf32_64"];
    correlation(of, kernels, |images, rows, columns| {
        images * (2 * rows + 2) * (2 * columns + 2)
    })
}

/// The gradient of the images: four threads spread a window, and windows around the tile count.
pub(super) fn input_gradient(of: &Correlation) -> (Tiling, Launch) {
    let kernels = [
        "stage_input_gradient_tf32_32",
        "stage_input_gradient_tf32_64",
    ];
    correlation(of, kernels, |images, rows, columns| {
        4 * images * (rows + 2) * (columns + 2)
    })
}

/// The weight gradient. As in f32, the sums' order depends on the stage and the images alone.
pub(super) fn weight_gradient(
    stage: &StageSizes,
    images: u32,
    places: u32,
) -> (WeightTiling, Segments, Launch) {
    let [mut rows, mut columns] = [stage.height / 2, stage.width / 2];
    let bytes = |images: u32, rows: u32, columns: u32| {
        let windows = images * rows * columns;
        // 4 more than a multiple of 16 pairs.
        let stride = windows + (20 - windows % 16) % 16;
        4 * images * SIDE * plane(rows, 2 * columns + 2) + 8 * SIDE * stride
    };
    while bytes(1, rows, columns) > SHARED_BYTES {
        // Whole quads in all but the last tile.
        if columns > rows && columns > 4 {
            columns = columns.div_ceil(2).next_multiple_of(4).min(columns - 1);
        } else {
            rows = rows.div_ceil(2);
        }
    }
    let blocks = stage.filters.div_ceil(SIDE) * stage.channels.div_ceil(SIDE);
    let segments = Segments::new(images, blocks);
    let mut tile_images = 1;
    while tile_images < segments.images && bytes(tile_images + 1, rows, columns) <= SHARED_BYTES {
        tile_images += 1;
    }
    let pitch = 2 * columns + 2;
    let tiling = WeightTiling {
        rows,
        columns,
        pitch,
        plane: plane(rows, pitch),
        channels: SIDE,
        filters: SIDE,
        parts: PARTS,
        tile_images,
    };
    let grid = [segments.segments, blocks, places];
    let shared_bytes = bytes(tile_images, rows, columns).max(SUMS_BYTES);
    let launch = Launch::new("stage_weight_gradient_tf32", grid, 256);
    (tiling, segments, launch.with_shared(shared_bytes))
}
