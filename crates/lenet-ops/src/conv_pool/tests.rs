//! Every layer of the op against PyTorch's values and central differences.

use candle_core::{DType, Device, Result, Tensor};

use super::{ConvPoolShape, Pooled, backward, conv_pool, forward, reference};
use crate::real::Real;
use crate::tensor::Float;
use crate::testing::weighted::{self, Arguments, By, Outcome, WeightedCase, into, stale};
use crate::testing::{Oracle, numbers, tensor, values};

#[derive(Clone, serde::Deserialize)]
struct Case {
    name: String,
    seed: u64,
    batch: usize,
    channels: usize,
    height: usize,
    width: usize,
    filters: usize,
    kernel: usize,
    /// Whether inputs are rounded to quarters.
    grid: bool,
    input: String,
    output: Vec<f64>,
    argmax: Vec<u8>,
    input_gradient: Vec<f64>,
    weight_gradient: Vec<f64>,
    bias_gradient: Vec<f64>,
}

impl Case {
    fn shape(&self) -> ConvPoolShape {
        let &Self {
            batch,
            channels,
            height,
            width,
            filters,
            kernel,
            ..
        } = self;
        ConvPoolShape {
            batch,
            channels,
            height,
            width,
            filters,
            kernel,
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
        let round = |x: f64| {
            if self.grid {
                (4.0 * x).round_ties_even() / 4.0
            } else {
                x
            }
        };
        let mut arguments = Arguments::draw(self.seed, lengths, round);
        let [input, _, bias] = &mut arguments.of;
        match self.input.as_str() {
            "numbers" => {}
            "constant" => input.fill(T::from_f64(0.5)),
            "zeros" => {
                input.fill(T::ZERO);
                bias[0] = T::ZERO;
            }
            other => panic!("{}: unknown input {other}", self.name),
        }
        arguments
    }

    fn dims(&self) -> [Vec<usize>; 4] {
        let shape = self.shape();
        let [rows, columns] = shape.pooled();
        [
            vec![shape.batch, shape.channels, shape.height, shape.width],
            vec![shape.filters, shape.channels, shape.kernel, shape.kernel],
            vec![shape.filters],
            vec![shape.batch, shape.filters, rows, columns],
        ]
    }

    fn run<T: Float>(&self, arguments: &Arguments<T>, by: By) -> Outcome<T> {
        let (shape, upstream) = (&self.shape(), &arguments.upstream);
        let [input, weight, bias] = &arguments.of;
        let len = shape.output_len();
        let (mut output, mut argmax) = (stale(len), vec![9; len]);
        match by {
            By::Reference => {
                reference::forward(shape, input, weight, bias, &mut output, &mut argmax);
            }
            By::Slices => forward(shape, input, weight, bias, &mut output, &mut argmax).unwrap(),
        }
        let mut gradients = arguments.of.each_ref().map(|of| stale(of.len()));
        let pooled = Pooled {
            output: &output,
            argmax: &argmax,
        };
        let to = into(&mut gradients);
        match by {
            By::Reference => reference::backward(shape, input, weight, pooled, upstream, to),
            By::Slices => backward(shape, input, weight, pooled, upstream, to).unwrap(),
        }
        Outcome {
            output,
            argmax: Some(argmax),
            gradients,
        }
    }

    fn apply(&self, [input, weight, bias]: [&Tensor; 3]) -> Result<Tensor> {
        conv_pool(input, weight, bias)
    }

    fn want(&self) -> Outcome<f64> {
        let case = self.clone();
        Outcome {
            output: case.output,
            argmax: Some(case.argmax),
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

/// One image of one channel and one 1×1 filter.
fn smallest() -> Case {
    let case = cases().into_iter().find(|case| case.name == "smallest");
    case.expect("oracle.json has it")
}

#[test]
fn agrees_with_pytorch_in_f64() {
    weighted::agrees_with_pytorch::<f64>(&cases(), 1e-12);
}

#[test]
fn agrees_with_pytorch_in_f32() {
    // Sums of at most a few hundred terms round to within 1e-5 of the double result.
    weighted::agrees_with_pytorch::<f32>(&cases(), 1e-5);
}

#[test]
fn gradients_are_central_differences() {
    weighted::gradients_are_central_differences(&cases());
}

#[test]
fn nan_wins_its_window_and_flows_back() {
    // PyTorch 2.11 gives the argmax 3 here, the last of the NaN, and passes the gradient there.
    let arguments = Arguments {
        of: [vec![5.0, f64::NAN, 7.0, f64::NAN], vec![1.0], vec![0.0]],
        upstream: vec![2.0],
    };
    let got = smallest().run(&arguments, By::Reference);
    assert!(got.output[0].is_nan());
    assert_eq!(got.argmax.unwrap(), [3]);
    assert_eq!(got.gradients[0], [0.0, 0.0, 0.0, 2.0]);
    assert!(got.gradients[1][0].is_nan());
}

#[test]
fn strided_tensors_are_taken() {
    let (input, weight) = (
        numbers::<f64>(1, 2 * 4 * 6 * 3),
        numbers::<f64>(2, 3 * 3 * 9),
    );
    let bias = tensor(&numbers::<f64>(3, 6), &[6]);
    // [N, H, W, C] and [C, F, K, K] turned to what the op takes; every second bias.
    let input = tensor(&input, &[2, 4, 6, 3]).permute((0, 3, 1, 2)).unwrap();
    let weight = tensor(&weight, &[3, 3, 3, 3]).transpose(0, 1).unwrap();
    let bias = bias.narrow(0, 2, 3).unwrap();
    let strided = conv_pool(&input, &weight, &bias).unwrap();
    let copies = [&input, &weight, &bias].map(|t| t.force_contiguous().unwrap());
    let contiguous = conv_pool(&copies[0], &copies[1], &copies[2]).unwrap();
    assert_eq!(values::<f64>(&strided), values::<f64>(&contiguous));
    assert!(values::<f64>(&strided).iter().any(|&x| x > 0.0));
}

#[test]
fn misfits_are_refused_with_a_sentence() {
    let zeros = |dims: &[usize]| Tensor::zeros(dims, DType::F32, &Device::Cpu).unwrap();
    let [x, w, b] = [zeros(&[2, 3, 4, 4]), zeros(&[5, 3, 3, 3]), zeros(&[5])];
    let double = w.to_dtype(DType::F64).unwrap();
    let half = x.to_dtype(DType::BF16).unwrap();
    let axes = "[images, channels, height, width] is needed";
    let [flat, low] = [zeros(&[3, 4, 4]), zeros(&[2, 3, 4, 1])];
    let [fewer, oblong] = [zeros(&[5, 2, 3, 3]), zeros(&[5, 3, 3, 1])];
    let [even, short] = [zeros(&[5, 3, 2, 2]), zeros(&[4])];
    let [none, of_none] = [zeros(&[2, 0, 4, 4]), zeros(&[5, 0, 3, 3])];
    weighted::refuses(
        |[input, weight, bias]| conv_pool(input, weight, bias),
        &[
            ([&flat, &w, &b], axes),
            ([&x, &fewer, &b], "[5, 3, 3, 3] is needed"),
            ([&x, &oblong, &b], "[5, 3, 3, 3] is needed"),
            ([&x, &even, &b], "kernel side 2 is not an odd number"),
            ([&x, &w, &short], "bias has shape [4], but [5] is needed"),
            ([&x, &double, &b], "weight is F64 and input F32"),
            ([&half, &w, &b], "f32 or f64, not BF16"),
            ([&low, &w, &b], "no 2×2 window"),
            ([&none, &of_none, &b], "at least one of each"),
        ],
    );
    let empty = conv_pool(&zeros(&[0, 3, 4, 4]), &w, &b).unwrap();
    assert_eq!(empty.dims(), [0, 5, 2, 2]);
}

#[test]
fn short_buffers_are_refused() {
    let (shape, one) = (smallest().shape(), [0.0; 1]);
    let error = forward(&shape, &[0.0; 4], &one, &one, &mut [0.0; 2], &mut [0; 1]);
    let error = error.unwrap_err().to_string();
    assert_eq!(
        error,
        "conv_pool: `output` has 2 elements, its shape needs 1"
    );
}
