//! The launches of a batch.

use super::arguments::StepPart;
use super::build::PassBuilder;
use super::call::{Call, Source, size};
use super::memory::{EpochMemory, ImageRoom, Memory};
use crate::cuda::launch::Launch;
use crate::cuda::types::{Batch, NULL};
use crate::cuda::{Buffer, Gpu, Graph};
use crate::dense::cuda::DenseWeightGradient;
use crate::error::OpsError;
use crate::net::layers::Layers;
use crate::optimizer::cuda as optimizer;
use crate::optimizer::cuda::{Partials, Update};
use crate::softmax_cross_entropy::cuda::Head;

/// The launches of one pass over a batch, in their order.
pub(super) struct Pass {
    calls: Vec<(Launch, Call)>,
    /// Number of those calls that form the forward pass with the loss.
    forward: usize,
    /// The calls read them.
    tables: Option<(Buffer<DenseWeightGradient>, Buffer<Partials>)>,
    runs: usize,
    graph: Option<Graph>,
}

impl Pass {
    /// Forward, with sums and peaks; `logits` asks for the logits too.
    pub(super) fn evaluation(
        layers: &Layers,
        memory: &Memory,
        images: ImageRoom,
        source: &Source<'_>,
        chunk: usize,
    ) -> Self {
        let build = PassBuilder {
            layers,
            memory,
            source,
            stride: images.evaluated,
            batch: Batch {
                clock: NULL,
                slots: memory.evaluated_slots.pointer(),
                ..batch(memory, source, images.evaluated)
            },
        };
        let mut calls = build.forward(false);
        calls.push(build.head(Head {
            logits: memory.dense[layers.dense.len() - 1].output.pointer(),
            logit_gradient: NULL,
            input_gradient: NULL,
            peaks: memory.peaks.pointer(),
            chunk: size(chunk),
            ..build.head_arguments()
        }));
        Self {
            forward: calls.len(),
            calls,
            tables: None,
            runs: 0,
            graph: None,
        }
    }

    /// Forward and backward, without the update.
    pub(super) fn gradients(
        gpu: &Gpu,
        layers: &Layers,
        memory: &Memory,
        images: ImageRoom,
        source: &Source<'_>,
    ) -> Result<Self, OpsError> {
        let build = PassBuilder {
            layers,
            memory,
            source,
            stride: images.batch,
            batch: batch(memory, source, images.batch),
        };
        let mut calls = build.forward(source.dropout);
        calls.push(build.head(build.head_arguments()));
        let forward = calls.len();
        build.dense_input_gradients(&mut calls);
        let layers = build.dense_weight_gradients(gpu, &mut calls)?;
        let partials = build.stage_gradients(gpu, &mut calls)?;
        Ok(Self {
            calls,
            forward,
            tables: Some((layers, partials)),
            runs: 0,
            graph: None,
        })
    }

    /// A whole step.
    pub(super) fn training(
        gpu: &Gpu,
        layers: &Layers,
        memory: &Memory,
        images: ImageRoom,
        source: &Source<'_>,
        epoch: &EpochMemory,
        parameter_count: usize,
    ) -> Result<Self, OpsError> {
        let mut pass = Self::gradients(gpu, layers, memory, images, source)?;
        let partials = pass
            .tables
            .as_ref()
            .map_or(NULL, |(_, table)| table.pointer());
        let moment = |index: usize| memory.moments.get(index).map_or(NULL, Buffer::pointer);
        let update = Update {
            parameters: memory.parameters.pointer(),
            gradients: memory.gradients.pointer(),
            first_moments: moment(0),
            second_moments: moment(1),
            constants: memory.constants.pointer(),
            rates: epoch.rates.pointer(),
            slots: memory.slots.pointer(),
            clock: memory.clock.pointer(),
            partials,
            parameter_count: size(parameter_count),
            parameter_stride: size(memory.stride),
            gradient_stride: size(memory.stride),
            rate_stride: size(epoch.batches),
            partial_count: size(layers.stages.len()),
            convolutions: size(layers.convolutions),
        };
        let launch = optimizer::update(parameter_count, source.places);
        pass.calls.push((launch, Call::Update(update)));
        Ok(pass)
    }

    /// The tables of partial sums that the calls leave.
    pub(super) fn partials(&self) -> Result<Vec<Partials>, OpsError> {
        match &self.tables {
            Some((_, partials)) => partials.to_vec(),
            None => Ok(Vec::new()),
        }
    }

    /// Number of kernels of a run.
    pub(super) fn launches(&self) -> usize {
        self.calls.len()
    }

    /// Launches the pass, call by call.
    pub(super) fn run(&self, gpu: &Gpu) -> Result<(), OpsError> {
        Self::run_calls(&self.calls, gpu)
    }

    /// Runs a training pass part by part, and waits for the GPU before it calls `done` with a part.
    pub(super) fn run_in_parts(
        &self,
        gpu: &Gpu,
        done: &mut dyn FnMut(StepPart),
    ) -> Result<(), OpsError> {
        let (forward, rest) = self.calls.split_at(self.forward);
        let (backward, update) = rest.split_at(rest.len() - 1);
        let parts = [
            (StepPart::Forward, forward),
            (StepPart::Backward, backward),
            (StepPart::Update, update),
        ];
        for (part, calls) in parts {
            Self::run_calls(calls, gpu)?;
            gpu.synchronize()?;
            done(part);
        }
        Ok(())
    }

    fn run_calls(calls: &[(Launch, Call)], gpu: &Gpu) -> Result<(), OpsError> {
        for (launch, call) in calls {
            // SAFETY: the arguments mirror the kernels' own, as the tests of their layouts check. By
            // construction in `PassBuilder`, their addresses are of buffers with room for the launch's
            // sizes, and a buffer is freed on the same stream, after the launches before.
            unsafe {
                match call {
                    Call::StageForward(arguments) => gpu.launch(launch, arguments),
                    Call::DenseForward(arguments) => gpu.launch(launch, arguments),
                    Call::Head(arguments) => gpu.launch(launch, &**arguments),
                    Call::DenseWeightGradients(arguments) => gpu.launch(launch, arguments),
                    Call::DenseInputGradient(arguments) => gpu.launch(launch, arguments),
                    Call::StageInputGradient(arguments) => gpu.launch(launch, arguments),
                    Call::StageWeightGradient(arguments) => gpu.launch(launch, arguments),
                    Call::Update(arguments) => gpu.launch(launch, arguments),
                }?;
            }
        }
        Ok(())
    }

    /// Runs the pass, from the second time on as one recorded call: the first run loads the kernels,
    /// which must not happen during a recording.
    pub(super) fn repeat(&mut self, gpu: &Gpu) -> Result<(), OpsError> {
        self.runs += 1;
        if self.runs == 1 {
            return self.run(gpu);
        }
        let graph = match self.graph.take() {
            Some(graph) => graph,
            None => gpu.capture(|| self.run(gpu))?,
        };
        // SAFETY: as in `run`.
        unsafe { self.graph.insert(graph).launch() }
    }
}

fn batch(memory: &Memory, source: &Source<'_>, batch_size: usize) -> Batch {
    Batch {
        pixels: source.set.pixels.pointer(),
        labels: source.set.labels.pointer(),
        order: source.order,
        clock: memory.clock.pointer(),
        slots: memory.slots.pointer(),
        order_stride: size(source.order_stride),
        first: size(source.first),
        batch_size: size(batch_size),
        images: size(source.images),
    }
}
