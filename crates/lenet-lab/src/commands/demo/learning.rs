//! A network that is trained in view, by a plain loop of candle.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use lenet_core::Validation;
use lenet_data::{Dataset, Split, SplitSpec, batches, epoch_order, gather_f32, gather_labels};
use lenet_model::candle_core::{DType, Device, Tensor};
use lenet_model::candle_nn::{AdamW, Optimizer, loss::cross_entropy};
use lenet_model::{LeNet, LeNetConfig, Parameters, TrainingImages};
use serde_json::json;

use super::Board;
use crate::output;

const SEED: u64 = 1;
const EPOCHS: usize = 3;
const BATCH: usize = 64;
const LEARNING_RATE: f64 = 0.001;
/// Steps between two points of the curves.
const STEPS: usize = 20;
/// Images that the accuracy is told of.
const VALIDATION: usize = 1000;

fn config() -> LeNetConfig {
    LeNetConfig::lab_2017(8)
}

fn parameters() -> anyhow::Result<Parameters> {
    Ok(Parameters::drawn(
        &config(),
        SEED,
        DType::F32,
        &Device::Cpu,
    )?)
}

/// The network before its training.
pub fn untrained() -> anyhow::Result<LeNet> {
    frozen(&parameters()?)
}

/// A copy whose tensors training does not change.
fn frozen(parameters: &Parameters) -> anyhow::Result<LeNet> {
    let network = LeNet::new(parameters.var_builder(), &config())?;
    let network = network.with_training_images(TrainingImages::MNIST);
    Ok(LeNet::from_bytes(&network.to_bytes()?, &Device::Cpu)?)
}

/// Trains the network of the board until it is done or stopped; a failure is shown on the page.
pub fn train(board: &Board, stop: &AtomicBool) {
    if let Err(error) = steps(board, stop) {
        output::warning(format_args!("training: {error:#}"));
        board.lock().course["error"] = json!(format!("{error:#}"));
    }
    board.lock().course["training"] = json!(false);
}

fn steps(board: &Board, stop: &AtomicBool) -> anyhow::Result<()> {
    let splits = Dataset::mnist().split(&SplitSpec {
        validation: Validation::first(5_000),
        samples: None,
        seed: SEED,
    })?;
    let parameters = parameters()?;
    let network = LeNet::new(parameters.var_builder(), &config())?;
    let mut optimizer = AdamW::new_lr(parameters.vars(), LEARNING_RATE)?;
    let (mut losses, mut accuracies) = (Vec::new(), Vec::new());
    let per_epoch = splits.train.len().div_ceil(BATCH);
    let mut sum = 0.0;
    for epoch in 1..=EPOCHS {
        let order = epoch_order(&splits.train, SEED, epoch);
        for (at, batch) in batches(&order, BATCH).enumerate() {
            if stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            let (images, labels) = tensors(&splits.train, batch)?;
            let loss = cross_entropy(&network.forward_t(&images, true)?, &labels)?;
            optimizer.backward_step(&loss)?;
            sum += f64::from(loss.to_scalar::<f32>()?);
            let step = (epoch - 1) * per_epoch + at + 1;
            if step.is_multiple_of(STEPS) || step == EPOCHS * per_epoch {
                losses.push(json!([step, sum / STEPS as f64]));
                sum = 0.0;
                let now = frozen(&parameters)?;
                accuracies.push(json!([step, accuracy(&now, &splits.validation)?]));
                let mut shown = board.lock();
                shown.network = now;
                shown.course = json!({
                    "training": true,
                    "step": step,
                    "steps": EPOCHS * per_epoch,
                    "epoch": epoch,
                    "epochs": EPOCHS,
                    "losses": losses,
                    "accuracies": accuracies,
                });
            }
        }
    }
    Ok(())
}

fn tensors(split: &Split, batch: &[u32]) -> anyhow::Result<(Tensor, Tensor)> {
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    gather_f32(&split.set, batch, &mut pixels);
    gather_labels(&split.set, batch, &mut labels);
    let [channels, height, width] = split.set.shape();
    let images = (batch.len(), channels, height, width);
    Ok((
        Tensor::from_vec(pixels, images, &Device::Cpu)?,
        Tensor::from_vec(
            labels.into_iter().map(u32::from).collect(),
            batch.len(),
            &Device::Cpu,
        )?,
    ))
}

/// The share of the first validation images that the network gets right.
fn accuracy(network: &LeNet, split: &Split) -> anyhow::Result<f64> {
    let some = split
        .indices
        .get(..VALIDATION)
        .context("there are too few images")?;
    let (images, labels) = tensors(split, some)?;
    let found = network.forward(&images)?.argmax(1)?;
    let right = found.eq(&labels.to_dtype(found.dtype())?)?;
    Ok(f64::from(
        right.to_dtype(DType::F32)?.mean_all()?.to_scalar::<f32>()?,
    ))
}

#[cfg(test)]
mod tests;
