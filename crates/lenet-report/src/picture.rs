//! Small images as PNG files inside the page.

use tiny_skia::{ColorU8, Pixmap};

use crate::base64::base64;

/// A PNG of an image as a data URI; `None` if there are too few pixels. `pixels` come channel by
/// channel, row by row. Three channels are red, green and blue; of any other number the first is
/// shown, as grey.
pub(crate) fn data_uri(pixels: &[u8], [channels, rows, columns]: [usize; 3]) -> Option<String> {
    let size = rows.checked_mul(columns)?;
    let channel = |at: usize| {
        let begin = at.checked_mul(size)?;
        pixels.get(begin..begin.checked_add(size)?)
    };
    let planes = match channels {
        3 => [channel(0)?, channel(1)?, channel(2)?],
        _ => [channel(0)?; 3],
    };
    let (width, height) = (u32::try_from(columns).ok()?, u32::try_from(rows).ok()?);
    let mut picture = Pixmap::new(width, height)?;
    for (at, pixel) in picture.pixels_mut().iter_mut().enumerate() {
        let [red, green, blue] = planes.map(|plane| plane[at]);
        *pixel = ColorU8::from_rgba(red, green, blue, 255).premultiply();
    }
    let png = picture.encode_png().ok()?;
    Some(format!("data:image/png;base64,{}", base64(&png)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_the_pixels_of_its_image() {
        let decode = |uri: &str| {
            let text = uri.strip_prefix("data:image/png;base64,").unwrap();
            let digit = |c: u8| {
                let all = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
                all.iter().position(|known| *known == c).unwrap_or(0) as u32
            };
            let mut bytes = Vec::new();
            for four in text.as_bytes().chunks(4) {
                let word = four.iter().fold(0, |word, c| word << 6 | digit(*c));
                bytes.extend(&word.to_be_bytes()[1..]);
            }
            bytes.truncate(bytes.len() - text.matches('=').count());
            Pixmap::decode_png(&bytes).unwrap()
        };
        let grey = decode(&data_uri(&[0, 100, 255, 7, 8, 9], [1, 2, 3]).unwrap());
        assert_eq!((grey.width(), grey.height()), (3, 2));
        let rgb = |picture: &Pixmap, at: usize| {
            let pixel = picture.pixels()[at];
            [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
        };
        assert_eq!(rgb(&grey, 1), [100, 100, 100, 255]);
        assert_eq!(rgb(&grey, 5), [9, 9, 9, 255]);
        let coloured = decode(&data_uri(&[1, 2, 3, 4, 5, 6], [3, 1, 2]).unwrap());
        assert_eq!(rgb(&coloured, 0), [1, 3, 5, 255]);
        assert_eq!(rgb(&coloured, 1), [2, 4, 6, 255]);
        // Of two channels the first.
        assert_eq!(
            rgb(&decode(&data_uri(&[1, 2], [2, 1, 1]).unwrap()), 0),
            [1, 1, 1, 255]
        );
        for (pixels, shape) in [
            (&[0; 5][..], [1, 2, 3]),
            (&[0; 6], [3, 2, 3]),
            (&[], [1, 0, 3]),
            (&[0], [1, usize::MAX, 2]),
        ] {
            assert_eq!(data_uri(pixels, shape), None, "{shape:?}");
        }
    }
}
