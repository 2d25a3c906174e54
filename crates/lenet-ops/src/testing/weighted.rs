//! One driver for the ops of an input, a weight and a bias: every layer of them against PyTorch's
//! values and central differences.

use candle_core::{Tensor, Var};

use super::{Comparison, central_differences, dot, numbers, tensor, values};
use crate::gradients::Gradients;
use crate::real::Real;
use crate::tensor::Float;

/// Input, weight and bias, and the upstream gradient.
#[derive(Clone)]
pub struct Arguments<T> {
    pub of: [Vec<T>; 3],
    pub upstream: Vec<T>,
}

impl<T: Real> Arguments<T> {
    /// Numbers for tensors of these lengths, the last the output's, under `seed` and the next ones;
    /// all but the upstream gradient are rounded.
    pub fn draw(seed: u64, lengths: [usize; 4], round: impl Fn(f64) -> f64) -> Self {
        let [input, weight, bias, output] = lengths;
        let draw = |offset: u64, count: usize| {
            let drawn = numbers::<f64>(seed + offset, count).into_iter();
            drawn.map(|x| T::from_f64(round(x))).collect()
        };
        Self {
            of: [draw(0, input), draw(1, weight), draw(2, bias)],
            upstream: numbers(seed + 3, output),
        }
    }
}

/// Output, argmax where there is one, and gradients of input, weight and bias.
pub struct Outcome<T> {
    pub output: Vec<T>,
    pub argmax: Option<Vec<u8>>,
    pub gradients: [Vec<T>; 3],
}

/// Which code on slices computes an outcome.
#[derive(Debug, Clone, Copy)]
pub enum By {
    Reference,
    Slices,
}

/// An op with the sizes of one case.
pub trait WeightedCase {
    fn name(&self) -> &str;

    /// Whether rounded inputs make ties, at which there are no differences.
    fn has_ties(&self) -> bool;

    fn arguments<T: Real>(&self) -> Arguments<T>;

    /// Shapes of input, weight, bias and output.
    fn dims(&self) -> [Vec<usize>; 4];

    fn run<T: Float>(&self, arguments: &Arguments<T>, by: By) -> Outcome<T>;

    fn apply(&self, of: [&Tensor; 3]) -> candle_core::Result<Tensor>;

    /// What PyTorch gives.
    fn want(&self) -> Outcome<f64>;
}

/// A buffer whose contents must be overwritten.
pub fn stale<T: Real>(len: usize) -> Vec<T> {
    vec![T::from_f64(1e3); len]
}

/// The gradients as the backward pass takes them.
pub fn into<T>(gradients: &mut [Vec<T>; 3]) -> Gradients<'_, T> {
    let [input, weight, bias] = gradients;
    Gradients {
        input: Some(input),
        weight,
        bias,
    }
}

fn by_tensors<T: Float>(case: &impl WeightedCase, arguments: &Arguments<T>) -> Outcome<T> {
    let dims = case.dims();
    let variable = |at: usize| {
        let values = tensor(&arguments.of[at], &dims[at]);
        Var::from_tensor(&values).unwrap()
    };
    let of = [variable(0), variable(1), variable(2)];
    let output = case.apply(of.each_ref().map(Var::as_tensor)).unwrap();
    let upstream = tensor(&arguments.upstream, &dims[3]);
    let loss = (&output * upstream).unwrap().sum_all().unwrap();
    let store = loss.backward().unwrap();
    Outcome {
        output: values(&output),
        argmax: None,
        gradients: of.map(|of| values(store.get(&of).unwrap())),
    }
}

const NAMES: [&str; 3] = ["input", "weight", "bias"];

/// Compares the reference, the slices and the tensors with PyTorch.
pub fn agrees_with_pytorch<T: Float>(cases: &[impl WeightedCase], tolerance: f64) {
    let mut comparison = Comparison::default();
    for case in cases {
        let (arguments, want) = (case.arguments::<T>(), case.want());
        for (by, got) in [
            ("reference", case.run(&arguments, By::Reference)),
            ("slices", case.run(&arguments, By::Slices)),
            ("tensors", by_tensors(case, &arguments)),
        ] {
            let name = |part: &str| format!("{} by {by}: {part}", case.name());
            comparison.close(&name("output"), &got.output, &want.output, tolerance);
            if let Some(argmax) = &got.argmax {
                comparison.equal(&name("argmax"), &Some(argmax), &want.argmax.as_ref());
            }
            for ((got, want), of) in got.gradients.iter().zip(&want.gradients).zip(NAMES) {
                comparison.close(&name(&format!("{of} gradient")), got, want, tolerance);
            }
        }
    }
    comparison.finish();
}

/// Compares the reference's gradients with central differences of its outputs.
pub fn gradients_are_central_differences(cases: &[impl WeightedCase]) {
    let mut comparison = Comparison::default();
    for case in cases.iter().filter(|case| !case.has_ties()) {
        let mut arguments = case.arguments::<f64>();
        let got = case.run(&arguments, By::Reference);
        for (which, name) in NAMES.into_iter().enumerate() {
            let at = arguments.of[which].clone();
            let want = central_differences(&at, |point| {
                arguments.of[which].copy_from_slice(point);
                let output = case.run(&arguments, By::Reference).output;
                dot(&output, &arguments.upstream)
            });
            arguments.of[which].copy_from_slice(&at);
            let what = format!("{}: {name}", case.name());
            comparison.close(&what, &got.gradients[which], &want, 1e-6);
        }
    }
    comparison.finish();
}

/// Expects that each set of tensors is refused with its words.
pub fn refuses(
    apply: impl Fn([&Tensor; 3]) -> candle_core::Result<Tensor>,
    cases: &[([&Tensor; 3], &str)],
) {
    for &(tensors, want) in cases {
        let error = apply(tensors).expect_err(want).to_string();
        assert!(error.contains(want), "{error}\ndoes not say: {want}");
    }
}
