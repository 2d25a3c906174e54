//! Images in the forms that other programs have: bytes, floats, tensors, pictures.

use std::borrow::Cow;

use candle_core::{CpuStorage, DType, Device, Storage, Tensor};
use lenet_core::Geometry;
use lenet_ops::net::Images;

use crate::input_error::InputError;
use crate::training_images::{Normalization, TrainingImages};

/// Floats this many times as large as white or black are no pixels but bytes, whose range is 255
/// times as large. Images that are normalized one by one stay far below.
const BEYOND_WHITE: f32 = 16.0;

/// One image or several, for [`LeNet::predict`](crate::LeNet::predict) and
/// [`Classifier`](crate::Classifier). `From` makes one from a reference to bytes, floats, a tensor
/// or a picture.
///
/// The pixels of an image lie in the order `[C, H, W]`, and images follow each other. Networks that
/// were trained on MNIST, as the pretrained one, take ink as 1 and background as 0.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Input<'a> {
    /// Bytes; the network takes `byte / 255`, normalized where its training images were
    /// ([`TrainingImages`]).
    Bytes(&'a [u8]),
    /// Floats, which the network takes as they are; all finite, and none so large that it must be
    /// a byte.
    Floats(&'a [f32]),
    /// A tensor `[C, H, W]` or `[C·H·W]`; for one channel also `[H, W]`. Several images have one
    /// axis more, in front. Bytes and floating-point numbers are taken as in slices.
    Tensor(&'a Tensor),
    /// A picture of any size, which
    /// [`Picture::to_pixels`](crate::picture::Picture::to_pixels) brings to the network's form.
    #[cfg(feature = "image")]
    Image(&'a image::DynamicImage),
}

macro_rules! from_slices {
    ($($pixel:ty => $variant:ident),*) => {$(
        impl<'a> From<&'a [$pixel]> for Input<'a> {
            fn from(pixels: &'a [$pixel]) -> Self {
                Self::$variant(pixels)
            }
        }

        impl<'a> From<&'a Vec<$pixel>> for Input<'a> {
            fn from(pixels: &'a Vec<$pixel>) -> Self {
                Self::$variant(pixels)
            }
        }

        impl<'a, const N: usize> From<&'a [$pixel; N]> for Input<'a> {
            fn from(pixels: &'a [$pixel; N]) -> Self {
                Self::$variant(pixels)
            }
        }
    )*};
}
from_slices!(u8 => Bytes, f32 => Floats);

impl<'a> From<&'a Tensor> for Input<'a> {
    fn from(images: &'a Tensor) -> Self {
        Self::Tensor(images)
    }
}

#[cfg(feature = "image")]
impl<'a> From<&'a image::DynamicImage> for Input<'a> {
    fn from(image: &'a image::DynamicImage) -> Self {
        Self::Image(image)
    }
}

/// `[C, H, W]` of a network's images.
pub(crate) fn image_shape(geometry: &Geometry) -> [usize; 3] {
    [geometry.channels, geometry.height, geometry.width]
}

/// Number of images in a tensor of this shape: `None` where it is one image without an axis for
/// several, an error where it is not an image.
pub(crate) fn leading_axis(
    dims: &[usize],
    geometry: &Geometry,
) -> Result<Option<usize>, InputError> {
    let image = image_shape(geometry);
    let flat = [image.iter().product()];
    let plane = &image[1..];
    let forms: [Option<&[usize]>; 3] = [
        Some(&image),
        Some(&flat),
        (geometry.channels == 1).then_some(plane),
    ];
    for form in forms.into_iter().flatten() {
        match dims.strip_suffix(form) {
            Some([]) => return Ok(None),
            Some(&[0]) => return Err(InputError::NoImages),
            Some(&[images]) => return Ok(Some(images)),
            _ => {}
        }
    }
    Err(InputError::Shape {
        found: dims.to_vec(),
        image,
    })
}

/// Indices of all images of a batch, in order; one image needs no allocation.
enum Indices {
    One([u32; 1]),
    Many(Vec<u32>),
}

impl Indices {
    fn new(count: usize) -> Self {
        match count {
            1 => Self::One([0]),
            _ => Self::Many((0..u32::try_from(count).unwrap_or(u32::MAX)).collect()),
        }
    }

    fn as_slice(&self) -> &[u32] {
        match self {
            Self::One(one) => one,
            Self::Many(many) => many,
        }
    }
}

/// Why an [`Input`] cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
}

