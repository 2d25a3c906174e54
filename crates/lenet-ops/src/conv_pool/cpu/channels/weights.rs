//! A stage's weights and biases as the kernels of this layout walk them, and the way back for
//! their gradients.

use super::input_gradient::{weight_at, weight_len};
use super::winograd::{ELEMENTS, TransformWeights, panels};
use super::{ChannelStage, TAPS};
use crate::simd::{Kernel, Simd, lanes, lanes_mut};

/// The forms of one stage's weights; filled once a step.
#[derive(Debug)]
pub(crate) struct StageWeights<V> {
    /// First stage: `[filter blocks, C, 9]`; later ones: panels of [`TransformWeights`].
    pub(crate) forward: Vec<V>,
    /// `[filter blocks]`, zero beyond the filters.
    pub(crate) bias: Vec<V>,
    /// Later stages: in the places of [`weight_at`], zero elsewhere.
    pub(crate) backward: Vec<V>,
    /// Later stages: a block of filters, `[C, 9]`, for each panel of the forward form.
    turned: Vec<V>,
}

/// A share of filling the forms, which goes by itself.
pub(crate) type Filling<'a> = Box<dyn FnMut() + Send + 'a>;

impl<V: Copy + Send> StageWeights<V> {
    pub(crate) fn new<S: Simd<Vector = V>>(simd: S, stage: &ChannelStage, first: bool) -> Self {
        let blocks = stage.filters.div_ceil(S::LANES);
        let zeros = |len| vec![simd.splat(0.0); len];
        let taps = if first { TAPS } else { ELEMENTS };
        let (backward, turned) = match first {
            true => (0, 0),
            false => (weight_len::<S>(stage), panels(blocks).count()),
        };
        Self {
            forward: zeros(blocks * stage.channels * taps),
            bias: zeros(blocks),
            backward: zeros(backward),
            turned: zeros(turned * stage.channels * TAPS),
        }
    }

    /// What takes over weights `[F, C, 3, 3]` and biases `[F]`, in any order.
    pub(crate) fn fill<'a, S: Simd<Vector = V>>(
        &'a mut self,
        simd: S,
        stage: &'a ChannelStage,
        weight: &'a [f32],
        bias: &[f32],
        training: bool,
    ) -> Vec<Filling<'a>>
    where
        V: 'a,
    {
        lanes_mut::<S>(&mut self.bias)[..stage.filters].copy_from_slice(bias);
        let row = stage.channels * TAPS;
        if self.backward.is_empty() {
            // As `sums_at` has it.
            let forward = &mut self.forward;
            return vec![Box::new(move || {
                let blocks = forward.chunks_exact_mut(row);
                for (to, weight) in blocks.zip(weight.chunks(S::LANES * row)) {
                    simd.vectorize(Turn { row, weight, to });
                }
            })];
        }
        let mut tasks: Vec<Filling<'a>> = vec![];
        let mut rest = &mut self.forward[..];
        let turned = self.turned.chunks_exact_mut(row);
        let panels = panels(stage.filters.div_ceil(S::LANES));
        for ((first, width), turned) in panels.zip(turned) {
            let (panel, after) = rest.split_at_mut(width * stage.channels * ELEMENTS);
            rest = after;
            let weight = &weight[first * S::LANES * row..];
            tasks.push(Box::new(move || {
                let blocks = weight.chunks(S::LANES * row).take(width);
                for (block, weight) in blocks.enumerate() {
                    let to = &mut *turned;
                    simd.vectorize(Turn { row, weight, to });
                    simd.vectorize(TransformWeights {
                        weight: to,
                        width,
                        block,
                        panel: &mut *panel,
                    });
                }
            }));
        }
        if training {
            let to = &mut self.backward[..];
            tasks.push(Box::new(move || {
                let to = &mut *to;
                simd.vectorize(FillBackward { stage, weight, to });
            }));
        }
        tasks
    }
}

