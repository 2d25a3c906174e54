//! Gradients of a later stage's weights and biases.

use super::{Lists, TAPS};
use crate::simd::{Kernel, Simd};

/// Adds the share of the image in the lists: for each filter and block of channels nine sums in
/// registers, and nine multiply-adds for each place that has a gradient.
pub(crate) struct WeightGradient<'a, V> {
    pub(crate) lists: &'a Lists<V>,
    /// The image's input.
    pub(crate) input: &'a [V],
    /// `[F, channel blocks, 9]` to add to.
    pub(crate) weight_sums: &'a mut [V],
    /// `[F]` to add to.
    pub(crate) bias_sums: &'a mut [f32],
}

impl<S: Simd> Kernel<S> for WeightGradient<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let stage = self.lists.stage();
        let (planes, filters) = (stage.input, stage.filters);
        let blocks = stage.channels.div_ceil(S::LANES);
        assert!(self.input.len() >= planes.len(blocks));
        for block in 0..blocks {
            let input = &self.input[block * planes.plane..];
            for filter in 0..filters {
                let to = &mut self.weight_sums[(filter * blocks + block) * TAPS..][..TAPS];
                let mut sums: [S::Vector; TAPS] = (&*to).try_into().expect("nine of nine");
                let mut bias = simd.splat(0.0);
                for (corner, gradient) in self.lists.of(filter) {
                    let gradient = simd.splat(gradient);
                    debug_assert!(corner + 2 * planes.row + 2 < planes.plane);
                    bias = simd.add(bias, gradient);
                    for (tap, sum) in sums.iter_mut().enumerate() {
                        let at = corner + tap / 3 * planes.row + tap % 3;
                        // SAFETY: corners are those of 3×3 places within a plane, which the
                        // assertion has seen.
                        let value = unsafe { *input.get_unchecked(at) };
                        *sum = simd.mul_add(gradient, value, *sum);
                    }
                }
                to.copy_from_slice(&sums);
                if block == 0 {
                    self.bias_sums[filter] += crate::simd::lanes::<S>(&[bias])[0];
                }
            }
        }
    }
}
