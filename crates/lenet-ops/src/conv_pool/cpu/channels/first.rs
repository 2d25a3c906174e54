//! Forward pass of the first stage for one image, by the direct method.

use super::pool::pool;
use super::{ChannelStage, Planes, TAPS};
use crate::simd::{Kernel, Simd};

/// The first stage of one image.
pub(crate) struct FirstForward<'a, V> {
    pub(crate) stage: &'a ChannelStage,
    /// Planes of plain numbers, in the places of [`ChannelStage::input`].
    pub(crate) input: &'a [f32],
    /// `[filter blocks, C, 9]`.
    pub(crate) weight: &'a [V],
    /// `[filter blocks]`.
    pub(crate) bias: &'a [V],
    /// The pooled output; only the inside of the border is written.
    pub(crate) output: &'a mut [V],
    pub(crate) output_planes: Planes,
    /// Argmax codes, in the places of [`ChannelStage::pooled`].
    pub(crate) codes: &'a mut [V],
}

impl<S: Simd> Kernel<S> for FirstForward<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        match self.stage.channels {
            1 => self.blocks::<S, 1>(simd),
            _ => self.blocks::<S, 0>(simd),
        }
    }
}

impl<V: Copy> FirstForward<'_, V> {
    /// `C` is the number of channels, or 0 to read it from the stage; with one channel the
    /// weights stay in registers.
    #[inline(always)]
    fn blocks<S: Simd<Vector = V>, const C: usize>(self, simd: S) {
        let channels = if C > 0 { C } else { self.stage.channels };
        let planes = self.stage.input;
        let pooled = self.stage.pooled;
        assert!(self.input.len() >= planes.len(channels));
        assert!(2 * pooled.rows <= planes.rows && 2 * pooled.columns <= planes.columns);
        let weights = self.weight.chunks_exact(channels * TAPS);
        for (block, (weight, &bias)) in weights.zip(self.bias).enumerate() {
            for row in 0..pooled.rows {
                let output = self.output_planes.at(block, row, 0);
                let output = &mut self.output[output..][..pooled.columns];
                let codes = &mut self.codes[pooled.at(block, row, 0)..][..pooled.columns];
                let places = output.iter_mut().zip(codes).enumerate();
                for (column, (output, code)) in places {
                    let mut sums = [bias; 4];
                    for channel in 0..channels {
                        let corner = planes.corner(channel, 2 * row, 2 * column);
                        let taps = &weight[channel * TAPS..][..TAPS];
                        // SAFETY: the window with its border lies in the bordered planes, which
                        // the assertions have seen.
                        unsafe { window(simd, self.input, corner, planes.row, taps, &mut sums) };
                    }
                    (*output, *code) = pool(simd, sums, None);
                }
            }
        }
    }
}

/// Adds one channel's products to the four places of a window: 16 inputs from `corner` on, each
/// broadcast once.
///
/// # Safety
/// The four rows of four inputs must be there.
#[inline(always)]
unsafe fn window<S: Simd>(
    simd: S,
    input: &[f32],
    corner: usize,
    stride: usize,
    taps: &[S::Vector],
    sums: &mut [S::Vector; 4],
) {
    for y in 0..4 {
        for x in 0..4 {
            debug_assert!(corner + y * stride + x < input.len());
            // SAFETY: the caller vouches for four rows of four.
            let value = unsafe { *input.get_unchecked(corner + y * stride + x) };
            let value = simd.splat(value);
            for (place, sum) in sums.iter_mut().enumerate() {
                let (r, s) = (y.wrapping_sub(place / 2), x.wrapping_sub(place % 2));
                if r < 3 && s < 3 {
                    *sum = simd.mul_add(taps[r * 3 + s], value, *sum);
                }
            }
        }
    }
}
