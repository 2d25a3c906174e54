//! Finds a batch's images in memory.

use super::batch::Images;

/// Pixel value of each byte.
pub(super) fn pixel_values() -> [f32; 256] {
    std::array::from_fn(|byte| byte as f32 / 255.0)
}

/// One image's pixels.
pub(super) enum Pixels<'a> {
    Bytes(&'a [u8]),
    Floats(&'a [f32]),
}

impl<'a> Images<'a> {
    /// Fetches image `at` of the batch, of `len` pixels, into the caches while others are computed:
    /// a batch's images are scattered over the set.
    pub(super) fn prefetch(&self, at: usize, len: usize) {
        if let Pixels::Bytes(pixels) = self.pixels(at, len) {
            crate::simd::prefetch(pixels);
        }
    }

    /// Image `at` of the batch, of `len` pixels.
    pub(super) fn pixels(&self, at: usize, len: usize) -> Pixels<'a> {
        match *self {
            Self::Bytes { pixels, indices } => {
                Pixels::Bytes(&pixels[indices[at] as usize * len..][..len])
            }
            Self::Floats(batch) => Pixels::Floats(&batch[at * len..][..len]),
        }
    }
}
