//! Scaling by a triangle filter as wide as the coarser of the two grids.

/// Scales `from` = `[height, width]` pixels to `to`: bilinear where it grows, an average over
/// the area where it shrinks. Constant pictures stay constant.
#[must_use]
pub(super) fn resize(pixels: &[f32], from: [usize; 2], to: [usize; 2]) -> Vec<f32> {
    let columns = weights(from[1], to[1]);
    let rows = weights(from[0], to[0]);
    let narrow: Vec<f32> = (0..from[0])
        .flat_map(|row| {
            let line = &pixels[row * from[1]..(row + 1) * from[1]];
            columns
                .iter()
                .map(move |(first, taps)| weigh(taps, |i| line[first + i]))
        })
        .collect();
    rows.iter()
        .flat_map(|(first, taps)| {
            let narrow = &narrow;
            (0..to[1]).map(move |x| weigh(taps, |i| narrow[(first + i) * to[1] + x]))
        })
        .collect()
}

fn weigh(taps: &[f64], at: impl Fn(usize) -> f32) -> f32 {
    taps.iter()
        .enumerate()
        .map(|(i, tap)| tap * f64::from(at(i)))
        .sum::<f64>() as f32
}

/// For each pixel of the new grid, the first pixel of the old one that counts and the weights
/// from there on, which sum to 1.
fn weights(from: usize, to: usize) -> Vec<(usize, Vec<f64>)> {
    let scale = from as f64 / to as f64;
    let radius = scale.max(1.0);
    (0..to)
        .map(|i| {
            let centre = (i as f64 + 0.5) * scale;
            let first = (centre - radius).floor().max(0.0) as usize;
            let last = ((centre + radius).ceil() as usize).min(from);
            let distance = |j: usize| (j as f64 + 0.5 - centre).abs() / radius;
            let taps: Vec<f64> = (first..last)
                .map(|j| (1.0 - distance(j)).max(0.0))
                .collect();
            let sum: f64 = taps.iter().sum();
            (first, taps.into_iter().map(|tap| tap / sum).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests;
