//! What can be wrong with an image.

use candle_core::DType;

/// Why something given is not an image of a network.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// There is no image.
    #[error("no image was given")]
    NoImages,
    /// More than one image where one is asked for.
    #[error("{images} images were given, one is asked for (hint: `predict_batch` takes several)")]
    Several {
        /// Images given.
        images: usize,
    },
    /// Pixels that make up no whole number of images.
    #[error("{pixels} pixels were given, an image of this network has {}×{}×{}", image[0], image[1], image[2])]
    Pixels {
        /// Pixels given.
        pixels: usize,
        /// `[C, H, W]` of the network.
        image: [usize; 3],
    },
    /// A tensor of another shape.
    #[error(
        "a tensor of shape {found:?} was given, an image of this network is {image:?} (channels, \
         rows, columns), with one axis before it for several"
    )]
    Shape {
        /// Shape of the tensor.
        found: Vec<usize>,
        /// `[C, H, W]` of the network.
        image: [usize; 3],
    },
    /// A tensor of integers other than bytes.
    #[error("a tensor of {found:?} was given (hint: use U8 for bytes or F32 for pixels)")]
    Type {
        /// Type of the tensor.
        found: DType,
    },
    /// A pixel that is NaN or infinite.
    #[error("pixel {index} is {value}")]
    NotFinite {
        /// Its place among the pixels given.
        index: usize,
        /// What it is.
        value: f32,
    },
    /// A picture for a network that takes neither one channel nor three.
    #[error("a picture has 1 or 3 channels, the network takes {channels}")]
    Channels {
        /// Channels of the network.
        channels: usize,
    },
    /// A picture of nothing.
    #[error("the picture is blank (hint: a digit has to differ from its background)")]
    Blank,
}
