//! Channels in the lanes: images go through one after the other, and everything that the
//! gradients skip is skipped.

mod scratch;

use super::Dropout;
use super::engine::{Chunk, Lanes, Layout};
use super::gather::Pixels;
use super::plan::Plan;
use crate::conv_pool::cpu::Planes;
use crate::conv_pool::cpu::channels::{
    FirstForward, FirstWeightGradient, Forward, InputGradient, Stage, StageWeights, WeightGradient,
    add_gradients,
};
use crate::dense::cpu::{Combine, Dot, Panels, WeightGradient as DenseWeightGradient};
use crate::dropout::scale_factors;
use crate::simd::{Simd, lanes, lanes_mut};
use scratch::{Rows, Scratch};

/// Images that go through together: enough for the dense layers, and what they leave behind for
/// the backward pass stays near the second cache.
const CHUNK: usize = 16;

/// Images whose gradients go back together: their planes of one block share the first cache.
const GROUP: usize = 2;

/// The layout for one geometry.
pub(super) struct ChannelLanes<S: Simd> {
    simd: S,
    plan: Plan,
    stages: Vec<Stage>,
    weights: Vec<StageWeights<S::Vector>>,
    /// The dense layers' weights for the backward pass.
    panels: Vec<Panels<S::Vector>>,
}

impl<S: Simd> ChannelLanes<S> {
    pub(super) fn new(simd: S, plan: &Plan) -> Self {
        let stages: Vec<_> = plan
            .stages
            .iter()
            .map(|stage| Stage::new(stage.input, stage.filters))
            .collect();
        let weights = stages.iter().enumerate();
        Self {
            simd,
            weights: weights
                .map(|(index, stage)| StageWeights::new(simd, stage, index == 0))
                .collect(),
            stages,
            panels: plan
                .dense
                .iter()
                .map(|layer| Panels::new(simd, layer.inputs, layer.outputs))
                .collect(),
            plan: plan.clone(),
        }
    }

    /// The faster layout for a network: this one has code for 3×3 kernels only, and pads filters
    /// to whole vectors.
    pub(super) fn choose(plan: &Plan) -> Lanes {
        let fits = |stage: &super::plan::Stage| stage.kernel == 3 && stage.filters >= 3;
        if plan.stages.iter().all(fits) {
            Lanes::Channels
        } else {
            Lanes::Images
        }
    }

    /// Whether half as long vectors do the same in fewer of them.
    pub(super) fn prefers_narrow(plan: &Plan) -> bool {
        let narrow = <S::Narrow as Simd>::LANES;
        let blocks = |lanes: usize| plan.stages.iter().map(move |s| s.filters.div_ceil(lanes));
        narrow < S::LANES && blocks(narrow).eq(blocks(S::LANES))
    }

    /// Places of a stage's pooled output and of its gradient.
    fn output_planes(&self, stage: usize) -> Planes {
        match self.stages.get(stage + 1) {
            Some(next) => next.input,
            None => self.stages[stage].pooled,
        }
    }

    /// Elements of one image in planes of `filters` filters.
    fn image_len(planes: Planes, filters: usize) -> usize {
        planes.len(filters.div_ceil(S::LANES))
    }

