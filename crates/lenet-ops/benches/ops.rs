//! Time of each op on slices, and of a whole step: `cargo bench -p lenet-ops`.
//!
//! One thread, batch 128, the study's network for several numbers of filters. An "item" is a
//! floating-point operation by the direct method, so the throughput columns read GFLOP/s, to be
//! held against `fma_peak`. `LENET_SIMD` forces an instruction set.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use lenet_core::Geometry;
use lenet_ops::conv_pool::{self, ConvPoolShape, Pooled};
use lenet_ops::dense::{self, DenseShape};
use lenet_ops::net::{Images, Network};
use lenet_ops::{Level, peak};

const BATCH: usize = 128;
const FILTERS: [usize; 4] = [8, 16, 32, 64];

fn main() {
    divan::main();
}

fn level() -> Level {
    Level::from_environment().expect("LENET_SIMD names a level of this machine")
}

/// The machine's own limit: an item is an operation of a multiply-add in registers.
#[divan::bench(max_time = 1)]
fn fma_peak(bencher: Bencher) {
    let level = level();
    let work = peak::operations(level);
    bencher
        .counter(ItemsCount::new(work))
        .bench(|| peak::run(level));
}

#[divan::bench(args = FILTERS, max_time = 1)]
fn step(bencher: Bencher, filters: usize) {
    let geometry = Geometry::lab_2017(filters);
    let mut network = Network::new(&geometry, level(), 1).expect("a level of this machine");
    let parameters = values(geometry.parameter_count(), 0.1);
    let pixels = values(BATCH * 784, 1.0);
    let labels = labels();
    let mut gradients = vec![0.0; parameters.len()];
    bencher
        .counter(ItemsCount::new(geometry.training_flops() * BATCH as u64))
        .bench_local(|| {
            let images = Images::Floats(black_box(&pixels));
            network
                .loss_and_gradients(&parameters, images, &labels, None, &mut gradients)
                .expect("a good batch")
        });
}

/// A network and a batch beside the study's own.
#[derive(Debug, Clone, Copy)]
struct Odd {
    filters: usize,
    image: [usize; 3],
    batch: usize,
}

/// Shapes that fit no vector, each after a neighbour that does.
const ODD: [Odd; 19] = {
    const fn odd(filters: usize, image: [usize; 3], batch: usize) -> Odd {
        Odd {
            filters,
            image,
            batch,
        }
    }
    const GREY: [usize; 3] = [1, 28, 28];
    [
        odd(8, GREY, 128),
        odd(4, GREY, 128),
        odd(5, GREY, 128),
        odd(7, GREY, 128),
        odd(8, [3, 28, 28], 128),
        odd(8, [1, 32, 32], 128),
        odd(8, GREY, 1),
        odd(8, GREY, 16),
        odd(8, GREY, 17),
        odd(16, GREY, 128),
        odd(13, GREY, 128),
        odd(17, GREY, 128),
        odd(16, [3, 28, 28], 128),
        odd(16, [1, 32, 32], 128),
        odd(16, [3, 32, 32], 128),
        odd(16, GREY, 1),
        odd(16, GREY, 16),
        odd(16, GREY, 17),
        odd(16, GREY, 100),
    ]
};

#[divan::bench(args = ODD, max_time = 1)]
fn odd_step(bencher: Bencher, odd: Odd) {
    let [channels, height, width] = odd.image;
    let geometry = Geometry {
        channels,
        height,
        width,
        ..Geometry::lab_2017(odd.filters)
    };
    let mut network = Network::new(&geometry, level(), 1).expect("a level of this machine");
    let parameters = values(geometry.parameter_count(), 0.1);
    let pixels = values(odd.batch * channels * height * width, 1.0);
    let labels = &labels()[..odd.batch];
    let mut gradients = vec![0.0; parameters.len()];
    bencher
        .counter(ItemsCount::new(
            geometry.training_flops() * odd.batch as u64,
        ))
        .bench_local(|| {
            let images = Images::Floats(black_box(&pixels));
            network
                .loss_and_gradients(&parameters, images, labels, None, &mut gradients)
                .expect("a good batch")
        });
}

#[divan::bench(args = FILTERS, max_time = 1)]
fn evaluation(bencher: Bencher, filters: usize) {
    let geometry = Geometry::lab_2017(filters);
    let mut network = Network::new(&geometry, level(), 1).expect("a level of this machine");
    let parameters = values(geometry.parameter_count(), 0.1);
    let pixels = values(BATCH * 784, 1.0);
    let labels = labels();
    bencher
        .counter(ItemsCount::new(geometry.forward_flops() * BATCH as u64))
        .bench_local(|| {
            let images = Images::Floats(black_box(&pixels));
            network
                .evaluate(&parameters, images, &labels)
                .expect("a good batch")
        });
}

