//! The way from paper to MNIST's form.

use super::*;

const INK: f32 = 0.1;
const PAPER: f32 = 0.9;

/// A dark bar on light paper.
fn bar(
    [height, width]: [usize; 2],
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
) -> Picture {
    let value = |i: usize| {
        let inked = rows.contains(&(i / width)) && columns.contains(&(i % width));
        [if inked { INK } else { PAPER }; 3]
    };
    Picture::new(height, width, (0..height * width).map(value).collect()).unwrap()
}

fn grey(height: usize, width: usize, values: &[f32]) -> Picture {
    Picture::new(height, width, values.iter().map(|&v| [v; 3]).collect()).unwrap()
}

fn assert_close(got: &[f32], want: &[f32]) {
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() <= 1e-6, "{got} {want}");
    }
}

#[test]
fn ink_on_paper_becomes_a_centred_bright_digit() {
    // Far off the centre of a large sheet.
    let picture = bar([100, 140], 10..60, 100..110);
    let out = picture.to_pixels([1, 28, 28]).unwrap();
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
fn a_picture_of_the_networks_size_keeps_its_pixels() {
    let pixels = [0.0, 0.0, 0.0, 0.0, 1.0, 0.2, 0.0, 0.0, 0.0];
    assert_close(&grey(3, 3, &pixels).to_pixels([1, 3, 3]).unwrap(), &pixels);
}

#[test]
fn light_paper_is_inverted_at_the_networks_size_too() {
    let paper = [1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0];
    let dark = paper.map(|value| 1.0 - value);
    assert_close(&grey(3, 3, &paper).to_pixels([1, 3, 3]).unwrap(), &dark);
}

#[test]
fn a_blank_sheet_is_refused() {
    let error = bar([40, 40], 0..0, 0..0).to_pixels([1, 28, 28]);
    assert_eq!(error, Err(InputError::Blank));
}

#[test]
fn colour_networks_take_three_planes() {
    let picture = Picture::new(1, 2, vec![[1.0, 0.0, 0.2], [0.0, 1.0, 0.2]]).unwrap();
    let planes = picture.to_pixels([3, 1, 2]).unwrap();
    assert_close(&planes, &[1.0, 0.0, 0.0, 1.0, 0.2, 0.2]);
    assert_eq!(
        picture.to_pixels([2, 1, 2]),
        Err(InputError::Channels { channels: 2 })
    );
}

#[test]
fn sizes_must_fit() {
    assert_eq!(Picture::new(2, 2, vec![[0.0; 3]; 3]), None);
    assert_eq!(Picture::new(0, 2, vec![]), None);
}

#[cfg(feature = "image")]
#[test]
fn images_of_the_image_crate() {
    use image::{DynamicImage, Rgba, RgbaImage};

    let mut image = RgbaImage::from_pixel(2, 1, Rgba([255, 0, 0, 255]));
    image.put_pixel(1, 0, Rgba([0, 0, 0, 0]));
    let picture = Picture::from(&DynamicImage::from(image));
    assert_eq!((picture.height(), picture.width()), (1, 2));
    assert_eq!(picture.pixels(), [[1.0, 0.0, 0.0], [1.0, 1.0, 1.0]]);
    let none = Picture::from(&DynamicImage::new_rgb8(0, 0));
    assert_eq!(none.to_pixels([1, 28, 28]), Err(InputError::Blank));
}
