//! A picture of a digit as the input of a network.
//!
//! Networks trained on MNIST expect white digits on black, 20 pixels high or wide, with the centre
//! of mass in the middle of 28×28 pixels (LeCun et al. 1998). [`Picture::to_pixels`] brings a photo
//! of ink on paper to that form; [`Picture::prepare`] brings it to the form of other
//! [`TrainingImages`] too, and says where it is not sure. With the feature `image`, a `Picture` is made
//! from an `image::DynamicImage`, and prediction takes such an image itself. With the feature
//! `decode`, it is made from the contents of a PNG, JPEG, PGM or PPM file, without the `image` crate.

#[cfg(any(feature = "decode", feature = "image"))]
mod alpha;
#[cfg(feature = "decode")]
mod decode;
mod doubt;
#[cfg(feature = "image")]
mod dynamic;
mod frame;
mod ground;
#[cfg(feature = "decode")]
mod orientation;
mod resize;
mod strokes;

use crate::input_error::InputError;
use crate::training_images::{Framing, Polarity, TrainingImages};

#[cfg(feature = "decode")]
pub use decode::DecodeError;
pub use doubt::Doubt;

/// Longest side of a picture in which ink is looked for; larger ones are scaled down first.
const LONGEST_SIDE: usize = 280;
/// Smallest range of brightness that shows anything, of white's.
const LEAST_RANGE: f32 = 0.1;
/// Up to this range a picture of the network's own size shows something only if it has clear ink.
const FAINT_RANGE: f32 = 0.35;

/// A decoded picture: red, green and blue of each pixel in [0, 1].
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    height: usize,
    width: usize,
    pixels: Vec<[f32; 3]>,
}

/// A picture in the form of a network's training images.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Prepared {
    /// Values in [0, 1], `[channels, height, width]`; the network's normalization is still to come.
    pub pixels: Vec<f32>,
    /// Why the picture may not hold one clear digit; empty where nothing speaks against it.
    pub doubts: Vec<Doubt>,
}

