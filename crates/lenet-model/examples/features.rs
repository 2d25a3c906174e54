//! Finds the images most alike by what the network's last hidden layer makes of them.
//!
//! `cargo run --release --example features --features pretrained`
#![allow(clippy::print_stdout, reason = "an example")]

use std::error::Error;

use candle_core::{D, DType, Device, Tensor};
use lenet_data::Dataset;
use lenet_model::LeNet;

/// For each of the first `count` test images of MNIST the nearest other one, by the cosine
/// between their features.
pub fn run(count: usize) -> Result<Vec<usize>, Box<dyn Error>> {
    let network = LeNet::pretrained(&Device::Cpu)?;
    let test = Dataset::mnist().test;
    let pixels = &test.pixels()[..count * test.image_len()];
    let images = Tensor::from_slice(pixels, (count, test.image_len()), &Device::Cpu)?;
    let images = (images.to_dtype(DType::F32)? / 255.0)?;

    let features = network.hidden_activations(&images)?;
    let norms = features.sqr()?.sum_keepdim(1)?.sqrt()?;
    let directions = features.broadcast_div(&norms)?;
    let cosines = directions.matmul(&directions.t()?)?;
    // An image is not its own neighbour.
    let others = (cosines - Tensor::eye(count, DType::F32, &Device::Cpu)? * 2.0)?;
    let nearest = others.argmax(D::Minus1)?.to_vec1::<u32>()?;
    Ok(nearest.into_iter().map(|index| index as usize).collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    let test = Dataset::mnist().test;
    for (image, neighbour) in run(1000)?.into_iter().enumerate().take(20) {
        let [a, b] = [image, neighbour].map(|i| test.labels()[i]);
        println!("image {image} (a {a}) is most like image {neighbour} (a {b})");
    }
    Ok(())
}
