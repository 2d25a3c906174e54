//! Time of one prediction, image by image on one thread: `cargo bench -p lenet-model`.
//!
//! The pretrained network on 100 images, microseconds of each of 2,000 calls after 200: from the
//! bytes of an image to its class and probabilities, and, for candle's own ops, from a tensor to
//! its logits. `latency.py` takes turns with other frameworks and makes the table.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use candle_core::{DType, Device, Tensor};
use lenet_data::Dataset;
use lenet_model::{Backend, LeNet};

const IMAGES: usize = 100;

/// Median and 99th percentile of a call's microseconds.
fn measure(
    calls: usize,
    mut call: impl FnMut(usize) -> Result<(), Box<dyn Error>>,
) -> Result<[f64; 2], Box<dyn Error>> {
    for i in 0..calls / 10 {
        call(i % IMAGES)?;
    }
    let mut times = Vec::with_capacity(calls);
    for i in 0..calls {
        let begun = Instant::now();
        call(i % IMAGES)?;
        times.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    Ok([times[calls / 2], times[calls * 99 / 100]])
}

fn main() -> Result<(), Box<dyn Error>> {
    let test = Dataset::mnist().test;
    let network = LeNet::pretrained(&Device::Cpu)?;
    let ours = measure(2000, |i| {
        black_box(network.predict(black_box(test.image(i)))?);
        Ok(())
    })?;

    let (_, parameters) = network.trainable()?;
    let stock = LeNet::with_backend(parameters.var_builder(), network.config(), Backend::Stock)?;
    let image = |i| -> candle_core::Result<Tensor> {
        let bytes = Tensor::from_slice(test.image(i), (1, 1, 28, 28), &Device::Cpu)?;
        bytes.to_dtype(DType::F32)? / 255.0
    };
    let images = (0..IMAGES).map(image).collect::<Result<Vec<_>, _>>()?;
    let candle = measure(500, |i| {
        black_box(stock.forward(black_box(&images[i]))?.detach());
        Ok(())
    })?;
    for (name, [median, slow]) in [("lenet-model", ours), ("candle", candle)] {
        println!("{name} {median:.2} {slow:.2}");
    }
    Ok(())
}
