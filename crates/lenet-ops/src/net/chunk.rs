//! A chunk of images through the network, forward and backward.

use std::ops::Range;

use super::gather::gather;
use super::plan::{BLOCKS, Plan};
use super::scratch::Scratch;
use super::{Dropout, Images};
use crate::conv_pool::cpu::{Backward, Forward, InputBuffers};
use crate::dense::cpu::Product;
use crate::dropout::scale_factors;
use crate::simd::{Kernel, Simd, lane_mut, lanes};

/// At most `BLOCKS` blocks of a batch's images.
pub(super) struct Chunk<'a, S> {
    pub(super) simd: S,
    pub(super) plan: &'a Plan,
    pub(super) parameters: &'a [f32],
    pub(super) images: Range<usize>,
}

impl<S: Simd> Chunk<'_, S> {
    /// Blocks in use.
    pub(super) fn blocks(&self) -> usize {
        let blocks = self.images.len().div_ceil(S::LANES);
        debug_assert!((1..=BLOCKS).contains(&blocks));
        blocks
    }

    /// Image `at` of the batch, for each image's block and lane.
    pub(super) fn places(&self) -> impl Iterator<Item = (usize, usize, usize)> + use<S> {
        self.images
            .clone()
            .enumerate()
            .map(|(i, at)| (at, i / S::LANES, i % S::LANES))
    }

    /// Everything up to the logits; gives the largest activation before them.
    pub(super) fn forward(
        &self,
        images: Images<'_>,
        dropout: Option<Dropout>,
        scratch: &mut Scratch<S>,
    ) -> f32 {
        for block in 0..self.blocks() {
            self.convolutions(images, block, scratch);
        }
        let mut peak = f32::NAN;
        for layer in 0..self.plan.dense.len() {
            if layer + 1 == self.plan.dense.len() {
                peak = self.peak(&scratch.units[layer], self.plan.dense[layer].inputs);
            }
            if let (Some(dropout), true) = (dropout, self.plan.is_last_hidden(layer)) {
                self.drop_units(dropout, layer, scratch);
            }
            self.dense(layer, scratch);
        }
        peak
    }

    fn convolutions(&self, images: Images<'_>, block: usize, scratch: &mut Scratch<S>) {
        let first = &self.plan.stages[0].0;
        let start = self.images.start + block * S::LANES;
        let count = (self.images.end - start).min(S::LANES);
        let input = block_of(&mut scratch.inputs[0], block, BLOCKS);
        gather::<S>(
            images,
            &scratch.pixels,
            (start, count),
            first.input,
            first.channels,
            input,
        );
        for (index, (stage, tensors)) in self.plan.stages.iter().enumerate() {
            let (inputs, next) = scratch.inputs.split_at_mut(index + 1);
            let output = match next.first_mut() {
                Some(next) => block_of(next, block, BLOCKS),
                None => &mut scratch.units[0][block * self.plan.features..][..self.plan.features],
            };
            self.simd.vectorize(Forward {
                stage,
                input: block_of(&mut inputs[index], block, BLOCKS),
                weight: &self.parameters[tensors.weight.clone()],
                bias: &self.parameters[tensors.bias.clone()],
                output,
                output_planes: self.plan.output_planes(index),
                codes: block_of(&mut scratch.codes[index], block, BLOCKS),
            });
        }
    }

    fn dense(&self, layer: usize, scratch: &mut Scratch<S>) {
        let dense = &self.plan.dense[layer];
        let (before, after) = scratch.units.split_at_mut(layer + 1);
        self.simd.vectorize(Product {
            input: &before[layer][..self.blocks() * dense.inputs],
            blocks: self.blocks(),
            weight: &self.parameters[dense.tensors.weight.clone()],
            output_stride: dense.inputs,
            input_stride: 1,
            start: Some(&self.parameters[dense.tensors.bias.clone()]),
            relu: layer + 1 < self.plan.dense.len(),
            output: &mut after[0][..self.blocks() * dense.outputs],
        });
    }

    /// Largest of the units of the chunk's images, NaN where any is.
    fn peak(&self, units: &[S::Vector], width: usize) -> f32 {
        let blocks = units.chunks_exact(width).take(self.blocks());
        let mut peak = 0.0f32;
        for (block, units) in blocks.enumerate() {
            let largest = [self.simd.vectorize(Largest { units })];
            let count = self.images.len() - block * S::LANES;
            for &value in lanes::<S>(&largest).iter().take(count) {
                if value > peak || value.is_nan() {
                    peak = value;
                }
            }
        }
        peak
    }

    fn drop_units(&self, dropout: Dropout, layer: usize, scratch: &mut Scratch<S>) {
        let width = self.plan.dense[layer].inputs;
        let scales = &mut scratch.row[..width];
        for (image, block, lane) in self.places() {
            scale_factors(dropout.rate, dropout.seed, dropout.step, image, scales);
            let units = &mut scratch.units[layer][block * width..][..width];
            for (unit, &scale) in lane_mut::<S>(units, lane).zip(&*scales) {
                *unit *= scale;
            }
        }
    }

    /// From the logits' gradients to those of all units, then, block by block, the sums of the
    /// convolutions' gradients, which are added to `sums`.
    pub(super) fn backward(
        &self,
        dropout: Option<Dropout>,
        scratch: &mut Scratch<S>,
        sums: &mut [f32],
    ) {
        let blocks = self.blocks();
        for (layer, dense) in self.plan.dense.iter().enumerate().rev() {
            let (before, after) = scratch.unit_gradients.split_at_mut(layer + 1);
            let output = &mut before[layer][..blocks * dense.inputs];
            self.simd.vectorize(Product {
                input: &after[0][..blocks * dense.outputs],
                blocks,
                weight: &self.parameters[dense.tensors.weight.clone()],
                output_stride: 1,
                input_stride: dense.inputs,
                start: None,
                relu: false,
                output,
            });
            if layer > 0 {
                let kept = dropout.filter(|_| self.plan.is_last_hidden(layer));
                let scale = kept.map_or(1.0, |dropout| (1.0 / (1.0 - dropout.rate)) as f32);
                let units = &scratch.units[layer][..output.len()];
                self.simd.vectorize(Mask {
                    units,
                    scale,
                    gradients: output,
                });
            }
        }
        for block in 0..blocks {
            for stage in (0..self.plan.stages.len()).rev() {
                self.stage_gradients(stage, block, scratch, sums);
            }
        }
    }

    fn stage_gradients(
        &self,
        index: usize,
        block: usize,
        scratch: &mut Scratch<S>,
        sums: &mut [f32],
    ) {
        let (stage, tensors) = &self.plan.stages[index];
        let features = self.plan.features;
        let (before, after) = scratch.input_gradients.split_at_mut(index + 1);
        let (weights, biases) = sums[tensors.weight.start..].split_at_mut(tensors.weight.len());
        let backward = Backward {
            stage,
            input: block_of(&mut scratch.inputs[index], block, BLOCKS),
            weight: &self.parameters[tensors.weight.clone()],
            codes: block_of(&mut scratch.codes[index], block, BLOCKS),
            gradient: match after.first() {
                Some(next) => next,
                None => &scratch.unit_gradients[0][block * features..][..features],
            },
            gradient_planes: self.plan.gradient_planes(index),
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

/// Block `block` of a buffer of `blocks` equal ones.
fn block_of<V>(buffer: &mut [V], block: usize, blocks: usize) -> &mut [V] {
    let len = buffer.len() / blocks;
    &mut buffer[block * len..][..len]
}

/// Largest value of each lane, from 0 on, NaN where any is.
struct Largest<'a, V> {
    units: &'a [V],
}

impl<S: Simd> Kernel<S> for Largest<'_, S::Vector> {
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

/// Gradient through ReLU, and through dropout's scale of the units that it kept: zero where the
/// unit's output is.
struct Mask<'a, V> {
    units: &'a [V],
    scale: f32,
    gradients: &'a mut [V],
}

impl<S: Simd> Kernel<S> for Mask<'_, S::Vector> {
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
