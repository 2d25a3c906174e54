//! Images in the lanes: a block of as many images as a vector has lanes goes through the network
//! together.

mod scratch;

use super::batch::Images;
use super::gather::Pixels;
use super::layers::Layers;
use super::layout::{Chunk, Layout, Preparation};
use crate::conv_pool::cpu::Planes;
use crate::conv_pool::cpu::images::{Backward, Forward, ImageStage, InputBuffers, fill_lane};
use crate::dense::cpu::Product;
use crate::dropout::Mask;
use crate::dropout::reference::scale_factors;
use crate::simd::{Kernel, Simd, lane, lane_mut, lanes};
use scratch::{BLOCKS, Scratch};

/// The layout for one geometry.
pub(super) struct ImageLanes<S> {
    simd: S,
    layers: Layers,
    stages: Vec<ImageStage>,
}

impl<S: Simd> ImageLanes<S> {
    pub(super) fn new(simd: S, layers: &Layers) -> Self {
        let stages = layers.stages.iter();
        Self {
            simd,
            stages: stages
                .map(|stage| ImageStage::new(stage.input, stage.filters, stage.kernel))
                .collect(),
            layers: layers.clone(),
        }
    }

    /// Places of a stage's pooled output.
    fn output_planes(&self, stage: usize) -> Planes {
        match self.stages.get(stage + 1) {
            Some(next) => next.input,
            None => self.stages[stage].codes,
        }
    }

    /// Places of the gradient of a stage's pooled output.
    fn gradient_planes(&self, stage: usize) -> Planes {
        match self.stages.get(stage + 1) {
            Some(next) => next.input_gradient,
            None => self.stages[stage].codes,
        }
    }

    fn convolve(&self, chunk: &Chunk<'_>, block: usize, scratch: &mut Scratch<S>) {
        let first = &self.stages[0];
        let start = chunk.images.start + block * S::LANES;
        let count = (chunk.images.end - start).min(S::LANES);
        let input = block_of(&mut scratch.inputs[0], block, BLOCKS);
        gather::<S>(
            chunk.batch.images,
            &scratch.pixels,
            (start, count),
            first.input,
            first.channels,
            input,
        );
        for (index, stage) in self.stages.iter().enumerate() {
            let tensors = &self.layers.stages[index].tensors;
            let (inputs, next) = scratch.inputs.split_at_mut(index + 1);
            let output = match next.first_mut() {
                Some(next) => block_of(next, block, BLOCKS),
                None => {
                    &mut scratch.units[0][block * self.layers.features..][..self.layers.features]
                }
            };
            self.simd.vectorize(Forward {
                stage,
                input: block_of(&mut inputs[index], block, BLOCKS),
                weight: &chunk.batch.parameters[tensors.weight.clone()],
                bias: &chunk.batch.parameters[tensors.bias.clone()],
                output,
                output_planes: self.output_planes(index),
                codes: block_of(&mut scratch.codes[index], block, BLOCKS),
            });
        }
    }

    fn stage_gradients(
        &self,
        parameters: &[f32],
        index: usize,
        block: usize,
        scratch: &mut Scratch<S>,
        sums: &mut [f32],
    ) {
        let (stage, tensors) = (&self.stages[index], &self.layers.stages[index].tensors);
        let features = self.layers.features;
        let (before, after) = scratch.input_gradients.split_at_mut(index + 1);
        let (weights, biases) = sums[tensors.weight.start..].split_at_mut(tensors.weight.len());
        let backward = Backward {
            stage,
            input: block_of(&mut scratch.inputs[index], block, BLOCKS),
            weight: &parameters[tensors.weight.clone()],
            codes: block_of(&mut scratch.codes[index], block, BLOCKS),
            gradient: match after.first() {
                Some(next) => next,
                None => &scratch.unit_gradients[0][block * features..][..features],
            },
            gradient_planes: self.gradient_planes(index),
            input_gradient: (index > 0).then_some(InputBuffers {
                unpooled: &mut scratch.unpooled[index],
                output: &mut before[index],
            }),
            weight_gradient: weights,
            bias_gradient: &mut biases[..tensors.bias.len()],
        };
        backward.run(self.simd, &mut scratch.group);
    }
}

