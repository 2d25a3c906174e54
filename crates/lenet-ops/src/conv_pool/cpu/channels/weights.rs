//! A stage's weights and biases as the kernels of this layout walk them, and the way back for
//! their gradients.

use super::input_gradient::{weight_at, weight_len};
use super::winograd;
use super::{Stage, TAPS};
use crate::simd::{Simd, lanes, lanes_mut};

/// The forms of one stage's weights; filled once a step.
#[derive(Debug)]
pub(crate) struct StageWeights<V> {
    /// First stage: `[filter blocks, C, 9]`; later ones: see [`winograd`].
    pub(crate) forward: Vec<V>,
    /// `[filter blocks]`, zero beyond the filters.
    pub(crate) bias: Vec<V>,
    /// Later stages: in the places of [`weight_at`], zero elsewhere.
    pub(crate) backward: Vec<V>,
}

impl<V: Copy> StageWeights<V> {
    pub(crate) fn new<S: Simd<Vector = V>>(simd: S, stage: &Stage, first: bool) -> Self {
        let blocks = stage.filters.div_ceil(S::LANES);
        let zeros = |len| vec![simd.splat(0.0); len];
        let taps = if first { TAPS } else { winograd::ELEMENTS };
        let backward = weight_len::<S>(stage);
        Self {
            forward: zeros(blocks * stage.channels * taps),
            bias: zeros(blocks),
            backward: zeros(if first { 0 } else { backward }),
        }
    }

    /// Takes over weights `[F, C, 3, 3]` and biases `[F]`.
    pub(crate) fn fill<S: Simd<Vector = V>>(
        &mut self,
        stage: &Stage,
        weight: &[f32],
        bias: &[f32],
        training: bool,
    ) {
        lanes_mut::<S>(&mut self.bias)[..stage.filters].copy_from_slice(bias);
        let forward = lanes_mut::<S>(&mut self.forward);
        if self.backward.is_empty() {
            // The gradients' sums have the same form.
            for (pair, weight) in weight.chunks_exact(TAPS).enumerate() {
                let first = sums_at::<S>(stage.channels, true, pair);
                for (tap, &weight) in weight.iter().enumerate() {
                    forward[first + tap * S::LANES] = weight;
                }
            }
        } else {
            winograd::transform_weights::<S>(stage, weight, forward);
        }
        if training && !self.backward.is_empty() {
            let backward = lanes_mut::<S>(&mut self.backward);
            for (pair, weight) in weight.chunks_exact(TAPS).enumerate() {
                let (filter, channel) = (pair / stage.channels, pair % stage.channels);
                for (tap, &weight) in weight.iter().enumerate() {
                    let vector = weight_at::<S>(stage, filter, channel / S::LANES, tap);
                    backward[vector * S::LANES + channel % S::LANES] = weight;
                }
            }
        }
    }
}

/// Adds sums in a stage's vector form to the gradient `[F, C, 3, 3]`.
pub(crate) fn add_gradients<S: Simd>(
    channels: usize,
    first: bool,
    sums: &[S::Vector],
    gradient: &mut [f32],
) {
    let sums = lanes::<S>(sums);
    for (pair, gradient) in gradient.chunks_exact_mut(TAPS).enumerate() {
        let sums = &sums[sums_at::<S>(channels, first, pair)..];
        let sums = sums.iter().step_by(S::LANES);
        gradient
            .iter_mut()
            .zip(sums)
            .for_each(|(to, &sum)| *to += sum);
    }
}

/// The lane of the first tap of a pair of filter and channel, in `[F, C]` order, in
/// `[filter blocks, C, 9]` vectors of filters or `[F, channel blocks, 9]` vectors of channels.
fn sums_at<S: Simd>(channels: usize, filters_in_lanes: bool, pair: usize) -> usize {
    let (filter, channel) = (pair / channels, pair % channels);
    let (vector, lane) = if filters_in_lanes {
        let block = filter / S::LANES * channels + channel;
        (block, filter % S::LANES)
    } else {
        let blocks = channels.div_ceil(S::LANES);
        (filter * blocks + channel / S::LANES, channel % S::LANES)
    };
    vector * TAPS * S::LANES + lane
}
