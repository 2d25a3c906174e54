//! Every layer of the op against PyTorch's values and central differences.

use candle_core::{DType, Device, Tensor, Var};

use super::{DenseShape, Gradients, Kernels, backward, dense, forward, reference};
use crate::real::Real;
use crate::tensor::Float;
use crate::testing::{Comparison, Oracle, central_differences, dot, numbers, tensor, values};

#[derive(serde::Deserialize)]
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

/// Input, weight and bias, then the upstream gradient.
type Arguments<T> = ([Vec<T>; 3], Vec<T>);

/// Output, then gradients of input, weight and bias.
type Outcome<T> = (Vec<T>, [Vec<T>; 3]);

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

    fn arguments<T: Real>(&self) -> Arguments<T> {
        let shape = self.shape();
        let round = |x: f64| {
            if self.grid {
                (2.0 * x).round_ties_even() / 2.0
            } else {
                x
            }
        };
        let draw = |offset: u64, count: usize| {
            let drawn = numbers::<f64>(self.seed + offset, count).into_iter();
            drawn.map(|x| T::from_f64(round(x))).collect()
        };
        let of = [
            draw(0, shape.input_len()),
            draw(1, shape.weight_len()),
            draw(2, shape.outputs),
        ];
        (of, numbers(self.seed + 3, shape.output_len()))
    }

    fn compare<T: Real>(&self, to: &mut Comparison, by: &str, got: &Outcome<T>, tolerance: f64) {
        let name = |part: &str| format!("{} by {by}: {part}", self.name);
        to.close(&name("output"), &got.0, &self.output, tolerance);
        let want = [
            &self.input_gradient,
            &self.weight_gradient,
            &self.bias_gradient,
        ];
        for ((got, want), of) in got.1.iter().zip(want).zip(["input", "weight", "bias"]) {
            to.close(&name(&format!("{of} gradient")), got, want, tolerance);
        }
    }
}

fn by_reference<T: Real>(shape: &DenseShape, (of, upstream): &Arguments<T>) -> Outcome<T> {
    let [input, weight, bias] = of;
    let mut output = stale(shape.output_len());
    reference::forward(shape, input, weight, bias, &mut output);
    let mut gradients = of.each_ref().map(|of| stale(of.len()));
    reference::backward(
        shape,
        input,
        weight,
        &output,
        upstream,
        into(&mut gradients),
    );
    (output, gradients)
}

fn by_slices<T: Kernels>(shape: &DenseShape, (of, upstream): &Arguments<T>) -> Outcome<T> {
    let [input, weight, bias] = of;
    let mut output = stale(shape.output_len());
    forward(shape, input, weight, bias, &mut output).unwrap();
    let mut gradients = of.each_ref().map(|of| stale(of.len()));
    backward(
        shape,
        input,
        weight,
        &output,
        upstream,
        into(&mut gradients),
    )
    .unwrap();
    (output, gradients)
}

fn by_tensors<T: Float>(shape: &DenseShape, (of, upstream): &Arguments<T>) -> Outcome<T> {
    let &DenseShape {
        batch,
        inputs,
        outputs,
        relu,
    } = shape;
    let variable = |values: &[T], dims: &[usize]| Var::from_tensor(&tensor(values, dims)).unwrap();
    let input = variable(&of[0], &[batch, inputs]);
    let weight = variable(&of[1], &[outputs, inputs]);
    let bias = variable(&of[2], &[outputs]);
    let output = dense(&input, &weight, &bias, relu).unwrap();
    let loss = (&output * tensor(upstream, &[batch, outputs]))
        .unwrap()
        .sum_all()
        .unwrap();
    let store = loss.backward().unwrap();
    (
        values(&output),
        [input, weight, bias].map(|of| values(store.get(&of).unwrap())),
    )
}

fn into<T>(gradients: &mut [Vec<T>; 3]) -> Gradients<'_, T> {
    let [input, weight, bias] = gradients;
    Gradients {
        input: Some(input),
        weight,
        bias,
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
        let (shape, (mut of, upstream)) = (case.shape(), case.arguments::<f64>());
        let arguments = (of.clone(), upstream);
        let (_, gradients) = by_reference(&shape, &arguments);
        for (which, name) in ["input", "weight", "bias"].into_iter().enumerate() {
            let at = of[which].clone();
            let want = central_differences(&at, |point| {
                of[which].copy_from_slice(point);
                let mut output = vec![0.0; shape.output_len()];
                reference::forward(&shape, &of[0], &of[1], &of[2], &mut output);
                dot(&output, &arguments.1)
            });
            of[which].copy_from_slice(&at);
            comparison.close(
                &format!("{}: {name}", case.name),
                &gradients[which],
                &want,
                1e-6,
            );
        }
    }
    comparison.finish();
}

#[test]
fn nan_passes_relu() {
    let shape = DenseShape {
        batch: 1,
        inputs: 1,
        outputs: 1,
        relu: true,
    };
    let arguments = ([vec![f64::NAN], vec![1.0], vec![0.0]], vec![2.0]);
    let (output, [input, weight, bias]) = by_reference(&shape, &arguments);
    assert!(output[0].is_nan() && weight[0].is_nan());
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
    let cases = [
        (
            &zeros(&[3]),
            &w,
            &b,
            "input has shape [3], but [rows, inputs] is needed",
        ),
        (
            &x,
            &zeros(&[5]),
            &b,
            "weight has shape [5], but [outputs, inputs] is needed",
        ),
        (
            &x,
            &zeros(&[5, 2]),
            &b,
            "weight has shape [5, 2], but [5, 3] is needed",
        ),
        (
            &x,
            &w,
            &zeros(&[5, 1]),
            "bias has shape [5, 1], but [5] is needed",
        ),
        (&whole, &w, &b, "f32 or f64, not U32"),
        (
            &zeros(&[2, 0]),
            &zeros(&[5, 0]),
            &b,
            "0 inputs and 5 outputs",
        ),
    ];
    for (x, w, b, want) in cases {
        let error = dense(x, w, b, true).expect_err(want).to_string();
        assert!(error.contains(want), "{error}\ndoes not say: {want}");
    }
    assert_eq!(dense(&zeros(&[0, 3]), &w, &b, true).unwrap().dims(), [0, 5]);
}
