//! Ink told from the ground it lies on, under uneven light.
//!
//! The ground's brightness is a polynomial of second degree in row and column, fitted by least
//! squares to what is taken for ground; what that is follows from Otsu's threshold of the residuals
//! (N. Otsu, "A threshold selection method from gray-level histograms", 1979). Both are found in turn,
//! from the fit to all pixels.

use super::ring;

/// Rounds of fit and threshold.
const ROUNDS: usize = 6;
/// Bins of the histogram of residuals.
const BINS: usize = 256;
/// Least difference of ink and ground, of white's brightness.
const LEAST_CONTRAST: f32 = 0.08;
/// Least difference of ink and ground in standard deviations of the ground. Noise alone, cut in two
/// at its mean, comes to 3.5 at most (that of equally frequent values); normal noise to 2.7.
const LEAST_CLARITY: f32 = 4.5;

/// The ink of one plane.
#[derive(Debug, Clone)]
pub(super) struct Ink {
    /// Difference of each pixel from the ground, in units of the mean ink's; ink is positive.
    pub values: Vec<f32>,
    /// Mean difference of ink and ground, of white's brightness.
    pub contrast: f32,
    /// The same in standard deviations of the ground.
    pub clarity: f32,
}

/// Finds the ink of a plane of brightnesses in [0, 1], at least one pixel; `None` where it holds none.
pub(super) fn ink(plane: &[f32], [height, width]: [usize; 2]) -> Option<Ink> {
    let basis = Basis::new([height, width]);
    let mut is_ground = vec![true; plane.len()];
    let mut residuals = Vec::new();
    let mut light = false;
    let border = ring([height, width]);
    for _ in 0..ROUNDS {
        let surface = basis.fit(plane, &is_ground)?;
        residuals = basis.residuals(plane, &surface);
        let threshold = otsu(&residuals)?;
        // The ground is what most of the border is.
        let above = border.iter().filter(|&&at| residuals[at] > threshold);
        light = 2 * above.count() <= border.len();
        let next: Vec<bool> = residuals
            .iter()
            .map(|&value| (value > threshold) != light)
            .collect();
        if next == is_ground {
            break;
        }
        is_ground = next;
    }
    let (mut ground, mut ink) = (Mean::default(), Mean::default());
    for (&value, &of_ground) in residuals.iter().zip(&is_ground) {
        if of_ground {
            ground.add(value);
        } else {
            ink.add(value);
        }
    }
    let difference = if light {
        ink.mean() - ground.mean()
    } else {
        ground.mean() - ink.mean()
    };
    let clarity = difference / ground.deviation().max(1e-4);
    if !(difference >= LEAST_CONTRAST && clarity >= LEAST_CLARITY) {
        return None;
    }
    let sign = if light { 1.0 } else { -1.0 };
    let values = residuals.iter();
    let values = values.map(|&value| sign * (value - ground.mean()) / difference);
    Some(Ink {
        values: values.collect(),
        contrast: difference,
        clarity,
    })
}

/// Threshold between two classes of values by Otsu's method: half-way between their means.
/// `None` where all are equal.
fn otsu(values: &[f32]) -> Option<f32> {
    let (least, most) = values
        .iter()
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(a, b), &v| {
            (a.min(v), b.max(v))
        });
    let scale = BINS as f32 / (most - least);
    if !(most - least > 1e-6 && scale.is_finite()) {
        return None;
    }
    let mut counts = [0.0f64; BINS];
    for &value in values {
        counts[(((value - least) * scale) as usize).min(BINS - 1)] += 1.0;
    }
    let moment = |range: std::ops::Range<usize>| -> (f64, f64) {
        range.fold((0.0, 0.0), |(n, sum), bin| {
            (n + counts[bin], sum + counts[bin] * (bin as f64 + 0.5))
        })
    };
    let (total, whole) = moment(0..BINS);
    let (mut below, mut sum) = (0.0, 0.0);
    let mut best = (0.0, 1usize);
    for (bin, count) in counts.iter().enumerate().take(BINS - 1) {
        below += count;
        sum += count * (bin as f64 + 0.5);
        let above = total - below;
        if below > 0.0 && above > 0.0 {
            let apart = sum / below - (whole - sum) / above;
            let between = below * above * apart * apart;
            if between > best.0 {
                best = (between, bin + 1);
            }
        }
    }
    let (low, high) = (moment(0..best.1), moment(best.1..BINS));
    let middle = f64::midpoint(low.1 / low.0, high.1 / high.0);
    Some(least + middle as f32 / scale)
}

