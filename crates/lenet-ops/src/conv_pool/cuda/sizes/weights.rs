//! How the weight gradient in f32 is divided: see `weight_gradient.cu`.

use super::stage::{SHARED_BYTES, StageSizes, WeightTiling};

/// Tiling, threads and shared memory where threads of a warp own different filters.
pub(super) fn first_weight_tiling(stage: &StageSizes) -> (WeightTiling, u32, u32) {
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
        let bytes = 4 * channels * plane + 8 * filters * ((rows * columns) | 1);
        (pitch, plane, bytes)
    });
    let tiling = WeightTiling {
        channels,
        filters,
        parts,
        ..tiling
    };
    (tiling, threads, bytes.max(sums))
}

/// Tiling, threads and shared memory where threads of a warp own different channels.
pub(super) fn weight_tiling(stage: &StageSizes) -> (WeightTiling, u32, u32) {
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
        let bytes = 4 * channels * plane + 8 * filters * rows * columns;
        (pitch, plane, bytes)
    });
    let tiling = WeightTiling {
        channels,
        filters,
        parts,
        ..tiling
    };
    (tiling, threads, bytes.max(sums))
}

/// The largest tile of windows that needs no more than the shared memory, and its bytes. `plan` gives
/// pitch, plane and bytes of so many rows and columns.
fn fit(stage: &StageSizes, plan: impl Fn(u32, u32) -> (u32, u32, u32)) -> (WeightTiling, u32) {
    let mut tile = [stage.height / 2, stage.width / 2];
    loop {
        let (pitch, plane, bytes) = plan(tile[0], tile[1]);
        if bytes <= SHARED_BYTES || tile == [1, 1] {
            let tiling = WeightTiling {
                rows: tile[0],
                columns: tile[1],
                pitch,
                plane,
                tile_images: 1,
                ..WeightTiling::default()
            };
            return (tiling, bytes);
        }
        let longer = usize::from(tile[1] > tile[0]);
        tile[longer] = tile[longer].div_ceil(2);
    }
}
