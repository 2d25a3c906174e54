//! Forward pass on rows: dot products of images and outputs, features in the lanes.

use std::ops::Range;

use crate::simd::{Kernel, Simd, prefetch};

/// Most inputs to go through at a time: those of a chunk's images stay in the first cache while
/// the weights stream by.
const SPAN: usize = 1024;

/// Bytes of weights beyond which they are not in the second cache: the next outputs' are fetched
/// ahead then.
const NEAR: usize = 512 << 10;

/// output[n, o] = bias[o] + Σ_i weight[o, i] · input[n, i], through ReLU if wanted.
pub(crate) struct Dot<'a> {
    pub(crate) images: usize,
    /// `[images, input_stride]`.
    pub(crate) input: &'a [f32],
    pub(crate) input_stride: usize,
    pub(crate) inputs: usize,
    /// `[outputs, inputs]`.
    pub(crate) weight: &'a [f32],
    pub(crate) bias: &'a [f32],
    pub(crate) relu: bool,
    /// `[images, output_stride]`.
    pub(crate) output: &'a mut [f32],
    pub(crate) output_stride: usize,
}

impl<S: Simd> Kernel<S> for Dot<'_> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, simd: S) {
        let outputs = self.bias.len();
        assert!(self.images > 0 && self.inputs > 0 && self.inputs <= self.input_stride);
        assert!(self.input.len() >= (self.images - 1) * self.input_stride + self.inputs);
        assert!(self.weight.len() >= outputs * self.inputs);
        let spans = self.inputs.div_ceil(SPAN);
        let span = self.inputs.div_ceil(spans).next_multiple_of(S::LANES);
        for start in (0..self.inputs).step_by(span) {
            let end = self.inputs.min(start + span);
            let mut output = 0;
            while output < outputs {
                let left = outputs - output;
                let mut image = 0;
                let width = match (S::WIDE, left) {
                    (true, 6..) => 6,
                    (_, 3..) => 3,
                    _ => 1,
                };
                while image < self.images {
                    let at = (image, output, start..end);
                    image += match (self.images - image, width) {
                        (4.., 6) => self.tile::<S, 4, 6>(simd, at),
                        (4.., 3) => self.tile::<S, 4, 3>(simd, at),
                        (4.., _) => self.tile::<S, 4, 1>(simd, at),
                        (2.., 6) => self.tile::<S, 2, 6>(simd, at),
                        (2.., 3) => self.tile::<S, 2, 3>(simd, at),
                        (2.., _) => self.tile::<S, 2, 1>(simd, at),
                        (_, 6) => self.tile::<S, 1, 6>(simd, at),
                        (_, 3) => self.tile::<S, 1, 3>(simd, at),
                        _ => self.tile::<S, 1, 1>(simd, at),
                    };
                }
                output += width;
            }
        }
    }
}

impl Dot<'_> {
    /// `N` images and `M` outputs over a span of inputs, `N·M` vectors of sums in registers.
    /// Returns `N`.
    #[inline(always)]
    fn tile<S: Simd, const N: usize, const M: usize>(
        &mut self,
        simd: S,
        (image, output, Range { start, end }): (usize, usize, Range<usize>),
    ) -> usize {
        let mut sums = [[simd.splat(0.0); M]; N];
        let whole = start + (end - start) / S::LANES * S::LANES;
        let fetches = image == 0 && size_of_val(self.weight) > NEAR;
        for i in (start..whole).step_by(S::LANES) {
            if fetches {
                for m in 0..M {
                    let at = (output + M + m) * self.inputs + i;
                    prefetch(self.weight.get(at..at + S::LANES).unwrap_or_default());
                }
            }
            let mut weights = [simd.splat(0.0); M];
            for (m, weight) in weights.iter_mut().enumerate() {
                let at = (output + m) * self.inputs + i;
                // SAFETY: `run` has checked the last output's last weight.
                *weight = simd.load(unsafe { self.weight.get_unchecked(at..at + S::LANES) });
            }
            for (n, sums) in sums.iter_mut().enumerate() {
                let at = (image + n) * self.input_stride + i;
                // SAFETY: `run` has checked the last image's last input.
                let value = simd.load(unsafe { self.input.get_unchecked(at..at + S::LANES) });
                for (sum, &weight) in sums.iter_mut().zip(&weights) {
                    *sum = simd.mul_add(weight, value, *sum);
                }
            }
        }
        for m in 0..M {
            let mut totals = [0.0; N];
            if N == 4 {
                let four = [sums[0][m], sums[1 % N][m], sums[2 % N][m], sums[3 % N][m]];
                totals.copy_from_slice(&simd.sum_each(four));
            } else {
                for (total, sums) in totals.iter_mut().zip(&sums) {
                    *total = simd.sum(sums[m]);
                }
            }
            let weights = (output + m) * self.inputs;
            for (n, mut total) in totals.into_iter().enumerate() {
                for i in whole..end {
                    total +=
                        self.input[(image + n) * self.input_stride + i] * self.weight[weights + i];
                }
                let to = &mut self.output[(image + n) * self.output_stride + output + m];
                total += if start == 0 {
                    self.bias[output + m]
                } else {
                    *to
                };
                let cut = self.relu && end == self.inputs && total <= 0.0;
                *to = if cut { 0.0 } else { total };
            }
        }
        N
    }
}