impl<S: Simd> Layout for ImageLanes<S> {
    type Simd = S;
    type Scratch = Scratch<S>;

    fn simd(&self) -> S {
        self.simd
    }

    fn layers(&self) -> &Layers {
        &self.layers
    }

    fn chunk(&self, images: usize) -> usize {
        if images > BLOCKS * S::LANES {
            BLOCKS * S::LANES
        } else {
            S::LANES
        }
    }

    fn scratch(&self) -> Scratch<S> {
        Scratch::new(self.simd, &self.layers, &self.stages)
    }

    fn prepare<'a>(&'a mut self, _: &'a [f32], _: Option<usize>) -> Vec<Preparation<'a>> {
        vec![]
    }

    fn convolutions(&self, chunk: &Chunk<'_>, scratch: &mut Scratch<S>) {
        for block in 0..blocks_of::<S>(chunk) {
            self.convolve(chunk, block, scratch);
        }
    }

    fn peak(&self, chunk: &Chunk<'_>, layer: usize, scratch: &Scratch<S>) -> f32 {
        let width = self.layers.dense[layer].inputs;
        let blocks = scratch.units[layer].chunks_exact(width);
        let mut peak = 0.0f32;
        for (block, units) in blocks.take(blocks_of::<S>(chunk)).enumerate() {
            let largest = [self.simd.vectorize(LargestPerLane { units })];
            let count = chunk.images.len() - block * S::LANES;
            for &value in lanes::<S>(&largest).iter().take(count) {
                if value > peak || value.is_nan() {
                    peak = value;
                }
            }
        }
        peak
    }

    fn drop_units(&self, chunk: &Chunk<'_>, mask: Mask, layer: usize, scratch: &mut Scratch<S>) {
        let width = self.layers.dense[layer].inputs;
        let scales = &mut scratch.row[..width];
        for (at, image) in chunk.images.clone().enumerate() {
            let (block, lane) = place::<S>(at);
            scale_factors(mask, image, scales);
            let units = &mut scratch.units[layer][block * width..][..width];
            for (unit, &scale) in lane_mut::<S>(units, lane).zip(&*scales) {
                *unit *= scale;
            }
        }
    }

    fn dense(&self, chunk: &Chunk<'_>, layer: usize, scratch: &mut Scratch<S>) {
        let dense = &self.layers.dense[layer];
        let blocks = blocks_of::<S>(chunk);
        let (before, after) = scratch.units.split_at_mut(layer + 1);
        self.simd.vectorize(Product {
            input: &before[layer][..blocks * dense.inputs],
            blocks,
            weight: &chunk.batch.parameters[dense.tensors.weight.clone()],
            output_stride: dense.inputs,
            input_stride: 1,
            start: Some(&chunk.batch.parameters[dense.tensors.bias.clone()]),
            relu: layer + 1 < self.layers.dense.len(),
            output: &mut after[0][..blocks * dense.outputs],
        });
    }

    fn read_logits(&self, scratch: &Scratch<S>, image: usize, row: &mut [f32]) {
        read_units::<S>(&scratch.units[self.layers.dense.len()], image, row);
    }

    fn write_logit_gradients(&self, scratch: &mut Scratch<S>, image: usize, row: &[f32]) {
        let (block, lane) = place::<S>(image);
        let to = &mut scratch.unit_gradients[self.layers.dense.len()];
        if lane == 0 {
            // Lanes without an image must not add to the sums over all.
            to[block * row.len()..][..row.len()].fill(self.simd.splat(0.0));
        }
        let to = lane_mut::<S>(&mut to[block * row.len()..][..row.len()], lane);
        to.zip(row).for_each(|(to, &value)| *to = value);
    }

