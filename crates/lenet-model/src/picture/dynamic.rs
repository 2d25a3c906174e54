//! Pictures from the `image` crate.

use image::{DynamicImage, GenericImageView};

use super::Picture;

impl From<&DynamicImage> for Picture {
    /// Transparent pixels show white paper. An image without pixels becomes a blank picture.
    fn from(image: &DynamicImage) -> Self {
        let (width, height) = image.dimensions();
        if width == 0 || height == 0 {
            return Self {
                height: 1,
                width: 1,
                pixels: vec![[1.0; 3]],
            };
        }
        let over_white =
            |[r, g, b, alpha]: [f32; 4]| [r, g, b].map(|value| value.mul_add(alpha, 1.0 - alpha));
        Self {
            height: height as usize,
            width: width as usize,
            pixels: image
                .to_rgba32f()
                .pixels()
                .map(|p| over_white(p.0))
                .collect(),
        }
    }
}
