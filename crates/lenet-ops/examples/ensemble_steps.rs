//! Trains a number of the study's networks for a number of steps on GPU 0, for whoever counts or
//! profiles what a step asks of the driver:
//! `cargo run --release -p lenet-ops --features cuda --example ensemble_steps -- TRIALS STEPS`
#![allow(clippy::print_stdout, reason = "an example")]

use std::error::Error;
use std::sync::Arc;

use lenet_core::{Geometry, Optimizer, Precision};
use lenet_ops::cuda::Gpu;
use lenet_ops::net::cuda::{Ensemble, Part, Start};

const BATCH_SIZE: usize = 4;

fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = std::env::args().skip(1);
    let mut number = || {
        numbers
            .next()
            .ok_or("give the numbers of trials and of steps")
    };
    let trials: usize = number()?.parse()?;
    let steps: usize = number()?.parse()?;

    let geometry = Geometry::lab_2017(4);
    let parameters: Vec<f32> = (0..geometry.parameter_count())
        .map(|i| 0.1 * (i as f32).sin())
        .collect();
    let start = Start {
        optimizer: Optimizer::SGD,
        parameters: &parameters,
        moments: &[],
    };
    let gpu = Arc::new(Gpu::new(0)?);
    let mut ensemble = Ensemble::new(
        gpu,
        &geometry,
        Precision::Single,
        BATCH_SIZE,
        &vec![start; trials],
    )?;
    let pixels: Vec<u8> = (0..28 * 28 * 10).map(|i| (i * 31 % 256) as u8).collect();
    let labels: Vec<u8> = (0..10).collect();
    let set = ensemble.place(&pixels, &labels)?;
    let order: Vec<u32> = (0..steps * BATCH_SIZE).map(|i| i as u32 % 10).collect();
    let rates = vec![0.01; steps];
    let parts: Vec<_> = (0..trials)
        .map(|network| Part {
            network,
            order: &order,
            first_step: 0,
            learning_rates: &rates,
            dropout: None,
        })
        .collect();
    ensemble.begin_epoch(set, &parts, 0)?;
    for _ in 0..steps {
        ensemble.step()?;
    }
    let loss: f64 = ensemble.training_sums()?.iter().map(|sums| sums.loss).sum();
    println!("mean loss {}", loss / (trials * order.len()) as f64);
    Ok(())
}