impl Picture {
    /// Makes a picture from red, green and blue of each pixel in [0, 1], row by row. `None` where the
    /// number of pixels is not `height · width`, or 0.
    #[must_use]
    pub fn new(height: usize, width: usize, pixels: Vec<[f32; 3]>) -> Option<Self> {
        let fits = height.checked_mul(width) == Some(pixels.len()) && !pixels.is_empty();
        fits.then_some(Self {
            height,
            width,
            pixels,
        })
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Number of columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Red, green and blue of each pixel in [0, 1], row by row.
    #[must_use]
    pub fn pixels(&self) -> &[[f32; 3]] {
        &self.pixels
    }

    /// Converts the picture to the form of [`TrainingImages::MNIST`]: `shape` is
    /// `[channels, height, width]`, values are in [0, 1].
    ///
    /// # Errors
    /// As [`Self::prepare`].
    pub fn to_pixels(&self, shape: [usize; 3]) -> Result<Vec<f32>, InputError> {
        self.to_pixels_as(shape, TrainingImages::MNIST)
    }

    /// Converts the picture to the form of these training images, as [`Self::prepare`].
    ///
    /// # Errors
    /// As [`Self::prepare`].
    pub fn to_pixels_as(
        &self,
        shape: [usize; 3],
        images: TrainingImages,
    ) -> Result<Vec<f32>, InputError> {
        Ok(self.prepare(shape, images)?.pixels)
    }

    /// Brings the picture to the form of a network's training images; `shape` is
    /// `[channels, height, width]`.
    ///
    /// One channel: the ink is told from the ground under uneven light, shapes that only touch the
    /// border and specks are left out, thin strokes are thickened, the ink is scaled to fill 20/28 of
    /// the frame and centred by mass ([`Framing::Centred`]) or stays where it is ([`Framing::Free`]),
    /// light on dark or the reverse as in the training. A picture of the right size whose ground is as
    /// in the training, or clean, keeps its pixels or is only inverted. Three channels, or
    /// [`Polarity::Mixed`]: the picture is scaled, nothing else.
    ///
    /// # Errors
    /// [`InputError::Channels`] for another number of channels; [`InputError::Blank`] for a picture
    /// that shows nothing.
    pub fn prepare(
        &self,
        shape: [usize; 3],
        images: TrainingImages,
    ) -> Result<Prepared, InputError> {
        let [channels, height, width] = shape;
        let planes: Vec<Vec<f32>> = match channels {
            1 => vec![self.grey()],
            3 => (0..3).map(|colour| self.plane(colour)).collect(),
            channels => return Err(InputError::Channels { channels }),
        };
        if planes.iter().all(|plane| range(plane) <= LEAST_RANGE)
            && !self.has_coloured_ink(channels)
        {
            return Err(InputError::Blank);
        }
        let (from, to) = ([self.height, self.width], [height, width]);
        if channels == 3 || images.polarity == Polarity::Mixed {
            let scale = |plane: &Vec<f32>| resize::resize(plane, from, to);
            return Ok(certain(planes.iter().flat_map(scale).collect()));
        }
        let wants_light = images.polarity == Polarity::DarkOnLight;
        let grey = &planes[0];
        let ground = Border::of(grey, from);
        if from == to && range(grey) > LEAST_RANGE {
            let shows = range(grey) > FAINT_RANGE || ground::ink(grey, from).is_some();
            if !shows && !self.has_coloured_ink(channels) {
                return Err(InputError::Blank);
            }
            if ground.is_light == wants_light && ground.is_above_half == wants_light {
                return Ok(certain(grey.clone()));
            }
            if ground.is_clean {
                return Ok(certain(inverted(grey)));
            }
        }
        let (planes, size) = self.reduced();
        let (ink, doubts) = frame::ink(&planes, size, self.height.max(self.width))?;
        let whole = images.framing == Framing::Free;
        let mut pixels = if whole && ground.is_clean {
            let light = if ground.is_light {
                inverted(grey)
            } else {
                grey.clone()
            };
            frame::fitted(&light, from, to)
        } else if whole {
            frame::fitted(&ink, size, to)
        } else {
            frame::centred(&ink, size, to)
        };
        if wants_light {
            pixels = inverted(&pixels);
        }
        Ok(Prepared { pixels, doubts })
    }

    /// Luminance and the three colours, scaled to [`LONGEST_SIDE`], and their `[height, width]`.
    fn reduced(&self) -> ([Vec<f32>; 4], [usize; 2]) {
        let from = [self.height, self.width];
        let longest = self.height.max(self.width);
        let scaled = |side: usize| {
            let side = side * LONGEST_SIDE + longest / 2;
            (side / longest).max(1)
        };
        let size = if longest <= LONGEST_SIDE {
            from
        } else {
            from.map(scaled)
        };
        let planes = std::array::from_fn(|plane| {
            let values = match plane {
                0 => self.grey(),
                colour => self.plane(colour - 1),
            };
            if size == from {
                values
            } else {
                resize::resize(&values, from, size)
            }
        });
        (planes, size)
    }

    /// Whether one of the colours shows what luminance, alone used of one channel, does not.
    fn has_coloured_ink(&self, channels: usize) -> bool {
        channels == 1 && (0..3).any(|colour| range(&self.plane(colour)) > FAINT_RANGE)
    }

    /// Luminance of each pixel (Rec. 601).
    fn grey(&self) -> Vec<f32> {
        self.pixels
            .iter()
            .map(|[r, g, b]| 0.299 * r + 0.587 * g + 0.114 * b)
            .collect()
    }

    /// One of the three colours of each pixel.
    fn plane(&self, colour: usize) -> Vec<f32> {
        self.pixels.iter().map(|pixel| pixel[colour]).collect()
    }
}

fn certain(pixels: Vec<f32>) -> Prepared {
    Prepared {
        pixels,
        doubts: Vec::new(),
    }
}

fn inverted(values: &[f32]) -> Vec<f32> {
    values.iter().map(|value| 1.0 - value).collect()
}

/// Largest less smallest value.
fn range(values: &[f32]) -> f32 {
    let ends = values.iter();
    let (least, most) = ends.fold((f32::INFINITY, f32::NEG_INFINITY), |(a, b), &v| {
        (a.min(v), b.max(v))
    });
    most - least
}

/// Indices of the pixels near the border: as deep as a seventh of the shorter side, where digits
/// seldom reach and frames do not fill it.
fn ring([height, width]: [usize; 2]) -> Vec<usize> {
    let depth = (height.min(width) / 7).max(1);
    let near = |place: usize, side: usize| place < depth || place + depth >= side;
    (0..height * width)
        .filter(|at| near(at / width, height) || near(at % width, width))
        .collect()
}

/// What the border says of the ground.
struct Border {
    /// Whether most of it is nearer to the lightest than to the darkest pixel.
    is_light: bool,
    /// Whether most of it is above half of white.
    is_above_half: bool,
    /// Whether it is all of one brightness, nearly black or nearly white.
    is_clean: bool,
}

impl Border {
    fn of(plane: &[f32], size: [usize; 2]) -> Self {
        let mut values: Vec<f32> = ring(size).into_iter().map(|at| plane[at]).collect();
        values.sort_unstable_by(f32::total_cmp);
        let share = |part: usize| values[(values.len() - 1) * part / 100];
        let least = plane.iter().copied().fold(f32::INFINITY, f32::min);
        let middle = least + range(plane) / 2.0;
        let (low, median, high) = (share(8), share(50), share(92));
        Self {
            is_light: median > middle,
            is_above_half: median > 0.5,
            is_clean: high - low <= 0.15 && (high <= 0.25 || low >= 0.75),
        }
    }
}

#[cfg(test)]
mod tests;
