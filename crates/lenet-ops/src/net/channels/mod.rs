//! Channels in the lanes: images go through the network one after the other, and the backward pass
//! skips every place without a gradient.

mod backward;
mod forward;
mod scratch;

use super::layers::{ConvStage, Layers};
use super::layout::{Chunk, Lanes, Layout, Preparation};
use crate::conv_pool::cpu::Planes;
use crate::conv_pool::cpu::channels::{AddGradients, ChannelStage, StageWeights};
use crate::dense::cpu::{Dot, FEW, LargestUnit, Panels};
use crate::dropout::Mask;
use crate::dropout::reference::scale_factors;
use crate::simd::{Simd, lanes};
use scratch::{CHUNK, Scratch, UnitRows};

/// Largest batch in chunks of half as many images, so that more threads get a chunk.
const SMALL: usize = 32;

/// The layout for one geometry.
pub(super) struct ChannelLanes<S: Simd> {
    simd: S,
    layers: Layers,
    stages: Vec<ChannelStage>,
    weights: Vec<StageWeights<S::Vector>>,
    /// The dense layers' weights for the backward pass.
    panels: Vec<Panels<S::Vector>>,
}

impl<S: Simd> ChannelLanes<S> {
    pub(super) fn new(simd: S, layers: &Layers) -> Self {
        let stages: Vec<_> = layers
            .stages
            .iter()
            .map(|stage| ChannelStage::new(stage.input, stage.filters))
            .collect();
        let weights = stages.iter().enumerate();
        Self {
            simd,
            weights: weights
                .map(|(index, stage)| StageWeights::new(simd, stage, index == 0))
                .collect(),
            stages,
            panels: layers
                .dense
                .iter()
                .map(|layer| Panels::new(simd, layer.inputs, layer.outputs))
                .collect(),
            layers: layers.clone(),
        }
    }

    /// The faster layout for batches of `images` images. This one supports 3×3 kernels only, and is
    /// slower where padding fills much of its vectors. But it does not need as many images as a
    /// vector has lanes. The bounds are measured.
    pub(super) fn choose(layers: &Layers, images: usize) -> Lanes {
        let filled = |stage: &ConvStage| {
            let filters = stage.filters;
            let padded = filters.next_multiple_of(S::LANES);
            if S::LANES < 16 {
                filters >= 8 && 5 * filters >= 4 * padded
            } else {
                4 * filters > 3 * S::LANES && 5 * filters >= 3 * padded
            }
        };
        // With images in the lanes, a second thread would have little or nothing to do.
        let few = 2 * images < S::LANES
            || S::LANES >= 16
                && 4 * images <= 5 * S::LANES
                && layers
                    .stages
                    .iter()
                    .all(|stage| 2 * stage.filters >= S::LANES);
        let fits = layers.stages.iter().all(|stage| stage.kernel == 3);
        if fits && (few || layers.stages.iter().all(filled)) {
            Lanes::Channels
        } else {
            Lanes::Images
        }
    }

    /// Whether vectors of half the length need no more vectors.
    pub(super) fn prefers_narrow(layers: &Layers) -> bool {
        let narrow = <S::Narrow as Simd>::LANES;
        let blocks = |lanes: usize| layers.stages.iter().map(move |s| s.filters.div_ceil(lanes));
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
}

impl<S: Simd> Layout for ChannelLanes<S> {
    type Simd = S;
    type Scratch = Scratch<S>;

    fn simd(&self) -> S {
        self.simd
    }

    fn layers(&self) -> &Layers {
        &self.layers
    }

    fn chunk(&self, images: usize) -> usize {
        if images > SMALL { CHUNK } else { CHUNK / 2 }
    }

    fn scratch(&self) -> Scratch<S> {
        Scratch::new(self.simd, &self.layers, &self.stages)
    }

