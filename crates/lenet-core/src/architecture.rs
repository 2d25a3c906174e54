//! Which layers a network has.

use serde::{Deserialize, Serialize};

use crate::geometry::Geometry;
use crate::stages::Stages;

/// What a trial chooses of its network: stages of convolution, ReLU and 2×2 max-pool, then dense
/// layers. Images and classes come from the data; [`Architecture::for_images`] brings both together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Filters of each convolution.
    pub filters: Vec<usize>,
    /// Side of the square kernels, odd where a convolution is padded.
    pub kernel: usize,
    /// Units of each hidden dense layer.
    pub hidden: Vec<usize>,
    /// Padding, stride and pools of the stages.
    #[serde(default, skip_serializing_if = "Stages::is_usual")]
    pub stages: Stages,
}

impl Default for Architecture {
    /// Two stages of 16 filters of 3×3, then 128 hidden units.
    fn default() -> Self {
        Self {
            filters: vec![16; 2],
            kernel: 3,
            hidden: vec![128],
            stages: Stages::USUAL,
        }
    }
}

impl Architecture {
    /// These layers for images of `[channels, height, width]` and so many classes.
    #[must_use]
    pub fn for_images(&self, [channels, height, width]: [usize; 3], classes: usize) -> Geometry {
        Geometry {
            channels,
            height,
            width,
            filters: self.filters.clone(),
            kernel: self.kernel,
            hidden: self.hidden.clone(),
            classes,
            stages: self.stages,
        }
    }
}
