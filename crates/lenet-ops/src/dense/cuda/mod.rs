//! Dense layers on NVIDIA GPUs: arguments and grids of the kernels in this folder.
//!
//! Each kernel comes in two sizes of tile whose results are the same bits, so the number of
//! trials in a launch may choose between them.

mod tensor;

pub(crate) use tensor::{run_backward, run_forward};

use candle_core::cuda_backend::cudarc::driver::DeviceRepr;

use crate::cuda::types::{Launch, Pointer};

/// Blocks that occupy a large GPU.
const BUSY: usize = 128;

/// Arguments of `dense_forward`: output = input · weightᵀ + bias, with ReLU and dropout.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct DenseForward {
    /// f32 `[place][stride][inputs]`.
    pub(crate) input: Pointer,
    /// f32 `[slot][parameter_stride]`.
    pub(crate) parameters: Pointer,
    /// f32 `[place][stride][outputs]`.
    pub(crate) output: Pointer,
    /// Trial `[slot]`; read with dropout only.
    pub(crate) trials: Pointer,
    /// Clock; read with dropout only.
    pub(crate) clock: Pointer,
    /// u32 `[places]`.
    pub(crate) slots: Pointer,
    /// A multiple of 4 lets whole vectors be written.
    pub(crate) parameter_stride: u32,
    /// Offset of `[outputs][inputs]` among the parameters.
    pub(crate) weight: u32,
    /// Offset of `[outputs]`.
    pub(crate) bias: u32,
    pub(crate) inputs: u32,
    pub(crate) outputs: u32,
    /// In this launch.
    pub(crate) images: u32,
    /// Images that a place has memory for.
    pub(crate) stride: u32,
    /// Whether ReLU follows, 0 or 1.
    pub(crate) relu: u32,
    /// Whether dropout follows that, 0 or 1.
    pub(crate) dropout: u32,
    pub(crate) padding: u32,
}

/// Arguments of `dense_input_gradient`: input gradient = gradient · weight.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct DenseInputGradient {
    /// f32 `[place][stride][outputs]`, with respect to the output.
    pub(crate) gradient: Pointer,
    /// f32 `[slot][parameter_stride]`.
    pub(crate) parameters: Pointer,
    /// f32 `[place][stride][inputs]`; null where no ReLU precedes the layer.
    pub(crate) input: Pointer,
    /// f32 `[place][stride][inputs]`.
    pub(crate) input_gradient: Pointer,
    /// u32 `[places]`.
    pub(crate) slots: Pointer,
    pub(crate) parameter_stride: u32,
    /// Offset of `[outputs][inputs]` among the parameters.
    pub(crate) weight: u32,
    pub(crate) inputs: u32,
    pub(crate) outputs: u32,
    /// In this launch.
    pub(crate) images: u32,
    /// Images that a place has memory for.
    pub(crate) stride: u32,
}

/// One layer of [`DenseWeightGradients`].
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct DenseLayer {
    /// f32 `[place][stride][inputs]`.
    pub(crate) input: Pointer,
    /// f32 `[place][stride][outputs]`, with respect to the output.
    pub(crate) gradient: Pointer,
    pub(crate) inputs: u32,
    pub(crate) outputs: u32,
    /// Offset of `[outputs][inputs]` among the gradients.
    pub(crate) weight: u32,
    /// Offset of `[outputs]`.
    pub(crate) bias: u32,
    /// As [`weight_gradients`] gives it.
    pub(crate) first_block: u32,
    pub(crate) padding: u32,
}

/// Arguments of `dense_weight_gradients`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct DenseWeightGradients {
    /// DenseLayer `[layer_count]`.
    pub(crate) layers: Pointer,
    /// f32 `[place][gradient_stride]`.
    pub(crate) gradients: Pointer,
    pub(crate) layer_count: u32,
    pub(crate) gradient_stride: u32,
    /// In this launch.
    pub(crate) images: u32,
    /// Images that a place has memory for.
    pub(crate) stride: u32,
}

/// Arguments of `relu_gradient`.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct ReluGradient {
    /// f32 `[count]`.
    pub(crate) upstream: Pointer,
    /// f32 `[count]`, after the ReLU.
    pub(crate) output: Pointer,
    /// f32 `[count]`.
    pub(crate) gradient: Pointer,
    pub(crate) count: u32,
    pub(crate) padding: u32,
}

// SAFETY: plain numbers, laid out as C does, without references to this machine's memory.
unsafe impl DeviceRepr for DenseForward {}
// SAFETY: as above.
unsafe impl DeviceRepr for DenseInputGradient {}
// SAFETY: as above.
unsafe impl DeviceRepr for DenseLayer {}
// SAFETY: as above.
unsafe impl DeviceRepr for DenseWeightGradients {}
// SAFETY: as above.
unsafe impl DeviceRepr for ReluGradient {}

/// A size of tile, as the kernels have it.
struct Tile {
    rows: usize,
    columns: usize,
    threads: u32,
}

const LARGE: Tile = Tile {
    rows: 64,
    columns: 64,
    threads: 128,
};

const SMALL: Tile = Tile {
    rows: 16,
    columns: 32,
    threads: 64,
};

impl Tile {
    fn grid(&self, rows: usize, columns: usize) -> [usize; 2] {
        [columns.div_ceil(self.columns), rows.div_ceil(self.rows)]
    }