    fn prepare<'a>(
        &'a mut self,
        parameters: &'a [f32],
        training: Option<usize>,
    ) -> Vec<Preparation<'a>> {
        let simd = self.simd;
        let mut tasks: Vec<Preparation<'a>> = vec![];
        let stages = self.stages.iter().zip(&self.layers.stages);
        for (weights, (stage, layers)) in self.weights.iter_mut().zip(stages) {
            let weight = &parameters[layers.tensors.weight.clone()];
            let bias = &parameters[layers.tensors.bias.clone()];
            tasks.extend(weights.fill(simd, stage, weight, bias, training.is_some()));
        }
        if training.is_some_and(|images| images > FEW) {
            for (panels, layer) in self.panels.iter_mut().zip(&self.layers.dense) {
                let weight = &parameters[layer.tensors.weight.clone()];
                tasks.extend(panels.fill(simd, weight).map(|fill| Box::new(fill) as _));
            }
        }
        tasks
    }

    fn convolutions(&self, chunk: &Chunk<'_>, scratch: &mut Scratch<S>) {
        let images = chunk.images.len();
        self.first_stage(chunk, scratch);
        for index in 1..self.stages.len() {
            self.later_stage(index, images, scratch);
        }
        self.read_features(images, scratch);
    }

    fn peak(&self, chunk: &Chunk<'_>, layer: usize, scratch: &Scratch<S>) -> f32 {
        let rows = &scratch.units[layer];
        self.simd.vectorize(LargestUnit {
            values: &rows.values[..chunk.images.len() * rows.stride],
        })
    }

    fn drop_units(&self, chunk: &Chunk<'_>, mask: Mask, layer: usize, scratch: &mut Scratch<S>) {
        let scales = &mut scratch.scales[..self.layers.dense[layer].inputs];
        for (at, image) in chunk.images.clone().enumerate() {
            scale_factors(mask, image, scales);
            let row = scratch.units[layer].row_mut(at).iter_mut().zip(&*scales);
            row.for_each(|(unit, &scale)| *unit *= scale);
        }
    }

    fn dense(&self, chunk: &Chunk<'_>, layer: usize, scratch: &mut Scratch<S>) {
        let dense = &self.layers.dense[layer];
        let (before, after) = scratch.units.split_at_mut(layer + 1);
        self.simd.vectorize(Dot {
            images: chunk.images.len(),
            input: &before[layer].values,
            input_stride: before[layer].stride,
            inputs: dense.inputs,
            weight: &chunk.batch.parameters[dense.tensors.weight.clone()],
            bias: &chunk.batch.parameters[dense.tensors.bias.clone()],
            relu: layer + 1 < self.layers.dense.len(),
            output: &mut after[0].values,
            output_stride: after[0].stride,
        });
    }

    fn read_logits(&self, scratch: &Scratch<S>, image: usize, row: &mut [f32]) {
        row.copy_from_slice(&scratch.units[self.layers.dense.len()].row(image)[..row.len()]);
    }

    fn write_logit_gradients(&self, scratch: &mut Scratch<S>, image: usize, row: &[f32]) {
        let rows = &mut scratch.unit_gradients[self.layers.dense.len()];
        rows.row_mut(image)[..row.len()].copy_from_slice(row);
    }

    fn begin(&self, scratch: &mut Scratch<S>) {
        for sums in &mut scratch.sums {
            sums.clear(self.simd);
        }
    }

    fn backward(&self, chunk: &Chunk<'_>, scratch: &mut Scratch<S>, _sums: &mut [f32]) {
        for layer in (0..self.layers.dense.len()).rev() {
            self.dense_gradients(chunk, layer, scratch);
        }
        let images = chunk.images.len();
        // The planes of one image's gradients stay in the first cache.
        for image in 0..images {
            self.write_features(image, scratch);
            for index in (1..self.stages.len()).rev() {
                self.later_gradients(index, image, scratch);
            }
            self.first_gradients(image, scratch);
        }
    }

    fn finish(&self, scratch: &mut Scratch<S>, sums: &mut [f32]) {
        for (index, (stage, layers)) in self.stages.iter().zip(&self.layers.stages).enumerate() {
            let from = &scratch.sums[index];
            let first = index == 0;
            let weight = &mut sums[layers.tensors.weight.clone()];
            self.simd.vectorize(AddGradients {
                channels: stage.channels,
                first,
                sums: &from.weight,
                gradient: weight,
            });
            let bias = if first {
                lanes::<S>(&from.first_bias)
            } else {
                &from.bias
            };
            let to = sums[layers.tensors.bias.clone()].iter_mut().zip(bias);
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
        let copy = |rows: &UnitRows, units: usize, to: &mut [f32]| {
            to[..units].copy_from_slice(&rows.row(image)[..units]);
        };
        let dense = &self.layers.dense[layer];
        copy(&scratch.units[layer], dense.inputs, input);
        copy(&scratch.unit_gradients[layer + 1], dense.outputs, gradient);
    }
}
