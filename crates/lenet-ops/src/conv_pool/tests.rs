//! Every layer of the op against PyTorch's values and central differences.

use candle_core::{DType, Tensor, Var};

use super::{ConvPoolShape, Gradients, Kernels, Pooled, backward, conv_pool, forward, reference};
use crate::real::Real;
use crate::tensor::Float;
use crate::testing::{Comparison, Oracle, central_differences, dot, numbers, tensor, values};

#[derive(serde::Deserialize)]
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

struct Arguments<T> {
    input: Vec<T>,
    weight: Vec<T>,
    bias: Vec<T>,
    upstream: Vec<T>,
}

/// Output, argmax, and gradients of input, weight and bias.
struct Outcome<T> {
    output: Vec<T>,
    argmax: Option<Vec<u8>>,
    gradients: [Vec<T>; 3],
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

    fn arguments<T: Real>(&self) -> Arguments<T> {
        let shape = self.shape();
        let draw = |offset: u64, count: usize| -> Vec<T> {
            let round = |x: f64| {
                if self.grid {
                    (4.0 * x).round_ties_even() / 4.0
                } else {
                    x
                }
            };
            let drawn = numbers::<f64>(self.seed + offset, count);
            drawn.into_iter().map(|x| T::from_f64(round(x))).collect()
        };
        let mut arguments = Arguments {
            input: draw(0, shape.input_len()),
            weight: draw(1, shape.weight_len()),
            bias: draw(2, shape.filters),
            upstream: numbers(self.seed + 3, shape.output_len()),
        };
        match self.input.as_str() {
            "numbers" => {}
            "constant" => arguments.input.fill(T::from_f64(0.5)),
            "zeros" => {
                arguments.input.fill(T::ZERO);
                arguments.bias[0] = T::ZERO;
            }
            other => panic!("{}: unknown input {other}", self.name),
        }
        arguments
    }

    fn compare<T: Real>(
        &self,
        comparison: &mut Comparison,
        by: &str,
        got: &Outcome<T>,
        tolerance: f64,
    ) {
        let name = |part: &str| format!("{} by {by}: {part}", self.name);
        comparison.close(&name("output"), &got.output, &self.output, tolerance);
        if let Some(argmax) = &got.argmax {
            comparison.equal(&name("argmax"), argmax, &self.argmax);
        }
        let want = [
            &self.input_gradient,
            &self.weight_gradient,
            &self.bias_gradient,
        ];
        for ((got, want), of) in got
            .gradients
            .iter()
            .zip(want)
            .zip(["input", "weight", "bias"])
        {
            comparison.close(&name(&format!("{of} gradient")), got, want, tolerance);
        }
    }
}

fn by_reference<T: Real>(shape: &ConvPoolShape, arguments: &Arguments<T>) -> Outcome<T> {
    let Arguments {
        input,
        weight,
        bias,
        upstream,
    } = arguments;
    let (mut output, mut argmax) = (stale(shape.output_len()), vec![9; shape.output_len()]);
    reference::forward(shape, input, weight, bias, &mut output, &mut argmax);
    let mut gradients = [&arguments.input, weight, bias].map(|of| stale(of.len()));
    let [input_gradient, weight_gradient, bias_gradient] = &mut gradients;
    let (pooled, into) = (
        Pooled {
            output: &output,
            argmax: &argmax,
        },
        Gradients {
            input: Some(input_gradient),
            weight: weight_gradient,
            bias: bias_gradient,
        },
    );
    reference::backward(shape, input, weight, pooled, upstream, into);
    Outcome {
        output,
        argmax: Some(argmax),
        gradients,
    }
}

