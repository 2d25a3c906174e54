//! A batch: its chunks on the threads, and the sums over them in a fixed order.

use std::ops::Range;

use super::chunk::Chunk;
use super::plan::{BLOCKS, Plan, segments};
use super::scratch::Scratch;
use super::workers::Workers;
use super::{BatchSums, Dropout, Images};
use crate::dense::cpu::WeightGradient;
use crate::error::OpsError;
use crate::geometry::Geometry;
use crate::simd::{Simd, WithSimd, lane, lane_mut};
use crate::softmax_cross_entropy::cpu::{loss, loss_and_gradient};

/// Chunks of one task of an evaluation.
const EVALUATION_CHUNKS: usize = 4;

/// A batch with the parameters to compute it with; lengths and ranges have been checked.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a> {
    pub(super) parameters: &'a [f32],
    pub(super) images: Images<'a>,
    pub(super) count: usize,
}

/// What a network does, whatever its instruction set.
pub(super) trait Compute: Send {
    fn train(
        &mut self,
        batch: Batch<'_>,
        labels: &[u8],
        dropout: Option<Dropout>,
        gradients: &mut [f32],
    ) -> BatchSums;

    fn evaluate(&mut self, batch: Batch<'_>, labels: &[u8]) -> BatchSums;

    fn logits(&mut self, batch: Batch<'_>, logits: &mut [f32]);
}

/// Makes the engine of a level.
pub(super) struct Build<'a> {
    pub(super) geometry: &'a Geometry,
    pub(super) threads: usize,
}

impl WithSimd for Build<'_> {
    type Output = Result<Box<dyn Compute>, OpsError>;

    fn with<S: Simd>(self, simd: S) -> Self::Output {
        let plan = Plan::new(self.geometry);
        let workers = Workers::new(simd, &plan, self.threads)?;
        Ok(Box::new(Engine {
            simd,
            rows: rows::<S>(&plan),
            plan,
            workers,
            partial: vec![],
        }))
    }
}

/// Inputs and output gradients of a dense layer for a whole batch, an image a row.
struct Rows {
    input: Vec<f32>,
    input_stride: usize,
    gradient: Vec<f32>,
    gradient_stride: usize,
}

fn rows<S: Simd>(plan: &Plan) -> Vec<Rows> {
    let stride = WeightGradient::row_stride::<S>;
    let layers = plan.dense.iter();
    let rows = layers.map(|layer| Rows {
        input: vec![],
        input_stride: stride(layer.inputs),
        gradient: vec![],
        gradient_stride: stride(layer.outputs),
    });
    rows.collect()
}

struct Engine<S: Simd> {
    simd: S,
    plan: Plan,
    workers: Workers<S>,
    rows: Vec<Rows>,
    /// Each segment's sums of the convolutions' gradients.
    partial: Vec<f32>,
}

/// A share of a batch and where its results go.
struct Segment<'a> {
    images: Range<usize>,
    labels: &'a [u8],
    /// Cross-entropy of each image.
    losses: &'a mut [f64],
    logits: Option<&'a mut [f32]>,
    sums: BatchSums,
}

/// What a training segment writes besides.
struct Training<'a> {
    segment: Segment<'a>,
    partial: &'a mut [f32],
    /// For each dense layer its rows of inputs and of output gradients.
    rows: Vec<(&'a mut [f32], &'a mut [f32])>,
}

impl<S: Simd> Compute for Engine<S> {
    fn train(
        &mut self,
        batch: Batch<'_>,
        labels: &[u8],
        dropout: Option<Dropout>,
        gradients: &mut [f32],
    ) -> BatchSums {
        let mut losses = vec![0.0; batch.count];
        let ranges: Vec<_> = segments(batch.count, BLOCKS * S::LANES).collect();
        self.partial.clear();
        self.partial
            .resize(ranges.len() * self.plan.convolutions, 0.0);
        for rows in &mut self.rows {
            rows.input
                .resize(rows.input.len().max(batch.count * rows.input_stride), 0.0);
            rows.gradient.resize(
                rows.gradient.len().max(batch.count * rows.gradient_stride),
                0.0,
            );
        }
        let mut tasks: Vec<_> = share(ranges.clone(), labels, &mut losses, None)
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
                task.rows.push((input, gradient));
            }
        }
        let (simd, plan) = (self.simd, &self.plan);
        let scale = 1.0 / batch.count as f32;
        self.workers.for_each(&mut tasks, |scratch, task| {
            task.run(simd, plan, batch, dropout, scale, scratch);
        });
        let sums: Vec<_> = tasks.iter().map(|task| task.segment.sums).collect();
        drop(tasks);
        self.sum_convolutions(&mut gradients[..self.plan.convolutions]);
        self.dense_gradients(batch.count, gradients);
        total(&sums, &losses)
    }

    fn evaluate(&mut self, batch: Batch<'_>, labels: &[u8]) -> BatchSums {
        let mut losses = vec![0.0; batch.count];
        let sums = self.forward(batch, labels, &mut losses, None);
        total(&sums, &losses)
    }

    fn logits(&mut self, batch: Batch<'_>, logits: &mut [f32]) {
        self.forward(batch, &[], &mut [], Some(logits));
    }
}

