//! Teaches the pretrained network other classes: only a new last layer is trained.
//!
//! `cargo run --release --example fine_tune --features pretrained -- fashion-mnist` with a folder
//! of IDX files of 28×28 pixels (Fashion-MNIST, EMNIST letters, KMNIST).
#![allow(clippy::print_stdout, reason = "an example")]

use std::error::Error;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::{AdamW, Optimizer, VarBuilder, VarMap, loss::cross_entropy};
use lenet_data::{Dataset, ImageSet};
use lenet_model::LeNet;

const BATCH: usize = 100;

/// What the frozen layers make of every image, `[N, 128]`, and its labels.
fn features(network: &LeNet, set: &ImageSet) -> candle_core::Result<(Tensor, Tensor)> {
    let device = network.device();
    let images = Tensor::from_slice(set.pixels(), (set.len(), set.image_len()), device)?;
    let images = (images.to_dtype(DType::F32)? / 255.0)?;
    let labels = Tensor::from_slice(set.labels(), set.len(), device)?;
    Ok((
        network.hidden_activations(&images)?,
        labels.to_dtype(DType::U32)?,
    ))
}

/// Returns the share of the folder's test images that the new network gets right.
pub fn run(folder: &Path, epochs: usize) -> Result<f64, Box<dyn Error>> {
    let data = Dataset::from_folder(folder)?;
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let network = LeNet::pretrained(&Device::Cpu)?.with_output(vb, data.classes)?;

    let (inputs, targets) = features(&network, &data.train)?;
    let mut optimizer = AdamW::new_lr(variables.all_vars(), 0.003)?;
    for _ in 0..epochs {
        for start in (0..data.train.len()).step_by(BATCH) {
            let count = BATCH.min(data.train.len() - start);
            let logits = network.logits_from_hidden(&inputs.narrow(0, start, count)?)?;
            let loss = cross_entropy(&logits, &targets.narrow(0, start, count)?)?;
            optimizer.backward_step(&loss)?;
        }
    }
    let predictions = network.predict_batch(data.test.pixels())?;
    let pairs = predictions.iter().zip(data.test.labels());
    let right = pairs.filter(|(p, label)| p.class == usize::from(**label));
    Ok(right.count() as f64 / data.test.len() as f64)
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("which folder of IDX files?")?;
    println!("{:.1} % right", 100.0 * run(Path::new(&folder), 5)?);
    Ok(())
}
