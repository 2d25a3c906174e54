//! The parts of a batch, and its pixels.

use crate::net::{gather, layers};

#[test]
fn segments_cover_a_batch_in_order() {
    for (images, chunk) in [(1, 16), (16, 16), (17, 16), (100, 16), (128, 8), (1000, 32)] {
        let all: Vec<_> = layers::segments(images, chunk).collect();
        assert!(all.len() <= layers::SEGMENTS && all.iter().all(|s| !s.is_empty()));
        let flat: Vec<_> = all.into_iter().flatten().collect();
        assert_eq!(flat, (0..images).collect::<Vec<_>>());
    }
}

#[test]
fn a_byte_is_divided_as_a_float() {
    let values = gather::pixel_values();
    for byte in 0..=255u8 {
        assert_eq!(values[usize::from(byte)], f32::from(byte) / 255.0);
    }
}
