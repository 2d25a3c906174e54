//! Labelled images of one size, stored as bytes and gathered as floats.

use std::fmt;

use crate::error::DataError;

/// Labelled images of one size, as bytes in (image, channel, row, column) order.
#[derive(Clone, PartialEq, Eq)]
pub struct ImageSet {
    pixels: Vec<u8>,
    labels: Vec<u8>,
    shape: [usize; 3],
}

impl ImageSet {
    /// Makes a set of `labels.len()` images; `shape` is `[channels, height, width]`.
    ///
    /// # Errors
    /// [`DataError::EmptyImage`] if a side is zero, [`DataError::PixelCount`] if the number of
    /// pixels is not that of `labels.len()` images of this shape.
    pub fn new(pixels: Vec<u8>, labels: Vec<u8>, shape: [usize; 3]) -> Result<Self, DataError> {
        if shape.contains(&0) {
            return Err(DataError::EmptyImage { shape });
        }
        let image = shape
            .iter()
            .try_fold(1usize, |product, &side| product.checked_mul(side));
        let expected = image.and_then(|image| image.checked_mul(labels.len()));
        if expected != Some(pixels.len()) {
            return Err(DataError::PixelCount {
                pixels: pixels.len(),
                labels: labels.len(),
                shape,
            });
        }
        Ok(Self {
            pixels,
            labels,
            shape,
        })
    }

    /// All pixels, `len() · channels · height · width` bytes.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The same with rows and columns of every image exchanged.
    pub(crate) fn transposed(&self) -> Result<Self, DataError> {
        let [channels, height, width] = self.shape;
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for plane in self.pixels.chunks_exact(height * width) {
            for column in 0..width {
                pixels.extend((0..height).map(|row| plane[row * width + column]));
            }
        }
        Self::new(pixels, self.labels.clone(), [channels, width, height])
    }

    /// One class per image.
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// `[channels, height, width]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Bytes per image, `channels · height · width`.
    #[must_use]
    pub fn image_len(&self) -> usize {
        self.shape.iter().product()
    }

    /// The pixels of image `index`, in (channel, row, column) order.
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        let image = self.image_len();
        &self.pixels[index * image..][..image]
    }

    /// Number of images.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no images.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The indices of all images, ascending.
    pub(crate) fn indices(&self) -> Vec<u32> {
        let count = u32::try_from(self.len());
        (0..count.expect("a set of more than 2^32 images is refused")).collect()
    }

    /// The largest label plus one; 0 for an empty set.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.labels
            .iter()
            .max()
            .map_or(0, |&label| usize::from(label) + 1)
    }

    /// Checks that every label is less than `classes`.
    ///
    /// # Errors
    /// [`DataError::LabelOutOfRange`] for the first label that is not.
    pub fn ensure_classes(&self, classes: usize) -> Result<(), DataError> {
        match self
            .labels
            .iter()
            .position(|&label| usize::from(label) >= classes)
        {
            None => Ok(()),
            Some(index) => Err(DataError::LabelOutOfRange {
                index,
                label: self.labels[index],
                classes,
            }),
        }
    }
}

/// Shows number and shape only; the pixels would fill the screen.
impl fmt::Debug for ImageSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImageSet")
            .field("len", &self.len())
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}

/// Overwrites `out` with the images at `indices`, in the order of `indices`, as numbers from 0 to 1
/// (byte / 255): `[indices.len(), channels, height, width]`. Reuses the allocation of `out`.
///
/// # Panics
/// If an index is not in the set.
pub fn gather_f32(set: &ImageSet, indices: &[u32], out: &mut Vec<f32>) {
    out.clear();
    out.reserve(indices.len() * set.image_len());
    for &index in indices {
        out.extend(
            set.image(index as usize)
                .iter()
                .map(|&byte| f32::from(byte) / 255.0),
        );
    }
}

/// Overwrites `out` with the labels at `indices`, in the order of `indices`.
///
/// # Panics
/// If an index is not in the set.
pub fn gather_labels(set: &ImageSet, indices: &[u32], out: &mut Vec<u8>) {
    out.clear();
    out.extend(indices.iter().map(|&index| set.labels[index as usize]));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(images: u8, shape: [usize; 3]) -> ImageSet {
        let pixels = (0..usize::from(images) * shape.iter().product::<usize>())
            .map(|i| (i * 101 % 256) as u8)
            .collect();
        ImageSet::new(pixels, (0..images).collect(), shape).unwrap()
    }

    #[test]
    fn pixels_must_be_the_images_announced() {
        for (pixels, shape) in [(11, [1, 2, 3]), (13, [1, 2, 3]), (12, [usize::MAX, 2, 3])] {
            let refused = ImageSet::new(vec![0; pixels], vec![0; 2], shape);
            assert!(
                matches!(refused, Err(DataError::PixelCount { .. })),
                "{pixels} {shape:?}"
            );
        }
        let refused = ImageSet::new(Vec::new(), vec![0; 2], [1, 0, 3]);
        assert!(matches!(refused, Err(DataError::EmptyImage { .. })));
        assert!(ImageSet::new(vec![0; 12], vec![0; 2], [1, 2, 3]).is_ok());
    }

    #[test]
    fn gathering_keeps_the_order_asked_for_and_drops_what_was_there() {
        let set = set(3, [2, 1, 2]);
        let (mut pixels, mut labels) = (vec![9.0; 100], vec![9; 100]);
        gather_f32(&set, &[2, 0, 2], &mut pixels);
        gather_labels(&set, &[2, 0, 2], &mut labels);
        let bytes = [&set.pixels[8..12], &set.pixels[0..4], &set.pixels[8..12]].concat();
        assert_eq!(
            pixels,
            bytes
                .iter()
                .map(|&b| f32::from(b) / 255.0)
                .collect::<Vec<_>>()
        );
        assert_eq!(labels, [2, 0, 2]);
    }

    #[test]
    fn bytes_become_numbers_from_zero_to_one() {
        let set = ImageSet::new(vec![0, 51, 255], vec![0], [1, 1, 3]).unwrap();
        let mut pixels = Vec::new();
        gather_f32(&set, &[0], &mut pixels);
        assert_eq!(pixels, [0.0, 0.2, 1.0]);
    }

    #[test]
    fn a_set_is_told_without_its_pixels() {
        let told = format!("{:?}", set(3, [2, 1, 2]));
        assert_eq!(told, "ImageSet { len: 3, shape: [2, 1, 2], .. }");
    }
}
