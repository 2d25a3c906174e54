//! Digits drawn by a pen that trembles, in ways that people draw and photograph them.

use lenet_core::random::stream;
use rand_core::RngCore;

/// Numbers from one named stream.
pub struct Chance(Box<dyn RngCore>);

impl Chance {
    pub fn new(seed: u64, name: &str) -> Self {
        Self(Box::new(stream(seed, name)))
    }

    /// Uniform from `from` to `to`.
    pub fn between(&mut self, from: f32, to: f32) -> f32 {
        let unit = (self.0.next_u32() >> 8) as f32 / (1 << 24) as f32;
        from + (to - from) * unit
    }

    /// Nearly normal, of deviation 1: the sum of twelve uniform numbers.
    pub fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.between(0.0, 1.0)).sum::<f32>() - 6.0
    }
}

type Point = [f32; 2];

/// Strokes of a digit in the unit square, x to the right and y down, and how often their corners are
/// cut.
fn strokes(digit: usize) -> (Vec<Vec<Point>>, usize) {
    let strokes: &[&[Point]] = match digit {
        0 => &[&[
            [0.5, 0.05],
            [0.24, 0.18],
            [0.15, 0.5],
            [0.24, 0.82],
            [0.5, 0.95],
            [0.76, 0.82],
            [0.85, 0.5],
            [0.76, 0.18],
            [0.5, 0.05],
        ]],
        1 => &[&[[0.35, 0.22], [0.55, 0.05], [0.55, 0.95]]],
        2 => &[&[
            [0.18, 0.28],
            [0.25, 0.1],
            [0.48, 0.04],
            [0.72, 0.1],
            [0.78, 0.28],
            [0.7, 0.45],
            [0.45, 0.68],
            [0.17, 0.93],
            [0.5, 0.93],
            [0.85, 0.93],
        ]],
        3 => &[&[
            [0.2, 0.12],
            [0.45, 0.03],
            [0.72, 0.1],
            [0.76, 0.3],
            [0.62, 0.43],
            [0.4, 0.47],
            [0.65, 0.52],
            [0.8, 0.68],
            [0.74, 0.88],
            [0.48, 0.97],
            [0.18, 0.88],
        ]],
        4 => &[
            &[[0.35, 0.05], [0.18, 0.56], [0.85, 0.56]],
            &[[0.66, 0.2], [0.62, 0.97]],
        ],
        5 => &[&[
            [0.8, 0.06],
            [0.55, 0.06],
            [0.3, 0.06],
            [0.27, 0.25],
            [0.24, 0.46],
            [0.48, 0.37],
            [0.74, 0.47],
            [0.8, 0.7],
            [0.64, 0.92],
            [0.4, 0.96],
            [0.18, 0.86],
        ]],
        6 => &[&[
            [0.68, 0.05],
            [0.42, 0.2],
            [0.24, 0.48],
            [0.2, 0.74],
            [0.34, 0.94],
            [0.6, 0.95],
            [0.78, 0.78],
            [0.72, 0.57],
            [0.5, 0.5],
            [0.28, 0.6],
            [0.21, 0.74],
        ]],
        7 => &[&[[0.16, 0.07], [0.84, 0.07], [0.62, 0.4], [0.42, 0.95]]],
        8 => &[&[
            [0.5, 0.48],
            [0.28, 0.36],
            [0.26, 0.15],
            [0.5, 0.03],
            [0.74, 0.15],
            [0.72, 0.36],
            [0.5, 0.48],
            [0.24, 0.64],
            [0.22, 0.86],
            [0.5, 0.98],
            [0.78, 0.86],
            [0.76, 0.64],
            [0.5, 0.48],
        ]],
        _ => &[&[
            [0.76, 0.28],
            [0.6, 0.46],
            [0.36, 0.45],
            [0.25, 0.26],
            [0.36, 0.09],
            [0.58, 0.04],
            [0.75, 0.14],
            [0.76, 0.3],
            [0.71, 0.6],
            [0.6, 0.96],
        ]],
    };
    let cuts = if matches!(digit, 1 | 4 | 7) { 0 } else { 2 };
    (strokes.iter().map(|s| s.to_vec()).collect(), cuts)
}

/// Chaikin's cutting of corners (G. Chaikin, 1974); the ends stay.
fn cut_corners(line: &[Point]) -> Vec<Point> {
    let mut out = vec![line[0]];
    for pair in line.windows(2) {
        let at = |t: f32| [0, 1].map(|i| pair[0][i] + t * (pair[1][i] - pair[0][i]));
        out.extend([at(0.25), at(0.75)]);
    }
    out.push(line[line.len() - 1]);
    out
}

/// How much ink, from 0 to 1, lies on each pixel of a sheet of `[height, width]`: the digit is
/// `tall` pixels high around `middle`, drawn by a pen `pen` pixels wide.
pub fn digit(
    digit: usize,
    [height, width]: [usize; 2],
    middle: Point,
    tall: f32,
    pen: f32,
    chance: &mut Chance,
) -> Vec<f32> {
    let (mut lines, cuts) = strokes(digit);
    let aspect = chance.between(0.6, 0.75);
    let (shear, turn) = (chance.between(-0.05, 0.25), chance.between(-0.12, 0.12));
    for line in &mut lines {
        for point in line.iter_mut() {
            let x = (point[0] - 0.5 + 0.02 * chance.normal()) * aspect;
            let y = point[1] - 0.5 + 0.015 * chance.normal();
            let x = x - shear * y;
            let (sin, cos) = (turn.sin(), turn.cos());
            *point = [
                middle[0] + tall * (cos * x - sin * y),
                middle[1] + tall * (sin * x + cos * y),
            ];
        }
        for _ in 0..cuts {
            *line = cut_corners(line);
        }
    }
    let mut ink = vec![0.0f32; height * width];
    for pair in lines.iter().flat_map(|line| line.windows(2)) {
        let reach = pen / 2.0 + 1.0;
        let span = |axis: usize, side: usize| {
            let (a, b) = (
                pair[0][axis].min(pair[1][axis]),
                pair[0][axis].max(pair[1][axis]),
            );
            ((a - reach).max(0.0) as usize)..(((b + reach).max(0.0) as usize + 1).min(side))
        };
        for row in span(1, height) {
            for column in span(0, width) {
                let from = distance([column as f32 + 0.5, row as f32 + 0.5], pair[0], pair[1]);
                let value = (pen / 2.0 + 0.5 - from).clamp(0.0, 1.0);
                let own = &mut ink[row * width + column];
                *own = own.max(value);
            }
        }
    }
    ink
}

/// Distance of a point from the line between two others.
fn distance(p: Point, a: Point, b: Point) -> f32 {
    let along = [b[0] - a[0], b[1] - a[1]];
    let length = along[0] * along[0] + along[1] * along[1];
    let t = ((p[0] - a[0]) * along[0] + (p[1] - a[1]) * along[1]) / length.max(1e-9);
    let t = t.clamp(0.0, 1.0);
    (p[0] - a[0] - t * along[0]).hypot(p[1] - a[1] - t * along[1])
}
