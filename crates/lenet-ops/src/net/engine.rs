//! Computes a batch: its chunks on the threads, for any layout of their images.

use std::ops::Range;
use std::sync::Mutex;

use super::batch::{BatchInput, BatchSums};
use super::layers::segments;
use super::layout::{Chunk, Compute, Layout};
use super::segment::{Segment, larger, share, total};
use super::shares::GradientShare;
use super::team::{Team, lock};
use crate::dense::cpu::WeightGradient;
use crate::dropout::Mask;
use crate::softmax_cross_entropy::cpu::{loss, loss_and_gradient};

/// Most chunks of one task of an evaluation.
const EVALUATION_CHUNKS: usize = 4;

/// An engine for a team of `threads`.
pub(super) fn engine<L: Layout + 'static>(layout: L, threads: usize) -> Box<dyn Compute> {
    let rows = layout.layers().dense.iter().map(|layer| DenseRows {
        input: vec![],
        input_stride: WeightGradient::row_stride::<L::Simd>(layer.inputs),
        gradient: vec![],
        gradient_stride: WeightGradient::row_stride::<L::Simd>(layer.outputs),
    });
    Box::new(Engine {
        rows: rows.collect(),
        scratch: (0..threads).map(|_| Mutex::new(layout.scratch())).collect(),
        layout,
        partial: vec![],
    })
}

/// Inputs and output gradients of a dense layer for a whole batch, one row per image.
struct DenseRows {
    input: Vec<f32>,
    input_stride: usize,
    gradient: Vec<f32>,
    gradient_stride: usize,
}

impl DenseRows {
    /// Makes room for a batch. Elements beyond a row's units stay zero.
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
    /// One per thread.
    scratch: Vec<Mutex<L::Scratch>>,
    rows: Vec<DenseRows>,
    /// Each segment's sums of the convolutions' gradients.
    partial: Vec<f32>,
}

/// A segment of a training batch, and what it writes besides its sums.
struct TrainingSegment<'a> {
    segment: Segment<'a>,
    partial: &'a mut [f32],
    /// For each dense layer its rows of inputs and of output gradients, with their strides.
    rows: Vec<[(&'a mut [f32], usize); 2]>,
}

impl<L: Layout> Compute for Engine<L> {
    fn train(
        &mut self,
        team: &mut Team,
        batch: BatchInput<'_>,
        labels: &[u8],
        dropout: Option<Mask>,
        gradients: &mut [f32],
    ) -> BatchSums {
        let mut preparation = self.layout.prepare(batch.parameters, Some(batch.count));
        team.for_each(&mut preparation, |_, prepare| prepare());
        drop(preparation);
        let mut losses = vec![0.0; batch.count];
        let ranges: Vec<_> = segments(batch.count, self.layout.chunk(batch.count)).collect();
        let convolutions = self.layout.layers().convolutions;
        let partial = ranges.len() * convolutions;
        self.partial.resize(self.partial.len().max(partial), 0.0);
        self.rows
            .iter_mut()
            .for_each(|rows| rows.reserve(batch.count));
        let mut tasks: Vec<_> = share(ranges, labels, &mut losses, None)
            .into_iter()
            .zip(self.partial.chunks_exact_mut(convolutions))
            .map(|(segment, partial)| TrainingSegment {
                segment,
                partial,
                rows: vec![],
            })
            .collect();
        for rows in &mut self.rows {
            let (mut inputs, mut gradients) = (&mut rows.input[..], &mut rows.gradient[..]);
            for task in &mut tasks {
                let images = task.segment.images.len();
                let input = inputs.split_off_mut(..images * rows.input_stride);
                let gradient = gradients.split_off_mut(..images * rows.gradient_stride);
                task.rows.push([
                    (input.unwrap_or_default(), rows.input_stride),
                    (gradient.unwrap_or_default(), rows.gradient_stride),
                ]);
            }
        }
        let (layout, scratch) = (&self.layout, &self.scratch);
        team.for_each(&mut tasks, |thread, task| {
            task.run(layout, batch, dropout, &mut lock(&scratch[thread]));
        });
        let sums: Vec<_> = tasks.iter().map(|task| task.segment.sums).collect();
        drop(tasks);
        self.sum_gradients(team, batch.count, sums.len(), gradients);
        total(&sums, &losses)
    }

    fn evaluate(&mut self, team: &mut Team, batch: BatchInput<'_>, labels: &[u8]) -> BatchSums {
        let mut losses = vec![0.0; batch.count];
        let sums = self.forward(team, batch, labels, &mut losses, None);
        total(&sums, &losses)
    }

    fn logits(&mut self, team: &mut Team, batch: BatchInput<'_>, logits: &mut [f32]) {
        self.forward(team, batch, &[], &mut [], Some(logits));
    }
}

impl<L: Layout> Engine<L> {
    fn forward(
        &mut self,
        team: &mut Team,
        batch: BatchInput<'_>,
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
        let logits = logits.map(|logits| (logits, self.layout.layers().classes));
        let mut tasks = share(ranges, labels, losses, logits);
        let (layout, scratch) = (&self.layout, &self.scratch);
        team.for_each(&mut tasks, |thread, task| {
            task.run(layout, batch, &mut lock(&scratch[thread]));
        });
        tasks.into_iter().map(|task| task.sums).collect()
    }

    /// Computes all gradients from the segments' sums and the rows of the whole batch. Each gradient
    /// is one sum, so its bits do not depend on how the threads share them.
    fn sum_gradients(
        &self,
        team: &mut Team,
        images: usize,
        segments: usize,
        gradients: &mut [f32],
    ) {
        let mut tasks = Vec::new();
        let (convolutions, mut rest) = gradients.split_at_mut(self.layout.layers().convolutions);
        for (layer, rows) in self.layout.layers().dense.iter().zip(&self.rows) {
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
                GradientShare::Dense { weight, bias }
            }));
        }
        let len = convolutions.len();
        let share = len.div_ceil(team.threads());
        let shares = convolutions.chunks_mut(share).enumerate();
        tasks.extend(shares.map(|(i, to)| GradientShare::Convolutions {
            segments: &self.partial[..segments * len],
            len,
            first: i * share,
            to,
        }));
        let simd = self.layout.simd();
        team.for_each(&mut tasks, |_, task| task.run(simd));
    }
}

