//! A picture of a digit as the input of a network.
//!
//! Networks trained on MNIST expect white digits on black, 20 pixels high or wide, with the centre
//! of mass in the middle of 28×28 pixels (LeCun et al. 1998). [`Picture::to_pixels`] brings a photo
//! of ink on paper to that form. With the feature `image`, a `Picture` is made from an
//! `image::DynamicImage`, and prediction takes such an image itself. With the feature `decode`, it is
//! made from the contents of a PNG, JPEG, PGM or PPM file, without the `image` crate.

#[cfg(feature = "decode")]
mod decode;
#[cfg(feature = "image")]
mod dynamic;
mod resize;

use crate::input_error::InputError;
use crate::training_images::Polarity;

#[cfg(feature = "decode")]
pub use decode::DecodeError;

/// Share of the side that a digit fills: MNIST's 20 of 28 pixels.
const FILL: f64 = 20.0 / 28.0;

/// A decoded picture: red, green and blue of each pixel in [0, 1].
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    height: usize,
    width: usize,
    pixels: Vec<[f32; 3]>,
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

    /// Converts the picture to `shape`, which is `[channels, height, width]`, with values in [0, 1].
    ///
    /// One channel: the picture becomes grey and, if its border is light, is inverted. Unless it
    /// has the right size already, it is cropped to its ink, scaled to fill 20/28 of the frame, and
    /// centred by mass. Three channels: the picture is scaled, nothing else.
    ///
    /// # Errors
    /// [`InputError::Channels`] for another number of channels; [`InputError::Blank`] for a picture
    /// that shows nothing.
    pub fn to_pixels(&self, shape: [usize; 3]) -> Result<Vec<f32>, InputError> {
        self.to_pixels_as(shape, Polarity::LightOnDark)
    }

    /// TODO
    pub fn to_pixels_as(
        &self,
        shape: [usize; 3],
        polarity: Polarity,
    ) -> Result<Vec<f32>, InputError> {
        let _ = polarity;
        let [channels, height, width] = shape;
        let from = [self.height, self.width];
        match channels {
            1 => {
                let grey = dark_background(self.grey(), self.width);
                if from == [height, width] {
                    return Ok(grey);
                }
                centred(&grey, from, [height, width])
            }
            3 => {
                let scale = |plane| resize::resize(&self.plane(plane), from, [height, width]);
                Ok((0..3).flat_map(scale).collect())
            }
            channels => Err(InputError::Channels { channels }),
        }
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

/// Inverts where the mean of the border is light.
fn dark_background(mut grey: Vec<f32>, width: usize) -> Vec<f32> {
    let height = grey.len() / width;
    let on_border = |row: usize, column: usize| {
        row == 0 || row + 1 == height || column == 0 || column + 1 == width
    };
    let border = (0..grey.len()).filter(|&i| on_border(i / width, i % width));
    let (sum, n) = border.fold((0.0f64, 0u32), |(s, n), i| (s + f64::from(grey[i]), n + 1));
    if sum > 0.5 * f64::from(n) {
        grey.iter_mut().for_each(|value| *value = 1.0 - *value);
    }
    grey
}

fn centred(grey: &[f32], from: [usize; 2], to: [usize; 2]) -> Result<Vec<f32>, InputError> {
    let (ink, [top, bottom, left, right]) = ink(grey, from[1])?;
    let size = [bottom - top, right - left];
    let cut: Vec<f32> = (top..bottom)
        .flat_map(|row| {
            ink[row * from[1] + left..row * from[1] + right]
                .iter()
                .copied()
        })
        .collect();

    let scale = (0..2)
        .map(|i| FILL * to[i] as f64 / size[i] as f64)
        .fold(f64::INFINITY, f64::min);
    let scaled = size.map(|side| ((side as f64 * scale).round() as usize).max(1));
    let digit = resize::resize(&cut, size, scaled);

    let (mut mass, mut moment) = (0.0f64, [0.0f64; 2]);
    for (i, &value) in digit.iter().enumerate() {
        mass += f64::from(value);
        moment[0] += f64::from(value) * (i / scaled[1]) as f64;
        moment[1] += f64::from(value) * (i % scaled[1]) as f64;
    }
    // The pixel that the centre of mass falls on goes to pixel (14, 14) of 28×28.
    let shift: [isize; 2] = std::array::from_fn(|axis| {
        (to[axis] / 2) as isize - (moment[axis] / mass).round() as isize
    });
    let mut out = vec![0.0; to[0] * to[1]];
    for (i, &value) in digit.iter().enumerate() {
        let row = (i / scaled[1]) as isize + shift[0];
        let column = (i % scaled[1]) as isize + shift[1];
        if (0..to[0] as isize).contains(&row) && (0..to[1] as isize).contains(&column) {
            out[row as usize * to[1] + column as usize] = value;
        }
    }
    Ok(out)
}

/// Brightness above the background, stretched to [0, 1], faint grain cut off; and the
/// rectangle `[top, bottom, left, right]` (ends exclusive) that holds all of it.
fn ink(grey: &[f32], width: usize) -> Result<(Vec<f32>, [usize; 4]), InputError> {
    // Paper's own brightness varies: what is below a fifth of the stroke's is taken for paper.
    const GRAIN: f32 = 0.2;
    let mut sorted = grey.to_vec();
    sorted.sort_by(f32::total_cmp);
    let background = sorted[sorted.len() / 2];
    let range = sorted[sorted.len() - 1] - background;
    if !(range > 0.1) {
        return Err(InputError::Blank);
    }
    let ink: Vec<f32> = grey
        .iter()
        .map(|&value| (value - background) / range)
        .map(|value| if value < GRAIN { 0.0 } else { value })
        .collect();
    let mut frame = [usize::MAX, 0, usize::MAX, 0];
    for (i, _) in ink.iter().enumerate().filter(|&(_, &value)| value > 0.0) {
        let (row, column) = (i / width, i % width);
        frame = [
            frame[0].min(row),
            frame[1].max(row + 1),
            frame[2].min(column),
            frame[3].max(column + 1),
        ];
    }
    Ok((ink, frame))
}

#[cfg(test)]
mod tests;
