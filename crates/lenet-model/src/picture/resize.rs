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
mod tests {
    use super::*;

    #[test]
    fn same_size_changes_nothing() {
        let pixels = [0.1, 0.9, 0.4, 0.0, 1.0, 0.3];
        assert_eq!(resize(&pixels, [2, 3], [2, 3]), pixels);
    }

    #[test]
    fn constants_stay_constant() {
        for to in [[1, 1], [3, 2], [7, 9], [40, 31]] {
            let scaled = resize(&[0.25; 35], [5, 7], to);
            assert_eq!(scaled.len(), to[0] * to[1]);
            assert!(
                scaled.iter().all(|v| (v - 0.25).abs() < 1e-6),
                "{to:?}: {scaled:?}"
            );
        }
    }

    #[test]
    fn shrinking_looks_at_every_pixel() {
        let mut pixels = [0.0; 64];
        pixels[27] = 1.0;
        let scaled = resize(&pixels, [8, 8], [2, 2]);
        assert!(scaled.iter().sum::<f32>() > 0.0, "{scaled:?}");
        assert!(scaled[0] > scaled[3], "{scaled:?}");
    }
}
