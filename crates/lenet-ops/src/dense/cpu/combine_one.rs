//! The input gradient of one image. It reads the weights' rows in place, since packing them first
//! would take longer than the work on them. The sums have the order, and so the bits, of those of
//! more images.

use crate::simd::{Kernel, Simd, lanes, lanes_mut};

/// [`Combine`](super::Combine) for one image and weights `[outputs, inputs]`.
pub(crate) struct CombineOne<'a> {
    /// `[outputs]`.
    pub(crate) gradient: &'a [f32],
    pub(crate) weight: &'a [f32],
    /// `[inputs]`.
    pub(crate) output: &'a mut [f32],
}

impl<S: Simd> Kernel<S> for CombineOne<'_> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, simd: S) {
        self.output.fill(0.0);
        // Its beginning overlaps with the vector before, where there is one.
        let mut last = simd.splat(0.0);
        let mut first = 0;
        while first < self.gradient.len() {
            first += match self.gradient.len() - first {
                8.. if S::WIDE => self.rows::<S, 8>(simd, first, &mut last),
                4.. => self.rows::<S, 4>(simd, first, &mut last),
                _ => self.rows::<S, 1>(simd, first, &mut last),
            };
        }
        if let Some(start) = self.output.len().checked_sub(S::LANES) {
            simd.store(last, &mut self.output[start..]);
        } else {
            let last = [last];
            let len = self.output.len();
            self.output.copy_from_slice(&lanes::<S>(&last)[..len]);
        }
    }
}

impl CombineOne<'_> {
    /// Adds `N` rows of weights, what fills the last vector to `last`. Returns `N`.
    #[inline(always)]
    fn rows<S: Simd, const N: usize>(
        &mut self,
        simd: S,
        first: usize,
        last: &mut S::Vector,
    ) -> usize {
        let inputs = self.output.len();
        let rows = &self.weight[first * inputs..][..N * inputs];
        let gradients = &self.gradient[first..][..N];
        let Some(end) = inputs.checked_sub(S::LANES) else {
            for (row, &gradient) in rows.chunks_exact(inputs).zip(gradients) {
                let mut weight = [simd.splat(0.0)];
                lanes_mut::<S>(&mut weight)[..inputs].copy_from_slice(row);
                *last = simd.mul_add(simd.splat(gradient), weight[0], *last);
            }
            return N;
        };
        let mut factors = [simd.splat(0.0); N];
        for (factor, &gradient) in factors.iter_mut().zip(gradients) {
            *factor = simd.splat(gradient);
        }
        let add = |mut sum: S::Vector, i: usize| {
            for (n, &factor) in factors.iter().enumerate() {
                let at = n * inputs + i;
                debug_assert!(i <= end);
                // SAFETY: `i` is at most `end`, a vector before the end of each of the `N` rows.
                let weight = simd.load(unsafe { rows.get_unchecked(at..at + S::LANES) });
                sum = simd.mul_add(factor, weight, sum);
            }
            sum
        };
        for i in (0..end).step_by(S::LANES) {
            let to = &mut self.output[i..][..S::LANES];
            simd.store(add(simd.load(to), i), to);
        }
        *last = add(*last, end);
        N
    }
}
