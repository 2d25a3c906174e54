//! A batch: its chunks on the threads, whatever the layout of their images.

use std::ops::Range;
use std::sync::Mutex;

use super::plan::{Plan, segments};
use super::segment::{Batch, Segment, larger, share, total};
use super::sums::Sum;
use super::team::{Team, lock};
use super::{BatchSums, Dropout};
use crate::dense::cpu::WeightGradient;
use crate::softmax_cross_entropy::cpu::{loss, loss_and_gradient};

/// Chunks of one task of an evaluation, at most.
const EVALUATION_CHUNKS: usize = 4;

/// What a network does, whatever its instruction set and layout.
pub(super) trait Compute: Send {
    fn train(
        &mut self,
        team: &mut Team,
        batch: Batch<'_>,
        labels: &[u8],
        dropout: Option<Dropout>,
        gradients: &mut [f32],
    ) -> BatchSums;

    fn evaluate(&mut self, team: &mut Team, batch: Batch<'_>, labels: &[u8]) -> BatchSums;

    fn logits(&mut self, team: &mut Team, batch: Batch<'_>, logits: &mut [f32]);
}

/// Some of a batch's images, which go through the network together.
pub(super) struct Chunk<'a> {
    pub(super) batch: Batch<'a>,
    pub(super) images: Range<usize>,
}

/// A share of a layout's preparation.
pub(super) type Preparation<'a> = Box<dyn FnMut() + Send + 'a>;

/// How a chunk's images lie in memory, and what is computed on them there. Rows and logits are
/// asked for by an image's position in the chunk.
pub(super) trait Layout: Send + Sync {
    /// Buffers of one thread, allocated once.
    type Scratch: Send;

    /// Images of a chunk, at most, of a batch of `images`.
    fn chunk(&self, images: usize) -> usize;

    fn scratch(&self) -> Self::Scratch;

    /// Length of a row of `units` for [`WeightGradient`].
    fn row_stride(&self, units: usize) -> usize;

    /// What takes over the parameters for one call, in any order; `training` is the size of the
    /// batch where it is a training batch.
    fn prepare<'a>(
        &'a mut self,
        parameters: &'a [f32],
        training: Option<usize>,
    ) -> Vec<Preparation<'a>>;

    /// Everything up to the logits; gives the largest activation before them.
    fn forward(
        &self,
        chunk: &Chunk<'_>,
        dropout: Option<Dropout>,
        scratch: &mut Self::Scratch,
    ) -> f32;

    fn read_logits(&self, scratch: &Self::Scratch, image: usize, row: &mut [f32]);

    fn write_logit_gradients(&self, scratch: &mut Self::Scratch, image: usize, row: &[f32]);

    /// Comes before the chunks of a segment.
    fn begin(&self, _scratch: &mut Self::Scratch) {}

    /// From the logits' gradients to those of all units; the gradients of the convolutions are
    /// added to `sums` or kept until [`Self::finish`].
    fn backward(
        &self,
        chunk: &Chunk<'_>,
        dropout: Option<Dropout>,
        scratch: &mut Self::Scratch,
        sums: &mut [f32],
    );

    /// Comes after the chunks of a segment.
    fn finish(&self, _scratch: &mut Self::Scratch, _sums: &mut [f32]) {}

    /// Copies what the gradient of a dense layer's weights needs.
    fn read_rows(
        &self,
        scratch: &Self::Scratch,
        layer: usize,
        image: usize,
        input: &mut [f32],
        gradient: &mut [f32],
    );

    /// Computes a share of a dense layer's gradient.
    fn weight_gradient(&self, share: &mut WeightGradient<'_>);
}

/// An engine for a team of `threads`.
pub(super) fn engine<L: Layout + 'static>(
    layout: L,
    plan: &Plan,
    threads: usize,
) -> Box<dyn Compute> {
    let rows = plan.dense.iter().map(|layer| Rows {
        input: vec![],
        input_stride: layout.row_stride(layer.inputs),
        gradient: vec![],
        gradient_stride: layout.row_stride(layer.outputs),
    });
    Box::new(Engine {
        rows: rows.collect(),
        scratch: (0..threads).map(|_| Mutex::new(layout.scratch())).collect(),
        layout,
        plan: plan.clone(),
        partial: vec![],
    })
}

/// Inputs and output gradients of a dense layer for a whole batch, an image a row.
struct Rows {
    input: Vec<f32>,
    input_stride: usize,
    gradient: Vec<f32>,
    gradient_stride: usize,
}

