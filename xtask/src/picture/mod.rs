//! Image files as a network's input.
//!
//! Networks trained on MNIST know white digits on black, 20 pixels high or wide, the centre of
//! mass in the middle of 28×28 (LeCun et al. 1998). A photo of ink on paper is brought to that
//! form by [`to_input`]; a file that already has the network's size keeps its pixels.

mod read;
mod resize;

use std::path::Path;

use anyhow::{Context, bail};

pub use read::Picture;

/// Share of the side that a digit fills: MNIST's 20 of 28 pixels.
const FILL: f64 = 20.0 / 28.0;

/// Reads an image file and converts it to `shape`, `[channels, height, width]`, values in
/// [0, 1].
///
/// # Errors
/// A file that cannot be read, is none of PNG, JPEG, PGM and PPM, or holds no ink.
pub fn load(path: &Path, shape: [usize; 3]) -> anyhow::Result<Vec<f32>> {
    let picture = Picture::read(path)?;
    to_input(&picture, shape).with_context(|| path.display().to_string())
}

/// Converts a picture to `shape`. For one channel: grey; inverted where the border is light;
/// unless it has the right size already, cut to its ink, scaled to fill 20/28 of the frame
/// and centred by mass. For three channels: scaled, nothing else.
///
/// # Errors
/// Another number of channels; a blank picture.
pub fn to_input(picture: &Picture, shape: [usize; 3]) -> anyhow::Result<Vec<f32>> {
    let [channels, height, width] = shape;
    match channels {
        1 => {
            let grey = dark_background(picture.grey(), picture.width);
            if (picture.height, picture.width) == (height, width) {
                return Ok(grey);
            }
            centred(&grey, [picture.height, picture.width], [height, width])
        }
        3 => {
            let from = [picture.height, picture.width];
            let scale = |plane| resize::resize(&picture.plane(plane), from, [height, width]);
            Ok((0..3).flat_map(scale).collect())
        }
        other => bail!("the network takes {other} channels; image files have 1 or 3"),
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

fn centred(grey: &[f32], from: [usize; 2], to: [usize; 2]) -> anyhow::Result<Vec<f32>> {
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
fn ink(grey: &[f32], width: usize) -> anyhow::Result<(Vec<f32>, [usize; 4])> {
    // Paper's own brightness varies: what is below a fifth of the stroke's is taken for paper.
    const GRAIN: f32 = 0.2;
    let mut sorted = grey.to_vec();
    sorted.sort_by(f32::total_cmp);
    let background = sorted[sorted.len() / 2];
    let range = sorted[sorted.len() - 1] - background;
    if !(range > 0.1) {
        bail!("the picture is blank (hint: a digit has to differ from its background)");
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
