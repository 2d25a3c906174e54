//! The layers of a geometry, with their places in the flat buffer of parameters.

use lenet_core::Geometry;

/// Most segments of a training batch: shares that are summed separately, then together in order.
pub(super) const SEGMENTS: usize = 8;

/// Weight and bias of a layer in the flat buffer.
#[derive(Debug, Clone)]
pub(super) struct Tensors {
    pub(super) weight: std::ops::Range<usize>,
    pub(super) bias: std::ops::Range<usize>,
}

/// A convolution stage: convolution, bias, ReLU and pool.
#[derive(Debug, Clone)]
pub(super) struct ConvStage {
    /// `[channels, height, width]` of its input.
    pub(super) input: [usize; 3],
    pub(super) filters: usize,
    pub(super) kernel: usize,
    pub(super) tensors: Tensors,
}

/// A dense layer.
#[derive(Debug, Clone)]
pub(super) struct DenseLayer {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) tensors: Tensors,
}

/// All layers of a network.
#[derive(Debug, Clone)]
pub(super) struct Layers {
    pub(super) stages: Vec<ConvStage>,
    pub(super) dense: Vec<DenseLayer>,
    /// Number of parameters of the convolutions, which come first in the flat buffer.
    pub(super) convolutions: usize,
    pub(super) features: usize,
    pub(super) classes: usize,
}

impl Layers {
    pub(super) fn new(geometry: &Geometry) -> Self {
        let parameters = geometry.parameters();
        let mut tensors = parameters.chunks_exact(2).map(|pair| Tensors {
            weight: pair[0].range(),
            bias: pair[1].range(),
        });
        let stages: Vec<_> = (0..geometry.filters.len())
            .zip(&mut tensors)
            .map(|(stage, tensors)| ConvStage {
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
            .map(|((inputs, outputs), tensors)| DenseLayer {
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

    /// Numbers of units before each dense layer and after the last.
    pub(super) fn widths(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.features).chain(self.dense.iter().map(|layer| layer.outputs))
    }

    /// Whether the inputs of dense layer `layer` are the last hidden layer.
    pub(super) fn is_last_hidden(&self, layer: usize) -> bool {
        layer > 0 && layer + 1 == self.dense.len()
    }
}

/// Segments of a training batch in chunks of `chunk` images, a function of the batch size.
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
