//! Gradients of a later stage's weights and biases.

use super::{Lists, TAPS};
use crate::simd::{Kernel, Simd};

/// Adds the share of the images in the lists: for each filter and block of channels nine sums in
/// registers, and nine multiply-adds for each place that has a gradient.
pub(crate) struct WeightGradient<'a, V> {
    pub(crate) lists: &'a Lists,
    /// The images' inputs, as the lists count their places.
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
        assert!(self.input.len() >= self.lists.reach(blocks));
        for block in 0..blocks {
            let input = &self.input[block * planes.plane..];
            for filter in 0..filters {
                let list = self.lists.of(filter);
                let to = &mut self.weight_sums[(filter * blocks + block) * TAPS..][..TAPS];
                let mut sums: [S::Vector; TAPS] = (&*to).try_into().expect("nine of nine");
                let mut bias = simd.splat(0.0);
                for entry in list {
                    let gradient = simd.splat(entry.gradient);
                    let corner = entry.corner as usize;
                    debug_assert!(corner + 2 * planes.row + 2 < input.len());
                    bias = simd.add(bias, gradient);
                    for (tap, sum) in sums.iter_mut().enumerate() {
                        let at = corner + tap / 3 * planes.row + tap % 3;
                        // SAFETY: corners are those of 3×3 places within `reach`, which the
                        // input has.
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
