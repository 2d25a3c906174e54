//! A geometry worked out: sizes and places of every buffer of the fast path.

use crate::geometry::Geometry;

/// Shares of a batch that are summed by themselves, then together in order.
const SEGMENTS: usize = 8;

/// Weight and bias of a layer in the flat buffer.
#[derive(Debug, Clone)]
pub(super) struct Tensors {
    pub(super) weight: std::ops::Range<usize>,
    pub(super) bias: std::ops::Range<usize>,
}

/// A stage: convolution, bias, ReLU and pool.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    /// `[channels, height, width]` of its input.
    pub(super) input: [usize; 3],
    pub(super) filters: usize,
    pub(super) kernel: usize,
    pub(super) tensors: Tensors,
}

/// A dense layer.
#[derive(Debug, Clone)]
pub(super) struct Dense {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) tensors: Tensors,
}

/// Everything that a geometry fixes.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) stages: Vec<Stage>,
    pub(super) dense: Vec<Dense>,
    /// Parameters of the convolutions, the first of the flat buffer.
    pub(super) convolutions: usize,
    pub(super) features: usize,
    pub(super) classes: usize,
}

impl Plan {
    pub(super) fn new(geometry: &Geometry) -> Self {
        let parameters = geometry.parameters();
        let mut tensors = parameters.chunks_exact(2).map(|pair| Tensors {
            weight: pair[0].range(),
            bias: pair[1].range(),
        });
        let stages: Vec<_> = (0..geometry.filters.len())
            .zip(&mut tensors)
            .map(|(stage, tensors)| Stage {
                input: geometry.stage_input(stage),
                filters: geometry.filters[stage],
                kernel: geometry.kernel,
                tensors,
            })
            .collect();
        let dense: Vec<_> = geometry
            .dense_layers()
            .into_iter()
            .zip(tensors)
            .map(|((inputs, outputs), tensors)| Dense {
                inputs,
                outputs,
                tensors,
            })
            .collect();
        Self {
            convolutions: stages.last().map_or(0, |stage| stage.tensors.bias.end),
            stages,
            dense,
            features: geometry.features(),
            classes: geometry.classes,
        }
    }

    /// Units before each dense layer and after the last.
    pub(super) fn widths(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.features).chain(self.dense.iter().map(|layer| layer.outputs))
    }

    /// Whether units after dense layer `layer - 1` are a hidden layer's.
    pub(super) fn is_last_hidden(&self, layer: usize) -> bool {
        layer > 0 && layer + 1 == self.dense.len()
    }
}

/// The shares of a training batch for chunks of `chunk` images: a function of the batch's size.
pub(super) fn segments(
    images: usize,
    chunk: usize,
) -> impl Iterator<Item = std::ops::Range<usize>> {
    let chunks = images.div_ceil(chunk);
    let count = chunks.min(SEGMENTS);
    (0..count).map(move |i| {
        let bound = |i: usize| (i * chunks / count * chunk).min(images);
        bound(i)..bound(i + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_cover_a_batch_in_order() {
        for (images, chunk) in [(1, 16), (16, 16), (17, 16), (100, 16), (128, 8), (1000, 32)] {
            let all: Vec<_> = segments(images, chunk).collect();
            assert!(all.len() <= SEGMENTS && all.iter().all(|s| !s.is_empty()));
            let flat: Vec<_> = all.into_iter().flatten().collect();
            assert_eq!(flat, (0..images).collect::<Vec<_>>());
        }
    }
}
