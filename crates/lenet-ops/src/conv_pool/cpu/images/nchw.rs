//! The op on f32 slices in the order that [`conv_pool`](crate::conv_pool) documents.

use super::{Backward, DEAD, Forward, GroupScratch, ImageStage, InputBuffers, Planes};
use super::{fill_lane, read_lane};
use crate::conv_pool::call::{BackwardCall, ConvPoolFloat, ForwardCall};
use crate::conv_pool::shape::ConvPoolShape;
use crate::error::OpsError;
use crate::simd::{FlushDenormals, Level, Simd, WithSimd};

impl ConvPoolFloat for f32 {
    fn forward(call: ForwardCall<'_, f32>) -> Result<(), OpsError> {
        Level::from_environment()?.dispatch(call)
    }

    fn backward(call: BackwardCall<'_, f32>) -> Result<(), OpsError> {
        Level::from_environment()?.dispatch(call)
    }
}

fn stage(shape: &ConvPoolShape) -> ImageStage {
    ImageStage::new(
        [shape.channels, shape.height, shape.width],
        shape.filters,
        shape.kernel,
    )
}

/// First image and number of images of each block.
fn blocks<S: Simd>(images: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..images)
        .step_by(S::LANES)
        .map(move |first| (first, S::LANES.min(images - first)))
}

/// Copies a block's images into its lanes; the lanes without an image become zero.
fn fill<S: Simd>(
    planes: Planes,
    count: usize,
    stack: &mut [S::Vector],
    (first, images): (usize, usize),
    values: &[f32],
) {
    let len = count * planes.rows * planes.columns;
    for lane in 0..S::LANES {
        if lane < images {
            let image = &values[(first + lane) * len..][..len];
            fill_lane::<S>(planes, count, stack, lane, image.iter().copied());
        } else {
            fill_lane::<S>(planes, count, stack, lane, std::iter::repeat_n(0.0, len));
        }
    }
}

impl WithSimd for ForwardCall<'_, f32> {
    type Output = ();

    fn with<S: Simd>(self, simd: S) {
        let _flush = FlushDenormals::new();
        let stage = stage(self.shape);
        let zeros = |len| vec![simd.splat(0.0); len];
        let mut input = zeros(stage.input.len(stage.channels));
        let mut output = zeros(stage.codes.len(stage.filters));
        let mut codes = output.clone();
        let pooled = stage.codes.len(stage.filters);
        for block in blocks::<S>(self.shape.batch) {
            let (first, images) = block;
            fill::<S>(stage.input, stage.channels, &mut input, block, self.input);
            simd.vectorize(Forward {
                stage: &stage,
                input: &input,
                weight: self.weight,
                bias: self.bias,
                output: &mut output,
                output_planes: stage.codes,
                codes: &mut codes,
            });
            for lane in 0..images {
                let range = (first + lane) * pooled..(first + lane + 1) * pooled;
                let to = &mut self.output[range.clone()];
                read_lane::<S>(stage.codes, stage.filters, &output, lane, to);
                let codes = crate::simd::lane::<S>(&codes, lane);
                for (to, code) in self.argmax[range].iter_mut().zip(codes) {
                    // Of four zeros the first counts.
                    *to = if code == DEAD { 0 } else { code as u8 };
                }
            }
        }
    }
}

impl WithSimd for BackwardCall<'_, f32> {
    type Output = ();

    fn with<S: Simd>(mut self, simd: S) {
        let _flush = FlushDenormals::new();
        let stage = stage(self.shape);
        let wanted = self.gradients.input.is_some();
        let zeros = |len| vec![simd.splat(0.0); len];
        let mut input = zeros(stage.input.len(stage.channels));
        let mut gradient = zeros(stage.codes.len(stage.filters));
        let mut codes = gradient.clone();
        let if_wanted = |len| zeros(if wanted { len } else { 0 });
        let mut unpooled = if_wanted(stage.unpooled.len(stage.filters));
        let mut to_input = if_wanted(stage.input_gradient.len(stage.channels));
        let mut scratch = GroupScratch::new(simd, std::iter::once(stage));
        let pooled = stage.codes.len(stage.filters);
        self.gradients.weight.fill(0.0);
        self.gradients.bias.fill(0.0);
        for block in blocks::<S>(self.shape.batch) {
            let (first, images) = block;
            fill::<S>(stage.input, stage.channels, &mut input, block, self.input);
            let upstream = self.upstream;
            fill::<S>(stage.codes, stage.filters, &mut gradient, block, upstream);
            for lane in 0..images {
                let range = (first + lane) * pooled..(first + lane + 1) * pooled;
                let output = &self.pooled.output[range.clone()];
                let values = output.iter().zip(&self.pooled.argmax[range]);
                let values =
                    values.map(|(&out, &code)| if out <= 0.0 { DEAD } else { f32::from(code) });
                fill_lane::<S>(stage.codes, stage.filters, &mut codes, lane, values);
            }
            let backward = Backward {
                stage: &stage,
                input: &input,
                weight: self.weight,
                codes: &codes,
                gradient: &gradient,
                gradient_planes: stage.codes,
                input_gradient: wanted.then_some(InputBuffers {
                    unpooled: &mut unpooled,
                    output: &mut to_input,
                }),
                weight_gradient: self.gradients.weight,
                bias_gradient: self.gradients.bias,
            };
            backward.run(simd, &mut scratch);
            if let Some(to) = &mut self.gradients.input {
                let planes = Planes {
                    rows: self.shape.height,
                    columns: self.shape.width,
                    ..stage.input_gradient
                };
                let len = stage.channels * planes.rows * planes.columns;
                for lane in 0..images {
                    let to = &mut to[(first + lane) * len..][..len];
                    read_lane::<S>(planes, stage.channels, &to_input, lane, to);
                }
            }
        }
    }
}