impl Input<'_> {
    /// Checks the images and passes them and their number to `work`, without a copy of floats on
    /// the CPU.
    pub(crate) fn read<R>(
        self,
        geometry: &Geometry,
        look: TrainingImages,
        work: impl FnOnce(Images<'_>, usize) -> R,
    ) -> Result<R, ReadError> {
        let normalization = look.normalization;
        match self {
            Self::Bytes(pixels) => Ok(bytes(pixels, geometry, normalization, work)?),
            Self::Floats(pixels) => Ok(floats(pixels, geometry, normalization, work)?),
            Self::Tensor(images) => {
                leading_axis(images.dims(), geometry)?;
                match images.dtype() {
                    DType::U8 => {
                        let pixels = images.flatten_all()?.to_vec1::<u8>()?;
                        Ok(bytes(&pixels, geometry, normalization, work)?)
                    }
                    DType::F32 | DType::F64 | DType::F16 | DType::BF16 => {
                        with_floats(images, |pixels| {
                            floats(pixels, geometry, normalization, work)
                        })?
                        .map_err(Into::into)
                    }
                    found => Err(InputError::Type { found }.into()),
                }
            }
            #[cfg(feature = "image")]
            Self::Image(image) => {
                let picture = crate::picture::Picture::from(image);
                let mut pixels = picture.to_pixels_as(image_shape(geometry), look)?;
                pixels
                    .iter_mut()
                    .for_each(|pixel| *pixel = normalization.apply(*pixel));
                Ok(floats(&pixels, geometry, normalization, work)?)
            }
        }
    }
}

fn count(pixels: usize, geometry: &Geometry) -> Result<usize, InputError> {
    let image = image_shape(geometry);
    let one: usize = image.iter().product();
    if pixels == 0 {
        Err(InputError::NoImages)
    } else if pixels.is_multiple_of(one) {
        Ok(pixels / one)
    } else {
        Err(InputError::Pixels { pixels, image })
    }
}

fn bytes<R>(
    pixels: &[u8],
    geometry: &Geometry,
    normalization: Normalization,
    work: impl FnOnce(Images<'_>, usize) -> R,
) -> Result<R, InputError> {
    let count = count(pixels.len(), geometry)?;
    if !normalization.is_none() {
        let pixel = |&byte: &u8| normalization.apply(f32::from(byte) / 255.0);
        let pixels: Vec<f32> = pixels.iter().map(pixel).collect();
        return Ok(work(Images::Floats(&pixels), count));
    }
    let indices = Indices::new(count);
    let indices = indices.as_slice();
    Ok(work(Images::Bytes { pixels, indices }, count))
}

fn floats<R>(
    pixels: &[f32],
    geometry: &Geometry,
    normalization: Normalization,
    work: impl FnOnce(Images<'_>, usize) -> R,
) -> Result<R, InputError> {
    let count = count(pixels.len(), geometry)?;
    let [black, white] = [0.0, 1.0].map(|pixel| normalization.apply(pixel).abs());
    let most = BEYOND_WHITE * black.max(white).max(1.0);
    // The kernels' ReLU may turn NaN into 0, which would hide it.
    match pixels.iter().position(|pixel| !(pixel.abs() <= most)) {
        None => Ok(work(Images::Floats(pixels), count)),
        Some(index) if pixels[index].is_finite() => Err(InputError::Range {
            index,
            value: pixels[index],
        }),
        Some(index) => Err(InputError::NotFinite {
            index,
            value: pixels[index],
        }),
    }
}

/// Passes the elements of a tensor to `work` as f32, without a copy where they are contiguous f32
/// on the CPU.
fn with_floats<R>(tensor: &Tensor, work: impl FnOnce(&[f32]) -> R) -> candle_core::Result<R> {
    let tensor = match (tensor.dtype(), tensor.device()) {
        (DType::F32, Device::Cpu) => Cow::Borrowed(tensor),
        _ => Cow::Owned(tensor.to_device(&Device::Cpu)?.to_dtype(DType::F32)?),
    };
    let (storage, layout) = tensor.storage_and_layout();
    match (&*storage, layout.contiguous_offsets()) {
        (Storage::Cpu(CpuStorage::F32(all)), Some((start, end))) => Ok(work(&all[start..end])),
        _ => {
            drop(storage);
            Ok(work(&tensor.flatten_all()?.to_vec1::<f32>()?))
        }
    }
}

#[cfg(test)]
mod tests;