    fn backward(&self, chunk: &Chunk<'_>, scratch: &mut Scratch<S>, sums: &mut [f32]) {
        let blocks = blocks_of::<S>(chunk);
        for (layer, dense) in self.layers.dense.iter().enumerate().rev() {
            let (before, after) = scratch.unit_gradients.split_at_mut(layer + 1);
            let output = &mut before[layer][..blocks * dense.inputs];
            self.simd.vectorize(Product {
                input: &after[0][..blocks * dense.outputs],
                blocks,
                weight: &chunk.batch.parameters[dense.tensors.weight.clone()],
                output_stride: 1,
                input_stride: dense.inputs,
                start: None,
                relu: false,
                output,
            });
            if layer > 0 {
                let dropped = chunk.dropout.filter(|_| self.layers.is_last_hidden(layer));
                let scale = dropped.map_or(1.0, Mask::kept_scale);
                let units = &scratch.units[layer][..output.len()];
                self.simd.vectorize(MaskGradients {
                    units,
                    scale,
                    gradients: output,
                });
            }
        }
        for block in 0..blocks {
            for stage in (0..self.stages.len()).rev() {
                self.stage_gradients(chunk.batch.parameters, stage, block, scratch, sums);
            }
        }
    }

    fn read_rows(
        &self,
        scratch: &Scratch<S>,
        layer: usize,
        image: usize,
        input: &mut [f32],
        gradient: &mut [f32],
    ) {
        let dense = &self.layers.dense[layer];
        read_units::<S>(&scratch.units[layer], image, &mut input[..dense.inputs]);
        let gradients = &scratch.unit_gradients[layer + 1];
        read_units::<S>(gradients, image, &mut gradient[..dense.outputs]);
    }
}

/// Number of blocks that a chunk fills.
fn blocks_of<S: Simd>(chunk: &Chunk<'_>) -> usize {
    let blocks = chunk.images.len().div_ceil(S::LANES);
    debug_assert!((1..=BLOCKS).contains(&blocks));
    blocks
}

/// Block and lane of an image of a chunk.
fn place<S: Simd>(image: usize) -> (usize, usize) {
    (image / S::LANES, image % S::LANES)
}

/// One image's units out of its lane.
fn read_units<S: Simd>(units: &[S::Vector], image: usize, row: &mut [f32]) {
    let (block, at) = place::<S>(image);
    let from = lane::<S>(&units[block * row.len()..][..row.len()], at);
    row.iter_mut().zip(from).for_each(|(to, value)| *to = value);
}

/// Copies the batch's images `first..first + count` into the lanes of a block; the lanes beyond
/// become zero.
fn gather<S: Simd>(
    images: Images<'_>,
    values: &[f32; 256],
    (first, count): (usize, usize),
    planes: Planes,
    channels: usize,
    block: &mut [S::Vector],
) {
    let len = channels * planes.rows * planes.columns;
    for lane in 0..S::LANES {
        if lane >= count {
            fill_lane::<S>(planes, channels, block, lane, std::iter::repeat_n(0.0, len));
            continue;
        }
        match images.pixels(first + lane, len) {
            Pixels::Bytes(image) => {
                let pixels = image.iter().map(|&byte| values[usize::from(byte)]);
                fill_lane::<S>(planes, channels, block, lane, pixels);
            }
            Pixels::Floats(image) => {
                fill_lane::<S>(planes, channels, block, lane, image.iter().copied());
            }
        }
    }
}

/// Block `block` of a buffer of `blocks` equal blocks.
fn block_of<V>(buffer: &mut [V], block: usize, blocks: usize) -> &mut [V] {
    let len = buffer.len() / blocks;
    &mut buffer[block * len..][..len]
}

/// Largest value of each lane, at least 0; NaN where any is.
struct LargestPerLane<'a, V> {
    units: &'a [V],
}

impl<S: Simd> Kernel<S> for LargestPerLane<'_, S::Vector> {
    type Output = S::Vector;

    #[inline(always)]
    fn run(self, simd: S) -> S::Vector {
        let mut largest = simd.splat(0.0);
        for &value in self.units {
            largest = simd.select(simd.gt_or_nan(value, largest), value, largest);
        }
        largest
    }
}

/// Passes gradients through ReLU, and through dropout's scale of the units that it kept: zero where
/// the unit's output is.
struct MaskGradients<'a, V> {
    units: &'a [V],
    scale: f32,
    gradients: &'a mut [V],
}

impl<S: Simd> Kernel<S> for MaskGradients<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let (zero, scale) = (simd.splat(0.0), simd.splat(self.scale));
        for (gradient, &unit) in self.gradients.iter_mut().zip(self.units) {
            let alive = simd.gt_or_nan(unit, zero);
            *gradient = simd.select(alive, simd.mul(*gradient, scale), zero);
        }
    }
}
