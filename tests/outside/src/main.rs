//! Trains on drawn digits for two epochs, saves, loads, and predicts digits it has not seen.

use std::error::Error;

use lenet_model::candle_core::{DType, Device, Tensor};
use lenet_model::candle_nn::{AdamW, Optimizer, loss::cross_entropy};
use lenet_model::{LeNet, LeNetConfig, Parameters};

const SIDE: usize = 16;
const PIXELS: usize = SIDE * SIDE;
const BATCH: usize = 20;

/// Segments of a seven-segment display that show each digit: top, upper left, upper right,
/// middle, lower left, lower right, bottom.
const SEGMENTS: [&[u8; 7]; 10] = [
    b"1110111", b"0010010", b"1011101", b"1011011", b"0111010", b"1101011", b"1101111", b"1010010",
    b"1111111", b"1111011",
];
/// First row and column, rows and columns of each segment.
const PLACES: [[usize; 4]; 7] = [
    [0, 0, 1, 6],
    [0, 0, 6, 1],
    [0, 5, 6, 1],
    [5, 0, 1, 6],
    [5, 0, 6, 1],
    [5, 5, 6, 1],
    [10, 0, 1, 6],
];

/// Digits somewhere on the image, of some brightness, among grains; `seed` says which.
fn digits(count: usize, mut seed: u64) -> (Vec<u8>, Vec<u32>) {
    // xorshift64* (Marsaglia, Vigna).
    let mut below = move |bound: usize| {
        seed ^= seed >> 12;
        seed ^= seed << 25;
        seed ^= seed >> 27;
        (seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    };
    let (mut pixels, mut labels) = (vec![0; count * PIXELS], Vec::new());
    for image in pixels.chunks_exact_mut(PIXELS) {
        image.iter_mut().for_each(|pixel| *pixel = below(60) as u8);
        let (digit, top, left) = (below(10), 1 + below(3), 3 + below(5));
        let brightness = 150 + below(100) as u8;
        for ([row, column, rows, columns], lit) in PLACES.iter().zip(SEGMENTS[digit]) {
            for (y, x) in (0..*rows).flat_map(|y| (0..*columns).map(move |x| (y, x))) {
                if *lit == b'1' {
                    image[(top + row + y) * SIDE + left + column + x] = brightness;
                }
            }
        }
        labels.push(digit as u32);
    }
    (pixels, labels)
}

fn main() -> Result<(), Box<dyn Error>> {
    let count = 1200;
    let (pixels, labels) = digits(count, 1);
    let images = Tensor::from_vec(pixels, (count, 1, SIDE, SIDE), &Device::Cpu)?;
    let images = (images.to_dtype(DType::F32)? / 255.0)?;
    let labels = Tensor::from_vec(labels, count, &Device::Cpu)?;

    let config = LeNetConfig::lab_2017(8).with_images(1, SIDE, SIDE);
    let parameters = Parameters::drawn(&config, 1, DType::F32, &Device::Cpu)?;
    let network = LeNet::new(parameters.var_builder(), &config)?;
    println!("{}", network.summary());
    let mut optimizer = AdamW::new_lr(parameters.vars(), 0.003)?;
    for epoch in 1..=2 {
        let mut sum = 0.0;
        for start in (0..count).step_by(BATCH) {
            let logits = network.forward(&images.narrow(0, start, BATCH)?)?;
            let loss = cross_entropy(&logits, &labels.narrow(0, start, BATCH)?)?;
            optimizer.backward_step(&loss)?;
            sum += loss.to_scalar::<f32>()?;
        }
        println!("epoch {epoch}: loss {:.3}", sum * BATCH as f32 / count as f32);
    }

    let file = std::env::temp_dir().join(format!("outside-{}.safetensors", std::process::id()));
    network.save(&file)?;
    let loaded = LeNet::load(&file, &Device::Cpu)?;
    std::fs::remove_file(&file)?;
    let (unseen, labels) = digits(200, 2);
    let mut right = 0;
    for (image, &label) in unseen.chunks_exact(PIXELS).zip(&labels) {
        right += usize::from(loaded.predict(image)?.class == label as usize);
    }
    println!("{right} of 200 unseen digits right");
    if right < 190 {
        return Err("it should have learned more".into());
    }
    Ok(())
}
