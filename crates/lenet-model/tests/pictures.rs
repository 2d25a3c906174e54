//! Drawn pictures, twenty of each kind, as drawing programs and telephones make them, and the pretrained
//! network. `docs/interop.md` says how many it reads.

#[path = "pictures/drawing.rs"]
mod drawing;

use drawing::{Chance, digit};
use lenet_model::candle_core::Device;
use lenet_model::picture::Picture;
use lenet_model::{LeNet, TrainingImages};

/// A way to make a picture of a digit: the contents of a PNG file.
type Make = fn(usize, &mut Chance) -> Vec<u8>;

struct Kind {
    name: &'static str,
    make: Make,
    /// How many of twenty have to be read.
    least: usize,
}

const KINDS: [Kind; 12] = [
    Kind {
        name: "a thick black pen on white",
        make: |class, chance| {
            let tall = chance.between(34.0, 48.0);
            let ink = digit(class, [64, 64], [32.0, 32.0], tall, 5.0, chance);
            grey([64, 64], &mixed(&ink, 1.0, 0.0))
        },
        least: 19,
    },
    Kind {
        name: "a thin pen on a large sheet",
        make: |class, chance| {
            let middle = [chance.between(100.0, 300.0), chance.between(120.0, 200.0)];
            let ink = digit(class, [320, 400], middle, 130.0, 3.0, chance);
            grey([320, 400], &mixed(&ink, 1.0, 0.1))
        },
        least: 18,
    },
    Kind {
        name: "a photograph under uneven light",
        make: |class, chance| png_of([180, 240], &photograph(class, chance), None),
        least: 18,
    },
    Kind {
        name: "a photograph stored turned",
        make: |class, chance| {
            let shown = photograph(class, chance);
            let orientation = 2 + class % 7;
            let (size, stored) = stored([180, 240], &shown, orientation);
            png_of(size, &stored, Some(orientation as u8))
        },
        least: 18,
    },
    Kind {
        name: "chalk on a board",
        make: |class, chance| {
            let size = [200, 200];
            let ink = digit(class, size, [100.0, 100.0], 120.0, 12.0, chance);
            let values = ink.iter().enumerate().map(|(at, ink)| {
                let board = 0.15 + 0.15 * (at % 200) as f32 / 200.0;
                // Chalk leaves gaps.
                let chalk = chance.between(0.6, 1.0);
                (board + ink * (chalk - board) + 0.02 * chance.normal()).clamp(0.0, 1.0)
            });
            grey(size, &values.collect::<Vec<_>>())
        },
        least: 18,
    },
    Kind {
        name: "white ink, transparent ground",
        make: |class, chance| transparent(class, 1.0, chance),
        least: 18,
    },
    Kind {
        name: "black ink, transparent ground",
        make: |class, chance| transparent(class, 0.0, chance),
        least: 18,
    },
    Kind {
        name: "a sheet with a frame and specks",
        make: |class, chance| {
            let size = [120, 120];
            let ink = digit(class, size, [60.0, 60.0], 70.0, 7.0, chance);
            let mut values = mixed(&ink, 0.95, 0.1);
            for row in 0..120 {
                for column in 0..120 {
                    let inset = row.min(column).min(119 - row).min(119 - column);
                    if inset < 3 {
                        values[row * 120 + column] = 0.0;
                    }
                }
            }
            for _ in 0..6 {
                let (row, column) = (chance.between(8.0, 20.0), chance.between(8.0, 110.0));
                values[row as usize * 120 + column as usize] = 0.2;
            }
            grey(size, &values)
        },
        least: 18,
    },
    Kind {
        name: "28×28 pixels, dark on light",
        make: |class, chance| {
            let ink = digit(class, [28, 28], [14.0, 14.0], 18.0, 2.4, chance);
            grey([28, 28], &mixed(&ink, 1.0, 0.05))
        },
        least: 18,
    },
    Kind {
        name: "a blue pen, a shadow, the edge of the desk",
        make: |class, chance| {
            let size = [240, 180];
            let ink = digit(class, size, [80.0, 120.0], 110.0, 7.0, chance);
            let pixels = ink.iter().enumerate().map(|(at, &ink)| {
                let (row, column) = (at / 180, at % 180);
                let paper = 0.9 - 0.25 * (row as f32 / 240.0).powi(2);
                let noise = 0.02 * chance.normal();
                if column >= 165 {
                    return [0.3 + noise, 0.2 + noise, 0.15 + noise];
                }
                let colour = |own: f32| paper + ink * (own - paper) + noise;
                [colour(0.15), colour(0.2), colour(0.55)]
            });
            png_of(size, &pixels.collect::<Vec<_>>(), None)
        },
        least: 18,
    },
    Kind {
        name: "ruled paper",
        make: |class, chance| {
            let size = [200, 240];
            let ink = digit(class, size, [120.0, 100.0], 100.0, 7.0, chance);
            let pixels = ink.iter().enumerate().map(|(at, &ink)| {
                let line = if at / 240 % 40 < 2 { 0.18 } else { 0.0 };
                let noise = 0.01 * chance.normal();
                [0.95 - line, 0.95 - 0.6 * line, 0.93]
                    .map(|paper| paper + ink * (0.15 - paper) + noise)
            });
            png_of(size, &pixels.collect::<Vec<_>>(), None)
        },
        least: 16,
    },
    Kind {
        name: "a noisy photograph with the edge of a shadow",
        make: |class, chance| {
            let size = [240, 240];
            let ink = digit(class, size, [120.0, 120.0], 120.0, 10.0, chance);
            let edge = chance.between(60.0, 180.0);
            let values = ink.iter().enumerate().map(|(at, &ink)| {
                let across = (at % 240) as f32 + 0.3 * (at / 240) as f32 - edge;
                let shade = 1.0 - 0.25 / (1.0 + (-across / 4.0).exp());
                let paper = 0.8 * shade;
                (paper + ink * (0.3 * paper - paper) + 0.06 * chance.normal()).clamp(0.0, 1.0)
            });
            grey(size, &values.collect::<Vec<_>>())
        },
        least: 16,
    },
];