fn by_slices<T: Kernels>(shape: &ConvPoolShape, arguments: &Arguments<T>) -> Outcome<T> {
    let Arguments {
        input,
        weight,
        bias,
        upstream,
    } = arguments;
    let (mut output, mut argmax) = (stale(shape.output_len()), vec![9; shape.output_len()]);
    forward(shape, input, weight, bias, &mut output, &mut argmax).unwrap();
    let mut gradients = [&arguments.input, weight, bias].map(|of| stale(of.len()));
    let [input_gradient, weight_gradient, bias_gradient] = &mut gradients;
    let (pooled, into) = (
        Pooled {
            output: &output,
            argmax: &argmax,
        },
        Gradients {
            input: Some(input_gradient),
            weight: weight_gradient,
            bias: bias_gradient,
        },
    );
    backward(shape, input, weight, pooled, upstream, into).unwrap();
    Outcome {
        output,
        argmax: Some(argmax),
        gradients,
    }
}

fn by_tensors<T: Float>(shape: &ConvPoolShape, arguments: &Arguments<T>) -> Outcome<T> {
    let &ConvPoolShape {
        batch,
        channels,
        height,
        width,
        filters,
        kernel,
    } = shape;
    let [rows, columns] = shape.pooled();
    let variable = |values: &[T], dims: &[usize]| Var::from_tensor(&tensor(values, dims)).unwrap();
    let input = variable(&arguments.input, &[batch, channels, height, width]);
    let weight = variable(&arguments.weight, &[filters, channels, kernel, kernel]);
    let bias = variable(&arguments.bias, &[filters]);
    let output = conv_pool(&input, &weight, &bias).unwrap();
    let upstream = tensor(&arguments.upstream, &[batch, filters, rows, columns]);
    let loss = (&output * upstream).unwrap().sum_all().unwrap();
    let store = loss.backward().unwrap();
    let gradients = [input, weight, bias].map(|of| values(store.get(&of).unwrap()));
    Outcome {
        output: values(&output),
        argmax: None,
        gradients,
    }
}

/// A buffer whose contents must be overwritten.
fn stale<T: Real>(len: usize) -> Vec<T> {
    vec![T::from_f64(1e3); len]
}

fn oracle() -> Oracle<Case> {
    Oracle::parse(include_str!("oracle.json"))
}

#[test]
fn agrees_with_pytorch_in_f64() {
    let mut comparison = Comparison::default();
    for case in &oracle().cases {
        let (shape, arguments) = (case.shape(), case.arguments::<f64>());
        case.compare(
            &mut comparison,
            "reference",
            &by_reference(&shape, &arguments),
            1e-12,
        );
        case.compare(
            &mut comparison,
            "slices",
            &by_slices(&shape, &arguments),
            1e-12,
        );
        case.compare(
            &mut comparison,
            "tensors",
            &by_tensors(&shape, &arguments),
            1e-12,
        );
    }
    comparison.finish();
}

#[test]
fn agrees_with_pytorch_in_f32() {
    // Sums of at most a few hundred terms round to within 1e-5 of the double result.
    let mut comparison = Comparison::default();
    for case in &oracle().cases {
        let (shape, arguments) = (case.shape(), case.arguments::<f32>());
        case.compare(
            &mut comparison,
            "reference",
            &by_reference(&shape, &arguments),
            1e-5,
        );
        case.compare(
            &mut comparison,
            "slices",
            &by_slices(&shape, &arguments),
            1e-5,
        );
        case.compare(
            &mut comparison,
            "tensors",
            &by_tensors(&shape, &arguments),
            1e-5,
        );
    }
    comparison.finish();
}

