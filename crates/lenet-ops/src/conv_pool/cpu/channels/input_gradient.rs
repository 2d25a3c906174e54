//! Gradient of a later stage's input.

use super::{Lists, TAPS};
use crate::simd::{Kernel, Simd};

/// Adds the gradients of the images in the lists, each to the nine places around its maximum; the
/// filter's weights stay in registers.
pub(crate) struct InputGradient<'a, V> {
    pub(crate) lists: &'a Lists,
    /// `[F, channel blocks, 9]`.
    pub(crate) weight: &'a [V],
    /// As the input; what its border receives means nothing.
    pub(crate) output: &'a mut [V],
}

impl<S: Simd> Kernel<S> for InputGradient<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let stage = self.lists.stage();
        let planes = stage.input;
        let blocks = stage.channels.div_ceil(S::LANES);
        assert!(self.output.len() >= self.lists.reach(blocks));
        for block in 0..blocks {
            let output = &mut self.output[block * planes.plane..];
            for filter in 0..stage.filters {
                let weight = &self.weight[(filter * blocks + block) * TAPS..][..TAPS];
                let weight: [S::Vector; TAPS] = weight.try_into().expect("nine of nine");
                for entry in self.lists.of(filter) {
                    let gradient = simd.splat(entry.gradient);
                    let corner = entry.corner as usize;
                    debug_assert!(corner + 2 * planes.row + 2 < output.len());
                    for (tap, &weight) in weight.iter().enumerate() {
                        let at = corner + tap / 3 * planes.row + tap % 3;
                        // SAFETY: corners are those of 3×3 places within `reach`.
                        let place = unsafe { output.get_unchecked_mut(at) };
                        *place = simd.mul_add(gradient, weight, *place);
                    }
                }
            }
        }
    }
}
