//! Gradients of the first stage's weights and biases for one image.

use super::{ChannelStage, DEAD, Planes, TAPS};
use crate::simd::{Kernel, Simd};

/// Adds one image's share. Each lane, a filter, has its maximum at its own place of the window:
/// it picks its input from the 4×4 numbers around.
pub(crate) struct FirstWeightGradient<'a, V> {
    pub(crate) stage: &'a ChannelStage,
    /// Planes of plain numbers, in the places of [`ChannelStage::input`].
    pub(crate) input: &'a [f32],
    /// Gradient of the pooled output.
    pub(crate) gradient: &'a [V],
    pub(crate) gradient_planes: Planes,
    /// Argmax codes, in the places of [`ChannelStage::pooled`].
    pub(crate) codes: &'a [V],
    /// `[filter blocks, C, 9]` to add to.
    pub(crate) weight_sums: &'a mut [V],
    /// `[filter blocks]` to add to.
    pub(crate) bias_sums: &'a mut [V],
}

impl<S: Simd> Kernel<S> for FirstWeightGradient<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let Self { stage, input, .. } = self;
        let (planes, pooled) = (stage.input, stage.pooled);
        let zero = simd.splat(0.0);
        assert!(input.len() >= planes.len(stage.channels));
        assert!(2 * pooled.rows <= planes.rows && 2 * pooled.columns <= planes.columns);
        let sums = self.weight_sums.chunks_exact_mut(stage.channels * TAPS);
        for (block, (sums, bias)) in sums.zip(self.bias_sums).enumerate() {
            for (channel, to) in sums.chunks_exact_mut(TAPS).enumerate() {
                let mut sums: [S::Vector; TAPS] = (&*to).try_into().expect("nine of nine");
                let mut total = zero;
                for row in 0..pooled.rows {
                    let from = self.gradient_planes.at(block, row, 0);
                    let gradient = &self.gradient[from..][..pooled.columns];
                    let codes = &self.codes[pooled.at(block, row, 0)..][..pooled.columns];
                    for (column, (&gradient, &code)) in gradient.iter().zip(codes).enumerate() {
                        let gradient = simd.select(simd.below(code, DEAD), gradient, zero);
                        total = simd.add(total, gradient);
                        let index = [
                            simd.index(code, 0),
                            simd.index(code, 1),
                            simd.index(code, 2),
                        ];
                        let corner = planes.corner(channel, 2 * row, 2 * column);
                        for (r, sums) in sums.chunks_exact_mut(3).enumerate() {
                            let upper = corner + r * planes.row;
                            debug_assert!(upper + planes.row + 4 <= input.len());
                            // SAFETY: the window with its border lies in the bordered planes,
                            // which the assertions have seen.
                            let table = unsafe {
                                let upper = input.as_ptr().add(upper);
                                simd.table([&*upper.cast(), &*upper.add(planes.row).cast()])
                            };
                            for (sum, &index) in sums.iter_mut().zip(&index) {
                                *sum = simd.mul_add(simd.pick(table, index), gradient, *sum);
                            }
                        }
                    }
                }
                to.copy_from_slice(&sums);
                if channel == 0 {
                    *bias = simd.add(*bias, total);
                }
            }
        }
    }
}
