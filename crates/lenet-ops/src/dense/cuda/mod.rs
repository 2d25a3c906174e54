//! Dense layers on NVIDIA GPUs: arguments and grids of the kernels in this folder.
//!
//! Each kernel has two sizes of tile that give the same bits, so the number of networks in a launch
//! may decide between them. Whether a layer is large enough for TF32 depends on the layer alone.

mod tensor;

pub(crate) use tensor::{run_backward, run_forward};

use crate::cuda::launch::Launch;
use crate::cuda::types::{Pointer, device_repr};
use lenet_core::Precision;

/// Number of blocks that keeps a large GPU busy.
const BUSY: usize = 128;

/// Arguments of `dense_forward`: output = input · weightᵀ + bias, with ReLU and dropout.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct DenseForward {
    /// f32 `[place][stride][inputs]`.
    pub(crate) input: Pointer,
    /// f32 `[slot][parameter_stride]`.
    pub(crate) parameters: Pointer,
    /// f32 `[place][stride][outputs]`.
    pub(crate) output: Pointer,
    /// NetworkConstants `[slot]`; read with dropout only.
    pub(crate) constants: Pointer,
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
#[derive(Debug, Clone, Copy, Default)]
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
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct DenseWeightGradient {
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
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct DenseWeightGradients {
    /// DenseWeightGradient `[layer_count]`.
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
#[derive(Debug, Clone, Copy, Default)]
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

device_repr!(
    DenseForward,
    DenseInputGradient,
    DenseWeightGradient,
    DenseWeightGradients,
    ReluGradient
);

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
        Launch::new(kernel, [x as u32, y as u32, places as u32], self.threads)
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
    let blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
    Launch::new("relu_gradient", [blocks, 1, 1], THREADS)
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
mod tests;