/// Ink of one brightness on a ground of another.
fn mixed(ink: &[f32], ground: f32, own: f32) -> Vec<f32> {
    ink.iter()
        .map(|ink| ground + ink * (own - ground))
        .collect()
}

/// Grey ink on yellowish paper whose light falls by 75 levels from one corner to the other.
fn photograph(class: usize, chance: &mut Chance) -> Vec<[f32; 3]> {
    let size = [180, 240];
    let middle = [chance.between(90.0, 150.0), chance.between(80.0, 100.0)];
    let tall = chance.between(80.0, 110.0);
    let ink = digit(class, size, middle, tall, chance.between(6.0, 10.0), chance);
    let pixels = ink.iter().enumerate().map(|(at, &ink)| {
        let (row, column) = ((at / 240) as f32 / 180.0, (at % 240) as f32 / 240.0);
        let paper = (210.0 - 75.0 * (row + column) / 2.0) / 255.0;
        let noise = 6.0 / 255.0 * chance.normal();
        [1.0, 0.96, 0.86].map(|tint| {
            let paper = paper * tint;
            (paper + ink * (0.35 * paper - paper) + noise).clamp(0.0, 1.0)
        })
    });
    pixels.collect()
}

/// How a picture that is to be shown as `pixels` is stored with this orientation: the inverse of
/// turning it.
fn stored(
    [height, width]: [usize; 2],
    pixels: &[[f32; 3]],
    orientation: usize,
) -> ([usize; 2], Vec<[f32; 3]>) {
    let size = if orientation >= 5 {
        [width, height]
    } else {
        [height, width]
    };
    let mut out = vec![[0.0; 3]; pixels.len()];
    for row in 0..height {
        for column in 0..width {
            let (down, right) = (height - 1 - row, width - 1 - column);
            let (y, x) = match orientation {
                2 => (row, right),
                3 => (down, right),
                4 => (down, column),
                5 => (column, row),
                6 => (right, row),
                7 => (right, down),
                _ => (column, down),
            };
            out[y * size[1] + x] = pixels[row * width + column];
        }
    }
    (size, out)
}

