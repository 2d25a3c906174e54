//! Images as other programs have them: bytes, floats, tensors, pictures.

use std::borrow::Cow;

use candle_core::{CpuStorage, DType, Device, Storage, Tensor};
use lenet_core::Geometry;
use lenet_ops::net::Images;

/// One image or several, for [`LeNet::predict`](crate::LeNet::predict) and
/// [`Classifier`](crate::Classifier): made by `From` from a reference to any of these.
///
/// Pixels lie in (channel, row, column) order, images one after the other. The study's networks
/// and the pretrained one take ink as 1 on a background of 0.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Input<'a> {
    /// Bytes; a pixel is `byte / 255`.
    Bytes(&'a [u8]),
    /// Pixels as the network takes them.
    Floats(&'a [f32]),
    /// `[C, H, W]` or `[C·H·W]`, with one axis before it for several images; for one channel
    /// `[H, W]` does too. Bytes are divided by 255, floating-point numbers are taken as they are.
    Tensor(&'a Tensor),
    /// A picture of any size, brought to the network's form as
    /// [`Picture::to_pixels`](crate::picture::Picture::to_pixels) says.
    #[cfg(feature = "image")]
    Image(&'a image::DynamicImage),
}

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

/// The axis that counts images in a tensor of this shape: none where it is one image; an error
/// where it is no image at all.
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

/// Places of the images of a batch: all, in order.
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

/// What can go wrong between an [`Input`] and the engine.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Tensor(#[from] candle_core::Error),
}

impl Input<'_> {
    /// Checks the images and hands them, with their number, to `work`; floats on the CPU are not
    /// copied.
    pub(crate) fn read<R>(
        self,
        geometry: &Geometry,
        work: impl FnOnce(Images<'_>, usize) -> R,
    ) -> Result<R, ReadError> {
        match self {
            Self::Bytes(pixels) => bytes(pixels, geometry, work).map_err(Into::into),
            Self::Floats(pixels) => floats(pixels, geometry, work).map_err(Into::into),
            Self::Tensor(images) => {
                leading_axis(images.dims(), geometry)?;
                match images.dtype() {
                    DType::U8 => {
                        let pixels = images.flatten_all()?.to_vec1::<u8>()?;
                        Ok(bytes(&pixels, geometry, work)?)
                    }
                    DType::F32 | DType::F64 | DType::F16 | DType::BF16 => {
                        with_floats(images, |pixels| floats(pixels, geometry, work))?
                            .map_err(Into::into)
                    }
                    found => Err(InputError::Type { found }.into()),
                }
            }
            #[cfg(feature = "image")]
            Self::Image(image) => {
                let picture = crate::picture::Picture::from(image);
                let pixels = picture.to_pixels(image_shape(geometry))?;
                Ok(floats(&pixels, geometry, work)?)
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
    work: impl FnOnce(Images<'_>, usize) -> R,
) -> Result<R, InputError> {
    let count = count(pixels.len(), geometry)?;
    let indices = Indices::new(count);
    let indices = indices.as_slice();
    Ok(work(Images::Bytes { pixels, indices }, count))
}

fn floats<R>(
    pixels: &[f32],
    geometry: &Geometry,
    work: impl FnOnce(Images<'_>, usize) -> R,
) -> Result<R, InputError> {
    let count = count(pixels.len(), geometry)?;
    // The kernels' ReLU may turn NaN into 0, which would hide it.
    match pixels.iter().position(|pixel| !pixel.is_finite()) {
        Some(index) => Err(InputError::NotFinite {
            index,
            value: pixels[index],
        }),
        None => Ok(work(Images::Floats(pixels), count)),
    }
}

/// The elements of a tensor as f32: in place where they are that, in order, on the CPU.
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
mod tests {
    use super::*;

    fn geometry() -> Geometry {
        Geometry {
            channels: 2,
            height: 4,
            width: 6,
            ..Geometry::lab_2017(2)
        }
    }

    /// The pixels that the engine is given, and how many images.
    fn read<'a>(
        input: impl Into<Input<'a>>,
        geometry: &Geometry,
    ) -> Result<(Vec<f32>, usize), String> {
        let seen = input.into().read(geometry, |images, count| match images {
            Images::Floats(pixels) => (pixels.to_vec(), count),
            Images::Bytes { pixels, indices } => {
                assert_eq!(indices.len(), count);
                let values = pixels.iter().map(|&byte| f32::from(byte) / 255.0);
                (values.collect(), count)
            }
        });
        seen.map_err(|error| error.to_string())
    }

    #[test]
    fn every_form_gives_the_same_pixels() {
        let bytes: Vec<u8> = (0..96).collect();
        let want: Vec<f32> = bytes.iter().map(|&b| f32::from(b) / 255.0).collect();
        let tensor = Tensor::from_slice(&want, (2, 2, 4, 6), &Device::Cpu).unwrap();
        // The same elements, laid out in another order.
        let strided = tensor.transpose(2, 3).unwrap().contiguous().unwrap();
        let strided = strided.transpose(2, 3).unwrap();
        assert!(!strided.is_contiguous());
        let inputs = [
            Input::from(&bytes),
            Input::from(&want),
            Input::from(&tensor),
            Input::from(&strided),
        ];
        for input in inputs {
            assert_eq!(
                read(input, &geometry()).unwrap(),
                (want.clone(), 2),
                "{input:?}"
            );
        }
        let rows = tensor.flatten_from(1).unwrap();
        assert_eq!(read(&rows, &geometry()).unwrap().1, 2);
        // A view that does not begin where its storage does.
        let second = tensor.get(1).unwrap();
        assert_eq!(
            read(&second, &geometry()).unwrap(),
            (want[48..].to_vec(), 1)
        );
        let double = second.to_dtype(DType::F64).unwrap();
        assert_eq!(
            read(&double, &geometry()).unwrap(),
            (want[48..].to_vec(), 1)
        );
        let of_bytes = Tensor::from_slice(&bytes, (2, 48), &Device::Cpu).unwrap();
        assert_eq!(read(&of_bytes, &geometry()).unwrap(), (want, 2));
    }

    #[test]
    fn one_channel_needs_no_axis() {
        let geometry = Geometry::lab_2017(2);
        let zeros = |dims: &[usize]| Tensor::zeros(dims, DType::F32, &Device::Cpu).unwrap();
        assert_eq!(read(&zeros(&[28, 28]), &geometry).unwrap().1, 1);
        assert_eq!(read(&zeros(&[5, 28, 28]), &geometry).unwrap().1, 5);
        assert_eq!(read(&zeros(&[784]), &geometry).unwrap().1, 1);
    }

    #[test]
    fn what_is_no_image_is_refused() {
        let refused = |input: Input<'_>, words: &str| {
            let error = read(input, &geometry()).unwrap_err();
            assert!(error.contains(words), "{error}");
        };
        let tensor = |dims: &[usize], dtype| Tensor::zeros(dims, dtype, &Device::Cpu).unwrap();
        refused(Input::Bytes(&[]), "no image");
        refused(Input::Floats(&[]), "no image");
        refused(
            Input::Bytes(&[0; 49]),
            "49 pixels were given, an image of this network has 2×4×6",
        );
        refused(Input::from(&tensor(&[0, 2, 4, 6], DType::F32)), "no image");
        refused(
            Input::from(&tensor(&[1, 4, 6, 2], DType::F32)),
            "[1, 4, 6, 2]",
        );
        refused(Input::from(&tensor(&[4, 6], DType::F32)), "[4, 6]");
        refused(Input::from(&tensor(&[2, 4, 6], DType::I64)), "I64");
        let mut pixels = [0.5; 48];
        pixels[7] = f32::NAN;
        refused(Input::from(&pixels), "pixel 7 is NaN");
    }
}
