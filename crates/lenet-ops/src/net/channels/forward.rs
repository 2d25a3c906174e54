//! From pixels to logits.

use super::ChannelLanes;
use super::scratch::Scratch;
use crate::conv_pool::cpu::channels::{FirstForward, Forward, Stage};
use crate::dense::cpu::Dot;
use crate::net::engine::Chunk;
use crate::net::gather::Pixels;
use crate::simd::{Simd, lanes};

impl<S: Simd> ChannelLanes<S> {
    /// The first stage of a chunk's images, from their pixels on.
    pub(super) fn first_stage(&self, chunk: &Chunk<'_>, scratch: &mut Scratch<S>) {
        let stage = &self.stages[0];
        let len = stage.input.len(stage.channels);
        let codes_len = Self::image_len(stage.pooled, stage.filters);
        let output_planes = self.output_planes(0);
        let output_len = Self::image_len(output_planes, stage.filters);
        for (at, image) in chunk.images.clone().enumerate() {
            let input = &mut scratch.pixels[at * len..][..len];
            let pixels = stage.channels * stage.input.rows * stage.input.columns;
            match chunk.batch.images.pixels(image, pixels) {
                Pixels::Bytes(image) => {
                    let values = &scratch.values;
                    let pixels = image.iter().map(|&byte| values[usize::from(byte)]);
                    fill(stage, pixels, input);
                }
                Pixels::Floats(image) => fill(stage, image.iter().copied(), input),
            }
            self.simd.vectorize(FirstForward {
                stage,
                input,
                weight: &self.weights[0].forward,
                bias: &self.weights[0].bias,
                output: &mut scratch.outputs[0][at * output_len..][..output_len],
                output_planes,
                codes: &mut scratch.codes[0][at * codes_len..][..codes_len],
            });
        }
    }

    pub(super) fn later_stage(&self, index: usize, images: usize, scratch: &mut Scratch<S>) {
        let (inputs, outputs) = scratch.outputs.split_at_mut(index);
        let forward = Forward {
            stage: &self.stages[index],
            images,
            input: &inputs[index - 1],
            weight: &self.weights[index].forward,
            bias: &self.weights[index].bias,
            output: &mut outputs[0],
            output_planes: self.output_planes(index),
            codes: &mut scratch.codes[index],
            tiles: &mut scratch.tiles,
        };
        forward.run(self.simd);
    }

    /// The last stage's output as rows in (channel, row, column) order.
    pub(super) fn read_features(&self, images: usize, scratch: &mut Scratch<S>) {
        let last = self.stages.len() - 1;
        let Stage {
            filters, pooled, ..
        } = self.stages[last];
        let len = Self::image_len(pooled, filters);
        for image in 0..images {
            let output = lanes::<S>(&scratch.outputs[last][image * len..][..len]);
            let row = scratch.units[0].row_mut(image);
            for (filter, to) in row[..filters * pooled.plane]
                .chunks_exact_mut(pooled.plane)
                .enumerate()
            {
                let from = filter / S::LANES * pooled.plane * S::LANES + filter % S::LANES;
                let from = output[from..].iter().step_by(S::LANES);
                to.iter_mut().zip(from).for_each(|(to, &value)| *to = value);
            }
        }
    }

    pub(super) fn dense(&self, chunk: &Chunk<'_>, layer: usize, scratch: &mut Scratch<S>) {
        let dense = &self.plan.dense[layer];
        let (before, after) = scratch.units.split_at_mut(layer + 1);
        self.simd.vectorize(Dot {
            images: chunk.images.len(),
            input: &before[layer].values,
            input_stride: before[layer].stride,
            inputs: dense.inputs,
            weight: &chunk.batch.parameters[dense.tensors.weight.clone()],
            bias: &chunk.batch.parameters[dense.tensors.bias.clone()],
            relu: layer + 1 < self.plan.dense.len(),
            output: &mut after[0].values,
            output_stride: after[0].stride,
        });
    }
}

/// Fills the inside of the first stage's planes.
fn fill(stage: &Stage, mut pixels: impl Iterator<Item = f32>, planes: &mut [f32]) {
    for channel in 0..stage.channels {
        for row in 0..stage.input.rows {
            let to = &mut planes[stage.input.at(channel, row, 0)..][..stage.input.columns];
            // The places are first: a `zip` that ends takes one more from what stands first.
            to.iter_mut()
                .zip(&mut pixels)
                .for_each(|(to, pixel)| *to = pixel);
        }
    }
}
