//! From the logits' gradients to all other gradients.

use super::ChannelLanes;
use super::scratch::Scratch;
use crate::conv_pool::cpu::channels::{
    FirstWeightGradient, LaterInputGradient, LaterWeightGradient, WriteRow,
};
use crate::dense::cpu::{Combine, CombineOne, FEW};
use crate::dropout::Mask;
use crate::net::layout::Chunk;
use crate::simd::Simd;

impl<S: Simd> ChannelLanes<S> {
    /// Gradients of a dense layer's input, through its weights and through the ReLU and dropout of
    /// the layer before.
    pub(super) fn dense_gradients(
        &self,
        chunk: &Chunk<'_>,
        layer: usize,
        scratch: &mut Scratch<S>,
    ) {
        let images = chunk.images.len();
        let (before, after) = scratch.unit_gradients.split_at_mut(layer + 1);
        if chunk.batch.count <= FEW {
            let dense = &self.layers.dense[layer];
            for image in 0..images {
                self.simd.vectorize(CombineOne {
                    gradient: &after[0].row(image)[..dense.outputs],
                    weight: &chunk.batch.parameters[dense.tensors.weight.clone()],
                    output: &mut before[layer].row_mut(image)[..dense.inputs],
                });
            }
        } else {
            self.simd.vectorize(Combine {
                images,
                gradient: &after[0].values,
                gradient_stride: after[0].stride,
                weight: &self.panels[layer],
                output_stride: before[layer].stride,
                output: &mut before[layer].values,
            });
        }
        if layer == 0 {
            return;
        }
        let dropped = chunk.dropout.filter(|_| self.layers.is_last_hidden(layer));
        let scale = dropped.map_or(1.0, Mask::kept_scale);
        for image in 0..images {
            let units = scratch.units[layer].row(image);
            let gradients = before[layer].row_mut(image);
            for (gradient, &unit) in gradients.iter_mut().zip(units) {
                *gradient = if unit <= 0.0 { 0.0 } else { *gradient * scale };
            }
        }
    }

    /// Puts an image's gradients of the features into the last stage's pooled places.
    pub(super) fn write_features(&self, image: usize, scratch: &mut Scratch<S>) {
        self.simd.vectorize(WriteRow {
            stage: &self.stages[self.stages.len() - 1],
            row: scratch.unit_gradients[0].row(image),
            planes: &mut scratch.features,
        });
    }

    /// Gradients of a later stage's weights and of its input, for one image of the chunk.
    pub(super) fn later_gradients(&self, index: usize, image: usize, scratch: &mut Scratch<S>) {
        let stage = &self.stages[index];
        let input_len = Self::image_len(stage.input, stage.channels);
        let codes_len = Self::image_len(stage.pooled, stage.filters);
        let codes = &scratch.codes[index][image * codes_len..][..codes_len];
        let (before, after) = scratch.input_gradients.split_at_mut(index + 1);
        let gradient = after.first().unwrap_or(&scratch.features);
        let lists = &mut scratch.lists[index - 1];
        lists.fill(self.simd, codes, gradient, self.output_planes(index));
        let sums = &mut scratch.sums[index];
        self.simd.vectorize(LaterWeightGradient {
            lists,
            input: &scratch.outputs[index - 1][image * input_len..][..input_len],
            weight_sums: &mut sums.weight,
            bias_sums: &mut sums.bias,
        });
        self.simd.vectorize(LaterInputGradient {
            lists,
            codes,
            weight: &self.weights[index].backward,
            windows: &mut scratch.windows[index - 1],
            output: &mut before[index],
        });
    }

    /// Gradients of the first stage's weights, for one image.
    pub(super) fn first_gradients(&self, image: usize, scratch: &mut Scratch<S>) {
        let stage = &self.stages[0];
        let len = stage.input.len(stage.channels);
        let codes_len = Self::image_len(stage.pooled, stage.filters);
        let sums = &mut scratch.sums[0];
        self.simd.vectorize(FirstWeightGradient {
            stage,
            input: &scratch.pixels[image * len..][..len],
            gradient: scratch.input_gradients.get(1).unwrap_or(&scratch.features),
            gradient_planes: self.output_planes(0),
            codes: &scratch.codes[0][image * codes_len..][..codes_len],
            weight_sums: &mut sums.weight,
            bias_sums: &mut sums.first_bias,
        });
    }
}
