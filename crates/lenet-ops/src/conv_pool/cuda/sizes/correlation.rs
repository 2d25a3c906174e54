//! How the forward pass and the gradient of the images are divided: see `correlate.cuh`.

use super::stage::{BLOCKS, SHARED_BYTES, Tiling, even_share};
use crate::cuda::launch::Launch;

/// A correlation: `outputs` at `rows` × `columns` windows of each of `images` images, at each of
/// `places` places.
pub(super) struct Correlation {
    pub(super) outputs: u32,
    pub(super) inputs: u32,
    pub(super) rows: u32,
    pub(super) columns: u32,
    pub(super) kernel: u32,
    pub(super) images: u32,
    pub(super) places: u32,
}

impl Correlation {
    /// Most threads of a block where several images share it.
    const THREADS: u32 = 416;
    /// Most windows of a tile.
    const WINDOWS: u32 = 256;
    /// Most groups of four outputs side by side.
    const GROUPS: u32 = 16;

    /// The tiling, and the launch of `kernel` with it.
    pub(super) fn plan(&self, kernel: &'static str) -> (Tiling, Launch) {
        let columns = even_share(self.columns, 32);
        let rows = even_share(self.rows, Self::WINDOWS / columns);
        let windows = rows * columns;
        let tiles = self.rows.div_ceil(rows) * self.columns.div_ceil(columns);
        let groups = self.outputs.div_ceil(4);
        // As the kernels' launch bounds have it.
        let most = if self.kernel == 3 { 512 } else { 384 };
        let mut tiling = Tiling {
            images: 1,
            rows,
            columns,
            pitch: pitch(columns, self.kernel),
            groups: even_share(groups, (most / windows).clamp(1, Self::GROUPS)),
            rounds: 1,
            depth: 1,
        };
        let blocks = |tiling: &Tiling| {
            let images = u64::from(self.images.div_ceil(tiling.images) * tiles);
            let outputs = u64::from(groups.div_ceil(tiling.groups * tiling.rounds));
            images * outputs * u64::from(self.places)
        };
        let grows = |next: &Tiling| {
            blocks(next) >= u64::from(BLOCKS) && self.input_bytes(next) <= SHARED_BYTES
        };
        while (tiling.images + 1) * windows * tiling.groups <= most.min(Self::THREADS)
            && tiling.images < self.images
        {
            let next = Tiling {
                images: tiling.images + 1,
                ..tiling
            };
            if !grows(&next) {
                break;
            }
            tiling = next;
        }
        tiling.depth = even_share(self.inputs, SHARED_BYTES / self.input_bytes(&tiling));
        // Images that stay in shared memory serve further filters.
        while tiling.depth == self.inputs && tiling.rounds * tiling.groups < groups {
            let next = Tiling {
                rounds: tiling.rounds + 1,
                ..tiling
            };
            if !grows(&next) {
                break;
            }
            tiling = next;
        }
        tiling.rounds = even_share(groups.div_ceil(tiling.groups), tiling.rounds);
        let threads = tiling.images * windows * tiling.groups;
        let grid = [
            self.images.div_ceil(tiling.images) * tiles,
            groups.div_ceil(tiling.groups * tiling.rounds),
            self.places,
        ];
        let shared_bytes = tiling.depth * self.input_bytes(&tiling);
        let launch = Launch::new(kernel, grid, threads.next_multiple_of(32));
        (tiling, launch.with_shared(shared_bytes))
    }

    /// Bytes of shared memory that an input takes: its planes and weights.
    fn input_bytes(&self, tiling: &Tiling) -> u32 {
        let plane = (2 * tiling.rows + self.kernel - 1) * tiling.pitch;
        let weights = self.kernel * self.kernel * tiling.groups;
        4 * tiling.images * plane + 16 * weights
    }
}

/// Floats between rows of a plane: even, and where half a warp's windows are of several rows, so
/// that these lie in different banks.
fn pitch(columns: u32, kernel: u32) -> u32 {
    let width = 2 * columns + kernel - 1;
    if columns >= 16 {
        return width;
    }
    let wanted = columns.next_multiple_of(2) % 16;
    width + (wanted + 16 - width % 16) % 16
}
