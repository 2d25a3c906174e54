//! Sizes of a stage, and of the shares that blocks and threads have in its work.

use lenet_core::Geometry;

/// Blocks of a launch that keep a large GPU busy: about four per multiprocessor.
pub(super) const BLOCKS: u32 = 512;
/// Bytes of shared memory that a block plans with; every GPU gives 48 KiB.
pub(super) const SHARED_BYTES: u32 = 40 << 10;

/// Sizes of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub(crate) struct StageSizes {
    pub(crate) channels: u32,
    pub(crate) height: u32,
    pub(crate) width: u32,
    pub(crate) filters: u32,
    pub(crate) kernel: u32,
}

impl StageSizes {
    /// Sizes of a geometry's stage `index`, from 0.
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

    /// Number of weights and biases.
    pub(crate) fn parameters(&self) -> u32 {
        self.filters * (self.channels * self.kernel * self.kernel + 1)
    }

    /// Whether the kernels that hold windows in registers support this kernel side.
    pub(super) fn is_small(&self) -> bool {
        matches!(self.kernel, 3 | 5)
    }

    /// The name for this kernel side, of those for side 3, side 5 and any side.
    pub(super) fn choose(&self, names: [&'static str; 3]) -> &'static str {
        match self.kernel {
            3 => names[0],
            5 => names[1],
            _ => names[2],
        }
    }
}

/// What a block of a correlation computes: see `correlate.cuh`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub(crate) struct Tiling {
    pub(crate) images: u32,
    /// Of windows.
    pub(crate) rows: u32,
    /// Of windows.
    pub(crate) columns: u32,
    /// Floats between rows of a plane.
    pub(crate) pitch: u32,
    /// Of four outputs, side by side.
    pub(crate) groups: u32,
    /// Of such groups, one after another.
    pub(crate) rounds: u32,
    /// Inputs in shared memory.
    pub(crate) depth: u32,
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
    /// Segments of a batch of `images`, where `blocks` blocks compute one segment.
    pub(super) fn new(images: u32, blocks: u32) -> Self {
        let wanted = 128_u32.div_ceil(blocks).min(16);
        let share = even_share(images, images.div_ceil(wanted).max(2));
        Self {
            segments: images.div_ceil(share),
            images: share,
        }
    }
}

/// `number` in as few shares of at most `most` as do, as even as they come: the largest share.
pub(super) fn even_share(number: u32, most: u32) -> u32 {
    number.div_ceil(number.div_ceil(most))
}
