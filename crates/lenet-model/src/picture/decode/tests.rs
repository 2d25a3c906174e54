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

/// The same, with the orientation 6 in its EXIF entry
/// (`exif = Image.Exif(); exif[0x112] = 6; Image.save("turned.jpg", quality=90, exif=exif)`).
const TURNED: &[u8] = include_bytes!("turned.jpg");

#[test]
fn a_jpeg_is_turned_as_its_exif_entry_says() {
    let picture = Picture::decode(TURNED).unwrap();
    for (at, pixel) in picture.pixels().iter().enumerate() {
        let dark = at % 8 >= 4;
        assert!(
            if dark { pixel[0] < 0.1 } else { pixel[0] > 0.9 },
            "{at}: {pixel:?}"
        );
    }
}

/// A PNG of grey bytes with an EXIF chunk before its pixels or behind them.
fn with_exif(width: u32, bytes: &[u8], orientation: u8, behind: bool) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, bytes.len() as u32 / width);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    if !behind {
        writer.write_chunk(png::chunk::eXIf, &exif).unwrap();
    }
    writer.write_image_data(bytes).unwrap();
    if behind {
        writer.write_chunk(png::chunk::eXIf, &exif).unwrap();
    }
    writer.finish().unwrap();
    out
}

#[test]
fn a_png_is_turned_wherever_its_exif_chunk_stands() {
    for behind in [false, true] {
        // 0 51 / 102 153 / 204 255, by a quarter to the right.
        let bytes = with_exif(2, &[0, 51, 102, 153, 204, 255], 6, behind);
        let picture = Picture::decode(&bytes).unwrap();
        assert_eq!((picture.height(), picture.width()), (2, 3));
        let grey: Vec<_> = picture
            .pixels()
            .iter()
            .map(|p| (255.0 * p[0]).round())
            .collect();
        assert_eq!(grey, [204.0, 102.0, 0.0, 255.0, 153.0, 51.0], "{behind}");
    }
}

fn transparent(pixels: &[[u8; 4]]) -> Vec<[f32; 3]> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixels.len() as u32, 1);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&pixels.concat()).unwrap();
    writer.finish().unwrap();
    Picture::decode(&bytes).unwrap().pixels().to_vec()
}

#[test]
fn a_transparent_ground_stands_off_from_the_ink() {
    let (white, black, clear) = ([255; 4], [0, 0, 0, 255], [0; 4]);
    assert_eq!(transparent(&[white, clear]), [[1.0; 3], [0.0; 3]]);
    assert_eq!(transparent(&[black, clear]), [[0.0; 3], [1.0; 3]]);
    // What is invisible has no colour.
    assert_eq!(
        transparent(&[black, [255, 255, 255, 0]]),
        [[0.0; 3], [1.0; 3]]
    );
    // One corner of many pixels takes the colour of the others.
    let mut paper = vec![[204, 204, 204, 255]; 9];
    paper.push(clear);
    for value in transparent(&paper).concat() {
        assert!((value - 0.8).abs() < 1e-6, "{value}");
    }
    // Nothing at all is one colour.
    let nothing = transparent(&[clear, clear]);
    assert_eq!(nothing[0], nothing[1]);
}

/// A PNG whose header claims this size, with no pixels.
fn claims(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    {
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_depth(png::BitDepth::One);
        let mut writer = encoder.write_header().unwrap();
        // An empty zlib stream.
        let empty = [0x78, 0x9c, 3, 0, 0, 0, 0, 1];
        writer.write_chunk(png::chunk::IDAT, &empty).unwrap();
    }
    bytes
}

#[test]
fn sizes_are_checked_before_anything_is_decoded() {
    let words = "at most 67108864 are read";
    let ppm = |magic: &str| format!("{magic}\n16000 16000\n255\n").into_bytes();
    for bytes in [
        claims(16_384, 16_384),
        claims(8193, 8192),
        ppm("P5"),
        ppm("P6"),
    ] {
        let error = Picture::decode(&bytes).unwrap_err();
        assert!(matches!(error, DecodeError::Pixels { .. }), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let mut jpeg = JPEG.to_vec();
    let frame = jpeg
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x3e, 0x80, 0x3e, 0x80]);
    let error = Picture::decode(&jpeg).unwrap_err();
    assert!(matches!(error, DecodeError::Pixels { .. }), "{error}");
    for (sides, is_too_long) in [
        ([16_383, 1], false),
        ([16_384, 1], false),
        ([16_385, 1], true),
    ] {
        let [long, short] = sides;
        for bytes in [claims(long, short), claims(short, long)] {
            let error = Picture::decode(&bytes).unwrap_err();
            let is_refused = matches!(error, DecodeError::Sides { .. });
            assert_eq!(is_refused, is_too_long, "{sides:?}: {error}");
        }
    }
    // As large as may be, but for its missing rows.
    let error = Picture::decode(&claims(8192, 8192)).unwrap_err();
    assert!(matches!(error, DecodeError::Broken { .. }), "{error}");
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
