//! What can be wrong with an image.

use candle_core::DType;

/// Why an input is not an image of a network.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// The input holds no image.
    #[error("no image was given")]
    NoImages,
    /// There are several images where one is asked for.
    #[error("{images} images were given, one is asked for (hint: `predict_batch` takes several)")]
    Several {
        /// Number of images given.
        images: usize,
    },
    /// The number of pixels is not a multiple of that of one image.
    #[error("{pixels} pixels were given, an image of this network has {}×{}×{}", image[0], image[1], image[2])]
    Pixels {
        /// Number of pixels given.
        pixels: usize,
        /// `[C, H, W]` of an image of the network.
        image: [usize; 3],
    },
    /// The tensor has another shape than images of the network.
    #[error(
        "a tensor of shape {found:?} was given, an image of this network is {image:?} (channels, \
         rows, columns), with one axis before it for several"
    )]
    Shape {
        /// Shape of the tensor.
        found: Vec<usize>,
        /// `[C, H, W]` of an image of the network.
        image: [usize; 3],
    },
    /// The tensor holds integers other than bytes.
    #[error("a tensor of {found:?} was given (hint: use U8 for bytes or F32 for pixels)")]
    Type {
        /// Type of the tensor.
        found: DType,
    },
    /// A pixel is NaN or infinite.
    #[error("pixel {index} is {value}")]
    NotFinite {
        /// Index of the pixel among those given.
        index: usize,
        /// Value of the pixel.
        value: f32,
    },
    /// A float is too large to be a pixel: bytes were converted and not divided.
    #[error(
        "pixel {index} is {value}: floats are taken as the network takes them, mostly from 0 to 1 \
         (hint: divide bytes by 255, or give them as u8)"
    )]
    Range {
        /// Index of the pixel among those given.
        index: usize,
        /// Value of the pixel.
        value: f32,
    },
    /// The input is a picture, but the network takes neither 1 nor 3 channels.
    #[error("a picture has 1 or 3 channels, the network takes {channels}")]
    Channels {
        /// Channels of the network.
        channels: usize,
    },
    /// The picture shows nothing.
    #[error("the picture is blank (hint: a digit has to differ from its background)")]
    Blank,
}
