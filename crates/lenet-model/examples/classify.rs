//! Says which digit a picture shows.
//!
//! `cargo run --release --example classify --features image,pretrained -- examples/five.png`
#![allow(clippy::print_stdout, reason = "an example")]

use std::error::Error;
use std::path::Path;

use candle_core::Device;
use lenet_model::{LeNet, Prediction};

/// A photo of ink on paper does: it is inverted, scaled and centred as MNIST's digits are.
pub fn run(file: &Path) -> Result<Prediction, Box<dyn Error>> {
    let network = LeNet::pretrained(&Device::Cpu)?;
    let picture = lenet_model::image::open(file)?;
    Ok(network.predict(&picture)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    for file in std::env::args().skip(1) {
        let prediction = run(Path::new(&file))?;
        let percent = 100.0 * prediction.confidence();
        println!("{file}: {} ({percent:.1} %)", prediction.class);
    }
    Ok(())
}
