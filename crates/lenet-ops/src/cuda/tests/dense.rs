//! The dense kernels against the plain loops.

mod tiles;

use super::tf32::operands;
use super::{PLACES, doubles, gpu, print_bits, run, size, slot_count};
use crate::cuda::Gpu;
use crate::cuda::types::{Clock, NULL, NetworkConstants};
use crate::dense::cuda::{
    DenseForward, DenseInputGradient, DenseWeightGradient, DenseWeightGradients, forward,
    input_gradient, is_for_tensor_cores, weight_gradients,
};
use crate::dense::{DenseShape, Gradients, reference};
use crate::dropout;
use crate::dropout::Mask;
use crate::testing::{Comparison, numbers};
use lenet_core::Optimizer;
use lenet_core::Precision;

const RELATIVE: f64 = 1e-5;

/// Inputs and outputs; the last three reach the large tiles.
const SIZES: [[usize; 2]; 8] = [
    [784, 128],
    [128, 10],
    [1, 1],
    [37, 5],
    [300, 256],
    [65, 33],
    [33, 2050],
    [2050, 33],
];

/// Those that tensor cores compute; many inputs or outputs reach the large tiles.
const TF32_SIZES: [[usize; 2]; 3] = [[784, 128], [1500, 66], [66, 1500]];

/// Everything that one layer of one launch has.
struct Layer<'a> {
    gpu: &'a Gpu,
    precision: Precision,
    shape: DenseShape,
    slots: &'a [u32],
    stride: usize,
    parameter_stride: usize,
    parameters: Vec<f32>,
    input: Vec<f32>,
    name: String,
}

const WEIGHT: usize = 4;

impl<'a> Layer<'a> {
    fn new(
        gpu: &'a Gpu,
        precision: Precision,
        batch: usize,
        [inputs, outputs]: [usize; 2],
        slots: &'a [u32],
    ) -> Self {
        let shape = DenseShape {
            batch,
            inputs,
            outputs,
            relu: true,
        };
        let parameter_stride = (WEIGHT + (inputs + 1) * outputs).next_multiple_of(4);
        let stride = batch + 1;
        Self {
            gpu,
            precision,
            shape,
            slots,
            stride,
            parameter_stride,
            parameters: numbers(1, slot_count(slots) * parameter_stride),
            input: numbers(2, slots.len() * stride * inputs),
            name: format!("{precision}, {inputs} to {outputs}, {batch} images, {slots:?}"),
        }
    }

    fn sizes(&self) -> (usize, usize) {
        (self.shape.inputs, self.shape.outputs)
    }

    fn weights(&self) -> usize {
        self.shape.inputs * self.shape.outputs
    }

    /// Weight and bias of a slot.
    fn of_slot(&self, slot: u32) -> (Vec<f64>, Vec<f64>) {
        let start = slot as usize * self.parameter_stride + WEIGHT;
        let own = &self.parameters[start..][..self.weights() + self.shape.outputs];
        let (weight, bias) = own.split_at(self.weights());
        (operands(weight, self.precision), doubles(bias))
    }

