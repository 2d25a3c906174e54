//! Images from where they lie into the lanes of a block.

use super::Images;
use crate::conv_pool::cpu::{Planes, fill_lane};
use crate::simd::Simd;

/// Pixel values of all bytes.
pub(super) fn pixel_values() -> [f32; 256] {
    std::array::from_fn(|byte| byte as f32 / 255.0)
}

/// Fills a block with the batch's images `first..first + count`, at most one a lane; the lanes
/// beyond are zero.
pub(super) fn gather<S: Simd>(
    images: Images<'_>,
    pixels: &[f32; 256],
    (first, count): (usize, usize),
    planes: Planes,
    channels: usize,
    block: &mut [S::Vector],
) {
    let len = channels * planes.rows * planes.columns;
    for lane in 0..S::LANES {
        let at = first + lane;
        match images {
            _ if lane >= count => {
                fill_lane::<S>(planes, channels, block, lane, std::iter::repeat_n(0.0, len));
            }
            Images::Bytes {
                pixels: set,
                indices,
            } => {
                let image = &set[indices[at] as usize * len..][..len];
                let values = image.iter().map(|&byte| pixels[usize::from(byte)]);
                fill_lane::<S>(planes, channels, block, lane, values);
            }
            Images::Floats(batch) => {
                let values = batch[at * len..][..len].iter().copied();
                fill_lane::<S>(planes, channels, block, lane, values);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::pixel_values;

    #[test]
    fn a_byte_is_divided_as_a_float() {
        let values = pixel_values();
        for byte in 0..=255u8 {
            assert_eq!(values[usize::from(byte)], f32::from(byte) / 255.0);
        }
    }
}
