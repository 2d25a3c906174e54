//! From the logits' gradients to everybody else's.

use super::ChannelLanes;
use super::scratch::Scratch;
use crate::conv_pool::cpu::channels::{FirstWeightGradient, InputGradient, Stage, WeightGradient};
use crate::dense::cpu::Combine;
use crate::net::Dropout;
use crate::net::engine::Chunk;
use crate::simd::{Simd, lanes, lanes_mut};

impl<S: Simd> ChannelLanes<S> {
    /// Gradients of a dense layer's input: through its weights, and through the ReLU (and
    /// dropout) of the layer before.
    pub(super) fn dense_gradients(
        &self,
        chunk: &Chunk<'_>,
        layer: usize,
        dropout: Option<Dropout>,
        scratch: &mut Scratch<S>,
    ) {
        let images = chunk.images.len();
        let (before, after) = scratch.unit_gradients.split_at_mut(layer + 1);
        self.simd.vectorize(Combine {
            images,
            gradient: &after[0].values,
            gradient_stride: after[0].stride,
            weight: &self.panels[layer],
            output_stride: before[layer].stride,
            output: &mut before[layer].values,
        });
        if layer == 0 {
            return;
        }
        let kept = dropout.filter(|_| self.plan.is_last_hidden(layer));
        let scale = kept.map_or(1.0, |dropout| (1.0 / (1.0 - dropout.rate)) as f32);
        for image in 0..images {
            let units = scratch.units[layer].row(image);
            let gradients = before[layer].row_mut(image);
            for (gradient, &unit) in gradients.iter_mut().zip(units) {
                *gradient = if unit <= 0.0 { 0.0 } else { *gradient * scale };
            }
        }
    }

    /// Gradients of a later stage's weights and of its input, for the images `first..first +
    /// count` of the chunk.
    pub(super) fn later_gradients(
        &self,
        index: usize,
        (first, count): (usize, usize),
        scratch: &mut Scratch<S>,
    ) {
        let stage = &self.stages[index];
        let input_len = Self::image_len(stage.input, stage.channels);
        let codes_len = Self::image_len(stage.pooled, stage.filters);
        let (before, after) = scratch.input_gradients.split_at_mut(index + 1);
        scratch.lists.start(*stage);
        for at in 0..count {
            let codes = &scratch.codes[index][(first + at) * codes_len..][..codes_len];
            let codes = (lanes::<S>(codes), S::LANES);
            let start = at * input_len;
            let pooled = stage.pooled;
            if let Some(next) = after.first() {
                let planes = self.stages[index + 1].input;
                let len = Self::image_len(planes, stage.filters);
                let gradients = lanes::<S>(&next[at * len..][..len]);
                scratch.lists.push(start, codes, |filter| {
                    (0..pooled.rows).flat_map(move |row| {
                        let place = planes.at(filter / S::LANES, row, 0);
                        let row = &gradients[place * S::LANES + filter % S::LANES..];
                        row.iter().step_by(S::LANES).take(pooled.columns)
                    })
                });
            } else {
                let gradients = scratch.unit_gradients[0].row(first + at);
                scratch.lists.push(start, codes, |filter| {
                    gradients[filter * pooled.plane..][..pooled.plane].iter()
                });
            }
        }
        let sums = &mut scratch.sums[index];
        self.simd.vectorize(WeightGradient {
            lists: &scratch.lists,
            input: &scratch.outputs[index - 1][first * input_len..][..count * input_len],
            weight_sums: &mut sums.weight,
            bias_sums: &mut sums.bias,
        });
        let output = &mut before[index][..count * input_len];
        output.fill(self.simd.splat(0.0));
        self.simd.vectorize(InputGradient {
            lists: &scratch.lists,
            weight: &self.weights[index].backward,
            output,
        });
    }

    /// Gradients of the first stage's weights, for the images `first..first + count`.
    pub(super) fn first_gradients(&self, (first, count): (usize, usize), scratch: &mut Scratch<S>) {
        let stage = &self.stages[0];
        let len = stage.input.len(stage.channels);
        let codes_len = Self::image_len(stage.pooled, stage.filters);
        let planes = self.output_planes(0);
        let gradient_len = Self::image_len(planes, stage.filters);
        let sums = &mut scratch.sums[0];
        for at in 0..count {
            let image = first + at;
            let gradient = if let Some(next) = scratch.input_gradients.get(1) {
                &next[at * gradient_len..][..gradient_len]
            } else {
                let row = scratch.unit_gradients[0].row(image);
                write_features::<S>(stage, row, &mut scratch.features);
                &scratch.features
            };
            self.simd.vectorize(FirstWeightGradient {
                stage,
                input: &scratch.pixels[image * len..][..len],
                gradient,
                gradient_planes: planes,
                codes: &scratch.codes[0][image * codes_len..][..codes_len],
                weight_sums: &mut sums.weight,
                bias_sums: &mut sums.first_bias,
            });
        }
    }
}

/// Puts a row of features, in (channel, row, column) order, into a stage's pooled places.
fn write_features<S: Simd>(stage: &Stage, row: &[f32], planes: &mut [S::Vector]) {
    let places = stage.pooled.plane;
    let planes = lanes_mut::<S>(planes);
    for (filter, from) in row.chunks_exact(places).take(stage.filters).enumerate() {
        let to = filter / S::LANES * places * S::LANES + filter % S::LANES;
        let to = planes[to..].iter_mut().step_by(S::LANES);
        to.zip(from).for_each(|(to, &value)| *to = value);
    }
}
