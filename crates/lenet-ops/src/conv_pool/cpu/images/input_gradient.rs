//! Gradient of a block's input: the pool's gradient put in its places, then a convolution with
//! the kernels turned by half.

use super::window::{Input, Tiled, Weights, for_each_tile, sums};
use super::{ImageStage, Planes};
use crate::simd::{Kernel, Simd};

/// Puts the gradient of each pooled place where its maximum was, and zero beside it.
pub(crate) struct Unpool<'a, V> {
    /// Gradient of the pooled places.
    pub(crate) gradient: &'a [V],
    pub(crate) gradient_planes: Planes,
    pub(crate) codes: &'a [V],
    pub(crate) code_planes: Planes,
    /// Planes and rows of the pooled places to take.
    pub(crate) planes: std::ops::Range<usize>,
    pub(crate) rows: std::ops::Range<usize>,
    /// Where to put them, counted from the first plane and row taken.
    pub(crate) output: &'a mut [V],
    pub(crate) output_planes: Planes,
}

impl<S: Simd> Kernel<S> for Unpool<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let zero = simd.splat(0.0);
        let places: [S::Vector; 4] = std::array::from_fn(|place| simd.splat(place as f32));
        for (to_plane, plane) in self.planes.enumerate() {
            for (to_row, row) in self.rows.clone().enumerate() {
                let from = self.gradient_planes.at(plane, row, 0);
                let columns = self.code_planes.columns;
                let gradient = &self.gradient[from..][..columns];
                let codes = &self.codes[self.code_planes.at(plane, row, 0)..][..columns];
                let upper = self.output_planes.at(to_plane, 2 * to_row, 0);
                let lower = upper + self.output_planes.row;
                let (before, after) = self.output.split_at_mut(lower);
                let upper = before[upper..][..2 * columns].chunks_exact_mut(2);
                let lower = after[..2 * columns].chunks_exact_mut(2);
                let from = gradient.iter().zip(codes);
                for ((upper, lower), (&gradient, &code)) in upper.zip(lower).zip(from) {
                    let [a, b, c, d] =
                        places.map(|place| simd.select(simd.eq(code, place), gradient, zero));
                    upper.copy_from_slice(&[a, b]);
                    lower.copy_from_slice(&[c, d]);
                }
            }
        }
    }
}

/// Gradient of one stage's input from the unpooled gradient.
pub(crate) struct InputGradient<'a, V> {
    pub(crate) stage: &'a ImageStage,
    /// In the places of [`ImageStage::unpooled`], zero in the border.
    pub(crate) unpooled: &'a [V],
    pub(crate) weight: &'a [f32],
    /// In the places of [`ImageStage::input_gradient`].
    pub(crate) output: &'a mut [V],
}

impl<S: Simd> Kernel<S> for InputGradient<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, simd: S) {
        let stage = self.stage;
        assert!(self.weight.len() >= stage.weights());
        assert!(self.unpooled.len() >= stage.unpooled.len(stage.filters));
        let windows = [stage.input_gradient.rows, stage.input_gradient.columns].map(|n| n / 2);
        for_each_tile(simd, stage.kernel, windows, stage.channels, &mut self);
    }
}

impl<V: Copy> Tiled<V> for InputGradient<'_, V> {
    #[inline(always)]
    fn tile<S: Simd<Vector = V>, const N: usize, const K: usize>(
        &mut self,
        simd: S,
        first: usize,
        (row, column): (usize, usize),
    ) {
        let (row, column) = (2 * row, 2 * column);
        let stage = self.stage;
        let square = stage.kernel * stage.kernel;
        let weights = Weights {
            values: self.weight,
            output: square,
            input: stage.channels * square,
            kernel: stage.kernel,
        };
        let input = Input {
            values: self.unpooled,
            planes: stage.unpooled,
            count: stage.filters,
        };
        let start = [simd.splat(0.0); N];
        // SAFETY: `run` has checked both lengths; `first + N` is at most the number of
        // channels, and the unpooled planes are as large as the input gradient's.
        let sums =
            unsafe { sums::<S, N, K, true>(simd, input, weights, first, (row, column), start) };
        for (n, places) in sums.into_iter().enumerate() {
            let at = stage.input_gradient.at(first + n, row, column);
            let below = at + stage.input_gradient.row;
            self.output[at..at + 2].copy_from_slice(&places[..2]);
            self.output[below..below + 2].copy_from_slice(&places[2..]);
        }
    }
}
