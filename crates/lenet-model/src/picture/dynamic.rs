//! Pictures from the `image` crate.

use image::{DynamicImage, GenericImageView};

use super::Picture;
use super::alpha::on_ground;

impl From<&DynamicImage> for Picture {
    /// Where much is transparent, the ground is white under dark ink and black under light ink. An
    /// image without pixels becomes a blank picture. The `image` crate leaves a picture as it is stored:
    /// turn it by its EXIF entry first (`ImageDecoder::orientation`, `DynamicImage::apply_orientation`).
    fn from(image: &DynamicImage) -> Self {
        let (width, height) = image.dimensions();
        if width == 0 || height == 0 {
            return Self {
                height: 1,
                width: 1,
                pixels: vec![[1.0; 3]],
            };
        }
        Self {
            height: height as usize,
            width: width as usize,
            pixels: on_ground(image.to_rgba32f().pixels().map(|pixel| pixel.0)),
        }
    }
}