    /// The first stage of a chunk's images, from their pixels on.
    fn first_stage(&self, chunk: &Chunk<'_>, scratch: &mut Scratch<S>) {
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

    fn later_stage(&self, index: usize, images: usize, scratch: &mut Scratch<S>) {
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
    fn read_features(&self, images: usize, scratch: &mut Scratch<S>) {
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

    fn dense(&self, chunk: &Chunk<'_>, layer: usize, scratch: &mut Scratch<S>) {
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

    /// Gradients of a dense layer's input: through its weights, and through the ReLU (and
    /// dropout) of the layer before.
    fn dense_gradients(
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
    fn later_gradients(
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
    fn first_gradients(&self, (first, count): (usize, usize), scratch: &mut Scratch<S>) {
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

impl<S: Simd> Layout for ChannelLanes<S> {
    type Scratch = Scratch<S>;

    fn chunk(&self) -> usize {
        CHUNK
    }

    fn scratch(&self) -> Scratch<S> {
        Scratch::new(self.simd, &self.plan, &self.stages)
    }

    fn row_stride(&self, units: usize) -> usize {
        DenseWeightGradient::row_stride::<S>(units)
    }

    fn prepare(&mut self, parameters: &[f32], training: bool) {
        let stages = self.stages.iter().zip(&self.plan.stages);
        for (weights, (stage, plan)) in self.weights.iter_mut().zip(stages) {
            let weight = &parameters[plan.tensors.weight.clone()];
            let bias = &parameters[plan.tensors.bias.clone()];
            weights.fill::<S>(stage, weight, bias, training);
        }
        if training {
            for (panels, layer) in self.panels.iter_mut().zip(&self.plan.dense) {
                panels.fill(self.simd, &parameters[layer.tensors.weight.clone()]);
            }
        }
    }

    fn forward(
        &self,
        chunk: &Chunk<'_>,
        dropout: Option<Dropout>,
        scratch: &mut Scratch<S>,
    ) -> f32 {
        let images = chunk.images.len();
        self.first_stage(chunk, scratch);
        for index in 1..self.stages.len() {
            self.later_stage(index, images, scratch);
        }
        self.read_features(images, scratch);
        let mut peak = f32::NAN;
        for layer in 0..self.plan.dense.len() {
            if layer + 1 == self.plan.dense.len() {
                let units = self.plan.dense[layer].inputs;
                let rows = (0..images).map(|image| &scratch.units[layer].row(image)[..units]);
                peak = rows.flatten().copied().fold(0.0, super::segment::larger);
            }
            if let (Some(dropout), true) = (dropout, self.plan.is_last_hidden(layer)) {
                let units = self.plan.dense[layer].inputs;
                let scales = &mut scratch.scales[..units];
                for (at, image) in chunk.images.clone().enumerate() {
                    scale_factors(dropout.rate, dropout.seed, dropout.step, image, scales);
                    let row = scratch.units[layer].row_mut(at).iter_mut().zip(&*scales);
                    row.for_each(|(unit, &scale)| *unit *= scale);
                }
            }
            self.dense(chunk, layer, scratch);
        }
        peak
    }

    fn read_logits(&self, scratch: &Scratch<S>, image: usize, row: &mut [f32]) {
        row.copy_from_slice(&scratch.units[self.plan.dense.len()].row(image)[..row.len()]);
    }

    fn write_logit_gradients(&self, scratch: &mut Scratch<S>, image: usize, row: &[f32]) {
        let rows = &mut scratch.unit_gradients[self.plan.dense.len()];
        rows.row_mut(image)[..row.len()].copy_from_slice(row);
    }

    fn begin(&self, scratch: &mut Scratch<S>) {
        for sums in &mut scratch.sums {
            sums.clear(self.simd);
        }
    }

    fn backward(
        &self,
        chunk: &Chunk<'_>,
        dropout: Option<Dropout>,
        scratch: &mut Scratch<S>,
        _sums: &mut [f32],
    ) {
        for layer in (0..self.plan.dense.len()).rev() {
            self.dense_gradients(chunk, layer, dropout, scratch);
        }
        let images = chunk.images.len();
        for first in (0..images).step_by(GROUP) {
            let group = (first, GROUP.min(images - first));
            for index in (1..self.stages.len()).rev() {
                self.later_gradients(index, group, scratch);
            }
            self.first_gradients(group, scratch);
        }
    }

    fn finish(&self, scratch: &mut Scratch<S>, sums: &mut [f32]) {
        for (index, (stage, plan)) in self.stages.iter().zip(&self.plan.stages).enumerate() {
            let from = &scratch.sums[index];
            let first = index == 0;
            let weight = &mut sums[plan.tensors.weight.clone()];
            add_gradients::<S>(stage.channels, first, &from.weight, weight);
            let bias = if first {
                lanes::<S>(&from.first_bias)
            } else {
                &from.bias
            };
            let to = sums[plan.tensors.bias.clone()].iter_mut().zip(bias);
            to.for_each(|(to, &value)| *to += value);
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
        let copy = |rows: &Rows, units: usize, to: &mut [f32]| {
            to[..units].copy_from_slice(&rows.row(image)[..units]);
        };
        let dense = &self.plan.dense[layer];
        copy(&scratch.units[layer], dense.inputs, input);
        copy(&scratch.unit_gradients[layer + 1], dense.outputs, gradient);
    }

    fn weight_gradient(&self, share: &mut DenseWeightGradient<'_>) {
        self.simd.vectorize(share);
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