impl Rows {
    /// Makes room for a batch; what is beyond a row's units stays zero.
    fn reserve(&mut self, images: usize) {
        let grow = |rows: &mut Vec<f32>, stride: usize| {
            rows.resize(rows.len().max(images * stride), 0.0);
        };
        grow(&mut self.input, self.input_stride);
        grow(&mut self.gradient, self.gradient_stride);
    }
}

struct Engine<L: Layout> {
    layout: L,
    plan: Plan,
    /// One a thread.
    scratch: Vec<Mutex<L::Scratch>>,
    rows: Vec<Rows>,
    /// Each segment's sums of the convolutions' gradients.
    partial: Vec<f32>,
}

/// What a training segment writes besides.
struct Training<'a> {
    segment: Segment<'a>,
    partial: &'a mut [f32],
    /// For each dense layer its rows of inputs and of output gradients, with their strides.
    rows: Vec<[(&'a mut [f32], usize); 2]>,
}

impl<L: Layout> Compute for Engine<L> {
    fn train(
        &mut self,
        team: &mut Team,
        batch: Batch<'_>,
        labels: &[u8],
        dropout: Option<Dropout>,
        gradients: &mut [f32],
    ) -> BatchSums {
        let mut preparation = self.layout.prepare(batch.parameters, Some(batch.count));
        team.for_each(&mut preparation, |_, prepare| prepare());
        drop(preparation);
        let mut losses = vec![0.0; batch.count];
        let ranges: Vec<_> = segments(batch.count, self.layout.chunk(batch.count)).collect();
        let partial = ranges.len() * self.plan.convolutions;
        self.partial.resize(self.partial.len().max(partial), 0.0);
        self.rows
            .iter_mut()
            .for_each(|rows| rows.reserve(batch.count));
        let mut tasks: Vec<_> = share(ranges, labels, &mut losses, None)
            .into_iter()
            .zip(self.partial.chunks_exact_mut(self.plan.convolutions))
            .map(|(segment, partial)| Training {
                segment,
                partial,
                rows: vec![],
            })
            .collect();
        for rows in &mut self.rows {
            let (mut inputs, mut gradients) = (&mut rows.input[..], &mut rows.gradient[..]);
            for task in &mut tasks {
                let images = task.segment.images.len();
                let (input, rest) = inputs.split_at_mut(images * rows.input_stride);
                inputs = rest;
                let (gradient, rest) = gradients.split_at_mut(images * rows.gradient_stride);
                gradients = rest;
                task.rows
                    .push([(input, rows.input_stride), (gradient, rows.gradient_stride)]);
            }
        }
        let (layout, classes) = (&self.layout, self.plan.classes);
        let scale = 1.0 / batch.count as f32;
        let scratch = &self.scratch;
        team.for_each(&mut tasks, |thread, task| {
            let scratch = &mut lock(&scratch[thread]);
            task.run(layout, classes, batch, dropout, scale, scratch);
        });
        let sums: Vec<_> = tasks.iter().map(|task| task.segment.sums).collect();
        drop(tasks);
        self.sum_gradients(team, batch.count, sums.len(), gradients);
        total(&sums, &losses)
    }

    fn evaluate(&mut self, team: &mut Team, batch: Batch<'_>, labels: &[u8]) -> BatchSums {
        let mut losses = vec![0.0; batch.count];
        let sums = self.forward(team, batch, labels, &mut losses, None);
        total(&sums, &losses)
    }

    fn logits(&mut self, team: &mut Team, batch: Batch<'_>, logits: &mut [f32]) {
        self.forward(team, batch, &[], &mut [], Some(logits));
    }
}

impl<L: Layout> Engine<L> {
    fn forward(
        &mut self,
        team: &mut Team,
        batch: Batch<'_>,
        labels: &[u8],
        losses: &mut [f64],
        logits: Option<&mut [f32]>,
    ) -> Vec<BatchSums> {
        let mut preparation = self.layout.prepare(batch.parameters, None);
        team.for_each(&mut preparation, |_, prepare| prepare());
        drop(preparation);
        // Losses are summed image by image, so the tasks may depend on the number of threads.
        let chunk = self.layout.chunk(batch.count);
        let each = batch.count.div_ceil(team.threads());
        let size = each
            .next_multiple_of(chunk)
            .clamp(chunk, EVALUATION_CHUNKS * chunk);
        let ranges = parts(0..batch.count, size).collect();
        let logits = logits.map(|logits| (logits, self.plan.classes));
        let mut tasks = share(ranges, labels, losses, logits);
        let (layout, classes) = (&self.layout, self.plan.classes);
        let scratch = &self.scratch;
        team.for_each(&mut tasks, |thread, task| {
            task.run(layout, classes, batch, &mut lock(&scratch[thread]));
        });
        tasks.into_iter().map(|task| task.sums).collect()
    }

    /// All gradients from the segments' sums and the rows of the whole batch. Each is one sum, so
    /// it does not matter how they are shared among threads.
    fn sum_gradients(
        &self,
        team: &mut Team,
        images: usize,
        segments: usize,
        gradients: &mut [f32],
    ) {
        let mut tasks = Vec::new();
        let (convolutions, mut rest) = gradients.split_at_mut(self.plan.convolutions);
        for (layer, rows) in self.plan.dense.iter().zip(&self.rows) {
            let (weight, after) = rest.split_at_mut(layer.inputs * layer.outputs);
            let (bias, after) = after.split_at_mut(layer.outputs);
            rest = after;
            let gradient = &rows.gradient[..images * rows.gradient_stride];
            let outputs = layer.outputs.div_ceil(team.threads()).next_multiple_of(12);
            let weights = weight.chunks_mut(outputs * layer.inputs);
            let shares = weights.zip(bias.chunks_mut(outputs)).enumerate();
            tasks.extend(shares.map(|(i, (weight, bias))| {
                let weight = WeightGradient {
                    input: &rows.input[..images * rows.input_stride],
                    input_stride: rows.input_stride,
                    gradient,
                    gradient_stride: rows.gradient_stride,
                    first: i * outputs,
                    inputs: layer.inputs,
                    weight,
                };
                Sum::Dense { weight, bias }
            }));
        }
        let len = convolutions.len();
        let share = len.div_ceil(team.threads());
        let shares = convolutions.chunks_mut(share).enumerate();
        tasks.extend(shares.map(|(i, to)| Sum::Convolutions {
            segments: &self.partial[..segments * len],
            len,
            first: i * share,
            to,
        }));
        let layout = &self.layout;
        team.for_each(&mut tasks, |_, task| task.run(layout));
    }
}

impl Segment<'_> {
    fn run<L: Layout>(
        &mut self,
        layout: &L,
        classes: usize,
        batch: Batch<'_>,
        scratch: &mut L::Scratch,
    ) {
        let start = self.images.start;
        let mut row = [0.0; 256];
        let row = &mut row[..classes];
        for images in parts(self.images.clone(), layout.chunk(batch.count)) {
            let chunk = Chunk { batch, images };
            let peak = layout.forward(&chunk, None, scratch);
            self.sums.peak_activation = larger(self.sums.peak_activation, peak);
            for (at, image) in chunk.images.enumerate() {
                layout.read_logits(scratch, at, row);
                if let Some(logits) = &mut self.logits {
                    logits[(image - start) * classes..][..classes].copy_from_slice(row);
                } else {
                    let (loss, correct) = loss(row, self.labels[image - start]);
                    self.losses[image - start] = loss;
                    self.sums.correct += usize::from(correct);
                }
            }
        }
    }
}

