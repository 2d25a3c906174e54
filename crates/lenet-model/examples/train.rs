//! Trains a network on data of your own, in plain candle: three kinds of stroke on 12×12 pixels.
//!
//! `cargo run --release --example train`
#![allow(clippy::print_stdout, reason = "an example")]

use std::error::Error;

use candle_core::{DType, Device, Tensor};
use candle_nn::{AdamW, Optimizer, loss::cross_entropy};
use lenet_model::{LeNet, LeNetConfig, Parameters};

const SIDE: usize = 12;
const BATCH: usize = 30;

/// Image `i` has a stroke across, down or aslant somewhere, by `i % 3`.
fn strokes(count: usize) -> (Vec<u8>, Vec<u32>) {
    let mut pixels = vec![0; count * SIDE * SIDE];
    for (i, image) in pixels.chunks_exact_mut(SIDE * SIDE).enumerate() {
        let at = i * 7 % (SIDE - 4) + 2;
        for step in 2..SIDE - 2 {
            let (row, column) = [(at, step), (step, at), (step, (step + at) % SIDE)][i % 3];
            image[row * SIDE + column] = 255 - (i * 31 % 100) as u8;
        }
    }
    (pixels, (0..count).map(|i| (i % 3) as u32).collect())
}

/// Returns the share of images that the trained network gets right.
pub fn run(epochs: usize) -> Result<f64, Box<dyn Error>> {
    let device = Device::Cpu;
    let (pixels, labels) = strokes(300);
    let images = Tensor::from_slice(&pixels, (300, 1, SIDE, SIDE), &device)?;
    let images = (images.to_dtype(DType::F32)? / 255.0)?;
    let targets = Tensor::from_slice(&labels, 300, &device)?;

    let config = LeNetConfig::lab_2017(8)
        .with_images(1, SIDE, SIDE)
        .with_classes(3);
    let parameters = Parameters::drawn(&config, 1, DType::F32, &device)?;
    let network = LeNet::new(parameters.var_builder(), &config)?;
    let mut optimizer = AdamW::new_lr(parameters.vars(), 0.002)?;
    for _ in 0..epochs {
        for start in (0..300).step_by(BATCH) {
            let logits = network.forward_t(&images.narrow(0, start, BATCH)?, true)?;
            let loss = cross_entropy(&logits, &targets.narrow(0, start, BATCH)?)?;
            optimizer.backward_step(&loss)?;
        }
    }
    let predictions = network.predict_batch(&pixels)?;
    let pairs = predictions.iter().zip(&labels);
    let right = pairs.filter(|(p, label)| p.class == **label as usize);
    Ok(right.count() as f64 / 300.0)
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("{:.1} % right", 100.0 * run(5)?);
    Ok(())
}