/// Buffers of one convolution stage.
struct Stage {
    shape: ConvPoolShape,
    flops: u64,
    input: Vec<f32>,
    weight: Vec<f32>,
    bias: Vec<f32>,
    output: Vec<f32>,
    argmax: Vec<u8>,
}

impl Stage {
    fn new((stage, filters): (usize, usize)) -> Self {
        let geometry = Geometry::lab_2017(filters);
        let [channels, height, width] = geometry.stage_input(stage);
        let shape = ConvPoolShape {
            batch: BATCH,
            channels,
            height,
            width,
            filters,
            kernel: 3,
        };
        Self {
            shape,
            flops: 2 * (BATCH * height * width * shape.weight_len()) as u64,
            input: values(shape.input_len(), 1.0),
            weight: values(shape.weight_len(), 0.1),
            bias: values(filters, 0.1),
            output: vec![0.0; shape.output_len()],
            argmax: vec![0; shape.output_len()],
        }
    }

    fn forward(&mut self) {
        let (output, argmax) = (&mut self.output, &mut self.argmax);
        let input = black_box(&self.input);
        conv_pool::forward(&self.shape, input, &self.weight, &self.bias, output, argmax)
            .expect("good buffers");
    }
}

const STAGES: [(usize, usize); 4] = [(0, 16), (1, 16), (0, 32), (1, 32)];

/// Arguments are the stage, from 0, and its filters.
#[divan::bench(args = STAGES, max_time = 1)]
fn conv_pool_forward(bencher: Bencher, stage: (usize, usize)) {
    let mut stage = Stage::new(stage);
    bencher
        .counter(ItemsCount::new(stage.flops))
        .bench_local(|| stage.forward());
}

/// With the input's gradient.
#[divan::bench(args = STAGES, max_time = 1)]
fn conv_pool_backward(bencher: Bencher, stage: (usize, usize)) {
    let mut stage = Stage::new(stage);
    stage.forward();
    let upstream = values(stage.output.len(), 1.0);
    let mut to_input = vec![0.0; stage.input.len()];
    let mut to_weight = vec![0.0; stage.weight.len()];
    let mut to_bias = vec![0.0; stage.bias.len()];
    bencher
        .counter(ItemsCount::new(2 * stage.flops))
        .bench_local(|| {
            let pooled = Pooled {
                output: &stage.output,
                argmax: &stage.argmax,
            };
            let gradients = conv_pool::Gradients {
                input: Some(&mut to_input),
                weight: &mut to_weight,
                bias: &mut to_bias,
            };
            let (shape, input) = (&stage.shape, black_box(&stage.input));
            conv_pool::backward(shape, input, &stage.weight, pooled, &upstream, gradients)
        });
}

/// Arguments are inputs and outputs.
#[divan::bench(args = [(784, 128), (128, 10)], max_time = 1)]
fn dense_forward(bencher: Bencher, layer: (usize, usize)) {
    let shape = layer_shape(layer);
    let (input, weight) = (
        values(shape.input_len(), 1.0),
        values(shape.weight_len(), 0.1),
    );
    let bias = values(shape.outputs, 0.1);
    let mut output = vec![0.0; shape.output_len()];
    bencher
        .counter(ItemsCount::new(2 * BATCH * shape.weight_len()))
        .bench_local(|| dense::forward(&shape, black_box(&input), &weight, &bias, &mut output));
}

/// With the input's gradient.
#[divan::bench(args = [(784, 128), (128, 10)], max_time = 1)]
fn dense_backward(bencher: Bencher, layer: (usize, usize)) {
    let shape = layer_shape(layer);
    let (input, weight) = (
        values(shape.input_len(), 1.0),
        values(shape.weight_len(), 0.1),
    );
    let output = values(shape.output_len(), 1.0);
    let upstream = values(shape.output_len(), 1.0);
    let (mut to_input, mut to_weight) = (vec![0.0; input.len()], vec![0.0; weight.len()]);
    let mut to_bias = vec![0.0; shape.outputs];
    bencher
        .counter(ItemsCount::new(4 * BATCH * shape.weight_len()))
        .bench_local(|| {
            let gradients = dense::Gradients {
                input: Some(&mut to_input),
                weight: &mut to_weight,
                bias: &mut to_bias,
            };
            dense::backward(
                &shape,
                black_box(&input),
                &weight,
                &output,
                &upstream,
                gradients,
            )
        });
}

fn layer_shape((inputs, outputs): (usize, usize)) -> DenseShape {
    DenseShape {
        batch: BATCH,
        inputs,
        outputs,
        relu: outputs > 10,
    }
}

fn labels() -> Vec<u8> {
    (0..BATCH).map(|image| (image % 10) as u8).collect()
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
