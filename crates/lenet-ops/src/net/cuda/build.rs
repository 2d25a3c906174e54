//! The arguments and sizes of a pass's launches.

use super::call::{Call, Source, size};
use super::memory::{Memory, StageMemory};
use crate::conv_pool::cuda as conv_pool;
use crate::conv_pool::cuda::{StageForward, StageInputGradient, StageWeightGradient};
use crate::cuda::launch::Launch;
use crate::cuda::types::{Batch, NULL, Pointer};
use crate::cuda::{Buffer, Gpu};
use crate::dense::cuda as dense;
use crate::dense::cuda::{
    DenseForward, DenseInputGradient, DenseWeightGradient, DenseWeightGradients,
};
use crate::error::OpsError;
use crate::net::layers::Layers;
use crate::optimizer::cuda::Partials;
use crate::softmax_cross_entropy::cuda as softmax_cross_entropy;
use crate::softmax_cross_entropy::cuda::Head;

/// What the calls of a pass have in common.
pub(super) struct PassBuilder<'a> {
    pub(super) layers: &'a Layers,
    pub(super) memory: &'a Memory,
    pub(super) source: &'a Source<'a>,
    /// Images that a place has memory for.
    pub(super) stride: usize,
    pub(super) batch: Batch,
}

impl PassBuilder<'_> {
    /// The calls up to the last hidden layer.
    pub(super) fn forward(&self, dropout: bool) -> Vec<(Launch, Call)> {
        let Self { layers, memory, .. } = *self;
        let (images, places) = (self.source.images, self.source.places);
        let mut calls = Vec::new();
        let mut input = NULL;
        for (index, (stage, planned)) in memory.stages.iter().zip(&layers.stages).enumerate() {
            let (tiling, launch) = conv_pool::forward(
                index == 0,
                &stage.stage,
                size(images),
                size(places),
                memory.precision,
            );
            let arguments = StageForward {
                batch: self.batch,
                images: input,
                parameters: memory.parameters.pointer(),
                pooled: stage.pooled.pointer(),
                codes: stage.codes.pointer(),
                parameter_stride: size(memory.stride),
                weight: size(planned.tensors.weight.start),
                bias: size(planned.tensors.bias.start),
                stride: size(self.stride),
                stage: stage.stage,
                tiling,
            };
            calls.push((launch, Call::StageForward(arguments)));
            input = stage.pooled.pointer();
        }
        let last = layers.dense.len() - 1;
        for (index, layer) in layers.dense[..last].iter().enumerate() {
            let drops = dropout && layers.is_last_hidden(index + 1);
            let arguments = DenseForward {
                input: self.input(index),
                parameters: memory.parameters.pointer(),
                output: memory.dense[index].output.pointer(),
                constants: memory.constants.pointer(),
                clock: memory.clock.pointer(),
                slots: self.batch.slots,
                parameter_stride: size(memory.stride),
                weight: size(layer.tensors.weight.start),
                bias: size(layer.tensors.bias.start),
                inputs: size(layer.inputs),
                outputs: size(layer.outputs),
                images: size(images),
                stride: size(self.stride),
                relu: 1,
                dropout: drops.into(),
                padding: 0,
            };
            let sizes = (layer.inputs, layer.outputs);
            let launch = dense::forward(images, sizes, places, memory.precision);
            calls.push((launch, Call::DenseForward(arguments)));
        }
        calls
    }

    /// Input of dense layer `index`.
    fn input(&self, index: usize) -> Pointer {
        match index.checked_sub(1) {
            Some(before) => self.memory.dense[before].output.pointer(),
            None => self.features().pooled.pointer(),
        }
    }

    /// Gradient of that input.
    fn input_gradient(&self, index: usize) -> Pointer {
        match index.checked_sub(1) {
            Some(before) => self.memory.dense[before].gradient.pointer(),
            None => self.features().gradient.pointer(),
        }
    }

    fn features(&self) -> &StageMemory {
        &self.memory.stages[self.layers.stages.len() - 1]
    }

    pub(super) fn head(&self, arguments: Head) -> (Launch, Call) {
        let launch = softmax_cross_entropy::head(self.source.images, self.source.places);
        (launch, Call::Head(Box::new(arguments)))
    }

    /// The arguments in training.
    pub(super) fn head_arguments(&self) -> Head {
        let Self {
            layers,
            memory,
            source,
            ..
        } = *self;
        let last = layers.dense.len() - 1;
        let layer = &layers.dense[last];
        Head {
            batch: self.batch,
            input: self.input(last),
            parameters: memory.parameters.pointer(),
            constants: memory.constants.pointer(),
            logits: NULL,
            logit_gradient: memory.dense[last].gradient.pointer(),
            input_gradient: self.input_gradient(last),
            sums: source.sums,
            peaks: NULL,
            parameter_stride: size(memory.stride),
            weight: size(layer.tensors.weight.start),
            bias: size(layer.tensors.bias.start),
            inputs: size(layer.inputs),
            classes: size(layer.outputs),
            stride: size(self.stride),
            sums_stride: size(source.sums_stride),
            block_stride: size(source.block_stride),
            chunk: 0,
            mask: (last > 0).into(),
            dropout: (source.dropout && last > 0).into(),
            padding: 0,
        }
    }

    pub(super) fn dense_input_gradients(&self, calls: &mut Vec<(Launch, Call)>) {
        let Self { layers, memory, .. } = *self;
        let (images, places) = (self.source.images, self.source.places);
        for index in (0..layers.dense.len() - 1).rev() {
            let layer = &layers.dense[index];
            let arguments = DenseInputGradient {
                gradient: memory.dense[index].gradient.pointer(),
                parameters: memory.parameters.pointer(),
                // The codes of their stage hold the features' ReLU.
                input: if index > 0 { self.input(index) } else { NULL },
                input_gradient: self.input_gradient(index),
                slots: self.batch.slots,
                parameter_stride: size(memory.stride),
                weight: size(layer.tensors.weight.start),
                inputs: size(layer.inputs),
                outputs: size(layer.outputs),
                images: size(images),
                stride: size(self.stride),
            };
            let sizes = (layer.inputs, layer.outputs);
            let launch = dense::input_gradient(images, sizes, places, memory.precision);
            calls.push((launch, Call::DenseInputGradient(arguments)));
        }
    }

    /// Adds one launch for tensor cores and one for the other layers, where there are both. Returns
    /// their table.
    pub(super) fn dense_weight_gradients(
        &self,
        gpu: &Gpu,
        calls: &mut Vec<(Launch, Call)>,
    ) -> Result<Buffer<DenseWeightGradient>, OpsError> {
        let Self { layers, memory, .. } = *self;
        let mut table = Vec::new();
        let mut launches = Vec::new();
        for tensor_cores in [true, false] {
            let layers = layers.dense.iter().enumerate().filter(|(_, layer)| {
                let sizes = (layer.inputs, layer.outputs);
                dense::is_for_tensor_cores(sizes, memory.precision) == tensor_cores
            });
            let layers: Vec<_> = layers.collect();
            if layers.is_empty() {
                continue;
            }
            let sizes = layers
                .iter()
                .map(|(_, layer)| (layer.inputs, layer.outputs));
            let sizes: Vec<_> = sizes.collect();
            let (launch, first_blocks) =
                dense::weight_gradients(&sizes, self.source.places, tensor_cores);
            launches.push((launch, table.len(), layers.len()));
            let rows = layers.into_iter().zip(first_blocks);
            table.extend(
                rows.map(|((index, layer), first_block)| DenseWeightGradient {
                    input: self.input(index),
                    gradient: memory.dense[index].gradient.pointer(),
                    inputs: size(layer.inputs),
                    outputs: size(layer.outputs),
                    weight: size(layer.tensors.weight.start),
                    bias: size(layer.tensors.bias.start),
                    first_block,
                    padding: 0,
                }),
            );
        }
        let table = gpu.upload(&table)?;
        for (launch, first, count) in launches {
            let arguments = DenseWeightGradients {
                layers: table.pointer() + (first * size_of::<DenseWeightGradient>()) as Pointer,
                gradients: memory.gradients.pointer(),
                layer_count: size(count),
                gradient_stride: size(memory.stride),
                images: size(self.source.images),
                stride: size(self.stride),
            };
            calls.push((launch, Call::DenseWeightGradients(arguments)));
        }
        Ok(table)
    }

    /// Adds the gradients of the stages' images and weights. Returns the table of partial sums.
    pub(super) fn stage_gradients(
        &self,
        gpu: &Gpu,
        calls: &mut Vec<(Launch, Call)>,
    ) -> Result<Buffer<Partials>, OpsError> {
        let Self { layers, memory, .. } = *self;
        let (images, places) = (size(self.source.images), size(self.source.places));
        let mut partials = Vec::new();
        for (index, stage) in memory.stages.iter().enumerate().rev() {
            let tensors = &layers.stages[index].tensors;
            let before = index.checked_sub(1).map(|before| &memory.stages[before]);
            if let Some(before) = before {
                let (tiling, launch) =
                    conv_pool::input_gradient(&stage.stage, images, places, memory.precision);
                let arguments = StageInputGradient {
                    batch: self.batch,
                    upstream: stage.gradient.pointer(),
                    codes: stage.codes.pointer(),
                    parameters: memory.parameters.pointer(),
                    gradient: before.gradient.pointer(),
                    parameter_stride: size(memory.stride),
                    weight: size(tensors.weight.start),
                    stride: size(self.stride),
                    stage: stage.stage,
                    tiling,
                    padding: 0,
                };
                calls.push((launch, Call::StageInputGradient(arguments)));
            }
            let (tiling, segments, launch) = conv_pool::weight_gradient(
                index == 0,
                &stage.stage,
                images,
                places,
                memory.precision,
            );
            let arguments = StageWeightGradient {
                batch: self.batch,
                images: before.map_or(NULL, |before| before.pooled.pointer()),
                upstream: stage.gradient.pointer(),
                codes: stage.codes.pointer(),
                partial: stage.partial.pointer(),
                partial_stride: stage.stage.parameters(),
                segment_images: segments.images,
                stride: size(self.stride),
                stage: stage.stage,
                tiling,
            };
            calls.push((launch, Call::StageWeightGradient(arguments)));
            partials.push(Partials {
                values: stage.partial.pointer(),
                segments: segments.segments,
                stride: stage.stage.parameters(),
                first: size(tensors.weight.start),
                count: stage.stage.parameters(),
            });
        }
        partials.reverse();
        gpu.upload(&partials)
    }
}
