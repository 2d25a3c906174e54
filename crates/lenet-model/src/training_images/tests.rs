//! Polarity as a border shows it, and normalization there and back.

use super::*;

/// An image of one channel: a border of one value around another.
fn framed(border: u8, inside: u8) -> Vec<u8> {
    let mut image = vec![border; 25];
    for row in 1..4 {
        image[row * 5 + 1..row * 5 + 4].fill(inside);
    }
    image
}

#[test]
fn the_border_shows_the_polarity() {
    let repeat = |image: Vec<u8>, times: usize| image.repeat(times);
    let cases = [
        ("dark", repeat(framed(0, 255), 20), Polarity::LightOnDark),
        ("light", repeat(framed(255, 0), 20), Polarity::DarkOnLight),
        // The mean of all pixels is dark, that of the border light.
        ("bold", repeat(framed(130, 0), 20), Polarity::DarkOnLight),
        (
            "one of twenty is light",
            [repeat(framed(0, 9), 19), framed(255, 0)].concat(),
            Polarity::LightOnDark,
        ),
        (
            "two of twenty are light",
            [repeat(framed(0, 9), 18), repeat(framed(255, 0), 2)].concat(),
            Polarity::Mixed,
        ),
        ("none", vec![], Polarity::LightOnDark),
    ];
    for (name, pixels, want) in cases {
        let found = TrainingImages::of(&pixels, [1, 5, 5]);
        assert_eq!(found.polarity, want, "{name}");
        assert!(found.normalization.is_none());
    }
    // Planes of colour: two of three borders are light, so the mean is.
    let colour = [framed(255, 0), framed(255, 0), framed(0, 255)].concat();
    let found = TrainingImages::of(&colour, [3, 5, 5]);
    assert_eq!(found.polarity, Polarity::DarkOnLight);
    // A single column is border from top to bottom.
    let found = TrainingImages::of(&[255, 255, 0], [1, 3, 1]);
    assert_eq!(found.polarity, Polarity::DarkOnLight);
}

/// Two pixels of ink on an image of 10×10.
fn two_pixels(places: [[usize; 2]; 2]) -> Vec<u8> {
    let mut image = vec![0; 100];
    for [row, column] in places {
        image[10 * row + column] = 200;
    }
    image
}

#[test]
fn the_centre_of_mass_shows_the_framing() {
    let centred = two_pixels([[4, 3], [5, 6]]);
    let off = two_pixels([[4, 6], [5, 8]]);
    let framing = |images: &[&[u8]]| TrainingImages::of(&images.concat(), [1, 10, 10]).framing;
    assert_eq!(framing(&[&centred]), Framing::Centred);
    assert_eq!(framing(&[&off]), Framing::Free);
    let one_of_ten = [[&centred[..]; 9].concat(), off.clone()].concat();
    assert_eq!(framing(&[&one_of_ten]), Framing::Centred);
    let two_of_ten = [[&centred[..]; 8].concat(), off.repeat(2)].concat();
    assert_eq!(framing(&[&two_of_ten]), Framing::Free);
    // On a light ground the ink is what is dark.
    let light = |image: &[u8]| image.iter().map(|byte| 255 - byte).collect::<Vec<u8>>();
    assert_eq!(framing(&[&light(&centred)]), Framing::Centred);
    assert_eq!(framing(&[&light(&off)]), Framing::Free);
}

#[test]
fn normalization_goes_there_and_back() {
    let normalization = Normalization::PYTORCH_MNIST;
    // As torchvision's Normalize((0.1307,), (0.3081,)) gives for 0 and 1.
    assert!((normalization.apply(0.0) - -0.424_213).abs() < 1e-6);
    assert!((normalization.apply(1.0) - 2.821_487).abs() < 1e-6);
    assert!((normalization.undo(normalization.apply(0.3)) - 0.3).abs() < 1e-6);
    assert_eq!(Normalization::NONE.apply(0.3), 0.3);
    for (mean, deviation) in [(0.0, 0.0), (0.0, -1.0), (f32::NAN, 1.0), (0.0, f32::NAN)] {
        assert!(!Normalization { mean, deviation }.is_valid());
    }
}

#[test]
fn the_texts_on_disk_never_change() {
    let text = |images: &TrainingImages| serde_json::to_string(images).unwrap();
    assert_eq!(
        text(&TrainingImages::MNIST),
        r#"{"polarity":"light_on_dark"}"#
    );
    let normalized = TrainingImages {
        polarity: Polarity::DarkOnLight,
        framing: Framing::Free,
        normalization: Normalization {
            mean: 0.5,
            deviation: 0.25,
        },
    };
    assert_eq!(
        text(&normalized),
        r#"{"polarity":"dark_on_light","framing":"free","normalization":{"mean":0.5,"deviation":0.25}}"#
    );
    for images in [TrainingImages::MNIST, normalized] {
        let back: TrainingImages = serde_json::from_str(&text(&images)).unwrap();
        assert_eq!(back, images);
    }
}
