//! Shape of a network, and the order of its parameters.

use serde::{Deserialize, Serialize};

use crate::stages::{Padding, Stages};

/// Shape of a network: for each entry of `filters` a convolution with bias, ReLU and 2×2 max-pool
/// (an odd side is rounded down); then dense layers with bias and ReLU for each entry of `hidden`;
/// then a dense layer with bias that gives the logits. [`Stages`] says which convolutions are
/// padded, their stride, and where a pool is left out; usually all are padded (SAME), at stride 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Geometry {
    /// Channels of an image.
    pub channels: usize,
    /// Rows of an image.
    pub height: usize,
    /// Columns of an image.
    pub width: usize,
    /// Filters of each convolution, at least one stage.
    pub filters: Vec<usize>,
    /// Side of the square kernels, odd where a convolution is padded.
    pub kernel: usize,
    /// Units of each hidden dense layer; may be empty.
    pub hidden: Vec<usize>,
    /// Classes, from 2 to 256.
    pub classes: usize,
    /// Padding, stride and pools of the stages.
    #[serde(default, skip_serializing_if = "Stages::is_usual")]
    pub stages: Stages,
}

/// Most convolutions of a network.
const MOST_STAGES: usize = 64;

/// A size of a network that is out of range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("network: `{field}`: {reason}")]
pub struct GeometryError {
    /// Field of [`Geometry`].
    pub field: &'static str,
    /// What is wrong and what would do.
    pub reason: String,
}

/// One parameter tensor and its place in the flat buffer of all parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// PyTorch's name: `conv1.weight`, `conv1.bias`, …, `fc1.weight`, `fc1.bias`, ….
    pub name: String,
    /// Shape in PyTorch's layout: `[F, C, K, K]`, `[F]`, `[out, in]`, `[out]`.
    pub shape: Vec<usize>,
    /// First element's index in the flat buffer.
    pub offset: usize,
}

impl Parameter {
    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether the tensor has no elements (never, in a valid geometry).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The tensor's elements in the flat buffer.
    #[must_use]
    pub fn range(&self) -> std::ops::Range<usize> {
        self.offset..self.offset + self.len()
    }
}

impl Geometry {
    /// The study's network for `filters` filters: 28×28×1, two stages, 3×3, 128 hidden units,
    /// ten classes.
    #[must_use]
    pub fn lab_2017(filters: usize) -> Self {
        Self {
            channels: 1,
            height: 28,
            width: 28,
            filters: vec![filters; 2],
            kernel: 3,
            hidden: vec![128],
            classes: 10,
            stages: Stages::USUAL,
        }
    }

    /// Checks every size.
    ///
    /// # Errors
    /// The first size that is out of range, and what would do.
    pub fn validate(&self) -> Result<(), GeometryError> {
        let fail = |field: &'static str, reason: String| Err(GeometryError { field, reason });
        if self.channels == 0 || self.height == 0 || self.width == 0 {
            return fail(
                "channels, height, width",
                format!(
                    "{}×{}×{} has no pixels",
                    self.channels, self.height, self.width
                ),
            );
        }
        if self.filters.is_empty() || self.filters.contains(&0) {
            return fail(
                "filters",
                format!(
                    "{:?}: give at least one convolution, each with at least 1 filter",
                    self.filters
                ),
            );
        }
        let padded = self.stages.padding != Padding::Valid;
        if self.kernel == 0 || padded && self.kernel.is_multiple_of(2) {
            return fail("kernel", format!("{} is not an odd number", self.kernel));
        }
        if self.stages.stride == 0 {
            return fail("stride", "0 never moves on: give at least 1".to_owned());
        }
        if self.hidden.contains(&0) {
            return fail(
                "hidden",
                format!("{:?}: each layer needs at least 1 unit", self.hidden),
            );
        }
        if !(2..=256).contains(&self.classes) {
            return fail("classes", format!("{} is not in 2..=256", self.classes));
        }
        if self.filters.len() > MOST_STAGES {
            let reason = format!(
                "{} convolutions: give at most {MOST_STAGES}",
                self.filters.len()
            );
            return fail("filters", reason);
        }
        let [_, rows, columns] = self.stage_input(self.filters.len());
        if rows == 0 || columns == 0 {
            let (height, width) = (self.height, self.width);
            let stages = self.filters.len();
            let reason = if self.stages.is_usual() {
                format!("{stages} poolings leave nothing of {height}×{width}")
            } else {
                format!(
                    "{stages} stages with {} leave nothing of {height}×{width}",
                    self.stages
                )
            };
            return fail("filters", reason);
        }
        Ok(())
    }

