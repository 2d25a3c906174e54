//! The layer with images in the lanes of vectors, and its weight gradient with features there.

mod combine;
mod dot;
mod few;
mod peak;
pub(crate) mod rows;

pub(crate) use combine::{Combine, Panels};
pub(crate) use dot::Dot;
pub(crate) use few::{CombineOne, FEW};
pub(crate) use peak::Peak;

use crate::simd::{Kernel, Simd};

/// out[o] = start[o] + Σ_i weight[o·output + i·input] · in[i] for one or two blocks of images: the
/// forward pass with strides (I, 1) and the input gradient with strides (1, I).
pub(crate) struct Product<'a, V> {
    /// One or two blocks, one after the other, each as long as the loop over i.
    pub(crate) input: &'a [V],
    pub(crate) blocks: usize,
    pub(crate) weight: &'a [f32],
    /// From an output's first weight to the next output's.
    pub(crate) output_stride: usize,
    /// From an input's weight to the next input's.
    pub(crate) input_stride: usize,
    /// What the sums begin with; `None`: 0.
    pub(crate) start: Option<&'a [f32]>,
    pub(crate) relu: bool,
    /// As many blocks of outputs.
    pub(crate) output: &'a mut [V],
}

impl<S: Simd> Kernel<S> for Product<'_, S::Vector> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        match self.blocks {
            1 => self.tiles::<S, 1>(simd),
            2 => self.tiles::<S, 2>(simd),
            _ => unreachable!("a chunk has one or two blocks"),
        }
    }
}

impl<V: Copy> Product<'_, V> {
    #[inline(always)]
    fn tiles<S: Simd<Vector = V>, const B: usize>(mut self, simd: S) {
        let (inputs, outputs) = (self.input.len() / B, self.output.len() / B);
        let last = (outputs - 1) * self.output_stride + (inputs - 1) * self.input_stride;
        assert!(last < self.weight.len());
        assert!(self.start.is_none_or(|start| start.len() == outputs));
        let mut first = 0;
        while first < outputs {
            first += match outputs - first {
                12.. if S::WIDE => self.tile::<S, 12, B>(simd, first),
                6.. => self.tile::<S, 6, B>(simd, first),
                4.. => self.tile::<S, 4, B>(simd, first),
                3 => self.tile::<S, 3, B>(simd, first),
                2 => self.tile::<S, 2, B>(simd, first),
                _ => self.tile::<S, 1, B>(simd, first),
            };
        }
    }

    /// `N` outputs of `B` blocks, `N·B` sums in registers; gives back `N`.
    #[inline(always)]
    fn tile<S: Simd<Vector = V>, const N: usize, const B: usize>(
        &mut self,
        simd: S,
        first: usize,
    ) -> usize {
        let (inputs, outputs) = (self.input.len() / B, self.output.len() / B);
        let mut sums = [[simd.splat(0.0); B]; N];
        if let Some(start) = self.start {
            for (sums, &start) in sums.iter_mut().zip(&start[first..]) {
                *sums = [simd.splat(start); B];
            }
        }
        for i in 0..inputs {
            let mut values = [simd.splat(0.0); B];
            for (block, value) in values.iter_mut().enumerate() {
                // SAFETY: there are `B` blocks of `inputs`.
                *value = unsafe { *self.input.get_unchecked(block * inputs + i) };
            }
            for (n, sums) in sums.iter_mut().enumerate() {
                let at = (first + n) * self.output_stride + i * self.input_stride;
                debug_assert!(at < self.weight.len());
                // SAFETY: `tiles` has checked the last output's last weight.
                let factor = simd.splat(unsafe { *self.weight.get_unchecked(at) });
                for (sum, &value) in sums.iter_mut().zip(&values) {
                    *sum = simd.mul_add(factor, value, *sum);
                }
            }
        }
        let zero = simd.splat(0.0);
        for (n, sums) in sums.into_iter().enumerate() {
            for (block, sum) in sums.into_iter().enumerate() {
                let value = if self.relu { simd.max(zero, sum) } else { sum };
                self.output[block * outputs + first + n] = value;
            }
        }
        N
    }
}

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
    /// registers; gives back `N`.
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
                for (to, &sum) in to.iter_mut().zip(crate::simd::lanes::<S>(&[left, right])) {
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
