//! How the stages of a network are made: padding, stride, and where max-pools follow.

use serde::{Deserialize, Serialize};

use crate::device::Backend;
use crate::problem::Problem;

/// What all stages of a network have in common beside the kernel. The usual stage is a convolution
/// that keeps the size of its input, at stride 1, followed by a 2×2 max-pool. On disk only what is
/// not usual is written, so that records and identities of usual networks never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stages {
    /// Which convolutions are padded.
    #[serde(skip_serializing_if = "is_usual")]
    pub padding: Padding,
    /// Rows and columns from one place of a kernel to the next.
    #[serde(skip_serializing_if = "is_one")]
    pub stride: usize,
    /// Which convolutions a max-pool follows.
    #[serde(skip_serializing_if = "is_usual")]
    pub pooling: Pooling,
}

/// Which convolutions have zeros around their input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Padding {
    /// All: as many zeros at each border as half the kernel, so that stride 1 keeps the size.
    #[default]
    Same,
    /// None: kernels stay within their input, which shrinks by the kernel less 1.
    Valid,
    /// The first alone, as LeNet-5 on images of 28×28 is often built.
    First,
}

/// Which convolutions a 2×2 max-pool of stride 2 follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pooling {
    /// Every one.
    #[default]
    Each,
    /// The last alone, as in PyTorch's basic MNIST example.
    Last,
    /// None.
    None,
}

fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[expect(clippy::trivially_copy_pass_by_ref)] // serde passes references.
fn is_one(stride: &usize) -> bool {
    *stride == 1
}

impl Default for Stages {
    fn default() -> Self {
        Self::USUAL
    }
}

impl Stages {
    /// Padded convolutions of stride 1, a max-pool after each.
    pub const USUAL: Self = Self {
        padding: Padding::Same,
        stride: 1,
        pooling: Pooling::Each,
    };

    /// Whether these are the stages that the fused code computes.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::USUAL
    }

    /// The problem where a backend does not compute such stages.
    #[must_use]
    pub fn problem(&self, backend: Backend) -> Option<Problem> {
        (backend == Backend::Fused && !self.is_usual()).then(|| {
            let path = if self.padding != Padding::Same {
                "padding"
            } else if self.stride != 1 {
                "stride"
            } else {
                "pooling"
            };
            let reason = "the fused backend pads every convolution, at stride 1, and pools after \
                          each; others take backend = stock";
            Problem::new(path, reason)
        })
    }

    /// Zeros at each border of the input of stage `stage` (from 0).
    #[must_use]
    pub fn zeros(&self, stage: usize, kernel: usize) -> usize {
        match self.padding {
            Padding::Same => kernel / 2,
            Padding::First if stage == 0 => kernel / 2,
            Padding::First | Padding::Valid => 0,
        }
    }

    /// Whether a max-pool follows stage `stage` (from 0) of `stages`.
    #[must_use]
    pub fn pools_after(&self, stage: usize, stages: usize) -> bool {
        match self.pooling {
            Pooling::Each => true,
            Pooling::Last => stage + 1 == stages,
            Pooling::None => false,
        }
    }
}

impl std::fmt::Display for Stages {
    /// What is not usual, as settings: `padding = valid, pooling = last`; `the usual stages` where
    /// all is.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut words = Vec::new();
        if self.padding != Padding::Same {
            words.push(format!("padding = {}", self.padding.name()));
        }
        if self.stride != 1 {
            words.push(format!("stride = {}", self.stride));
        }
        if self.pooling != Pooling::Each {
            words.push(format!("pooling = {}", self.pooling.name()));
        }
        if words.is_empty() {
            words.push("the usual stages".to_owned());
        }
        f.write_str(&words.join(", "))
    }
}

impl Padding {
    /// Every padding.
    pub const ALL: [Self; 3] = [Self::Same, Self::Valid, Self::First];

    /// Its name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Valid => "valid",
            Self::First => "first",
        }
    }
}

impl Pooling {
    /// Every pooling.
    pub const ALL: [Self; 3] = [Self::Each, Self::Last, Self::None];

    /// Its name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::Last => "last",
            Self::None => "none",
        }
    }
}

#[cfg(test)]
mod tests;