/// Rows of `from`, at most as many as a vector has lanes, to columns: lane r of vector i becomes
/// element `start` + i of row r, anything beyond the row's end.
#[inline(always)]
fn turn<S: Simd>(simd: S, from: &[f32], row: usize, start: usize) -> [S::Vector; 16] {
    const { assert!(S::LANES <= 16) };
    let mut square = [simd.splat(0.0); 16];
    let rows = (0..from.len()).step_by(row);
    for (vector, first) in square[..S::LANES].iter_mut().zip(rows) {
        let from = &from[first + start..];
        if from.len() >= S::LANES {
            *vector = simd.load(from);
        } else {
            lanes_mut::<S>(std::slice::from_mut(vector))[..from.len()].copy_from_slice(from);
        }
    }
    simd.transpose(&mut square[..S::LANES]);
    square
}

/// A block of filters' weights, `[filters, row]`, to vectors of filters.
struct Turn<'a, V> {
    row: usize,
    weight: &'a [f32],
    /// `[row]`.
    to: &'a mut [V],
}

impl<S: Simd> Kernel<S> for Turn<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let filters = self.weight.len().min(S::LANES * self.row);
        for (part, to) in self.to.chunks_mut(S::LANES).enumerate() {
            let square = turn(simd, &self.weight[..filters], self.row, part * S::LANES);
            to.copy_from_slice(&square[..to.len()]);
        }
    }
}

struct FillBackward<'a, V> {
    stage: &'a ChannelStage,
    weight: &'a [f32],
    to: &'a mut [V],
}

impl<S: Simd> Kernel<S> for FillBackward<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let filters = self.weight.chunks_exact(self.stage.channels * TAPS);
        for (filter, weight) in filters.enumerate() {
            for (block, weight) in weight.chunks(S::LANES * TAPS).enumerate() {
                for start in (0..TAPS).step_by(S::LANES) {
                    let square = turn(simd, weight, TAPS, start);
                    for (tap, &vector) in (start..TAPS).zip(&square[..S::LANES]) {
                        self.to[weight_at::<S>(self.stage, filter, block, tap)] = vector;
                    }
                }
            }
        }
    }
}

/// Adds sums in a stage's vector form to the gradient `[F, C, 3, 3]`.
pub(crate) struct AddGradients<'a, V> {
    pub(crate) channels: usize,
    /// Whether the stage is the first, whose vectors are of filters.
    pub(crate) first: bool,
    pub(crate) sums: &'a [V],
    pub(crate) gradient: &'a mut [f32],
}

impl<S: Simd> Kernel<S> for AddGradients<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        if self.first {
            let sums = lanes::<S>(self.sums);
            for (pair, gradient) in self.gradient.chunks_exact_mut(TAPS).enumerate() {
                let sums = &sums[sums_at::<S>(self.channels, pair)..];
                let sums = sums.iter().step_by(S::LANES);
                let each = gradient.iter_mut().zip(sums);
                each.for_each(|(to, &sum)| *to += sum);
            }
            return;
        }
        let mut sums = self.sums.chunks_exact(TAPS);
        for filter in self.gradient.chunks_exact_mut(self.channels * TAPS) {
            let blocks = filter.chunks_mut(S::LANES * TAPS);
            for (block, sums) in blocks.zip(&mut sums) {
                for start in (0..TAPS).step_by(S::LANES) {
                    let taps = S::LANES.min(TAPS - start);
                    let mut square = [simd.splat(0.0); 16];
                    square[..taps].copy_from_slice(&sums[start..][..taps]);
                    simd.transpose(&mut square[..S::LANES]);
                    for (channel, sums) in block.chunks_exact_mut(TAPS).zip(&square) {
                        let sums = lanes::<S>(std::slice::from_ref(sums)).iter();
                        let each = channel[start..][..taps].iter_mut().zip(sums);
                        each.for_each(|(to, &sum)| *to += sum);
                    }
                }
            }
        }
    }
}

/// The lane of the first tap of a pair of filter and channel, in `[F, C]` order, in
/// `[filter blocks, C, 9]` vectors of filters.
fn sums_at<S: Simd>(channels: usize, pair: usize) -> usize {
    let (filter, channel) = (pair / channels, pair % channels);
    let block = filter / S::LANES * channels + channel;
    block * TAPS * S::LANES + filter % S::LANES
}
