//! From pixels to features.

use super::ChannelLanes;
use super::scratch::Scratch;
use crate::conv_pool::cpu::channels::{ChannelStage, FirstForward, ReadRow, WinogradForward};
use crate::net::gather::Pixels;
use crate::net::layout::Chunk;
use crate::simd::{Kernel, Simd};

impl<S: Simd> ChannelLanes<S> {
    /// The first stage of a chunk's images, from their pixels on.
    pub(super) fn first_stage(&self, chunk: &Chunk<'_>, scratch: &mut Scratch<S>) {
        let stage = &self.stages[0];
        let len = stage.input.len(stage.channels);
        let codes_len = Self::image_len(stage.pooled, stage.filters);
        let output_planes = self.output_planes(0);
        let output_len = Self::image_len(output_planes, stage.filters);
        let pixels = stage.channels * stage.input.rows * stage.input.columns;
        for (at, image) in chunk.images.clone().enumerate() {
            let input = &mut scratch.pixels[at * len..][..len];
            if at + 1 < chunk.images.len() {
                chunk.batch.images.prefetch(image + 1, pixels);
            }
            self.simd.vectorize(FillPlanes {
                stage,
                pixels: chunk.batch.images.pixels(image, pixels),
                values: &mut scratch.image,
                planes: &mut *input,
            });
            self.simd.vectorize(FirstForward {
                stage,
                input,
                weight: &self.weights[0].forward,
                bias: &self.weights[0].bias,
                output: &mut scratch.outputs[0][at * output_len..][..output_len],
                output_planes,
                codes: &mut scratch.codes[0][at * codes_len..][..codes_len],
            });
        }
    }

    pub(super) fn later_stage(&self, index: usize, images: usize, scratch: &mut Scratch<S>) {
        let (inputs, outputs) = scratch.outputs.split_at_mut(index);
        let forward = WinogradForward {
            stage: &self.stages[index],
            images,
            input: &inputs[index - 1],
            weight: &self.weights[index].forward,
            bias: &self.weights[index].bias,
            output: &mut outputs[0],
            output_planes: self.output_planes(index),
            codes: &mut scratch.codes[index],
            tiles: &mut scratch.tiles,
        };
        forward.run(self.simd);
    }

    /// The last stage's output as rows in (channel, row, column) order.
    pub(super) fn read_features(&self, images: usize, scratch: &mut Scratch<S>) {
        let last = self.stages.len() - 1;
        let stage = &self.stages[last];
        let len = Self::image_len(stage.pooled, stage.filters);
        for image in 0..images {
            self.simd.vectorize(ReadRow {
                stage,
                planes: &scratch.outputs[last][image * len..][..len],
                row: scratch.units[0].row_mut(image),
            });
        }
    }
}

/// Fills the inside of the first stage's planes.
struct FillPlanes<'a> {
    stage: &'a ChannelStage,
    pixels: Pixels<'a>,
    /// Room for the image as numbers.
    values: &'a mut [f32],
    planes: &'a mut [f32],
}

impl<S: Simd> Kernel<S> for FillPlanes<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let planes = self.stage.input;
        let values = match self.pixels {
            Pixels::Bytes(pixels) => {
                // All in one loop, since rows are short. As in `pixel_values`; here divisions are
                // faster than its table.
                let values = &mut self.values[..pixels.len()];
                for (to, &byte) in values.iter_mut().zip(pixels) {
                    *to = f32::from(byte) / 255.0;
                }
                values
            }
            Pixels::Floats(pixels) => pixels,
        };
        for (row, from) in values.chunks_exact(planes.columns).enumerate() {
            let to = planes.at(row / planes.rows, row % planes.rows, 0);
            let to = &mut self.planes[to..][..planes.columns];
            let Some(last) = from.len().checked_sub(S::LANES) else {
                to.iter_mut().zip(from).for_each(|(to, &value)| *to = value);
                continue;
            };
            for at in (0..last).step_by(S::LANES) {
                simd.store(simd.load(&from[at..]), &mut to[at..]);
            }
            simd.store(simd.load(&from[last..]), &mut to[last..]);
        }
    }
}