/// Mean and deviation of numbers that are added one by one.
#[derive(Debug, Default)]
struct Mean {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Mean {
    fn add(&mut self, value: f32) {
        let value = f64::from(value);
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    fn mean(&self) -> f32 {
        (self.sum / self.count) as f32
    }

    fn deviation(&self) -> f32 {
        let mean = self.sum / self.count;
        (self.squares / self.count - mean * mean).max(0.0).sqrt() as f32
    }
}

/// Number of coefficients of a polynomial of second degree in two variables.
const TERMS: usize = 6;

/// Coefficients of 1, x, y, x², xy, y².
type Surface = [f64; TERMS];

/// The terms at each pixel.
struct Basis {
    height: usize,
    width: usize,
}

impl Basis {
    fn new([height, width]: [usize; 2]) -> Self {
        Self { height, width }
    }

    fn terms(&self, at: usize) -> [f64; TERMS] {
        let middle = |place: usize, side: usize| (2 * place + 1) as f64 / side as f64 - 1.0;
        let y = middle(at / self.width, self.height);
        let x = middle(at % self.width, self.width);
        [1.0, x, y, x * x, x * y, y * y]
    }

    fn value(&self, surface: &Surface, at: usize) -> f64 {
        let terms = self.terms(at);
        terms.iter().zip(surface).map(|(t, c)| t * c).sum()
    }

    /// The surface nearest to the pixels that count, by least squares; a constant where few count.
    fn fit(&self, plane: &[f32], counts: &[bool]) -> Option<Surface> {
        let mut normal = [[0.0f64; TERMS + 1]; TERMS];
        let mut all = 0usize;
        for (at, &value) in plane.iter().enumerate().filter(|&(at, _)| counts[at]) {
            let terms = self.terms(at);
            all += 1;
            for (row, &a) in normal.iter_mut().zip(&terms) {
                for (cell, &b) in row.iter_mut().zip(&terms) {
                    *cell += a * b;
                }
                row[TERMS] += a * f64::from(value);
            }
        }
        if all == 0 {
            return None;
        }
        let constant = normal[0][TERMS] / all as f64;
        let flat = [constant, 0.0, 0.0, 0.0, 0.0, 0.0];
        if all < 4 * TERMS {
            return Some(flat);
        }
        // A little of the identity keeps small pictures from bending.
        for (i, row) in normal.iter_mut().enumerate() {
            row[i] += 1e-6 * all as f64;
        }
        Some(solve(normal).unwrap_or(flat))
    }

    fn residuals(&self, plane: &[f32], surface: &Surface) -> Vec<f32> {
        let each = plane.iter().enumerate();
        each.map(|(at, &value)| value - self.value(surface, at) as f32)
            .collect()
    }
}

/// Solves the equations by Gauss's elimination with pivots; `None` where they have no one solution.
fn solve(mut rows: [[f64; TERMS + 1]; TERMS]) -> Option<Surface> {
    for at in 0..TERMS {
        let pivot = (at..TERMS).max_by(|&a, &b| rows[a][at].abs().total_cmp(&rows[b][at].abs()))?;
        rows.swap(at, pivot);
        if !(rows[at][at].abs() > 1e-9) {
            return None;
        }
        let own = rows[at];
        for (other, row) in rows.iter_mut().enumerate() {
            if other != at {
                let factor = row[at] / own[at];
                for (cell, &value) in row.iter_mut().zip(&own) {
                    *cell -= factor * value;
                }
            }
        }
    }
    Some(std::array::from_fn(|at| rows[at][TERMS] / rows[at][at]))
}