impl<S: Simd> Engine<S> {
    fn forward(
        &mut self,
        batch: Batch<'_>,
        labels: &[u8],
        losses: &mut [f64],
        logits: Option<&mut [f32]>,
    ) -> Vec<BatchSums> {
        let size = EVALUATION_CHUNKS * BLOCKS * S::LANES;
        let starts = (0..batch.count).step_by(size);
        let ranges = starts
            .map(|start| start..(start + size).min(batch.count))
            .collect();
        let logits = logits.map(|logits| (logits, self.plan.classes));
        let mut tasks = share(ranges, labels, losses, logits);
        let (simd, plan) = (self.simd, &self.plan);
        self.workers.for_each(&mut tasks, |scratch, task| {
            task.run(simd, plan, batch, scratch)
        });
        tasks.into_iter().map(|task| task.sums).collect()
    }

    fn sum_convolutions(&self, gradients: &mut [f32]) {
        gradients.fill(0.0);
        for partial in self.partial.chunks_exact(gradients.len()) {
            for (sum, &value) in gradients.iter_mut().zip(partial) {
                *sum += value;
            }
        }
    }

    /// Gradients of the dense layers from the rows of the whole batch. Each is one sum over the
    /// images, so it does not matter how outputs are shared among threads.
    fn dense_gradients(&self, images: usize, gradients: &mut [f32]) {
        let mut tasks = Vec::new();
        let mut rest = &mut gradients[self.plan.convolutions..];
        for (layer, rows) in self.plan.dense.iter().zip(&self.rows) {
            let (weight, after) = rest.split_at_mut(layer.inputs * layer.outputs);
            let (bias, after) = after.split_at_mut(layer.outputs);
            rest = after;
            let gradient = &rows.gradient[..images * rows.gradient_stride];
            bias.fill(0.0);
            for row in gradient.chunks_exact(rows.gradient_stride) {
                for (sum, &value) in bias.iter_mut().zip(row) {
                    *sum += value;
                }
            }
            let outputs = layer
                .outputs
                .div_ceil(self.workers.threads())
                .next_multiple_of(12);
            let shares = weight.chunks_mut(outputs * layer.inputs).enumerate();
            tasks.extend(shares.map(|(i, weight)| WeightGradient {
                input: &rows.input[..images * rows.input_stride],
                input_stride: rows.input_stride,
                gradient,
                gradient_stride: rows.gradient_stride,
                first: i * outputs,
                inputs: layer.inputs,
                weight,
            }));
        }
        let simd = self.simd;
        self.workers
            .for_each(&mut tasks, |_, task| simd.vectorize(task));
    }
}

