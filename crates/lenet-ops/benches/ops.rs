//! Time of each op on slices, and of a whole step: `cargo bench -p lenet-ops`.
//!
//! One thread, the study's network at F = 16, batch 128; the best of many runs, as GFLOP/s by the
//! direct method beside the machine's peak. `LENET_SIMD` forces an instruction set.
#![allow(clippy::print_stdout)]

use std::time::Instant;

use lenet_ops::net::{Images, Network};
use lenet_ops::{Geometry, Level, OpsError, conv_pool, dense, peak};

const BATCH: usize = 128;
const RUNS: usize = 20;

fn main() -> Result<(), OpsError> {
    let level = Level::from_environment()?;
    let peak = peak::flops_per_second(level, 200);
    println!("{}, peak {:.0} GFLOP/s", level.name(), peak / 1e9);
    let report = |name: &str, flops: f64, seconds: f64| {
        let rate = flops / seconds;
        let share = 100.0 * rate / peak;
        println!(
            "{name:24} {:8.0} µs  {:6.1} GFLOP/s  {share:3.0} %",
            seconds * 1e6,
            rate / 1e9
        );
    };
    let geometry = Geometry::lab_2017(16);
    for stage in 0..geometry.filters.len() {
        let [channels, height, width] = geometry.stage_input(stage);
        let shape = conv_pool::ConvPoolShape {
            batch: BATCH,
            channels,
            height,
            width,
            filters: geometry.filters[stage],
            kernel: geometry.kernel,
        };
        let flops = 2.0 * (BATCH * height * width * channels * shape.filters * 9) as f64;
        let [forward, backward] = conv_pool_times(&shape)?;
        report(&format!("conv_pool {} forward", stage + 1), flops, forward);
        report(
            &format!("conv_pool {} backward", stage + 1),
            2.0 * flops,
            backward,
        );
    }
    for (layer, (inputs, outputs)) in geometry.dense_layers().into_iter().enumerate() {
        let shape = dense::DenseShape {
            batch: BATCH,
            inputs,
            outputs,
            relu: layer == 0,
        };
        let flops = 2.0 * (BATCH * inputs * outputs) as f64;
        let [forward, backward] = dense_times(&shape)?;
        report(&format!("dense {} forward", layer + 1), flops, forward);
        report(
            &format!("dense {} backward", layer + 1),
            2.0 * flops,
            backward,
        );
    }
    let mut network = Network::new(&geometry, level, 1)?;
    let parameters = values(geometry.parameter_count(), 0.1);
    let pixels = values(BATCH * 784, 1.0);
    let labels: Vec<u8> = (0..BATCH).map(|image| (image % 10) as u8).collect();
    let mut gradients = vec![0.0; parameters.len()];
    let images = Images::Floats(&pixels);
    let step =
        best(|| network.loss_and_gradients(&parameters, images, &labels, None, &mut gradients))?;
    report(
        "step",
        geometry.training_flops() as f64 * BATCH as f64,
        step,
    );
    let evaluation = best(|| network.evaluate(&parameters, images, &labels))?;
    report(
        "evaluation",
        geometry.forward_flops() as f64 * BATCH as f64,
        evaluation,
    );
    Ok(())
}

/// Seconds of forward and backward pass, the latter with the input's gradient.
fn conv_pool_times(shape: &conv_pool::ConvPoolShape) -> Result<[f64; 2], OpsError> {
    let input = values(
        shape.batch * shape.channels * shape.height * shape.width,
        1.0,
    );
    let weight = values(
        shape.filters * shape.channels * shape.kernel * shape.kernel,
        0.1,
    );
    let bias = values(shape.filters, 0.1);
    let outputs = shape.batch * shape.filters * (shape.height / 2) * (shape.width / 2);
    let (mut output, mut argmax) = (vec![0.0; outputs], vec![0; outputs]);
    let forward =
        best(|| conv_pool::forward(shape, &input, &weight, &bias, &mut output, &mut argmax))?;
    let upstream = values(outputs, 1.0);
    let (mut to_input, mut to_weight) = (vec![0.0; input.len()], vec![0.0; weight.len()]);
    let mut to_bias = vec![0.0; bias.len()];
    let backward = best(|| {
        let pooled = conv_pool::Pooled {
            output: &output,
            argmax: &argmax,
        };
        let gradients = conv_pool::Gradients {
            input: Some(&mut to_input),
            weight: &mut to_weight,
            bias: &mut to_bias,
        };
        conv_pool::backward(shape, &input, &weight, pooled, &upstream, gradients)
    })?;
    Ok([forward, backward])
}

/// Seconds of forward and backward pass, the latter with the input's gradient.
fn dense_times(shape: &dense::DenseShape) -> Result<[f64; 2], OpsError> {
    let input = values(shape.batch * shape.inputs, 1.0);
    let weight = values(shape.outputs * shape.inputs, 0.1);
    let bias = values(shape.outputs, 0.1);
    let mut output = vec![0.0; shape.batch * shape.outputs];
    let forward = best(|| dense::forward(shape, &input, &weight, &bias, &mut output))?;
    let upstream = values(output.len(), 1.0);
    let (mut to_input, mut to_weight) = (vec![0.0; input.len()], vec![0.0; weight.len()]);
    let mut to_bias = vec![0.0; bias.len()];
    let backward = best(|| {
        let gradients = dense::Gradients {
            input: Some(&mut to_input),
            weight: &mut to_weight,
            bias: &mut to_bias,
        };
        dense::backward(shape, &input, &weight, &output, &upstream, gradients)
    })?;
    Ok([forward, backward])
}

/// Numbers between −scale and scale that follow no short pattern.
fn values(count: usize, scale: f32) -> Vec<f32> {
    let mut state = 1u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 8) as f32 / 8_388_608.0 - 1.0) * scale
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// Seconds of the fastest of [`RUNS`] runs after one to warm up.
fn best<T>(mut run: impl FnMut() -> Result<T, OpsError>) -> Result<f64, OpsError> {
    run()?;
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let begun = Instant::now();
        run()?;
        best = best.min(begun.elapsed().as_secs_f64());
    }
    Ok(best)
}
