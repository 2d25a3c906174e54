//! Gradients of a block's weights and biases.

use super::{DEAD, ImageStage, Planes};
use crate::simd::{Kernel, Simd};

/// Filters of a group: its unpooled gradient, a few rows of it, stays in the first cache.
pub(crate) const GROUP: usize = 4;

/// Adds a block's share to the gradient of the weights of a group of filters: for each tap the
/// products of gradient and input over some rows, one vector of sums a weight.
pub(crate) struct WeightGradient<'a, V> {
    pub(crate) stage: &'a ImageStage,
    pub(crate) input: &'a [V],
    /// First row of the convolution's places, and how many.
    pub(crate) row: usize,
    pub(crate) rows: usize,
    /// Filters of the group, at most [`GROUP`].
    pub(crate) filters: usize,
    /// Unpooled gradient of those filters and rows.
    pub(crate) unpooled: &'a [V],
    /// Its places: rows and columns count from `first`.
    pub(crate) unpooled_planes: Planes,
    pub(crate) first: usize,
    /// `[filters, C, K, K]` vectors to add to.
    pub(crate) sums: &'a mut [V],
}

impl<S: Simd> Kernel<S> for WeightGradient<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, simd: S) {
        let stage = self.stage;
        assert!(self.sums.len() >= self.filters * stage.channels * stage.kernel * stage.kernel);
        assert!(self.input.len() >= stage.input.len(stage.channels));
        assert!(self.row + self.rows <= stage.input.rows);
        let last = (self.filters - 1) * self.unpooled_planes.plane
            + (self.rows - 1) * self.unpooled_planes.row
            + 2 * stage.codes.columns;
        assert!(self.rows > 0 && self.first + last <= self.unpooled.len());
        match (self.filters, stage.kernel) {
            (4, 3) => self.taps::<S, 4, 3>(simd),
            (3, 3) => self.taps::<S, 3, 3>(simd),
            (2, 3) => self.taps::<S, 2, 3>(simd),
            (1, 3) => self.taps::<S, 1, 3>(simd),
            (4, _) => self.taps::<S, 4, 1>(simd),
            (3, _) => self.taps::<S, 3, 1>(simd),
            (2, _) => self.taps::<S, 2, 1>(simd),
            (1, _) => self.taps::<S, 1, 1>(simd),
            _ => unreachable!("a group has 1 to {GROUP} filters"),
        }
    }
}

impl<V: Copy> WeightGradient<'_, V> {
    /// `T` taps of a kernel's row at a time: `N·T` sums, `T` inputs and one gradient in registers.
    #[inline(always)]
    fn taps<S: Simd<Vector = V>, const N: usize, const T: usize>(&mut self, simd: S) {
        let stage = self.stage;
        let kernel = stage.kernel;
        let weights = stage.channels * kernel * kernel;
        for channel in 0..stage.channels {
            for r in 0..kernel {
                for s in (0..kernel).step_by(T) {
                    let tap = (channel * kernel + r) * kernel + s;
                    let mut sums = [[simd.splat(0.0); T]; N];
                    for (n, sums) in sums.iter_mut().enumerate() {
                        sums.copy_from_slice(&self.sums[n * weights + tap..][..T]);
                    }
                    let corner = stage.input.corner(channel, self.row + r, s);
                    self.products::<S, N, T>(simd, corner, &mut sums);
                    for (n, sums) in sums.iter().enumerate() {
                        self.sums[n * weights + tap..][..T].copy_from_slice(sums);
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn products<S: Simd<Vector = V>, const N: usize, const T: usize>(
        &self,
        simd: S,
        corner: usize,
        sums: &mut [[V; T]; N],
    ) {
        let columns = 2 * self.stage.codes.columns;
        for row in 0..self.rows {
            let input = corner + row * self.stage.input.row;
            let gradient = self.first + row * self.unpooled_planes.row;
            for column in 0..columns {
                let mut values = [simd.splat(0.0); T];
                for (t, value) in values.iter_mut().enumerate() {
                    debug_assert!(input + column + t < self.input.len());
                    // SAFETY: `run` has checked that the rows lie in the image and the image in
                    // `input`; tap and column stay within the border.
                    *value = unsafe { *self.input.get_unchecked(input + column + t) };
                }
                for (n, sums) in sums.iter_mut().enumerate() {
                    let at = gradient + n * self.unpooled_planes.plane + column;
                    debug_assert!(at < self.unpooled.len());
                    // SAFETY: `run` has checked the last filter's last row.
                    let gradient = unsafe { *self.unpooled.get_unchecked(at) };
                    for (sum, &value) in sums.iter_mut().zip(&values) {
                        *sum = simd.mul_add(gradient, value, *sum);
                    }
                }
            }
        }
    }
}

/// Adds a block's share to the gradient of the biases.
pub(crate) struct BiasGradient<'a, V> {
    pub(crate) stage: &'a ImageStage,
    /// Gradient of the pooled places.
    pub(crate) gradient: &'a [V],
    pub(crate) gradient_planes: Planes,
    pub(crate) codes: &'a [V],
    pub(crate) sums: &'a mut [f32],
}

impl<S: Simd> Kernel<S> for BiasGradient<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let (zero, dead) = (simd.splat(0.0), simd.splat(DEAD));
        let places = self.stage.codes;
        for (filter, to) in self.sums.iter_mut().enumerate() {
            let mut sum = zero;
            for row in 0..places.rows {
                let from = self.gradient_planes.at(filter, row, 0);
                let gradient = &self.gradient[from..][..places.columns];
                let codes = &self.codes[places.at(filter, row, 0)..][..places.columns];
                for (&gradient, &code) in gradient.iter().zip(codes) {
                    sum = simd.add(sum, simd.select(simd.eq(code, dead), zero, gradient));
                }
            }
            *to += simd.sum(sum);
        }
    }
}

/// Adds each vector's sum over the lanes.
pub(crate) struct AddSums<'a, V> {
    pub(crate) from: &'a [V],
    pub(crate) to: &'a mut [f32],
}

impl<S: Simd> Kernel<S> for AddSums<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        for (to, &from) in self.to.iter_mut().zip(self.from) {
            *to += simd.sum(from);
        }
    }
}