impl Segment<'_> {
    fn run<S: Simd>(&mut self, simd: S, plan: &Plan, batch: Batch<'_>, scratch: &mut Scratch<S>) {
        let start = self.images.start;
        for images in chunks::<S>(self.images.clone()) {
            let chunk = Chunk {
                simd,
                plan,
                parameters: batch.parameters,
                images,
            };
            let peak = chunk.forward(batch.images, None, scratch);
            self.sums.peak_activation = larger(self.sums.peak_activation, peak);
            for (image, block, lane) in chunk.places() {
                let row = &mut scratch.row[..plan.classes];
                read_row::<S>(plan, &scratch.units, block, lane, row);
                if let Some(logits) = &mut self.logits {
                    logits[(image - start) * plan.classes..][..plan.classes].copy_from_slice(row);
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
    fn run<S: Simd>(
        &mut self,
        simd: S,
        plan: &Plan,
        batch: Batch<'_>,
        dropout: Option<Dropout>,
        scale: f32,
        scratch: &mut Scratch<S>,
    ) {
        let segment = &mut self.segment;
        let start = segment.images.start;
        for images in chunks::<S>(segment.images.clone()) {
            let chunk = Chunk {
                simd,
                plan,
                parameters: batch.parameters,
                images,
            };
            let peak = chunk.forward(batch.images, dropout, scratch);
            segment.sums.peak_activation = larger(segment.sums.peak_activation, peak);
            let last = plan.dense.len();
            scratch.unit_gradients[last].fill(simd.splat(0.0));
            for (image, block, lane) in chunk.places() {
                let row = &mut scratch.row[..plan.classes];
                read_row::<S>(plan, &scratch.units, block, lane, row);
                let (loss, correct) = loss_and_gradient(row, segment.labels[image - start], scale);
                segment.losses[image - start] = loss;
                segment.sums.correct += usize::from(correct);
                let to = &mut scratch.unit_gradients[last][block * plan.classes..][..plan.classes];
                let to = lane_mut::<S>(to, lane).zip(&*row);
                to.for_each(|(to, &value)| *to = value);
            }
            chunk.backward(dropout, scratch, self.partial);
            let places = || {
                chunk
                    .places()
                    .map(|(image, block, lane)| (image - start, block, lane))
            };
            for (layer, (inputs, gradients)) in self.rows.iter_mut().enumerate() {
                let images = segment.images.len();
                let dense = &plan.dense[layer];
                copy_rows::<S>(
                    &scratch.units[layer],
                    dense.inputs,
                    places(),
                    inputs,
                    images,
                );
                let from = &scratch.unit_gradients[layer + 1];
                copy_rows::<S>(from, dense.outputs, places(), gradients, images);
            }
        }
    }
}

/// Copies units from the lanes of blocks to rows of images.
fn copy_rows<S: Simd>(
    units: &[S::Vector],
    width: usize,
    places: impl Iterator<Item = (usize, usize, usize)>,
    rows: &mut [f32],
    images: usize,
) {
    let stride = rows.len() / images;
    for (row, block, at) in places {
        let from = lane::<S>(&units[block * width..][..width], at);
        let to = &mut rows[row * stride..][..width];
        to.iter_mut().zip(from).for_each(|(to, value)| *to = value);
    }
}

/// One image's logits out of its lane.
fn read_row<S: Simd>(
    plan: &Plan,
    units: &[Vec<S::Vector>],
    block: usize,
    at: usize,
    row: &mut [f32],
) {
    let logits = &units[plan.dense.len()][block * plan.classes..][..plan.classes];
    let from = lane::<S>(logits, at);
    row.iter_mut().zip(from).for_each(|(to, value)| *to = value);
}

fn chunks<S: Simd>(images: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let size = BLOCKS * S::LANES;
    let end = images.end;
    images
        .step_by(size)
        .map(move |start| start..(start + size).min(end))
}

fn share<'a>(
    ranges: Vec<Range<usize>>,
    mut labels: &'a [u8],
    mut losses: &'a mut [f64],
    mut logits: Option<(&'a mut [f32], usize)>,
) -> Vec<Segment<'a>> {
    let mut segments = Vec::with_capacity(ranges.len());
    for images in ranges {
        let count = images.len();
        let take = labels.len().min(count);
        let (own_labels, rest) = labels.split_at(take);
        labels = rest;
        let (own_losses, rest) = losses.split_at_mut(take);
        losses = rest;
        let own_logits = logits.take().map(|(all, classes)| {
            let (own, rest) = all.split_at_mut(count * classes);
            logits = Some((rest, classes));
            own
        });
        segments.push(Segment {
            images,
            labels: own_labels,
            losses: own_losses,
            logits: own_logits,
            sums: BatchSums::default(),
        });
    }
    segments
}

fn larger(a: f32, b: f32) -> f32 {
    if b > a || b.is_nan() { b } else { a }
}

/// The segments' counts, and the images' losses in their order.
fn total(segments: &[BatchSums], losses: &[f64]) -> BatchSums {
    BatchSums {
        loss: losses.iter().sum(),
        correct: segments.iter().map(|sums| sums.correct).sum(),
        peak_activation: segments
            .iter()
            .map(|sums| sums.peak_activation)
            .fold(0.0, larger),
    }
}