impl Segment<'_> {
    fn run<L: Layout>(&mut self, layout: &L, batch: BatchInput<'_>, scratch: &mut L::Scratch) {
        let (start, classes) = (self.images.start, layout.layers().classes);
        let mut row = [0.0; 256];
        let row = &mut row[..classes];
        for images in parts(self.images.clone(), layout.chunk(batch.count)) {
            let chunk = Chunk {
                batch,
                images,
                dropout: None,
            };
            let peak = layout.forward(&chunk, scratch);
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

impl TrainingSegment<'_> {
    fn run<L: Layout>(
        &mut self,
        layout: &L,
        batch: BatchInput<'_>,
        dropout: Option<Mask>,
        scratch: &mut L::Scratch,
    ) {
        let segment = &mut self.segment;
        let start = segment.images.start;
        let scale = 1.0 / batch.count as f32;
        let mut row = [0.0; 256];
        let row = &mut row[..layout.layers().classes];
        self.partial.fill(0.0);
        layout.begin(scratch);
        for images in parts(segment.images.clone(), layout.chunk(batch.count)) {
            let chunk = Chunk {
                batch,
                images,
                dropout,
            };
            let peak = layout.forward(&chunk, scratch);
            segment.sums.peak_activation = larger(segment.sums.peak_activation, peak);
            for (at, image) in chunk.images.clone().enumerate() {
                layout.read_logits(scratch, at, row);
                let (loss, correct) = loss_and_gradient(row, segment.labels[image - start], scale);
                segment.losses[image - start] = loss;
                segment.sums.correct += usize::from(correct);
                layout.write_logit_gradients(scratch, at, row);
            }
            layout.backward(&chunk, scratch, self.partial);
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

/// Splits a range into parts of `size`; the last may be shorter.
fn parts(range: Range<usize>, size: usize) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    range
        .step_by(size)
        .map(move |start| start..(start + size).min(end))
}
