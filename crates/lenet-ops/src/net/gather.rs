//! Images from where they lie into the lanes of a block.

use super::Images;
use crate::conv_pool::cpu::Planes;
use crate::simd::{Simd, lanes_mut};

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
        let fill = Lane::<S> {
            lane,
            planes,
            channels,
            block: &mut *block,
        };
        let at = first + lane;
        match images {
            _ if lane >= count => fill.from(std::iter::repeat_n(0.0, len)),
            Images::Bytes {
                pixels: set,
                indices,
            } => {
                let image = &set[indices[at] as usize * len..][..len];
                fill.from(image.iter().map(|&byte| pixels[usize::from(byte)]));
            }
            Images::Floats(batch) => fill.from(batch[at * len..][..len].iter().copied()),
        }
    }
}

struct Lane<'a, S: Simd> {
    lane: usize,
    planes: Planes,
    channels: usize,
    block: &'a mut [S::Vector],
}

impl<S: Simd> Lane<'_, S> {
    fn from(self, mut values: impl Iterator<Item = f32>) {
        for channel in 0..self.channels {
            for row in 0..self.planes.rows {
                let at = self.planes.at(channel, row, 0);
                let row = lanes_mut::<S>(&mut self.block[at..at + self.planes.columns]);
                let places = row.iter_mut().skip(self.lane).step_by(S::LANES);
                for (place, value) in places.zip(&mut values) {
                    *place = value;
                }
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
