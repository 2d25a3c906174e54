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

fn light_paper() -> TrainingImages {
    TrainingImages {
        polarity: Polarity::DarkOnLight,
        ..TrainingImages::MNIST
    }
}

fn free() -> TrainingImages {
    TrainingImages {
        framing: Framing::Free,
        ..TrainingImages::MNIST
    }
}

#[test]
fn the_polarity_is_that_of_the_training() {
    let dark: Vec<f32> = (0..81).map(|i| if i == 40 { 0.9 } else { 0.05 }).collect();
    let light: Vec<f32> = dark.iter().map(|value| 1.0 - value).collect();
    for (images, same, other) in [
        (TrainingImages::MNIST, &dark, &light),
        (light_paper(), &light, &dark),
    ] {
        for picture in [same, other] {
            let pixels = grey(9, 9, picture).to_pixels_as([1, 9, 9], images).unwrap();
            assert_close(&pixels, same);
        }
    }
    // Neither: as it is.
    let mixed = TrainingImages {
        polarity: Polarity::Mixed,
        ..TrainingImages::MNIST
    };
    for picture in [&dark, &light] {
        let pixels = grey(9, 9, picture).to_pixels_as([1, 9, 9], mixed).unwrap();
        assert_close(&pixels, picture);
    }
    // Scaled and centred, too.
    let picture = bar([100, 140], 10..60, 100..110);
    let on_dark = picture.to_pixels([1, 28, 28]).unwrap();
    let on_light = picture.to_pixels_as([1, 28, 28], light_paper()).unwrap();
    assert_close(
        &on_light,
        &on_dark.iter().map(|v| 1.0 - v).collect::<Vec<_>>(),
    );
}

#[test]
fn free_framing_leaves_the_ink_where_it_is() {
    // A quarter down and three quarters across, on a clean sheet and under uneven light.
    let size = [56, 56];
    for (name, slope) in [("clean", 0.0), ("uneven", 0.4)] {
        let value = |i: usize| {
            let (row, column) = (i / 56, i % 56);
            let inked = (10..20).contains(&row) && (38..46).contains(&column);
            let paper = 0.95 - slope * row as f32 / 56.0;
            [if inked { 0.2 * paper } else { paper }; 3]
        };
        let pixels = (0..56 * 56).map(value).collect();
        let picture = Picture::new(size[0], size[1], pixels).unwrap();
        let out = picture.to_pixels_as([1, 28, 28], free()).unwrap();
        for (at, value) in out.iter().enumerate() {
            let (row, column) = (at / 28, at % 28);
            let inside = (6..9).contains(&row) && (20..22).contains(&column);
            let outside = !(4..11).contains(&row) || !(18..24).contains(&column);
            assert!(!inside || *value > 0.7, "{name}, {row}, {column}: {value}");
            assert!(!outside || *value < 0.1, "{name}, {row}, {column}: {value}");
        }
    }
}

#[test]
fn ink_of_a_colour_that_is_as_light_as_the_paper() {
    // Yellow on white: blue alone shows it.
    let value = |i: usize| {
        let inked = (10..40).contains(&(i / 50)) && (20..28).contains(&(i % 50));
        if inked { [1.0, 0.97, 0.2] } else { [1.0; 3] }
    };
    let picture = Picture::new(50, 50, (0..2500).map(value).collect()).unwrap();
    let out = picture.to_pixels([1, 28, 28]).unwrap();
    assert!(out[14 * 28 + 14] > 0.9 && out[0] == 0.0, "{out:?}");
}

/// A frame and the edge of a desk are no ink, if there is other ink.
#[test]
fn what_only_touches_the_border_is_left_out() {
    let value = |i: usize| {
        let (row, column) = (i / 60, i % 60);
        let frame = row < 2 || column < 2 || row >= 58 || column >= 52;
        let digit = (20..40).contains(&row) && (24..28).contains(&column);
        [if frame || digit { 0.1 } else { 0.9 }; 3]
    };
    let picture = Picture::new(60, 60, (0..3600).map(value).collect()).unwrap();
    let out = picture.to_pixels([1, 28, 28]).unwrap();
    let lit = (0..784).filter(|&i| out[i] > 0.5);
    let columns: Vec<_> = lit.map(|i| i % 28).collect();
    let (least, most) = (columns.iter().min(), columns.iter().max());
    assert_eq!((least, most), (Some(&12), Some(&15)));
}