    fn of_place<'b>(&self, values: &'b [f32], place: usize, units: usize) -> &'b [f32] {
        &values[place * self.stride * units..][..self.shape.batch * units]
    }

    /// The input of a place as it is multiplied.
    fn input(&self, place: usize) -> Vec<f64> {
        let input = self.of_place(&self.input, place, self.shape.inputs);
        operands(input, self.precision)
    }

    fn forward(&self, relu: bool, dropout: Option<Mask>) -> Vec<f32> {
        let DenseShape {
            batch,
            inputs,
            outputs,
            ..
        } = self.shape;
        let output = self
            .gpu
            .zeroed::<f32>(self.slots.len() * self.stride * outputs)
            .unwrap();
        let [parameters, input] =
            [&self.parameters, &self.input].map(|v| self.gpu.upload(v).unwrap());
        let slots = self.gpu.upload(self.slots).unwrap();
        // Each slot draws under a seed of its own.
        let constants: Vec<NetworkConstants> = (0..slot_count(self.slots) as u64)
            .map(|slot| {
                let own = dropout.map(|mask| Mask {
                    seed: mask.seed + slot,
                    ..mask
                });
                let first_step = dropout.map_or(0, |mask| mask.step - 3);
                NetworkConstants::new(&Optimizer::SGD, first_step).with_dropout(own)
            })
            .collect();
        let constants = self.gpu.upload(&constants).unwrap();
        let clock = Clock {
            batch: 2,
            ticket: 0,
        };
        let clock = self.gpu.upload(&[clock]).unwrap();
        let arguments = DenseForward {
            input: input.pointer(),
            parameters: parameters.pointer(),
            output: output.pointer(),
            constants: constants.pointer(),
            clock: clock.pointer(),
            slots: slots.pointer(),
            parameter_stride: size(self.parameter_stride),
            weight: size(WEIGHT),
            bias: size(WEIGHT + self.weights()),
            inputs: size(inputs),
            outputs: size(outputs),
            images: size(batch),
            stride: size(self.stride),
            relu: u32::from(relu),
            dropout: u32::from(dropout.is_some()),
            padding: 0,
        };
        let launch = forward(batch, self.sizes(), self.slots.len(), self.precision);
        run(self.gpu, &launch, &arguments);
        output.to_vec().unwrap()
    }

    /// Gradient of the input; where `masked`, 0 where the input is not above 0.
    fn input_gradient(&self, upstream: &[f32], masked: bool) -> Vec<f32> {
        let gradient = self.gpu.upload(upstream).unwrap();
        let [parameters, input] =
            [&self.parameters, &self.input].map(|v| self.gpu.upload(v).unwrap());
        let slots = self.gpu.upload(self.slots).unwrap();
        let result = self.gpu.zeroed::<f32>(self.input.len()).unwrap();
        let arguments = DenseInputGradient {
            gradient: gradient.pointer(),
            parameters: parameters.pointer(),
            input: if masked { input.pointer() } else { NULL },
            input_gradient: result.pointer(),
            slots: slots.pointer(),
            parameter_stride: size(self.parameter_stride),
            weight: size(WEIGHT),
            inputs: size(self.shape.inputs),
            outputs: size(self.shape.outputs),
            images: size(self.shape.batch),
            stride: size(self.stride),
        };
        let launch = input_gradient(
            self.shape.batch,
            self.sizes(),
            self.slots.len(),
            self.precision,
        );
        run(self.gpu, &launch, &arguments);
        result.to_vec().unwrap()
    }

    /// Gradients of weights and biases, this layer being the second of two equal ones.
    fn weight_gradients(&self, upstream: &[f32]) -> (Vec<f32>, usize) {
        let DenseShape {
            batch,
            inputs,
            outputs,
            ..
        } = self.shape;
        let gradient = self.gpu.upload(upstream).unwrap();
        let input = self.gpu.upload(&self.input).unwrap();
        let places = self.slots.len();
        let (launch, first_blocks) = weight_gradients(
            &[self.sizes(); 2],
            places,
            is_for_tensor_cores(self.sizes(), self.precision),
        );
        let count = self.weights() + outputs;
        let gradient_stride = (2 * count).next_multiple_of(4);
        let layer = |index: usize| DenseWeightGradient {
            input: input.pointer(),
            gradient: gradient.pointer(),
            inputs: size(inputs),
            outputs: size(outputs),
            weight: size(index * count),
            bias: size(index * count + self.weights()),
            first_block: first_blocks[index],
            padding: 0,
        };
        let layers = self.gpu.upload(&[layer(0), layer(1)]).unwrap();
        let result = self.gpu.zeroed::<f32>(places * gradient_stride).unwrap();
        let arguments = DenseWeightGradients {
            layers: layers.pointer(),
            gradients: result.pointer(),
            layer_count: 2,
            gradient_stride: size(gradient_stride),
            images: size(batch),
            stride: size(self.stride),
        };
        run(self.gpu, &launch, &arguments);
        (result.to_vec().unwrap(), gradient_stride)
    }
}

