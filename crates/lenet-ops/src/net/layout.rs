//! What an engine asks of a layout, and what a network asks of an engine.

use std::ops::Range;

use super::batch::{BatchInput, BatchSums};
use super::layers::Layers;
use super::team::Team;
use crate::dropout::Mask;
use crate::simd::Simd;

/// What a vector holds next to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lanes {
    Images,
    Channels,
}

/// What a network computes, for any instruction set and layout.
pub(super) trait Compute: Send {
    fn train(
        &mut self,
        team: &mut Team,
        batch: BatchInput<'_>,
        labels: &[u8],
        dropout: Option<Mask>,
        gradients: &mut [f32],
    ) -> BatchSums;

    fn evaluate(&mut self, team: &mut Team, batch: BatchInput<'_>, labels: &[u8]) -> BatchSums;

    fn logits(&mut self, team: &mut Team, batch: BatchInput<'_>, logits: &mut [f32]);
}

/// Some of a batch's images, which go through the network together.
pub(super) struct Chunk<'a> {
    pub(super) batch: BatchInput<'a>,
    pub(super) images: Range<usize>,
    pub(super) dropout: Option<Mask>,
}

/// A part of a layout's preparation.
pub(super) type Preparation<'a> = Box<dyn FnMut() + Send + 'a>;

/// How the images of a chunk lie in memory, and what is computed on them there. Rows and logits are
/// addressed by an image's position in the chunk.
pub(super) trait Layout: Send + Sync {
    type Simd: Simd;

    /// Buffers of one thread, allocated once.
    type Scratch: Send;

    fn simd(&self) -> Self::Simd;

    fn layers(&self) -> &Layers;

    /// Most images of a chunk, of a batch of `images`.
    fn chunk(&self, images: usize) -> usize;

    fn scratch(&self) -> Self::Scratch;

    /// What copies the parameters for one call; the parts may run in any order. `training` is the
    /// size of a training batch.
    fn prepare<'a>(
        &'a mut self,
        parameters: &'a [f32],
        training: Option<usize>,
    ) -> Vec<Preparation<'a>>;

    /// Computes all convolution stages, up to the features.
    fn convolutions(&self, chunk: &Chunk<'_>, scratch: &mut Self::Scratch);

    /// Largest input of a dense layer, at least 0; NaN where any is.
    fn peak(&self, chunk: &Chunk<'_>, layer: usize, scratch: &Self::Scratch) -> f32;

    /// Multiplies the inputs of a dense layer by a mask.
    fn drop_units(&self, chunk: &Chunk<'_>, mask: Mask, layer: usize, scratch: &mut Self::Scratch);

    fn dense(&self, chunk: &Chunk<'_>, layer: usize, scratch: &mut Self::Scratch);

    /// Computes everything up to the logits. Returns the largest activation before them.
    fn forward(&self, chunk: &Chunk<'_>, scratch: &mut Self::Scratch) -> f32 {
        self.convolutions(chunk, scratch);
        let layers = self.layers();
        let mut peak = f32::NAN;
        for layer in 0..layers.dense.len() {
            if layer + 1 == layers.dense.len() {
                peak = self.peak(chunk, layer, scratch);
            }
            if let (Some(mask), true) = (chunk.dropout, layers.is_last_hidden(layer)) {
                self.drop_units(chunk, mask, layer, scratch);
            }
            self.dense(chunk, layer, scratch);
        }
        peak
    }

    fn read_logits(&self, scratch: &Self::Scratch, image: usize, row: &mut [f32]);

    fn write_logit_gradients(&self, scratch: &mut Self::Scratch, image: usize, row: &[f32]);

    /// Runs before the chunks of a segment.
    fn begin(&self, _scratch: &mut Self::Scratch) {}

    /// Computes the gradients of all units from those of the logits. The gradients of the
    /// convolutions are added to `sums` here, or in [`Self::finish`].
    fn backward(&self, chunk: &Chunk<'_>, scratch: &mut Self::Scratch, sums: &mut [f32]);

    /// Runs after the chunks of a segment.
    fn finish(&self, _scratch: &mut Self::Scratch, _sums: &mut [f32]) {}

    /// Copies an image's rows that the gradient of a dense layer's weights needs.
    fn read_rows(
        &self,
        scratch: &Self::Scratch,
        layer: usize,
        image: usize,
        input: &mut [f32],
        gradient: &mut [f32],
    );
}
