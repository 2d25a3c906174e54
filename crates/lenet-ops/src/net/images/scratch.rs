//! What a thread needs to take a chunk of images through the network.

use crate::conv_pool::cpu::images::{GroupScratch, ImageStage};
use crate::net::gather::pixel_values;
use crate::net::layers::Layers;
use crate::simd::Simd;

/// Blocks of a chunk. Two give the dense kernels enough independent sums, and what they touch stays
/// near the second cache.
pub(super) const BLOCKS: usize = 2;

/// Buffers of one thread, allocated once.
pub(in crate::net) struct Scratch<S: Simd> {
    pub(super) pixels: [f32; 256],
    /// For each stage, all blocks of its input and of its argmax codes.
    pub(super) inputs: Vec<Vec<S::Vector>>,
    pub(super) codes: Vec<Vec<S::Vector>>,
    /// Units before each dense layer (the first are the features) and the logits, all blocks.
    pub(super) units: Vec<Vec<S::Vector>>,
    /// Their gradients.
    pub(super) unit_gradients: Vec<Vec<S::Vector>>,
    /// For each stage but the first, one block of the convolution's gradient and of the input's.
    pub(super) unpooled: Vec<Vec<S::Vector>>,
    pub(super) input_gradients: Vec<Vec<S::Vector>>,
    pub(super) group: GroupScratch<S::Vector>,
    /// Dropout's scales of one image, or one image's logits.
    pub(super) row: Vec<f32>,
}

impl<S: Simd> Scratch<S> {
    pub(super) fn new(simd: S, layers: &Layers, stages: &[ImageStage]) -> Self {
        let zeros = |len: usize| vec![simd.splat(0.0); len];
        let stages = || stages.iter();
        let later = |len: fn(&ImageStage) -> usize| {
            let lens = stages()
                .enumerate()
                .map(move |(i, stage)| (i > 0).then(|| len(stage)));
            lens.map(|len| zeros(len.unwrap_or(0))).collect()
        };
        Self {
            pixels: pixel_values(),
            inputs: stages()
                .map(|s| zeros(BLOCKS * s.input.len(s.channels)))
                .collect(),
            codes: stages()
                .map(|s| zeros(BLOCKS * s.codes.len(s.filters)))
                .collect(),
            units: layers.widths().map(|width| zeros(BLOCKS * width)).collect(),
            unit_gradients: layers.widths().map(|width| zeros(BLOCKS * width)).collect(),
            unpooled: later(|s| s.unpooled.len(s.filters)),
            input_gradients: later(|s| s.input_gradient.len(s.channels)),
            group: GroupScratch::new(simd, stages().copied()),
            row: vec![0.0; layers.widths().max().unwrap_or(0)],
        }
    }
}