#[test]
fn doubts_are_told() {
    let sheet = |size: [usize; 2], bars: &[[usize; 4]], ink: f32| {
        let value = |i: usize| {
            let (row, column) = (i / size[1], i % size[1]);
            let inked = bars.iter().any(|[top, bottom, left, right]| {
                (*top..*bottom).contains(&row) && (*left..*right).contains(&column)
            });
            [if inked { ink } else { 0.9 }; 3]
        };
        Picture::new(
            size[0],
            size[1],
            (0..size[0] * size[1]).map(value).collect(),
        )
        .unwrap()
    };
    let one = [20, 60, 40, 48];
    let two = [20, 60, 70, 78];
    let dots: Vec<_> = (0..6).map(|i| [10 + 12 * i, 16 + 12 * i, 40, 48]).collect();
    let cases = [
        ("one", sheet([80, 100], &[one], 0.1), None),
        (
            "two",
            sheet([80, 100], &[one, two], 0.1),
            Some("2 shapes side by side"),
        ),
        ("pieces", sheet([80, 100], &dots, 0.1), Some("in 6 pieces")),
        (
            "faint",
            sheet([80, 100], &[one], 0.78),
            Some("by 12 % of white"),
        ),
        (
            "cut",
            sheet([80, 100], &[[40, 80, 40, 48]], 0.1),
            Some("reaches the border"),
        ),
        (
            "small",
            sheet([80, 100], &[[40, 49, 40, 42]], 0.1),
            Some("9 pixels large"),
        ),
    ];
    let mut wrong = Vec::new();
    for (name, picture, words) in cases {
        let prepared = picture.prepare([1, 28, 28], TrainingImages::MNIST).unwrap();
        let doubts: Vec<_> = prepared.doubts.iter().map(ToString::to_string).collect();
        let as_wanted = match words {
            None => doubts.is_empty(),
            Some(words) => doubts.len() == 1 && doubts[0].contains(words),
        };
        if !as_wanted {
            wrong.push(format!("{name}: {doubts:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Sheets without ink: of one brightness, of uneven light, of noise.
#[test]
fn blank_sheets_of_every_size_and_light_are_refused() {
    let mut rng = lenet_core::random::stream(1, "noise");
    let mut noise = vec![0f32; 300 * 300];
    lenet_core::random::truncated_normal(&mut rng, 0.03, &mut noise);
    type Sheet<'s> = &'s dyn Fn(f32, f32) -> f32;
    let sheets: [(&str, Sheet<'_>); 5] = [
        ("white", &|_, _| 1.0),
        ("black", &|_, _| 0.0),
        ("grey", &|_, _| 0.5),
        ("uneven", &|y, x| 0.8 - 0.3 * (x + y) / 2.0),
        ("vignette", &|y, x| {
            0.9 - 0.4 * ((x - 0.5).powi(2) + (y - 0.5).powi(2))
        }),
    ];
    let mut wrong = Vec::new();
    for (name, sheet) in sheets {
        for side in [1, 9, 27, 28, 29, 64, 300] {
            for strength in [0.0, 1.0, 2.5] {
                // Among few pixels, strong noise cannot be told from ink.
                if side < 27 && strength > 1.0 {
                    continue;
                }
                let value = |i: usize| {
                    let place = |at: usize| at as f32 / side as f32;
                    [(sheet(place(i / side), place(i % side)) + strength * noise[i])
                        .clamp(0.0, 1.0); 3]
                };
                let picture =
                    Picture::new(side, side, (0..side * side).map(value).collect()).unwrap();
                for images in [TrainingImages::MNIST, light_paper(), free()] {
                    if picture.prepare([1, 28, 28], images) != Err(InputError::Blank) {
                        wrong.push(format!("{name}, {side}, noise {strength}, {images:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let red = Picture::new(4, 4, vec![[0.9, 0.1, 0.1]; 16]).unwrap();
    for shape in [[1, 4, 4], [3, 4, 4], [3, 28, 28], [1, 28, 28]] {
        assert_eq!(red.to_pixels(shape), Err(InputError::Blank), "{shape:?}");
    }
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