    fn launch(&self, kernel: &'static str, [x, y]: [usize; 2], places: usize) -> Launch {
        Launch {
            kernel,
            grid: [x as u32, y as u32, places as u32],
            block: [self.threads, 1, 1],
            shared_bytes: 0,
        }
    }
}

/// Launch of [`DenseForward`].
pub(crate) fn forward(images: usize, outputs: usize, places: usize) -> Launch {
    let kernels = ["dense_forward", "dense_forward_small"];
    over_images(kernels, images, outputs, places)
}

/// Launch of [`DenseInputGradient`].
pub(crate) fn input_gradient(images: usize, inputs: usize, places: usize) -> Launch {
    let kernels = ["dense_input_gradient", "dense_input_gradient_small"];
    over_images(kernels, images, inputs, places)
}

/// Launch of [`ReluGradient`].
pub(crate) fn relu_gradient(count: usize) -> Launch {
    const THREADS: u32 = 256;
    let blocks = count.div_ceil(THREADS as usize);
    Launch {
        kernel: "relu_gradient",
        grid: [u32::try_from(blocks).unwrap_or(u32::MAX), 1, 1],
        block: [THREADS, 1, 1],
        shared_bytes: 0,
    }
}

fn over_images(
    [large, small]: [&'static str; 2],
    images: usize,
    units: usize,
    places: usize,
) -> Launch {
    let [x, y] = LARGE.grid(images, units);
    if images > LARGE.rows / 2 && x * y * places >= BUSY {
        LARGE.launch(large, [x, y], places)
    } else {
        SMALL.launch(small, SMALL.grid(images, units), places)
    }
}

/// Launch of [`DenseWeightGradients`] for the layers' `(inputs, outputs)`, and the first block of
/// each layer.
pub(crate) fn weight_gradients(layers: &[(usize, usize)], places: usize) -> (Launch, Vec<u32>) {
    let (blocks, first_blocks) = tiles_of(&LARGE, layers);
    if blocks * places >= BUSY {
        let launch = LARGE.launch("dense_weight_gradients", [blocks, 1], places);
        return (launch, first_blocks);
    }
    let (blocks, first_blocks) = tiles_of(&SMALL, layers);
    let launch = SMALL.launch("dense_weight_gradients_small", [blocks, 1], places);
    (launch, first_blocks)
}

/// Tiles of all layers' weights, and the first of each.
fn tiles_of(tile: &Tile, layers: &[(usize, usize)]) -> (usize, Vec<u32>) {
    let mut blocks = 0;
    let mut first_blocks = Vec::with_capacity(layers.len());
    for &(inputs, outputs) in layers {
        first_blocks.push(blocks as u32);
        let [x, y] = tile.grid(outputs, inputs);
        blocks += x * y;
    }
    (blocks, first_blocks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{offset_of, size_of};

    #[test]
    fn layouts_are_those_of_the_kernels() {
        let forward = [
            offset_of!(DenseForward, slots),
            offset_of!(DenseForward, parameter_stride),
            offset_of!(DenseForward, dropout),
            size_of::<DenseForward>(),
        ];
        assert_eq!(forward, [40, 48, 80, 88]);
        let input_gradient = [
            offset_of!(DenseInputGradient, slots),
            offset_of!(DenseInputGradient, parameter_stride),
            offset_of!(DenseInputGradient, stride),
            size_of::<DenseInputGradient>(),
        ];
        assert_eq!(input_gradient, [32, 40, 60, 64]);
        assert_eq!(
            [size_of::<ReluGradient>(), offset_of!(ReluGradient, count)],
            [32, 24]
        );
        let layer = [
            offset_of!(DenseLayer, inputs),
            offset_of!(DenseLayer, first_block),
            size_of::<DenseLayer>(),
        ];
        assert_eq!(layer, [16, 32, 40]);
        let weight_gradients = [
            offset_of!(DenseWeightGradients, layer_count),
            offset_of!(DenseWeightGradients, stride),
            size_of::<DenseWeightGradients>(),
        ];
        assert_eq!(weight_gradients, [16, 28, 32]);
    }

    #[test]
    fn many_trials_take_large_tiles_and_few_small_ones() {
        let many = forward(128, 128, 80);
        assert_eq!(
            (many.kernel, many.grid, many.block),
            ("dense_forward", [2, 2, 80], [128, 1, 1])
        );
        let one = forward(128, 128, 1);
        assert_eq!(
            (one.kernel, one.grid, one.block),
            ("dense_forward_small", [4, 8, 1], [64, 1, 1])
        );
        assert_eq!(forward(16, 128, 80).kernel, "dense_forward_small");
        assert_eq!(input_gradient(100, 784, 80).kernel, "dense_input_gradient");
        assert_eq!(input_gradient(1, 1, 3).grid, [1, 1, 3]);
    }

    #[test]
    fn layers_share_a_launch_one_after_the_other() {
        let layers = [(784, 128), (128, 10)];
        let (launch, first_blocks) = weight_gradients(&layers, 80);
        assert_eq!(launch.kernel, "dense_weight_gradients");
        assert_eq!((launch.grid, first_blocks), ([28, 1, 80], vec![0, 26]));
        let (launch, first_blocks) = weight_gradients(&layers, 1);
        assert_eq!(launch.kernel, "dense_weight_gradients_small");
        assert_eq!((launch.grid, first_blocks), ([204, 1, 1], vec![0, 200]));
    }
}
