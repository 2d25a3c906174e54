//! The ink of a picture as light strokes on black, and its place in a network's image.

use super::doubt::Doubt;
use super::ground::{self, Ink};
use super::{resize, strokes};
use crate::input_error::InputError;

/// Share of the side that a digit fills: MNIST's 20 of 28 pixels.
const FILL: f64 = 20.0 / 28.0;
/// Difference from the ground, of the mean ink's, above which a pixel belongs to a shape.
const OF_A_SHAPE: f32 = 0.5;
/// Differences from and up to which pixels turn from black to white.
const BLACK: f32 = 0.25;
const WHITE: f32 = 0.9;
/// Contrast and clarity below which ink is faint.
const FAINT_CONTRAST: f32 = 0.15;
const FAINT_CLARITY: f32 = 6.0;
/// Pieces of a digit: two in a 5 whose bar is off, three with a dash of dirt.
const MOST_PIECES: usize = 4;
/// A smaller digit is hardly more than noise.
const SMALL: usize = 12;

/// Light strokes on black of a picture of these planes (luminance first, then colours), and what
/// speaks against one clear digit. `longest` is the longer side of the picture before it was
/// scaled to `size`.
pub(super) fn ink(
    planes: &[Vec<f32>; 4],
    size: [usize; 2],
    longest: usize,
) -> Result<(Vec<f32>, Vec<Doubt>), InputError> {
    let ink = clearest(planes, size).ok_or(InputError::Blank)?;
    let mask: Vec<bool> = ink.values.iter().map(|&value| value > OF_A_SHAPE).collect();
    let (kept, shapes) = strokes::of_the_digit(&mask, size);
    let Some(frame) = shapes.iter().map(|shape| shape.frame).reduce(|a, b| {
        [
            a[0].min(b[0]),
            a[1].max(b[1]),
            a[2].min(b[2]),
            a[3].max(b[3]),
        ]
    }) else {
        return Err(InputError::Blank);
    };
    let side = (frame[1] - frame[0]).max(frame[3] - frame[2]);

    // What fades out around the shapes belongs to them.
    let around: Vec<f32> = kept.iter().map(|&kept| f32::from(u8::from(kept))).collect();
    let around = strokes::grow(&around, size, 2);
    let black = BLACK.max(2.5 / ink.clarity).min(OF_A_SHAPE);
    let light = |(&value, &near): (&f32, &f32)| {
        let value = (value - black) / (WHITE - black);
        near * value.clamp(0.0, 1.0)
    };
    let mut values: Vec<f32> = ink.values.iter().zip(&around).map(light).collect();
    let growth = strokes::growth(&kept, size, side);
    if growth > 0 {
        values = strokes::grow(&values, size, growth);
    }

    let mut doubts = Vec::new();
    let beside = strokes::side_by_side(&shapes);
    if beside > 1 {
        doubts.push(Doubt::Several { shapes: beside });
    } else if shapes.len() > MOST_PIECES {
        let pieces = shapes.len();
        doubts.push(Doubt::Pieces { pieces });
    }
    if ink.contrast < FAINT_CONTRAST || ink.clarity < FAINT_CLARITY {
        let contrast = ink.contrast;
        doubts.push(Doubt::Faint { contrast });
    }
    let [top, bottom, left, right] = frame;
    if top == 0 || left == 0 || bottom == size[0] || right == size[1] {
        doubts.push(Doubt::Cut);
    }
    let side = side * longest / size[0].max(size[1]);
    if side < SMALL {
        doubts.push(Doubt::Small { side });
    }
    Ok((values, doubts))
}

/// The ink of the plane that shows it best: of luminance, unless a colour shows it twice as clearly.
fn clearest(planes: &[Vec<f32>; 4], size: [usize; 2]) -> Option<Ink> {
    let mut inks = planes.iter().map(|plane| ground::ink(plane, size));
    let luminance = inks.next().flatten();
    let coloured = inks
        .flatten()
        .max_by(|a, b| a.clarity.total_cmp(&b.clarity));
    match (luminance, coloured) {
        (Some(luminance), Some(coloured)) if coloured.clarity > 2.0 * luminance.clarity => {
            Some(coloured)
        }
        (luminance, coloured) => luminance.or(coloured),
    }
}

/// Scales a light picture on black to fit `to` as a whole, in the middle.
pub(super) fn fitted(values: &[f32], from: [usize; 2], to: [usize; 2]) -> Vec<f32> {
    let scale = (0..2)
        .map(|axis| to[axis] as f64 / from[axis] as f64)
        .fold(f64::INFINITY, f64::min);
    let scaled: [usize; 2] = std::array::from_fn(|axis| {
        let side = (from[axis] as f64 * scale).round() as usize;
        side.clamp(1, to[axis])
    });
    let picture = resize::resize(values, from, scaled);
    let shift = [0, 1].map(|axis| ((to[axis] - scaled[axis]) / 2) as isize);
    placed(&picture, scaled, shift, to)
}

/// Scales the ink of a light picture on black to fill 20/28 of `to`, its centre of mass in the
/// middle. The picture holds ink.
pub(super) fn centred(values: &[f32], from: [usize; 2], to: [usize; 2]) -> Vec<f32> {
    let mut frame = [usize::MAX, 0, usize::MAX, 0];
    for at in (0..values.len()).filter(|&at| values[at] > 0.0) {
        let (row, column) = (at / from[1], at % from[1]);
        frame = [
            frame[0].min(row),
            frame[1].max(row + 1),
            frame[2].min(column),
            frame[3].max(column + 1),
        ];
    }
    let [top, bottom, left, right] = frame;
    if top >= bottom {
        return vec![0.0; to[0] * to[1]];
    }
    let size = [bottom - top, right - left];
    let rows = (top..bottom).map(|row| &values[row * from[1] + left..row * from[1] + right]);
    let cut: Vec<f32> = rows.flatten().copied().collect();
    let scale = (0..2)
        .map(|axis| FILL * to[axis] as f64 / size[axis] as f64)
        .fold(f64::INFINITY, f64::min);
    let scaled = size.map(|side| ((side as f64 * scale).round() as usize).max(1));
    let mut digit = resize::resize(&cut, size, scaled);
    let brightest = digit.iter().copied().fold(0.0, f32::max);
    if brightest > 0.0 {
        digit.iter_mut().for_each(|value| *value /= brightest);
    }

    let (mut mass, mut moment) = (0.0f64, [0.0f64; 2]);
    for (at, &value) in digit.iter().enumerate() {
        mass += f64::from(value);
        moment[0] += f64::from(value) * (at / scaled[1]) as f64;
        moment[1] += f64::from(value) * (at % scaled[1]) as f64;
    }
    // The pixel that the centre of mass falls on goes to pixel (14, 14) of 28×28.
    let shift: [isize; 2] = std::array::from_fn(|axis| {
        (to[axis] / 2) as isize - (moment[axis] / mass).round() as isize
    });
    placed(&digit, scaled, shift, to)
}

/// A picture moved by `shift` onto black of size `to`; what lies outside is lost.
fn placed(picture: &[f32], from: [usize; 2], shift: [isize; 2], to: [usize; 2]) -> Vec<f32> {
    let mut out = vec![0.0; to[0] * to[1]];
    for (at, &value) in picture.iter().enumerate() {
        let row = (at / from[1]) as isize + shift[0];
        let column = (at % from[1]) as isize + shift[1];
        if (0..to[0] as isize).contains(&row) && (0..to[1] as isize).contains(&column) {
            out[row as usize * to[1] + column as usize] = value;
        }
    }
    out
}
