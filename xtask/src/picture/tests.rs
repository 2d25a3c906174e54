//! Decoding, and the way from paper to MNIST's form.

use super::*;

/// A dark bar on light paper, `rows` high, as a plain PGM.
fn bar(
    height: usize,
    width: usize,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
) -> Vec<u8> {
    let mut bytes = format!("P5\n{width} {height}\n255\n").into_bytes();
    for row in 0..height {
        for column in 0..width {
            bytes.push(if rows.contains(&row) && columns.contains(&column) {
                20
            } else {
                230
            });
        }
    }
    bytes
}

fn input(bytes: &[u8], shape: [usize; 3]) -> Vec<f32> {
    to_input(&Picture::decode(bytes).unwrap(), shape).unwrap()
}

#[test]
fn ink_on_paper_becomes_a_centred_bright_digit() {
    // Far off the centre of a large sheet.
    let out = input(&bar(100, 140, 10..60, 100..110), [1, 28, 28]);
    let lit: Vec<_> = (0..784).filter(|&i| out[i] > 0.5).collect();
    let rows: Vec<_> = lit.iter().map(|i| i / 28).collect();
    let columns: Vec<_> = lit.iter().map(|i| i % 28).collect();
    let (top, bottom) = (*rows.iter().min().unwrap(), *rows.iter().max().unwrap());
    assert_eq!(bottom - top + 1, 20, "fills 20 rows");
    assert!(
        (13..=15).contains(&top.midpoint(bottom)),
        "{top} to {bottom}"
    );
    assert_eq!(
        (columns.iter().min(), columns.iter().max()),
        (Some(&12), Some(&15))
    );
    assert_eq!(out[0], 0.0);
}

#[test]
fn a_file_of_the_networks_size_keeps_its_pixels() {
    let mut bytes = b"P5\n3 3\n255\n".to_vec();
    bytes.extend([0, 0, 0, 0, 255, 51, 0, 0, 0]);
    assert_eq!(
        input(&bytes, [1, 3, 3]),
        [0.0, 0.0, 0.0, 0.0, 1.0, 0.2, 0.0, 0.0, 0.0]
    );
}

#[test]
fn light_paper_is_inverted_at_the_networks_size_too() {
    let mut bytes = b"P5\n3 3\n255\n".to_vec();
    bytes.extend([255, 255, 255, 255, 0, 255, 255, 255, 255]);
    assert_eq!(
        input(&bytes, [1, 3, 3]),
        [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    );
}

#[test]
fn a_blank_sheet_is_refused() {
    let picture = Picture::decode(&bar(40, 40, 0..0, 0..0)).unwrap();
    let error = to_input(&picture, [1, 28, 28]).unwrap_err().to_string();
    assert!(error.contains("blank"), "{error}");
}

#[test]
fn colour_networks_take_three_planes() {
    let mut bytes = b"P6\n2 1\n255\n".to_vec();
    bytes.extend([255, 0, 51, 0, 255, 51]);
    assert_eq!(input(&bytes, [3, 1, 2]), [1.0, 0.0, 0.0, 1.0, 0.2, 0.2]);
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
    assert_eq!(picture.pixels, [[1.0, 0.0, 0.0], [1.0, 1.0, 1.0]]);
}

/// 8×8, the upper half black, the lower white; made by Pillow 11
/// (`Image.save("x.jpg", quality=90)`).
const JPEG: &[u8] = include_bytes!("half.jpg");

#[test]
fn jpeg() {
    let picture = Picture::decode(JPEG).unwrap();
    let grey = picture.grey();
    assert_eq!((picture.height, picture.width), (8, 8));
    assert!(
        grey[..32].iter().all(|&v| v < 0.1) && grey[32..].iter().all(|&v| v > 0.9),
        "{grey:?}"
    );
}

#[test]
fn broken_and_foreign_files_are_refused() {
    let cases: [&[u8]; 6] = [
        b"",
        b"GIF89a",
        b"P2\n1 1\n255\n0",
        b"P5\n9 9\n255\nx",
        &JPEG[..60],
        b"\x89PNG\r\n",
    ];
    for bytes in cases {
        assert!(Picture::decode(bytes).is_err(), "{bytes:?}");
    }
}
