//! The eight orientations, in both byte orders.

use super::*;

/// An EXIF block with one other entry before the orientation.
fn exif(little: bool, orientation: u16) -> Vec<u8> {
    let short = |value: u16| {
        if little {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    };
    let long = |value: u32| {
        if little {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    };
    let mut bytes: Vec<u8> = if little { b"II*\0" } else { b"MM\0*" }.to_vec();
    bytes.extend(long(8));
    bytes.extend(short(2));
    for (tag, value) in [(0x0103u16, 6u16), (0x0112, orientation)] {
        bytes.extend(short(tag));
        bytes.extend(short(3));
        bytes.extend(long(1));
        bytes.extend(short(value));
        bytes.extend(short(0));
    }
    bytes.extend(long(0));
    bytes
}

#[test]
fn both_byte_orders_and_the_name_of_jpeg() {
    for little in [true, false] {
        for value in 1..=8 {
            let block = exif(little, value);
            assert_eq!(orientation(&block), Some(value as u8));
            let named = [b"Exif\0\0", &block[..]].concat();
            assert_eq!(orientation(&named), Some(value as u8));
        }
        for value in [0, 9, 256] {
            assert_eq!(orientation(&exif(little, value)), None);
        }
    }
}

#[test]
fn broken_blocks_name_none() {
    let whole = exif(true, 6);
    for end in 0..whole.len() - 10 {
        assert_eq!(orientation(&whole[..end]), None, "{end}");
    }
    let mut far = whole.clone();
    far[4..8].copy_from_slice(&[0xff; 4]);
    assert_eq!(orientation(&far), None);
    let mut endless = whole;
    endless[8..10].copy_from_slice(&[0xff; 2]);
    // The right entry is still found before the end.
    assert_eq!(orientation(&endless), Some(6));
    assert_eq!(orientation(b"GIF89a"), None);
}

/// What the letters `ab/cd/ef` look like when they are shown, by Pillow 13's
/// `ImageOps.exif_transpose` on an image stored with each orientation.
#[test]
fn pixels_go_where_pillow_puts_them() {
    let stored: Vec<char> = "abcdef".chars().collect();
    let cases = [
        (1, [3, 2], "abcdef"),
        (2, [3, 2], "badcfe"),
        (3, [3, 2], "fedcba"),
        (4, [3, 2], "efcdab"),
        (5, [2, 3], "acebdf"),
        (6, [2, 3], "ecafdb"),
        (7, [2, 3], "fdbeca"),
        (8, [2, 3], "bdface"),
    ];
    for (orientation, size, want) in cases {
        let (shown, pixels) = upright([3, 2], stored.clone(), orientation);
        let text: String = pixels.into_iter().collect();
        assert_eq!((shown, text.as_str()), (size, want), "{orientation}");
    }
}