    /// `[rows, columns]` of the output of stage `stage`'s convolution, before its pool. 0 where
    /// the kernel does not fit in.
    #[must_use]
    pub fn convolved(&self, stage: usize) -> [usize; 2] {
        let [_, height, width] = self.stage_input(stage);
        self.convolved_from([height, width], stage)
    }

    fn convolved_from(&self, sides: [usize; 2], stage: usize) -> [usize; 2] {
        let zeros = 2 * self.stages.zeros(stage, self.kernel);
        sides.map(
            |side| match (side, side.saturating_add(zeros).checked_sub(self.kernel)) {
                (0, _) | (_, None) => 0,
                (_, Some(moves)) => moves / self.stages.stride.max(1) + 1,
            },
        )
    }

    /// Whether a max-pool follows stage `stage`'s convolution.
    #[must_use]
    pub fn pools_after(&self, stage: usize) -> bool {
        self.stages.pools_after(stage, self.filters.len())
    }

    /// `[channels, height, width]` that stage `stage` (from 0) takes; at `filters.len()`, what
    /// the dense layers take.
    #[must_use]
    pub fn stage_input(&self, stage: usize) -> [usize; 3] {
        let channels = if stage == 0 {
            self.channels
        } else {
            self.filters[stage - 1]
        };
        let mut sides = [self.height, self.width];
        for before in 0..stage {
            sides = self.convolved_from(sides, before);
            if self.pools_after(before) {
                sides = sides.map(|side| side / 2);
            }
        }
        [channels, sides[0], sides[1]]
    }

    /// Inputs of the first dense layer, in (channel, row, column) order.
    #[must_use]
    pub fn features(&self) -> usize {
        self.stage_input(self.filters.len()).iter().product()
    }

    /// `(inputs, outputs)` of each dense layer, the last giving the logits.
    #[must_use]
    pub fn dense_layers(&self) -> Vec<(usize, usize)> {
        let mut inputs = self.features();
        let outputs = self.hidden.iter().copied().chain([self.classes]);
        outputs
            .map(|out| (std::mem::replace(&mut inputs, out), out))
            .collect()
    }

    /// Every parameter in the order of the flat buffer: weight and bias of each convolution,
    /// then of each dense layer.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut list = Vec::new();
        let mut offset = 0;
        let mut push = |name: String, shape: Vec<usize>| {
            let len: usize = shape.iter().product();
            list.push(Parameter {
                name,
                shape,
                offset,
            });
            offset += len;
        };
        for (stage, &filters) in self.filters.iter().enumerate() {
            let [channels, ..] = self.stage_input(stage);
            let name = format!("conv{}", stage + 1);
            push(
                format!("{name}.weight"),
                vec![filters, channels, self.kernel, self.kernel],
            );
            push(format!("{name}.bias"), vec![filters]);
        }
        for (layer, (inputs, outputs)) in self.dense_layers().into_iter().enumerate() {
            let name = format!("fc{}", layer + 1);
            push(format!("{name}.weight"), vec![outputs, inputs]);
            push(format!("{name}.bias"), vec![outputs]);
        }
        list
    }

    /// Length of the flat buffer of all parameters.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.parameters().iter().map(Parameter::len).sum()
    }

    /// Multiplications and additions of one image's forward pass by the direct method (two for
    /// each weight's use; the zeros of padding are counted; bias, ReLU and pooling are not).
    #[must_use]
    pub fn forward_flops(&self) -> u64 {
        self.layer_flops().iter().sum()
    }

    /// The same for a training step of one image: forward, weight gradients, and input gradients
    /// of all layers but the first.
    #[must_use]
    pub fn training_flops(&self) -> u64 {
        let layers = self.layer_flops();
        3 * layers.iter().sum::<u64>() - layers[0]
    }

    fn layer_flops(&self) -> Vec<u64> {
        let stages = self.filters.iter().enumerate().map(|(stage, filters)| {
            let [channels, ..] = self.stage_input(stage);
            let [height, width] = self.convolved(stage);
            2 * height * width * channels * filters * self.kernel * self.kernel
        });
        let dense = self
            .dense_layers()
            .into_iter()
            .map(|(inputs, outputs)| 2 * inputs * outputs);
        stages.chain(dense).map(|flops| flops as u64).collect()
    }
}

#[cfg(test)]
mod tests;
