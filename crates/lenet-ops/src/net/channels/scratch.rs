//! What a thread needs to take a chunk of images through the network.

use crate::conv_pool::cpu::channels::{ChannelStage, Lists, TAPS, Tiles, Windows};
use crate::dense::cpu::WeightGradient;
use crate::net::layers::Layers;
use crate::simd::Simd;

/// Images that go through the network together: enough for the dense layers, while what they leave
/// for the backward pass stays near the second cache.
pub(super) const CHUNK: usize = 16;

/// Units of a chunk's images, one row per image. Elements beyond the units stay zero.
pub(super) struct UnitRows {
    pub(super) values: Vec<f32>,
    pub(super) stride: usize,
}

impl UnitRows {
    fn new(stride: usize) -> Self {
        Self {
            values: vec![0.0; CHUNK * stride],
            stride,
        }
    }

    pub(super) fn row(&self, image: usize) -> &[f32] {
        &self.values[image * self.stride..][..self.stride]
    }

    pub(super) fn row_mut(&mut self, image: usize) -> &mut [f32] {
        &mut self.values[image * self.stride..][..self.stride]
    }
}

/// Sums of a stage's gradients over a segment.
pub(super) struct GradientSums<V> {
    pub(super) weight: Vec<V>,
    /// First stage.
    pub(super) first_bias: Vec<V>,
    /// Later stages.
    pub(super) bias: Vec<f32>,
}

impl<V: Copy> GradientSums<V> {
    fn new<S: Simd<Vector = V>>(simd: S, stage: &ChannelStage, first: bool) -> Self {
        let (weight, blocks) = if first {
            let blocks = stage.filters.div_ceil(S::LANES);
            (blocks * stage.channels, blocks)
        } else {
            (stage.filters * stage.channels.div_ceil(S::LANES), 0)
        };
        Self {
            weight: vec![simd.splat(0.0); weight * TAPS],
            first_bias: vec![simd.splat(0.0); blocks],
            bias: vec![0.0; stage.filters],
        }
    }

    pub(super) fn clear<S: Simd<Vector = V>>(&mut self, simd: S) {
        self.weight.fill(simd.splat(0.0));
        self.first_bias.fill(simd.splat(0.0));
        self.bias.fill(0.0);
    }
}

/// Buffers of one thread, allocated once.
pub(in crate::net) struct Scratch<S: Simd> {
    /// An image's pixels as numbers.
    pub(super) image: Vec<f32>,
    /// The first stage's inputs of a chunk.
    pub(super) pixels: Vec<f32>,
    /// For each stage a chunk's pooled output, in the places of the next stage's input, and its argmax
    /// codes.
    pub(super) outputs: Vec<Vec<S::Vector>>,
    pub(super) codes: Vec<Vec<S::Vector>>,
    pub(super) tiles: Tiles<S::Vector>,
    /// Units before each dense layer (the first are the features) and the logits.
    pub(super) units: Vec<UnitRows>,
    /// Their gradients.
    pub(super) unit_gradients: Vec<UnitRows>,
    /// Dropout's scales of one image.
    pub(super) scales: Vec<f32>,
    /// For each stage but the first one image's gradients, by filter and by place.
    pub(super) lists: Vec<Lists<S::Vector>>,
    pub(super) windows: Vec<Windows<S::Vector>>,
    /// For each stage but the first one image's gradients of its input.
    pub(super) input_gradients: Vec<Vec<S::Vector>>,
    /// One image's gradients of the features, in the last stage's pooled places.
    pub(super) features: Vec<S::Vector>,
    pub(super) sums: Vec<GradientSums<S::Vector>>,
}

impl<S: Simd> Scratch<S> {
    pub(super) fn new(simd: S, layers: &Layers, stages: &[ChannelStage]) -> Self {
        let blocks = |channels: usize| channels.div_ceil(S::LANES);
        let zeros = |len: usize| vec![simd.splat(0.0); len];
        let first = &stages[0];
        let later = stages[1..].iter();
        let pooled = |stage: &ChannelStage| stage.pooled.len(blocks(stage.filters));
        let outputs = stages.iter().enumerate().map(|(index, stage)| {
            let planes = stages
                .get(index + 1)
                .map_or(stage.pooled, |next| next.input);
            zeros(CHUNK * planes.len(blocks(stage.filters)))
        });
        let rows = || {
            let strides = layers.widths().map(WeightGradient::row_stride::<S>);
            strides.map(UnitRows::new).collect()
        };
        let indices = stages.iter().enumerate();
        let input_gradients = indices.clone().map(|(index, stage)| {
            let len = stage.input.len(blocks(stage.channels));
            zeros(if index > 0 { len } else { 0 })
        });
        Self {
            image: vec![0.0; first.channels * first.input.rows * first.input.columns],
            pixels: vec![0.0; CHUNK * first.input.len(first.channels)],
            outputs: outputs.collect(),
            codes: stages.iter().map(|s| zeros(CHUNK * pooled(s))).collect(),
            tiles: Tiles::new(simd, &stages[1..]),
            units: rows(),
            unit_gradients: rows(),
            scales: vec![0.0; layers.widths().max().unwrap_or(0)],
            lists: later
                .clone()
                .map(|&stage| Lists::new(simd, stage))
                .collect(),
            windows: later.map(|stage| Windows::new(simd, stage)).collect(),
            input_gradients: input_gradients.collect(),
            features: zeros(stages.last().map_or(0, pooled)),
            sums: indices
                .map(|(index, stage)| GradientSums::new(simd, stage, index == 0))
                .collect(),
        }
    }
}
