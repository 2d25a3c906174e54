//! Forward pass of a block: convolution, bias, ReLU and pool, the last three in registers.

use super::window::{Input, Tiled, Weights, for_each_tile, sums};
use super::{DEAD, ImageStage, Planes};
use crate::simd::{Kernel, Simd};

/// One stage of one block.
pub(crate) struct Forward<'a, V> {
    pub(crate) stage: &'a ImageStage,
    pub(crate) input: &'a [V],
    pub(crate) weight: &'a [f32],
    pub(crate) bias: &'a [f32],
    /// The pooled output; only the inside of the border is written.
    pub(crate) output: &'a mut [V],
    pub(crate) output_planes: Planes,
    /// Argmax codes, in the places of [`ImageStage::codes`].
    pub(crate) codes: &'a mut [V],
}

impl<S: Simd> Kernel<S> for Forward<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, simd: S) {
        let stage = self.stage;
        assert!(self.weight.len() >= stage.weights() && self.bias.len() >= stage.filters);
        assert!(self.input.len() >= stage.input.len(stage.channels));
        let windows = [stage.codes.rows, stage.codes.columns];
        for_each_tile(simd, stage.kernel, windows, stage.filters, &mut self);
    }
}

impl<V: Copy> Tiled<V> for Forward<'_, V> {
    #[inline(always)]
    fn tile<S: Simd<Vector = V>, const N: usize, const K: usize>(
        &mut self,
        simd: S,
        first: usize,
        (row, column): (usize, usize),
    ) {
        let stage = self.stage;
        let square = stage.kernel * stage.kernel;
        let weights = Weights {
            values: self.weight,
            output: stage.channels * square,
            input: square,
            kernel: stage.kernel,
        };
        let input = Input {
            values: self.input,
            planes: stage.input,
            count: stage.channels,
        };
        let mut start = [simd.splat(0.0); N];
        for (start, &bias) in start.iter_mut().zip(&self.bias[first..]) {
            *start = simd.splat(bias);
        }
        // SAFETY: `run` has checked both lengths; `first + N` is at most the number of
        // filters, and a pooled window lies in the image.
        let sums = unsafe {
            sums::<S, N, K, false>(simd, input, weights, first, (2 * row, 2 * column), start)
        };
        for (n, places) in sums.into_iter().enumerate() {
            let (value, code) = pool(simd, places);
            self.output[self.output_planes.at(first + n, row, column)] = value;
            self.codes[stage.codes.at(first + n, row, column)] = code;
        }
    }
}

/// ReLU of the largest of four, and its code: of equal ones the first, of NaN the last.
#[inline(always)]
fn pool<S: Simd>(simd: S, places: [S::Vector; 4]) -> (S::Vector, S::Vector) {
    let zero = simd.splat(0.0);
    let (mut best, mut code) = (places[0], zero);
    for (place, &value) in places.iter().enumerate().skip(1) {
        let greater = simd.gt_or_nan(value, best);
        best = simd.select(greater, value, best);
        code = simd.select(greater, simd.splat(place as f32), code);
    }
    let alive = simd.gt_or_nan(best, zero);
    (
        simd.select(alive, best, zero),
        simd.select(alive, code, simd.splat(DEAD)),
    )
}
