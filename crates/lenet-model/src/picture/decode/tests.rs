//! Decoding of each format.

use super::*;

#[test]
fn pgm_and_ppm() {
    let mut bytes = b"P5\n2 1\n255\n".to_vec();
    bytes.extend([0, 51]);
    assert_eq!(
        Picture::decode(&bytes).unwrap().pixels(),
        [[0.0; 3], [0.2; 3]]
    );
    let mut bytes = b"P6\n1 2\n255\n".to_vec();
    bytes.extend([255, 0, 51, 0, 255, 51]);
    let picture = Picture::decode(&bytes).unwrap();
    assert_eq!((picture.height(), picture.width()), (2, 1));
    assert_eq!(picture.pixels(), [[1.0, 0.0, 0.2], [0.0, 1.0, 0.2]]);
}

#[test]
fn png_round_trip_with_transparency() {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 2, 1);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    writer
        .write_image_data(&[255, 0, 0, 255, 0, 0, 0, 0])
        .unwrap();
    writer.finish().unwrap();
    let picture = Picture::decode(&bytes).unwrap();
    assert_eq!(picture.pixels(), [[1.0, 0.0, 0.0], [1.0, 1.0, 1.0]]);
}

/// 8×8, the upper half black, the lower white; made by Pillow 11
/// (`Image.save("x.jpg", quality=90)`).
const JPEG: &[u8] = include_bytes!("half.jpg");

#[test]
fn jpeg() {
    let picture = Picture::decode(JPEG).unwrap();
    assert_eq!((picture.height(), picture.width()), (8, 8));
    let (upper, lower) = picture.pixels().split_at(32);
    assert!(upper.iter().flatten().all(|&v| v < 0.1), "{upper:?}");
    assert!(lower.iter().flatten().all(|&v| v > 0.9), "{lower:?}");
}

#[test]
fn broken_and_foreign_files_are_refused() {
    let format = "neither PNG, JPEG, PGM nor PPM";
    let wide = {
        let mut bytes = Vec::new();
        let writer = png::Encoder::new(&mut bytes, 20_000, 1).write_header();
        writer.unwrap().write_image_data(&[0; 20_000]).unwrap();
        bytes
    };
    let cases: [(&[u8], &str); 7] = [
        (b"", format),
        (b"GIF89a", format),
        (b"P2\n1 1\n255\n0", "P5 and P6"),
        (b"P5\n9 9\n255\nx", ""),
        (&JPEG[..60], ""),
        (b"\x89PNG\r\n", ""),
        (&wide, "20000×1 pixels: no side may be longer than 16384"),
    ];
    for (bytes, words) in cases {
        let error = Picture::decode(bytes).unwrap_err().to_string();
        assert!(
            !error.is_empty() && error.contains(words),
            "{bytes:?}: {error}"
        );
    }
}
