//! Gradients for a few images: the weights' rows stream by where they lie, since packing them
//! first would take longer than what is done with them. The sums have the order, and so the bits,
//! of the kernels for more images.

use super::WeightGradient;
use crate::simd::{Kernel, Simd, lanes, lanes_mut};

/// How many are a few; measured.
pub(crate) const FEW: usize = 4;

/// As [`Combine`](super::Combine), for one image and weights `[outputs, inputs]`.
pub(crate) struct CombineOne<'a> {
    /// `[outputs]`.
    pub(crate) gradient: &'a [f32],
    pub(crate) weight: &'a [f32],
    /// `[inputs]`.
    pub(crate) output: &'a mut [f32],
}

impl<S: Simd> Kernel<S> for CombineOne<'_> {
    type Output = ();

    #[inline(always)]
    fn run(mut self, simd: S) {
        self.output.fill(0.0);
        // Its beginning overlaps with the vector before, where there is one.
        let mut last = simd.splat(0.0);
        let mut first = 0;
        while first < self.gradient.len() {
            first += match self.gradient.len() - first {
                8.. if S::WIDE => self.rows::<S, 8>(simd, first, &mut last),
                4.. => self.rows::<S, 4>(simd, first, &mut last),
                _ => self.rows::<S, 1>(simd, first, &mut last),
            };
        }
        if let Some(start) = self.output.len().checked_sub(S::LANES) {
            simd.store(last, &mut self.output[start..]);
        } else {
            let last = [last];
            let len = self.output.len();
            self.output.copy_from_slice(&lanes::<S>(&last)[..len]);
        }
    }
}

impl CombineOne<'_> {
    /// Adds `N` rows of weights, what fills the last vector to `last`; gives back `N`.
    #[inline(always)]
    fn rows<S: Simd, const N: usize>(
        &mut self,
        simd: S,
        first: usize,
        last: &mut S::Vector,
    ) -> usize {
        let inputs = self.output.len();
        let rows = &self.weight[first * inputs..][..N * inputs];
        let gradients = &self.gradient[first..][..N];
        let Some(end) = inputs.checked_sub(S::LANES) else {
            for (row, &gradient) in rows.chunks_exact(inputs).zip(gradients) {
                let mut weight = [simd.splat(0.0)];
                lanes_mut::<S>(&mut weight)[..inputs].copy_from_slice(row);
                *last = simd.mul_add(simd.splat(gradient), weight[0], *last);
            }
            return N;
        };
        let mut factors = [simd.splat(0.0); N];
        for (factor, &gradient) in factors.iter_mut().zip(gradients) {
            *factor = simd.splat(gradient);
        }
        let add = |mut sum: S::Vector, i: usize| {
            for (n, &factor) in factors.iter().enumerate() {
                let at = n * inputs + i;
                debug_assert!(i <= end);
                // SAFETY: `i` is at most `end`, a vector before the end of each of the `N` rows.
                let weight = simd.load(unsafe { rows.get_unchecked(at..at + S::LANES) });
                sum = simd.mul_add(factor, weight, sum);
            }
            sum
        };
        for i in (0..end).step_by(S::LANES) {
            let to = &mut self.output[i..][..S::LANES];
            simd.store(add(simd.load(to), i), to);
        }
        *last = add(*last, end);
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

#[cfg(test)]
mod tests {
    use super::super::{Combine, Panels};
    use super::*;
    use crate::simd::{Level, WithSimd};
    use crate::testing::numbers;

    /// Inputs and outputs of layers: shorter than a vector, whole vectors, and neither.
    const LAYERS: [(usize, usize); 4] = [(3, 5), (32, 8), (49, 13), (392, 30)];

    /// Both ways to the gradients of `images` images.
    struct Both {
        images: usize,
        inputs: usize,
        outputs: usize,
    }

    impl WithSimd for Both {
        type Output = ();

        fn with<S: Simd>(self, simd: S) {
            let Self {
                images,
                inputs,
                outputs,
            } = self;
            let stride = WeightGradient::row_stride::<S>(inputs);
            let weight = numbers::<f32>(1, outputs * inputs);
            // Beyond the images come zeros, which make them more than a few.
            let gradient = [numbers(2, images * outputs), vec![0.0; FEW * outputs]].concat();
            let mut input = vec![0.0; (images + FEW) * stride];
            for (row, numbers) in input
                .chunks_exact_mut(stride)
                .zip(numbers(3, images * inputs).chunks_exact(inputs))
            {
                row[..inputs].copy_from_slice(numbers);
            }
            let weights = |images: usize| {
                let mut weight = vec![f32::NAN; outputs * inputs];
                simd.vectorize(&mut WeightGradient {
                    input: &input[..images * stride],
                    input_stride: stride,
                    gradient: &gradient[..images * outputs],
                    gradient_stride: outputs,
                    first: 0,
                    inputs,
                    weight: &mut weight,
                });
                weight
            };
            assert_eq!(weights(images), weights(images + FEW));

            let mut panels = Panels::new(simd, inputs, outputs);
            panels.fill(simd, &weight).for_each(|mut fill| fill());
            let mut packed = vec![f32::NAN; images * stride];
            simd.vectorize(Combine {
                images,
                gradient: &gradient,
                gradient_stride: outputs,
                weight: &panels,
                output: &mut packed,
                output_stride: stride,
            });
            let mut one = vec![f32::NAN; inputs];
            for (packed, gradient) in packed
                .chunks_exact(stride)
                .zip(gradient.chunks_exact(outputs))
            {
                simd.vectorize(CombineOne {
                    gradient,
                    weight: &weight,
                    output: &mut one,
                });
                assert_eq!(one, packed[..inputs]);
            }
        }
    }

    #[test]
    fn few_images_have_the_sums_of_more() {
        for level in Level::available() {
            for (inputs, outputs) in LAYERS {
                for images in 1..=FEW {
                    let both = Both {
                        images,
                        inputs,
                        outputs,
                    };
                    level.dispatch(both).unwrap();
                }
            }
        }
    }
}
