//! Converts to and from the `vision::Dataset` of candle-datasets (feature `candle-datasets`).

use candle_core::{DType, Device, Tensor};
use candle_datasets::vision;

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::set::{ImageSet, gather_f32, gather_labels};
use crate::split::Splits;

impl Dataset {
    /// Both sets as tensors on the CPU: images f32 `[N, channels, height, width]` from 0 to 1,
    /// labels u8 `[N]`. The MNIST of candle-datasets has flat images; `flatten_from(1)` gives
    /// these.
    ///
    /// # Errors
    /// [`DataError::Candle`] if candle reports an error.
    pub fn to_candle(&self) -> Result<vision::Dataset, DataError> {
        let all = |set: &ImageSet| (0..set.len() as u32).collect::<Vec<_>>();
        to_candle(
            (&self.train, &all(&self.train)),
            (&self.test, &all(&self.test)),
            self.classes,
        )
    }

    /// Makes a data set from tensors. Images are floats from 0 to 1, in a tensor of any shape;
    /// `shape` is `[channels, height, width]` of one image. Labels have any integer type. A pixel
    /// becomes the byte 255 times its value.
    ///
    /// # Errors
    /// [`DataError::Candle`] if candle reports an error, [`DataError::NotAByte`] if a pixel or a
    /// label does not fit a byte, and the errors of [`ImageSet::new`] and [`Dataset::new`].
    pub fn from_candle(
        title: &str,
        dataset: &vision::Dataset,
        shape: [usize; 3],
    ) -> Result<Self, DataError> {
        let set = |images: &Tensor, labels: &Tensor| {
            ImageSet::new(to_bytes(images, 255.0)?, to_bytes(labels, 1.0)?, shape)
        };
        let train = set(&dataset.train_images, &dataset.train_labels)?;
        let test = set(&dataset.test_images, &dataset.test_labels)?;
        Self::new(title, train, test)
    }
}

impl Splits {
    /// The training and test splits, in the form of [`Dataset::to_candle`]. The type has no field
    /// for a validation split.
    ///
    /// # Errors
    /// [`DataError::Candle`] if candle reports an error.
    pub fn to_candle(&self) -> Result<vision::Dataset, DataError> {
        to_candle(
            (&self.train.set, &self.train.indices),
            (&self.test.set, &self.test.indices),
            self.classes,
        )
    }
}

fn to_candle(
    train: (&ImageSet, &[u32]),
    test: (&ImageSet, &[u32]),
    classes: usize,
) -> Result<vision::Dataset, DataError> {
    let tensors = |(set, indices): (&ImageSet, &[u32])| -> candle_core::Result<_> {
        let [channels, height, width] = set.shape();
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        gather_f32(set, indices, &mut images);
        gather_labels(set, indices, &mut labels);
        let shape = (indices.len(), channels, height, width);
        Ok((
            Tensor::from_vec(images, shape, &Device::Cpu)?,
            Tensor::from_vec(labels, indices.len(), &Device::Cpu)?,
        ))
    };
    let (train_images, train_labels) = tensors(train)?;
    let (test_images, test_labels) = tensors(test)?;
    Ok(vision::Dataset {
        train_images,
        train_labels,
        test_images,
        test_labels,
        labels: classes,
    })
}

/// Every element times `scale`, as a byte. A product may miss a byte by the rounding of an f32; that
/// of f16 or bf16 is too coarse to tell all bytes apart.
fn to_bytes(tensor: &Tensor, scale: f64) -> Result<Vec<u8>, DataError> {
    let all = tensor.flatten_all()?;
    let count = all.elem_count();
    let mut bytes = Vec::with_capacity(count);
    for start in (0..count).step_by(PART) {
        let part = all.narrow(0, start, PART.min(count - start))?;
        for value in part.to_dtype(DType::F64)?.to_vec1::<f64>()? {
            let scaled = value * scale;
            let byte = scaled.round() as u8;
            let distance = (scaled - f64::from(byte)).abs();
            if !(distance <= 5e-4) {
                return Err(DataError::NotAByte { value, scale });
            }
            bytes.push(byte);
        }
    }
    Ok(bytes)
}

/// Elements that are converted at a time: all of CIFAR-10 at once would take 1.2 GB as f64.
const PART: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use lenet_core::Validation;

    use super::*;
    use crate::split::SplitSpec;

    fn dataset() -> Dataset {
        let set = |n: u8| {
            let pixels = (0..n as usize * 12).map(|i| (i * 37 % 256) as u8).collect();
            ImageSet::new(pixels, (0..n).map(|i| i % 3).collect(), [2, 3, 2]).unwrap()
        };
        Dataset::new("small", set(9), set(4)).unwrap()
    }

    #[test]
    fn there_and_back_is_the_same() {
        let dataset = dataset();
        let tensors = dataset.to_candle().unwrap();
        assert_eq!(tensors.train_images.dims(), [9, 2, 3, 2]);
        assert_eq!(tensors.labels, 3);
        let back = Dataset::from_candle("small", &tensors, [2, 3, 2]).unwrap();
        assert_eq!(back.train, dataset.train);
        assert_eq!(back.test, dataset.test);
        assert_eq!(back.source, dataset.source);
    }

    #[test]
    fn splits_hold_their_images() {
        let spec = SplitSpec {
            validation: Validation::first(2),
            samples: Some(3),
            seed: 1,
        };
        let splits = dataset().split(&spec).unwrap();
        let tensors = splits.to_candle().unwrap();
        let back = Dataset::from_candle("small", &tensors, [2, 3, 2]).unwrap();
        assert_eq!(back.train.len(), 3);
        for (position, &index) in splits.train.indices.iter().enumerate() {
            assert_eq!(
                back.train.image(position),
                splits.train.set.image(index as usize)
            );
        }
    }

    #[test]
    fn values_that_are_no_bytes_are_refused() {
        for value in [0.5 / 255.0, -1.0 / 255.0, 256.0 / 255.0, f64::NAN] {
            let tensor = Tensor::new(&[value], &Device::Cpu).unwrap();
            let refused = to_bytes(&tensor, 255.0);
            assert!(
                matches!(refused, Err(DataError::NotAByte { .. })),
                "{value}: {refused:?}"
            );
        }
    }
}
