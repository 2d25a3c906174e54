//! Channels in the lanes: images go through one after the other, and everything that the
//! gradients skip is skipped.

mod backward;
mod forward;
mod scratch;

use super::Dropout;
use super::choice::Lanes;
use super::engine::{Chunk, Layout, Preparation};
use super::plan::Plan;
use crate::conv_pool::cpu::Planes;
use crate::conv_pool::cpu::channels::{AddGradients, Stage, StageWeights};
use crate::dense::cpu::{FEW, Panels, Peak, WeightGradient};
use crate::dropout::scale_factors;
use crate::simd::{Simd, lanes};
use scratch::{Rows, Scratch};

/// Images that go through together: enough for the dense layers, and what they leave behind for
/// the backward pass stays near the second cache.
const CHUNK: usize = 16;

/// Largest batch that goes in chunks of half as many, so that more threads have one.
const SMALL: usize = 32;

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

    /// The faster layout for batches of `images` images. This one has code for 3×3 kernels only,
    /// and is the slower one where much of its vectors is padding; but it need not wait for as
    /// many images as a vector has lanes. The bounds are measured.
    pub(super) fn choose(plan: &Plan, images: usize) -> Lanes {
        let filled = |stage: &super::plan::Stage| {
            let filters = stage.filters;
            let padded = filters.next_multiple_of(S::LANES);
            if S::LANES < 16 {
                filters >= 8 && 5 * filters >= 4 * padded
            } else {
                4 * filters > 3 * S::LANES && 5 * filters >= 3 * padded
            }
        };
        // Images alone in their lanes: a second thread has nothing to do, or little.
        let few = 2 * images < S::LANES
            || S::LANES >= 16
                && 4 * images <= 5 * S::LANES
                && plan
                    .stages
                    .iter()
                    .all(|stage| 2 * stage.filters >= S::LANES);
        let fits = plan.stages.iter().all(|stage| stage.kernel == 3);
        if fits && (few || plan.stages.iter().all(filled)) {
            Lanes::Channels
        } else {
            Lanes::Images
        }
    }

    /// Whether half as long vectors do the same in as many of them.
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
}

impl<S: Simd> Layout for ChannelLanes<S> {
    type Scratch = Scratch<S>;

    fn chunk(&self, images: usize) -> usize {
        if images > SMALL { CHUNK } else { CHUNK / 2 }
    }

    fn scratch(&self) -> Scratch<S> {
        Scratch::new(self.simd, &self.plan, &self.stages)
    }

    fn row_stride(&self, units: usize) -> usize {
        WeightGradient::row_stride::<S>(units)
    }

    fn prepare<'a>(
        &'a mut self,
        parameters: &'a [f32],
        training: Option<usize>,
    ) -> Vec<Preparation<'a>> {
        let simd = self.simd;
        let mut tasks: Vec<Preparation<'a>> = vec![];
        let stages = self.stages.iter().zip(&self.plan.stages);
        for (weights, (stage, plan)) in self.weights.iter_mut().zip(stages) {
            let weight = &parameters[plan.tensors.weight.clone()];
            let bias = &parameters[plan.tensors.bias.clone()];
            tasks.extend(weights.fill(simd, stage, weight, bias, training.is_some()));
        }
        if training.is_some_and(|images| images > FEW) {
            for (panels, layer) in self.panels.iter_mut().zip(&self.plan.dense) {
                let weight = &parameters[layer.tensors.weight.clone()];
                tasks.extend(panels.fill(simd, weight).map(|fill| Box::new(fill) as _));
            }
        }
        tasks
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
                let rows = &scratch.units[layer];
                peak = self.simd.vectorize(Peak {
                    values: &rows.values[..images * rows.stride],
                });
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
        for (index, (stage, plan)) in self.stages.iter().zip(&self.plan.stages).enumerate() {
            let from = &scratch.sums[index];
            let first = index == 0;
            let weight = &mut sums[plan.tensors.weight.clone()];
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

    fn weight_gradient(&self, share: &mut WeightGradient<'_>) {
        self.simd.vectorize(share);
    }
}