impl Training<'_> {
    fn run<L: Layout>(
        &mut self,
        layout: &L,
        classes: usize,
        batch: Batch<'_>,
        dropout: Option<Dropout>,
        scale: f32,
        scratch: &mut L::Scratch,
    ) {
        let segment = &mut self.segment;
        let start = segment.images.start;
        let mut row = [0.0; 256];
        let row = &mut row[..classes];
        self.partial.fill(0.0);
        layout.begin(scratch);
        for images in parts(segment.images.clone(), layout.chunk(batch.count)) {
            let chunk = Chunk { batch, images };
            let peak = layout.forward(&chunk, dropout, scratch);
            segment.sums.peak_activation = larger(segment.sums.peak_activation, peak);
            for (at, image) in chunk.images.clone().enumerate() {
                layout.read_logits(scratch, at, row);
                let (loss, correct) = loss_and_gradient(row, segment.labels[image - start], scale);
                segment.losses[image - start] = loss;
                segment.sums.correct += usize::from(correct);
                layout.write_logit_gradients(scratch, at, row);
            }
            layout.backward(&chunk, dropout, scratch, self.partial);
            for (layer, [input, gradient]) in self.rows.iter_mut().enumerate() {
                for (at, image) in chunk.images.clone().enumerate() {
                    let input = &mut input.0[(image - start) * input.1..][..input.1];
                    let gradient = &mut gradient.0[(image - start) * gradient.1..][..gradient.1];
                    layout.read_rows(scratch, layer, at, input, gradient);
                }
            }
        }
        layout.finish(scratch, self.partial);
    }
}

/// Parts of a range, each of `size` but the last.
fn parts(range: Range<usize>, size: usize) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    range
        .step_by(size)
        .map(move |start| start..(start + size).min(end))
}