/// Calls `f` for each size, batch and set of places.
fn for_each_layer(mut f: impl FnMut(&Layer<'_>, &mut Comparison)) {
    let gpu = gpu();
    let mut comparison = Comparison::default();
    for sizes in SIZES {
        for batch in [1, 3, 16, 100, 128] {
            for slots in PLACES {
                let large = sizes[0] * sizes[1] > 60_000;
                if large && (slots.len() != 3 || ![3, 100].contains(&batch)) {
                    continue;
                }
                let layer = Layer::new(&gpu, Precision::Single, batch, sizes, slots);
                f(&layer, &mut comparison);
            }
        }
    }
    for sizes in TF32_SIZES {
        for (batch, slots) in [(3, PLACES[0]), (100, PLACES[1])] {
            let layer = Layer::new(&gpu, Precision::Tf32, batch, sizes, slots);
            assert!(is_for_tensor_cores(layer.sizes(), layer.precision));
            f(&layer, &mut comparison);
        }
    }
    comparison.finish();
}

#[test]
fn outputs_are_as_the_plain_loops() {
    for_each_layer(|layer, comparison| {
        let units = layer.shape.outputs;
        for relu in [false, true] {
            let output = layer.forward(relu, None);
            for (place, &slot) in layer.slots.iter().enumerate() {
                let got = layer.of_place(&output, place, units);
                let want = plain(layer, place, slot, relu);
                let what = format!("{}, relu {relu}", layer.name);
                comparison.close(&what, got, &want, RELATIVE);
                print_bits(&what, got);
            }
        }
    });
}

#[test]
fn dropout_draws_the_same_masks() {
    let dropout = Mask {
        rate: 0.4,
        seed: 0xdead_beef_1234_5678,
        step: (7 << 32) + 5,
    };
    for_each_layer(|layer, comparison| {
        let units = layer.shape.outputs;
        let output = layer.forward(true, Some(dropout));
        for (place, &slot) in layer.slots.iter().enumerate() {
            let own = Mask {
                seed: dropout.seed + u64::from(slot),
                ..dropout
            };
            let mut want = plain(layer, place, slot, true);
            let mut scales = vec![0.0f32; units];
            for (image, row) in want.chunks_mut(units).enumerate() {
                dropout::reference::scale_factors(own, image, &mut scales);
                for (value, &scale) in row.iter_mut().zip(&scales) {
                    *value *= f64::from(scale);
                }
            }
            let got = layer.of_place(&output, place, units);
            comparison.close(&layer.name, got, &want, RELATIVE);
            let zeros = |values: &mut dyn Iterator<Item = bool>| values.collect::<Vec<_>>();
            let got = zeros(&mut got.iter().map(|&v| v == 0.0));
            let want = zeros(&mut want.iter().map(|&v| v == 0.0));
            comparison.equal(&layer.name, &got, &want);
        }
    });
}

/// What the plain loops give for a place.
fn plain(layer: &Layer<'_>, place: usize, slot: u32, relu: bool) -> Vec<f64> {
    let shape = DenseShape {
        relu,
        ..layer.shape
    };
    let input = layer.input(place);
    let (weight, bias) = layer.of_slot(slot);
    let mut want = vec![0.0; shape.batch * shape.outputs];
    reference::forward(&shape, &input, &weight, &bias, &mut want);
    want
}

#[test]
fn gradients_are_as_the_plain_loops() {
    for_each_layer(|layer, comparison| {
        let shape = DenseShape {
            relu: false,
            ..layer.shape
        };
        let upstream = numbers::<f32>(3, layer.slots.len() * layer.stride * shape.outputs);
        let free = layer.input_gradient(&upstream, false);
        let masked = layer.input_gradient(&upstream, true);
        let (gradients, gradient_stride) = layer.weight_gradients(&upstream);
        for (place, &slot) in layer.slots.iter().enumerate() {
            let input = layer.input(place);
            let upstream = layer.of_place(&upstream, place, shape.outputs);
            let (weight, _) = layer.of_slot(slot);
            let mut of_input = vec![0.0; input.len()];
            let mut wanted = vec![0.0; weight.len() + shape.outputs];
            let (of_weight, of_bias) = wanted.split_at_mut(weight.len());
            reference::backward(
                &shape,
                &input,
                &weight,
                &[],
                &operands(upstream, layer.precision),
                Gradients {
                    input: Some(&mut of_input),
                    weight: of_weight,
                    bias: of_bias,
                },
            );
            // Biases are added up in f32.
            of_bias.fill(0.0);
            for (at, &gradient) in upstream.iter().enumerate() {
                of_bias[at % shape.outputs] += f64::from(gradient);
            }
            let name = |what: &str| format!("{}: {what}", layer.name);
            let got = layer.of_place(&free, place, shape.inputs);
            comparison.close(&name("input"), got, &of_input, RELATIVE);
            print_bits(&name("input"), got);
            for (gradient, value) in of_input.iter_mut().zip(&input) {
                if *value <= 0.0 {
                    *gradient = 0.0;
                }
            }
            let got = layer.of_place(&masked, place, shape.inputs);
            comparison.close(&name("masked input"), got, &of_input, RELATIVE);
            let got = &gradients[place * gradient_stride..];
            for index in 0..2 {
                let got = &got[index * wanted.len()..][..wanted.len()];
                comparison.close(&name("parameters"), got, &wanted, RELATIVE);
                print_bits(&name("parameters"), got);
            }
        }
    });
}