fn transparent(class: usize, ink: f32, chance: &mut Chance) -> Vec<u8> {
    let alpha = digit(class, [96, 80], [40.0, 48.0], 64.0, 7.0, chance);
    let bytes = alpha.iter().flat_map(|&alpha| [byte(ink), byte(alpha)]);
    encode(
        [96, 80],
        png::ColorType::GrayscaleAlpha,
        &bytes.collect::<Vec<_>>(),
        None,
    )
}

fn byte(value: f32) -> u8 {
    (255.0 * value.clamp(0.0, 1.0)).round() as u8
}

fn grey(size: [usize; 2], values: &[f32]) -> Vec<u8> {
    let bytes: Vec<u8> = values.iter().map(|&value| byte(value)).collect();
    encode(size, png::ColorType::Grayscale, &bytes, None)
}

fn png_of(size: [usize; 2], pixels: &[[f32; 3]], orientation: Option<u8>) -> Vec<u8> {
    let bytes: Vec<u8> = pixels.iter().flatten().map(|&value| byte(value)).collect();
    encode(size, png::ColorType::Rgb, &bytes, orientation)
}

fn encode(
    [height, width]: [usize; 2],
    colour: png::ColorType,
    bytes: &[u8],
    orientation: Option<u8>,
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width as u32, height as u32);
    encoder.set_color(colour);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    if let Some(orientation) = orientation {
        // One entry of one short, big-endian.
        let mut exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        writer.write_chunk(png::chunk::eXIf, &exif).unwrap();
    }
    writer.write_image_data(bytes).unwrap();
    writer.finish().unwrap();
    out
}

/// The pictures that the network reads of each kind, and the wrong ones in words.
fn read() -> (Vec<usize>, Vec<String>) {
    let network = LeNet::pretrained(&Device::Cpu).unwrap();
    let classifier = network.classifier().unwrap();
    let (mut right, mut wrong) = (Vec::new(), Vec::new());
    for kind in &KINDS {
        let mut count = 0;
        for number in 0..20 {
            let class = number % 10;
            let mut chance = Chance::new(number as u64, kind.name);
            let contents = (kind.make)(class, &mut chance);
            if let Some(folder) = std::env::var_os("PICTURES_OUT") {
                let file = format!("{}-{number:02}.png", kind.name.replace(' ', "-"));
                std::fs::write(std::path::Path::new(&folder).join(file), &contents).unwrap();
            }
            let picture = Picture::decode(&contents).unwrap();
            let found = match picture.prepare([1, 28, 28], TrainingImages::MNIST) {
                Ok(prepared) => {
                    let prediction = classifier.predict(&prepared.pixels).unwrap();
                    let doubts: Vec<_> = prepared.doubts.iter().map(ToString::to_string).collect();
                    (Some(prediction.class), doubts.join("; "))
                }
                Err(error) => (None, error.to_string()),
            };
            if found.0 == Some(class) {
                count += 1;
            } else {
                wrong.push(format!("{}, {number}: {class}, read {found:?}", kind.name));
            }
        }
        right.push(count);
    }
    (right, wrong)
}

#[test]
fn most_drawn_pictures_are_read() {
    let (right, wrong) = read();
    let table: Vec<_> = KINDS
        .iter()
        .zip(&right)
        .map(|(kind, count)| format!("| {} | {count} |", kind.name))
        .collect();
    let table = format!(
        "{}\n| all | {} of 200 |",
        table.join("\n"),
        right.iter().sum::<usize>()
    );
    println!("{table}\n{}", wrong.join("\n"));
    let few = KINDS
        .iter()
        .zip(&right)
        .filter(|(kind, right)| **right < kind.least);
    let few: Vec<_> = few.map(|(kind, right)| (kind.name, right)).collect();
    assert!(few.is_empty(), "{few:?}\n{}", wrong.join("\n"));
}
