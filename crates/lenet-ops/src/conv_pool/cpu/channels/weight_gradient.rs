//! Gradients of a later stage's weights and biases.

use super::{Lists, TAPS};
use crate::simd::{Kernel, Simd, prefetch};

/// Adds the share of the image in the lists: for each filter and block of channels nine sums in
/// registers, and nine multiply-adds for each place that has a gradient; where there are registers
/// enough, two blocks share what it takes to find the place.
pub(crate) struct LaterWeightGradient<'a, V> {
    pub(crate) lists: &'a Lists<V>,
    /// The image's input.
    pub(crate) input: &'a [V],
    /// `[F, channel blocks, 9]` to add to.
    pub(crate) weight_sums: &'a mut [V],
    /// `[F]` to add to.
    pub(crate) bias_sums: &'a mut [f32],
}

impl<S: Simd> Kernel<S> for LaterWeightGradient<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, simd: S) {
        let stage = self.lists.stage();
        let blocks = stage.channels.div_ceil(S::LANES);
        assert!(self.input.len() >= stage.input.len(blocks));
        let mut block = 0;
        while block < blocks {
            block += if S::WIDE && block + 2 <= blocks {
                self.blocks::<S, 2>(simd, block, blocks)
            } else {
                self.blocks::<S, 1>(simd, block, blocks)
            };
        }
    }
}

impl<V: Copy> LaterWeightGradient<'_, V> {
    /// `N` blocks of channels from `first` on. Returns `N`.
    #[inline(always)]
    fn blocks<S: Simd<Vector = V>, const N: usize>(
        &mut self,
        simd: S,
        first: usize,
        blocks: usize,
    ) -> usize {
        let stage = self.lists.stage();
        let planes = stage.input;
        let input = &self.input[first * planes.plane..][..N * planes.plane];
        for filter in 0..stage.filters {
            let next = ((filter + 1) * blocks + first) * TAPS;
            if let Some(next) = self.weight_sums.get(next..next + N * TAPS) {
                prefetch(next);
            }
            let to = &mut self.weight_sums[(filter * blocks + first) * TAPS..][..N * TAPS];
            let (to, _) = to.as_chunks_mut::<TAPS>();
            let mut sums = [[simd.splat(0.0); TAPS]; N];
            sums.copy_from_slice(to);
            let mut bias = simd.splat(0.0);
            for (corner, gradient) in self.lists.of(filter) {
                let gradient = simd.splat(gradient);
                debug_assert!(corner + 2 * planes.row + 2 < planes.plane);
                bias = simd.add(bias, gradient);
                for (block, sums) in sums.iter_mut().enumerate() {
                    for (tap, sum) in sums.iter_mut().enumerate() {
                        let at = block * planes.plane + corner + tap / 3 * planes.row + tap % 3;
                        // SAFETY: corners are those of 3×3 places within a plane, and there are
                        // `N` planes.
                        let value = unsafe { *input.get_unchecked(at) };
                        *sum = simd.mul_add(gradient, value, *sum);
                    }
                }
            }
            to.copy_from_slice(&sums);
            if first == 0 {
                self.bias_sums[filter] += crate::simd::lanes::<S>(&[bias])[0];
            }
        }
        N
    }
}
