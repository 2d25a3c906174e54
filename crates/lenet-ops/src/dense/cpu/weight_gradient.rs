//! The weight gradient, with features in the lanes.

use crate::simd::{Kernel, Simd, lanes};

/// Most images whose rows of inputs the weight gradient reads in place: packing the rows first would
/// take longer than the work on them. The sums have the order, and so the bits, of those of more
/// images. Measured.
pub(crate) const FEW: usize = 4;

/// weight[o, i] = Σ_images gradient[image, o] · in[image, i], and bias[o] without the second
/// factor, over all images of a batch, with features in the lanes.
pub(crate) struct WeightGradient<'a> {
    /// `[images, input_stride]`, zero beyond the inputs.
    pub(crate) input: &'a [f32],
    pub(crate) input_stride: usize,
    /// `[images, gradient_stride]`.
    pub(crate) gradient: &'a [f32],
    pub(crate) gradient_stride: usize,
    /// First output of `weight`.
    pub(crate) first: usize,
    pub(crate) inputs: usize,
    /// `[outputs, inputs]`, overwritten.
    pub(crate) weight: &'a mut [f32],
}

/// Images whose pair of vectors of inputs is copied together: in place, every image's lies in a
/// page of its own, more of them than a processor keeps at hand.
const PACK: usize = 128;

impl WeightGradient<'_> {
    /// Length of a row of inputs: whole pairs of vectors, and no multiple of 256 bytes, which
    /// would put a column's elements into few sets of the cache.
    pub(crate) fn row_stride<S: Simd>(inputs: usize) -> usize {
        let stride = inputs.next_multiple_of(2 * S::LANES);
        if stride.is_multiple_of(64) {
            stride + 2 * S::LANES
        } else {
            stride
        }
    }
}

impl<S: Simd> Kernel<S> for &mut WeightGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let outputs = self.weight.len() / self.inputs;
        let images = self.input.len() / self.input_stride;
        assert!(self.inputs.next_multiple_of(2 * S::LANES) <= self.input_stride);
        assert!(self.first + outputs <= self.gradient_stride);
        assert!(self.gradient.len() >= images * self.gradient_stride);
        if images <= FEW {
            return self.few::<S>(simd, images);
        }
        let mut pairs = [[simd.splat(0.0); 2]; PACK];
        for column in (0..self.inputs).step_by(2 * S::LANES) {
            for start in (0..images).step_by(PACK) {
                let pairs = &mut pairs[..PACK.min(images - start)];
                let rows = self.input.chunks_exact(self.input_stride).skip(start);
                for (pair, row) in pairs.iter_mut().zip(rows) {
                    let row = &row[column..][..2 * S::LANES];
                    *pair = [simd.load(row), simd.load(&row[S::LANES..])];
                }
                let mut first = 0;
                while first < outputs {
                    let at = (first, column, start);
                    first += match outputs - first {
                        12.. if S::WIDE => self.tile::<S, 12>(simd, at, pairs),
                        6.. => self.tile::<S, 6>(simd, at, pairs),
                        4.. => self.tile::<S, 4>(simd, at, pairs),
                        3 => self.tile::<S, 3>(simd, at, pairs),
                        2 => self.tile::<S, 2>(simd, at, pairs),
                        _ => self.tile::<S, 1>(simd, at, pairs),
                    };
                }
            }
        }
    }
}

impl WeightGradient<'_> {
    /// `N` outputs and a pair of vectors of inputs, of the images from `start` on; `2·N` sums in
    /// registers. Returns `N`.
    #[inline(always)]
    fn tile<S: Simd, const N: usize>(
        &mut self,
        simd: S,
        (first, column, start): (usize, usize, usize),
        pairs: &[[S::Vector; 2]],
    ) -> usize {
        let mut sums = [[simd.splat(0.0); 2]; N];
        let mut at = start * self.gradient_stride + self.first + first;
        for values in pairs {
            for (n, sums) in sums.iter_mut().enumerate() {
                debug_assert!(at + n < self.gradient.len());
                // SAFETY: `run` has checked that a row holds the last output, and that there is
                // one for each image.
                let factor = simd.splat(unsafe { *self.gradient.get_unchecked(at + n) });
                for (sum, &value) in sums.iter_mut().zip(values) {
                    *sum = simd.mul_add(factor, value, *sum);
                }
            }
            at += self.gradient_stride;
        }
        let width = (self.inputs - column).min(2 * S::LANES);
        // By reference: an iterator over the arrays' values would take them through memory.
        for (n, &[mut left, mut right]) in sums.iter().enumerate() {
            let to = &mut self.weight[(first + n) * self.inputs + column..][..width];
            if width < 2 * S::LANES {
                for (to, &sum) in to.iter_mut().zip(lanes::<S>(&[left, right])) {
                    *to = if start > 0 { *to + sum } else { sum };
                }
                continue;
            }
            if start > 0 {
                left = simd.add(left, simd.load(to));
                right = simd.add(right, simd.load(&to[S::LANES..]));
            }
            simd.store(left, to);
            simd.store(right, &mut to[S::LANES..]);
        }
        N
    }
}

impl WeightGradient<'_> {
    /// The whole gradient from at most [`FEW`] images.
    #[inline(always)]
    pub(super) fn few<S: Simd>(&mut self, simd: S, images: usize) {
        match images {
            1 => self.outputs::<S, 1>(simd),
            2 => self.outputs::<S, 2>(simd),
            3 => self.outputs::<S, 3>(simd),
            _ => self.outputs::<S, FEW>(simd),
        }
    }

    #[inline(always)]
    fn outputs<S: Simd, const N: usize>(&mut self, simd: S) {
        let &mut Self { inputs, first, .. } = self;
        for (output, row) in self.weight.chunks_exact_mut(inputs).enumerate() {
            let mut factors = [simd.splat(0.0); N];
            for (n, factor) in factors.iter_mut().enumerate() {
                *factor = simd.splat(self.gradient[n * self.gradient_stride + first + output]);
            }
            let value = |i: usize| {
                let mut sum = simd.splat(0.0);
                for (n, &factor) in factors.iter().enumerate() {
                    let at = n * self.input_stride + i;
                    debug_assert!(at + S::LANES <= self.input.len());
                    // SAFETY: `run` has checked that the rows of inputs have room for whole
                    // vectors, and `i` is less than `inputs`.
                    let values = simd.load(unsafe { self.input.get_unchecked(at..at + S::LANES) });
                    sum = simd.mul_add(factor, values, sum);
                }
                sum
            };
            let Some(end) = inputs.checked_sub(S::LANES) else {
                let only = [value(0)];
                row.copy_from_slice(&lanes::<S>(&only)[..inputs]);
                continue;
            };
            // The first and the last vector overlap with others, and those between lie within a
            // line of the cache each.
            let aligned = row.as_ptr().align_offset(size_of::<S::Vector>());
            simd.store(value(0), row);
            for i in (aligned..end).step_by(S::LANES) {
                simd.store(value(i), &mut row[i..]);
            }
            simd.store(value(end), &mut row[end..]);
        }
    }
}
