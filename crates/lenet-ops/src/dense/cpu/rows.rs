//! The layer on f32 slices in the order that [`dense`](crate::dense) documents.

use super::{Product, WeightGradient};
use crate::dense::call::{BackwardCall, DenseFloat, ForwardCall};
use crate::dense::shape::DenseShape;
use crate::error::OpsError;
use crate::simd::{FlushDenormals, Level, Simd, WithSimd, lane, lane_mut};

impl DenseFloat for f32 {
    fn forward(call: ForwardCall<'_, f32>) -> Result<(), OpsError> {
        let shape = call.shape;
        Level::from_environment()?.dispatch(ProductOnRows {
            input: call.input,
            inputs: shape.inputs,
            weight: call.weight,
            output_stride: shape.inputs,
            input_stride: 1,
            start: Some(call.bias),
            relu: shape.relu,
            output: call.output,
            outputs: shape.outputs,
        })
    }

    fn backward(call: BackwardCall<'_, f32>) -> Result<(), OpsError> {
        let level = Level::from_environment()?;
        let (shape, gradients) = (call.shape, call.gradients);
        let passed = |(&gradient, &out): (&f32, &f32)| {
            if shape.relu && out <= 0.0 {
                0.0
            } else {
                gradient
            }
        };
        let upstream: Vec<f32> = call.upstream.iter().zip(call.output).map(passed).collect();
        if let Some(to) = gradients.input {
            level.dispatch(ProductOnRows {
                input: &upstream,
                inputs: shape.outputs,
                weight: call.weight,
                output_stride: 1,
                input_stride: shape.inputs,
                start: None,
                relu: false,
                output: to,
                outputs: shape.inputs,
            })?;
        }
        gradients.bias.fill(0.0);
        for row in upstream.chunks_exact(shape.outputs) {
            let sums = gradients.bias.iter_mut().zip(row);
            sums.for_each(|(sum, &value)| *sum += value);
        }
        level.dispatch(WeightGradientOnRows {
            shape,
            input: call.input,
            upstream: &upstream,
            gradient: gradients.weight,
        })
    }
}

/// [`Product`] on rows.
struct ProductOnRows<'a> {
    input: &'a [f32],
    inputs: usize,
    weight: &'a [f32],
    output_stride: usize,
    input_stride: usize,
    start: Option<&'a [f32]>,
    relu: bool,
    output: &'a mut [f32],
    outputs: usize,
}

impl WithSimd for ProductOnRows<'_> {
    type Output = ();

    fn with<S: Simd>(self, simd: S) {
        const BLOCKS: usize = 2;
        let _flush = FlushDenormals::new();
        let mut input = vec![simd.splat(0.0); BLOCKS * self.inputs];
        let mut output = vec![simd.splat(0.0); BLOCKS * self.outputs];
        let images = BLOCKS * S::LANES;
        let chunks = self.input.chunks(images * self.inputs);
        for (from, to) in chunks.zip(self.output.chunks_mut(images * self.outputs)) {
            let place = |image: usize| (image / S::LANES, image % S::LANES);
            for (image, row) in from.chunks_exact(self.inputs).enumerate() {
                let (block, at) = place(image);
                let block = &mut input[block * self.inputs..][..self.inputs];
                lane_mut::<S>(block, at)
                    .zip(row)
                    .for_each(|(to, &value)| *to = value);
            }
            simd.vectorize(Product {
                input: &input,
                blocks: BLOCKS,
                weight: self.weight,
                output_stride: self.output_stride,
                input_stride: self.input_stride,
                start: self.start,
                relu: self.relu,
                output: &mut output,
            });
            for (image, row) in to.chunks_exact_mut(self.outputs).enumerate() {
                let (block, at) = place(image);
                let block = &output[block * self.outputs..][..self.outputs];
                row.iter_mut()
                    .zip(lane::<S>(block, at))
                    .for_each(|(to, value)| *to = value);
            }
        }
    }
}

/// [`WeightGradient`] on rows that are not padded yet.
struct WeightGradientOnRows<'a> {
    shape: &'a DenseShape,
    input: &'a [f32],
    upstream: &'a [f32],
    gradient: &'a mut [f32],
}

impl WithSimd for WeightGradientOnRows<'_> {
    type Output = ();

    fn with<S: Simd>(self, simd: S) {
        let _flush = FlushDenormals::new();
        let input_stride = WeightGradient::row_stride::<S>(self.shape.inputs);
        let mut input = vec![0.0; self.shape.batch * input_stride];
        let rows = self.input.chunks_exact(self.shape.inputs);
        for (to, row) in input.chunks_exact_mut(input_stride).zip(rows) {
            to[..row.len()].copy_from_slice(row);
        }
        simd.vectorize(&mut WeightGradient {
            input: &input,
            input_stride,
            gradient: self.upstream,
            gradient_stride: self.shape.outputs,
            first: 0,
            inputs: self.shape.inputs,
            weight: self.gradient,
        });
    }
}
