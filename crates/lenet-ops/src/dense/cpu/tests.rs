//! The kernels for a few images against those for more, which have the same bits; the largest unit.

use super::{Combine, CombineOne, FEW, LargestUnit, Panels, WeightGradient};
use crate::simd::{Level, Simd, WithSimd, tests::levels};
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

struct Largest<'a>(&'a [f32]);

impl WithSimd for Largest<'_> {
    type Output = f32;

    fn with<S: Simd>(self, simd: S) -> f32 {
        simd.vectorize(LargestUnit { values: self.0 })
    }
}

#[test]
fn the_largest_counts_wherever_it_stands() {
    for level in levels() {
        let peak = |values: &[f32]| level.dispatch(Largest(values)).unwrap();
        assert_eq!(peak(&[-1.0; 80]), 0.0);
        for at in 0..80 {
            let mut values = [0.5; 80];
            values[at] = 2.0;
            assert_eq!(peak(&values), 2.0);
            values[at] = f32::NAN;
            assert!(peak(&values).is_nan());
        }
    }
}
