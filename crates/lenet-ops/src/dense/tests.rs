//! Every layer of the op against PyTorch's values and central differences.

use candle_core::{DType, Device, Result, Tensor};

use super::{DenseShape, backward, dense, forward, reference};
use crate::real::Real;
use crate::tensor::Float;
use crate::testing::weighted::{self, Arguments, By, Outcome, WeightedCase, into, stale};
use crate::testing::{Comparison, Oracle, numbers, tensor, values};

#[derive(Clone, serde::Deserialize)]
struct Case {
    name: String,
    seed: u64,
    batch: usize,
    inputs: usize,
    outputs: usize,
    relu: bool,
    /// Whether arguments are rounded to halves.
    grid: bool,
    output: Vec<f64>,
    input_gradient: Vec<f64>,
    weight_gradient: Vec<f64>,
    bias_gradient: Vec<f64>,
}

impl Case {
    fn shape(&self) -> DenseShape {
        let &Self {
            batch,
            inputs,
            outputs,
            relu,
            ..
        } = self;
        DenseShape {
            batch,
            inputs,
            outputs,
            relu,
        }
    }
}

impl WeightedCase for Case {
    fn name(&self) -> &str {
        &self.name
    }

    fn has_ties(&self) -> bool {
        self.grid
    }

    fn arguments<T: Real>(&self) -> Arguments<T> {
        let lengths = self.dims().map(|dims| dims.iter().product());
        Arguments::draw(self.seed, lengths, |x| {
            if self.grid {
                (2.0 * x).round_ties_even() / 2.0
            } else {
                x
            }
        })
    }

    fn dims(&self) -> [Vec<usize>; 4] {
        let (batch, inputs, outputs) = (self.batch, self.inputs, self.outputs);
        [
            vec![batch, inputs],
            vec![outputs, inputs],
            vec![outputs],
            vec![batch, outputs],
        ]
    }

    fn run<T: Float>(&self, arguments: &Arguments<T>, by: By) -> Outcome<T> {
        let (shape, upstream) = (&self.shape(), &arguments.upstream);
        let [input, weight, bias] = &arguments.of;
        let mut output = stale(shape.output_len());
        match by {
            By::Reference => reference::forward(shape, input, weight, bias, &mut output),
            By::Slices => forward(shape, input, weight, bias, &mut output).unwrap(),
        }
        let mut gradients = arguments.of.each_ref().map(|of| stale(of.len()));
        let to = into(&mut gradients);
        match by {
            By::Reference => reference::backward(shape, input, weight, &output, upstream, to),
            By::Slices => backward(shape, input, weight, &output, upstream, to).unwrap(),
        }
        Outcome {
            output,
            argmax: None,
            gradients,
        }
    }

    fn apply(&self, [input, weight, bias]: [&Tensor; 3]) -> Result<Tensor> {
        dense(input, weight, bias, self.relu)
    }

    fn want(&self) -> Outcome<f64> {
        let case = self.clone();
        Outcome {
            output: case.output,
            argmax: None,
            gradients: [
                case.input_gradient,
                case.weight_gradient,
                case.bias_gradient,
            ],
        }
    }
}

fn cases() -> Vec<Case> {
    Oracle::parse(include_str!("oracle.json")).cases
}

#[test]
fn agrees_with_pytorch_in_f64() {
    weighted::agrees_with_pytorch::<f64>(&cases(), 1e-12);
}

#[test]
fn agrees_with_pytorch_in_f32() {
    weighted::agrees_with_pytorch::<f32>(&cases(), 1e-5);
}

#[test]
fn gradients_are_central_differences() {
    weighted::gradients_are_central_differences(&cases());
}

#[test]
fn nan_passes_relu() {
    let case = cases().into_iter().find(|case| case.name == "one of each");
    let case = Case {
        relu: true,
        ..case.expect("oracle.json has it")
    };
    let arguments = Arguments {
        of: [vec![f64::NAN], vec![1.0], vec![0.0]],
        upstream: vec![2.0],
    };
    let got = case.run(&arguments, By::Reference);
    let [input, weight, bias] = got.gradients;
    assert!(got.output[0].is_nan() && weight[0].is_nan());
    assert_eq!((input[0], bias[0]), (2.0, 2.0));
}

#[test]
fn strided_tensors_are_taken() {
    let input = tensor(&numbers::<f64>(1, 12), &[4, 3]).t().unwrap();
    let weight = tensor(&numbers::<f64>(2, 20), &[4, 5]).t().unwrap();
    let bias = tensor(&numbers::<f64>(3, 9), &[9]).narrow(0, 4, 5).unwrap();
    let strided = dense(&input, &weight, &bias, false).unwrap();
    let want = input
        .matmul(&weight.t().unwrap())
        .unwrap()
        .broadcast_add(&bias)
        .unwrap();
    let mut comparison = Comparison::default();
    comparison.close("strided", &values::<f64>(&strided), &values(&want), 1e-12);
    comparison.finish();
}

#[test]
fn misfits_are_refused_with_a_sentence() {
    let zeros = |dims: &[usize]| Tensor::zeros(dims, DType::F32, &Device::Cpu).unwrap();
    let [x, w, b] = [zeros(&[2, 3]), zeros(&[5, 3]), zeros(&[5])];
    let whole = x.to_dtype(DType::U32).unwrap();
    let [three, narrow, column] = [zeros(&[3]), zeros(&[5, 2]), zeros(&[5, 1])];
    let [none, of_none] = [zeros(&[2, 0]), zeros(&[5, 0])];
    let of_input = "input has shape [3], but [rows, inputs] is needed";
    let of_weight = "weight has shape [5], but [outputs, inputs] is needed";
    let of_narrow = "weight has shape [5, 2], but [5, 3] is needed";
    let of_column = "bias has shape [5, 1], but [5] is needed";
    weighted::refuses(
        |[input, weight, bias]| dense(input, weight, bias, true),
        &[
            ([&three, &w, &b], of_input),
            ([&x, &b, &b], of_weight),
            ([&x, &narrow, &b], of_narrow),
            ([&x, &w, &column], of_column),
            ([&whole, &w, &b], "f32 or f64, not U32"),
            ([&none, &of_none, &b], "0 inputs and 5 outputs"),
        ],
    );
    assert_eq!(dense(&zeros(&[0, 3]), &w, &b, true).unwrap().dims(), [0, 5]);
}
