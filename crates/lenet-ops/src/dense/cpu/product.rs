//! Forward pass and input gradient with images in the lanes.

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

    /// `N` outputs of `B` blocks, `N·B` sums in registers. Returns `N`.
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