#[test]
fn gradients_are_central_differences() {
    let mut comparison = Comparison::default();
    for case in oracle().cases.iter().filter(|case| !case.grid) {
        let (shape, mut arguments) = (case.shape(), case.arguments::<f64>());
        let got = by_reference(&shape, &arguments);
        for (which, of) in ["input", "weight", "bias"].into_iter().enumerate() {
            fn varied<T>(arguments: &mut Arguments<T>, which: usize) -> &mut Vec<T> {
                [
                    &mut arguments.input,
                    &mut arguments.weight,
                    &mut arguments.bias,
                ]
                .into_iter()
                .nth(which)
                .unwrap()
            }
            let at = varied(&mut arguments, which).clone();
            let want = central_differences(&at, |point| {
                varied(&mut arguments, which).copy_from_slice(point);
                let Arguments {
                    input,
                    weight,
                    bias,
                    upstream,
                } = &arguments;
                let mut output = vec![0.0; shape.output_len()];
                let mut argmax = vec![0; shape.output_len()];
                reference::forward(&shape, input, weight, bias, &mut output, &mut argmax);
                dot(&output, upstream)
            });
            varied(&mut arguments, which).copy_from_slice(&at);
            comparison.close(
                &format!("{}: {of}", case.name),
                &got.gradients[which],
                &want,
                1e-6,
            );
        }
    }
    comparison.finish();
}

#[test]
fn nan_wins_its_window_and_flows_back() {
    // PyTorch 2.11 gives the argmax 3 here, the last of the NaN, and passes the gradient there.
    let shape = ConvPoolShape {
        batch: 1,
        channels: 1,
        height: 2,
        width: 2,
        filters: 1,
        kernel: 1,
    };
    let (weight, upstream) = (vec![1.0], vec![2.0]);
    let input = vec![5.0, f64::NAN, 7.0, f64::NAN];
    let got = by_reference(
        &shape,
        &Arguments {
            input,
            weight,
            bias: vec![0.0],
            upstream,
        },
    );
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
    let cpu = &candle_core::Device::Cpu;
    let zeros = |dims: &[usize]| Tensor::zeros(dims, DType::F32, cpu).unwrap();
    let [x, w, b] = [zeros(&[2, 3, 4, 4]), zeros(&[5, 3, 3, 3]), zeros(&[5])];
    let double = w.to_dtype(DType::F64).unwrap();
    let half = x.to_dtype(DType::BF16).unwrap();
    let cases = [
        (
            &zeros(&[3, 4, 4]),
            &w,
            &b,
            "[images, channels, height, width] is needed",
        ),
        (&x, &zeros(&[5, 2, 3, 3]), &b, "[5, 3, 3, 3] is needed"),
        (&x, &zeros(&[5, 3, 3, 1]), &b, "[5, 3, 3, 3] is needed"),
        (
            &x,
            &zeros(&[5, 3, 2, 2]),
            &b,
            "kernel side 2 is not an odd number",
        ),
        (
            &x,
            &w,
            &zeros(&[4]),
            "bias has shape [4], but [5] is needed",
        ),
        (&x, &double, &b, "weight is F64 and input F32"),
        (&half, &w, &b, "f32 or f64, not BF16"),
        (&zeros(&[2, 3, 4, 1]), &w, &b, "no 2×2 window"),
        (
            &zeros(&[2, 0, 4, 4]),
            &zeros(&[5, 0, 3, 3]),
            &b,
            "at least one of each",
        ),
    ];
    for (x, w, b, want) in cases {
        let error = conv_pool(x, w, b).expect_err(want).to_string();
        assert!(error.contains(want), "{error}\ndoes not say: {want}");
    }
    assert_eq!(
        conv_pool(&zeros(&[0, 3, 4, 4]), &w, &b).unwrap().dims(),
        [0, 5, 2, 2]
    );
}

#[test]
fn short_buffers_are_refused() {
    let shape = ConvPoolShape {
        batch: 1,
        channels: 1,
        height: 2,
        width: 2,
        filters: 1,
        kernel: 1,
    };
    let error = forward(
        &shape,
        &[0.0; 4],
        &[0.0; 1],
        &[0.0; 1],
        &mut [0.0; 2],
        &mut [0; 1],
    );
    let error = error.unwrap_err().to_string();
    assert_eq!(
        error,
        "conv_pool: `output` has 2 elements, its shape needs 1"
    );
}
