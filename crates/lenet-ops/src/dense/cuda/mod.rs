//! Dense layers on NVIDIA GPUs: arguments and grids of the kernels in this folder.
//!
//! Each kernel comes in two sizes of tile whose results are the same bits, so the number of
//! trials in a launch may choose between them. Where TF32 is asked for, whether a layer is large
//! enough for it goes by the layer alone.

mod tensor;

pub(crate) use tensor::{run_backward, run_forward};

use candle_core::cuda_backend::cudarc::driver::DeviceRepr;

use crate::cuda::types::{Launch, Pointer};
use crate::precision::Precision;

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

/// Inputs and outputs of a layer.
pub(crate) type Sizes = (usize, usize);

/// Fewest weights of a layer that tensor cores compute, and fewest units on either side.
const LARGE_LAYER: usize = 1 << 16;
const LARGE_SIDE: usize = 64;

/// Whether tensor cores compute a layer.
pub(crate) fn is_for_tensor_cores((inputs, outputs): Sizes, precision: Precision) -> bool {
    precision == Precision::Tf32
        && inputs.min(outputs) >= LARGE_SIDE
        && inputs * outputs >= LARGE_LAYER
}

/// Launch of [`DenseForward`].
pub(crate) fn forward(images: usize, layer: Sizes, places: usize, precision: Precision) -> Launch {
    let kernels = if is_for_tensor_cores(layer, precision) {
        ["dense_forward_tf32", "dense_forward_small_tf32"]
    } else {
        ["dense_forward", "dense_forward_small"]
    };
    over_images(kernels, images, layer.1, places)
}

/// Launch of [`DenseInputGradient`].
pub(crate) fn input_gradient(
    images: usize,
    layer: Sizes,
    places: usize,
    precision: Precision,
) -> Launch {
    let kernels = if is_for_tensor_cores(layer, precision) {
        [
            "dense_input_gradient_tf32",
            "dense_input_gradient_small_tf32",
        ]
    } else {
        ["dense_input_gradient", "dense_input_gradient_small"]
    };
    over_images(kernels, images, layer.0, places)
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

/// Launch of [`DenseWeightGradients`] for the layers, which are all for tensor cores or none, and
/// the first block of each layer.
pub(crate) fn weight_gradients(
    layers: &[Sizes],
    places: usize,
    tensor_cores: bool,
) -> (Launch, Vec<u32>) {
    let [large, small] = if tensor_cores {
        [
            "dense_weight_gradients_tf32",
            "dense_weight_gradients_small_tf32",
        ]
    } else {
        ["dense_weight_gradients", "dense_weight_gradients_small"]
    };
    let (blocks, first_blocks) = tiles_of(&LARGE, layers);
    if blocks * places >= BUSY {
        return (LARGE.launch(large, [blocks, 1], places), first_blocks);
    }
    let (blocks, first_blocks) = tiles_of(&SMALL, layers);
    (SMALL.launch(small, [blocks, 1], places), first_blocks)
}

/// Tiles of all layers' weights, and the first of each.
fn tiles_of(tile: &Tile, layers: &[Sizes]) -> (usize, Vec<u32>) {
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
    use Precision::{Single, Tf32};
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
        let many = forward(128, (784, 128), 80, Single);
        assert_eq!(
            (many.kernel, many.grid, many.block),
            ("dense_forward", [2, 2, 80], [128, 1, 1])
        );
        let one = forward(128, (784, 128), 1, Single);
        assert_eq!(
            (one.kernel, one.grid, one.block),
            ("dense_forward_small", [4, 8, 1], [64, 1, 1])
        );
        assert_eq!(
            forward(16, (784, 128), 80, Single).kernel,
            "dense_forward_small"
        );
        assert_eq!(
            input_gradient(100, (784, 128), 80, Single).kernel,
            "dense_input_gradient"
        );
        assert_eq!(input_gradient(1, (1, 9), 3, Single).grid, [1, 1, 3]);
    }

    #[test]
    fn layers_share_a_launch_one_after_the_other() {
        let layers = [(784, 128), (128, 10)];
        let (launch, first_blocks) = weight_gradients(&layers, 80, false);
        assert_eq!(launch.kernel, "dense_weight_gradients");
        assert_eq!((launch.grid, first_blocks), ([28, 1, 80], vec![0, 26]));
        let (launch, first_blocks) = weight_gradients(&layers, 1, false);
        assert_eq!(launch.kernel, "dense_weight_gradients_small");
        assert_eq!((launch.grid, first_blocks), ([204, 1, 1], vec![0, 200]));
    }

    #[test]
    fn tensor_cores_take_large_layers_whatever_the_load() {
        for (images, places) in [(1, 1), (128, 1), (128, 80)] {
            let kernels = |layer| {
                [
                    forward(images, layer, places, Tf32).kernel,
                    input_gradient(images, layer, places, Tf32).kernel,
                ]
            };
            for layer in [(784, 128), (1024, 64), (256, 256), (64, 1024)] {
                assert!(kernels(layer).iter().all(|k| k.ends_with("_tf32")));
                assert!(is_for_tensor_cores(layer, Tf32) && !is_for_tensor_cores(layer, Single));
            }
            for layer in [(784, 63), (63, 2048), (128, 10), (400, 128)] {
                assert!(!kernels(layer).iter().any(|k| k.ends_with("_tf32")));
            }
        }
        let (launch, _) = weight_gradients(&[(784, 128)], 80, true);
        assert_eq!(launch.kernel, "dense_weight_gradients_tf32");
    }
}
