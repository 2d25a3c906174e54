//! Backward pass of a block.

use std::ops::Range;

use super::input_gradient::{InputGradient, Unpool};
use super::weight_gradient::{AddSums, BiasGradient, GROUP, WeightGradient};
use super::{ImageStage, Planes};
use crate::simd::Simd;

/// Bytes that a strip of a filter group's unpooled gradient may take: half of a small first
/// cache.
const STRIP_BYTES: usize = 14 << 10;

/// One stage of one block.
pub(crate) struct Backward<'a, V> {
    pub(crate) stage: &'a ImageStage,
    pub(crate) input: &'a [V],
    pub(crate) weight: &'a [f32],
    /// Argmax codes, in the places of [`ImageStage::codes`].
    pub(crate) codes: &'a [V],
    /// Gradient of the pooled output.
    pub(crate) gradient: &'a [V],
    pub(crate) gradient_planes: Planes,
    /// Where the input's gradient goes, if it is wanted.
    pub(crate) input_gradient: Option<InputBuffers<'a, V>>,
    /// Gradients to add the block's share to.
    pub(crate) weight_gradient: &'a mut [f32],
    pub(crate) bias_gradient: &'a mut [f32],
}

/// Buffers for an input's gradient.
pub(crate) struct InputBuffers<'a, V> {
    /// Scratch, in the places of [`ImageStage::unpooled`]; its border must be zero and stays so.
    pub(crate) unpooled: &'a mut [V],
    /// In the places of [`ImageStage::input_gradient`], overwritten.
    pub(crate) output: &'a mut [V],
}

/// Scratch of a group of filters, large enough for each stage that it was made for.
pub(crate) struct GroupScratch<V> {
    /// Strip of unpooled gradient.
    strip: Vec<V>,
    /// Sums of the weights' gradient.
    sums: Vec<V>,
}

impl<V: Copy> GroupScratch<V> {
    pub(crate) fn new<S: Simd<Vector = V>>(
        simd: S,
        stages: impl Iterator<Item = ImageStage> + Clone,
    ) -> Self {
        let strip = |stage: ImageStage| strip_planes::<S>(&stage).len(GROUP);
        let sums = |stage: ImageStage| GROUP * stage.weights_of_filter();
        let zeros = |len: Option<usize>| vec![simd.splat(0.0); len.unwrap_or(0)];
        Self {
            strip: zeros(stages.clone().map(strip).max()),
            sums: zeros(stages.map(sums).max()),
        }
    }
}

impl<V: Copy> Backward<'_, V> {
    pub(crate) fn run<S: Simd<Vector = V>>(mut self, simd: S, scratch: &mut GroupScratch<V>) {
        let stage = self.stage;
        simd.vectorize(BiasGradient {
            stage,
            gradient: self.gradient,
            gradient_planes: self.gradient_planes,
            codes: self.codes,
            sums: &mut *self.bias_gradient,
        });
        let buffers = self.input_gradient.take();
        let whole = buffers.map(|buffers| {
            let rows = 0..stage.codes.rows;
            self.unpool(
                simd,
                0..stage.filters,
                rows,
                buffers.unpooled,
                stage.unpooled,
            );
            simd.vectorize(InputGradient {
                stage,
                unpooled: buffers.unpooled,
                weight: self.weight,
                output: buffers.output,
            });
            &*buffers.unpooled
        });
        let weights = stage.weights_of_filter();
        let GroupScratch { strip, sums } = scratch;
        let rows = 2 * stage.codes.rows;
        for group in (0..stage.filters).step_by(GROUP) {
            let filters = (stage.filters - group).min(GROUP);
            let sums = &mut sums[..filters * weights];
            sums.fill(simd.splat(0.0));
            for row in (0..rows).step_by(strip_rows::<S>(stage)) {
                let height = strip_rows::<S>(stage).min(rows - row);
                let (unpooled, unpooled_planes, first) = match whole {
                    Some(whole) => (whole, stage.unpooled, stage.unpooled.at(group, row, 0)),
                    None => {
                        let planes = strip_planes::<S>(stage);
                        let rows = row / 2..(row + height) / 2;
                        self.unpool(simd, group..group + filters, rows, strip, planes);
                        (&strip[..], planes, 0)
                    }
                };
                simd.vectorize(WeightGradient {
                    stage,
                    input: self.input,
                    row,
                    rows: height,
                    filters,
                    unpooled,
                    unpooled_planes,
                    first,
                    sums,
                });
            }
            let to = &mut self.weight_gradient[group * weights..][..sums.len()];
            simd.vectorize(AddSums { from: sums, to });
        }
    }

    fn unpool<S: Simd<Vector = V>>(
        &self,
        simd: S,
        planes: Range<usize>,
        rows: Range<usize>,
        output: &mut [V],
        output_planes: Planes,
    ) {
        simd.vectorize(Unpool {
            gradient: self.gradient,
            gradient_planes: self.gradient_planes,
            codes: self.codes,
            code_planes: self.stage.codes,
            planes,
            rows,
            output,
            output_planes,
        });
    }
}

/// Rows of the convolution's places to take at once for a weight gradient.
fn strip_rows<S: Simd>(stage: &ImageStage) -> usize {
    let row = GROUP * stage.unpooled.row * size_of::<S::Vector>();
    (STRIP_BYTES / row / 2 * 2).clamp(2, 2 * stage.codes.rows)
}

/// Places of a strip of a stage's unpooled gradient that lies by itself.
fn strip_planes<S: Simd>(stage: &ImageStage) -> Planes {
    Planes::compact(strip_rows::<S>(stage), 2 * stage.codes.columns)
}
