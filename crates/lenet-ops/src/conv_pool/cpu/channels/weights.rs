//! A stage's weights and biases as the kernels of this layout walk them, and the way back for
//! their gradients.

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
    /// Later stages: `[F, channel blocks, 9]`, zero beyond the channels.
    pub(crate) backward: Vec<V>,
}

impl<V: Copy> StageWeights<V> {
    pub(crate) fn new<S: Simd<Vector = V>>(simd: S, stage: &Stage, first: bool) -> Self {
        let blocks = stage.filters.div_ceil(S::LANES);
        let zeros = |len| vec![simd.splat(0.0); len];
        let taps = if first { TAPS } else { winograd::ELEMENTS };
        let backward = stage.filters * stage.channels.div_ceil(S::LANES) * TAPS;
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
            let places = places::<S>(stage.channels, true);
            for (at, &weight) in weight.iter().enumerate() {
                forward[places(at)] = weight;
            }
        } else {
            winograd::transform_weights::<S>(stage, weight, forward);
        }
        if training && !self.backward.is_empty() {
            let backward = lanes_mut::<S>(&mut self.backward);
            let places = places::<S>(stage.channels, false);
            for (at, &weight) in weight.iter().enumerate() {
                backward[places(at)] = weight;
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
    let places = places::<S>(channels, first);
    for (at, gradient) in gradient.iter_mut().enumerate() {
        *gradient += sums[places(at)];
    }
}

/// From a weight's index in `[F, C, 9]` to its lane's in `[filter blocks, C, 9]` vectors of
/// filters or `[F, channel blocks, 9]` vectors of channels.
fn places<S: Simd>(channels: usize, filters_in_lanes: bool) -> impl Fn(usize) -> usize {
    let blocks = channels.div_ceil(S::LANES);
    move |at| {
        let (pair, tap) = (at / TAPS, at % TAPS);
        let (filter, channel) = (pair / channels, pair % channels);
        let (vector, lane) = if filters_in_lanes {
            let block = filter / S::LANES * channels + channel;
            (block, filter % S::LANES)
        } else {
            (filter * blocks + channel / S::LANES, channel % S::LANES)
        };
        (vector * TAPS + tap) * S::LANES + lane
    }
}
