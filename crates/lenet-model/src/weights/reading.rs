//! What a caller knows of a file of weights, and what reading it had to assume.

use std::fmt;

use lenet_core::{Geometry, Padding, Pooling, Stages};

use super::Weights;
use crate::training_images::{Normalization, Polarity};

/// What a caller knows of a network. A file with this crate's metadata says all of it itself and must
/// not contradict; for other files, names and shapes of the tensors leave the rest open.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct Reading {
    /// `[rows, columns]` of an image.
    pub images: Option<[usize; 2]>,
    /// Which convolutions are padded.
    pub padding: Option<Padding>,
    /// Stride of the convolutions; 1 where nobody says.
    pub stride: Option<usize>,
    /// Which convolutions a max-pool follows.
    pub pooling: Option<Pooling>,
    /// Which is light in the training images.
    pub polarity: Option<Polarity>,
    /// What the network takes for a pixel.
    pub normalization: Option<Normalization>,
}

impl Reading {
    /// All that a geometry says.
    #[must_use]
    pub fn of(geometry: &Geometry) -> Self {
        Self {
            images: Some([geometry.height, geometry.width]),
            padding: Some(geometry.stages.padding),
            stride: Some(geometry.stages.stride),
            pooling: Some(geometry.stages.pooling),
            polarity: None,
            normalization: None,
        }
    }

    /// Says which images the network takes.
    #[must_use]
    pub fn with_images(mut self, height: usize, width: usize) -> Self {
        self.images = Some([height, width]);
        self
    }

    /// Says which convolutions are padded.
    #[must_use]
    pub fn with_padding(mut self, padding: Padding) -> Self {
        self.padding = Some(padding);
        self
    }

    /// Says which stride the convolutions have.
    #[must_use]
    pub fn with_stride(mut self, stride: usize) -> Self {
        self.stride = Some(stride);
        self
    }

    /// Says which convolutions a max-pool follows.
    #[must_use]
    pub fn with_pooling(mut self, pooling: Pooling) -> Self {
        self.pooling = Some(pooling);
        self
    }

    /// Says which is light in the training images.
    #[must_use]
    pub fn with_polarity(mut self, polarity: Polarity) -> Self {
        self.polarity = Some(polarity);
        self
    }

    /// Says what the network takes for a pixel.
    #[must_use]
    pub fn with_normalization(mut self, normalization: Normalization) -> Self {
        self.normalization = Some(normalization);
        self
    }

    /// What a geometry says otherwise than the caller, if anything.
    pub(super) fn contradiction(&self, geometry: &Geometry) -> Option<String> {
        let Stages {
            padding,
            stride,
            pooling,
        } = geometry.stages;
        let own = [geometry.height, geometry.width];
        if let Some([height, width]) = self.images.filter(|stated| *stated != own) {
            return Some(format!(
                "its network takes images of {}×{}, not {height}×{width}",
                own[0], own[1]
            ));
        }
        let stated = Stages {
            padding: self.padding.unwrap_or(padding),
            stride: self.stride.unwrap_or(stride),
            pooling: self.pooling.unwrap_or(pooling),
        };
        (stated != geometry.stages).then(|| {
            format!(
                "its network has {}, not {}",
                words(geometry.stages),
                words(stated)
            )
        })
    }
}

/// All three settings of the stages.
pub(super) fn words(stages: Stages) -> String {
    let Stages {
        padding,
        stride,
        pooling,
    } = stages;
    let mut text = format!("padding = {}", padding.name());
    if stride != 1 {
        text += &format!(", stride = {stride}");
    }
    text + &format!(", pooling = {}", pooling.name())
}

/// Weights, and what is to be said about how they were read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Loaded {
    /// The weights.
    pub weights: Weights,
    /// What the file does not say itself and reading it assumed or passed over.
    pub notes: Vec<Note>,
}

/// Something that a file of weights does not say itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// All names of tensors begin with this prefix, which is no part of the network's names.
    /// `torch.compile` writes `_orig_mod.`, `DataParallel` writes `module.`.
    Prefix {
        /// The prefix, with its last dot.
        prefix: String,
    },
    /// The tensors stood in an entry of a checkpoint; its other entries were passed over.
    Inside {
        /// Name of the entry.
        key: String,
    },
    /// The network's shape was told from the tensors alone.
    Inferred {
        /// What was inferred.
        geometry: Geometry,
        /// Other networks with the same tensors, in words; empty where none is known.
        others: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix { prefix } => {
                write!(f, "the prefix `{prefix}` of its tensors' names is left out")
            }
            Self::Inside { key } => {
                write!(
                    f,
                    "its entry `{key}` is read and all others are passed over"
                )
            }
            Self::Inferred { geometry, others } => {
                let Geometry { height, width, .. } = geometry;
                write!(
                    f,
                    "it does not say what network it holds; read as one for images of \
                     {height}×{width} with {}",
                    words(geometry.stages)
                )?;
                if !others.is_empty() {
                    write!(
                        f,
                        ". The same tensors fit {others} (hint: state images, padding and pooling \
                         where this is wrong)"
                    )?;
                }
                Ok(())
            }
        }
    }
}
