//! Sizes, constants, and every pixel counted.

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
