//! The op against PyTorch's values, and what candle's own max-pool still gets wrong.

use candle_core::{DType, Device, Tensor, Var};

use super::{MaxPoolShape, max_pool_2x2, reference};
use crate::real::Real;
use crate::tensor::Float;
use crate::testing::{Comparison, Oracle, central_differences, dot, numbers, tensor, values};

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    seed: u64,
    images: usize,
    channels: usize,
    height: usize,
    width: usize,
    /// Whether the input is rounded to whole numbers.
    grid: bool,
    output: Vec<f64>,
    argmax: Vec<u8>,
    gradient: Vec<f64>,
}

impl Case {
    fn shape(&self) -> MaxPoolShape {
        let planes = self.images * self.channels;
        MaxPoolShape {
            planes,
            height: self.height,
            width: self.width,
        }
    }

    fn input<T: Real>(&self) -> Vec<T> {
        let round = |x: f64| if self.grid { x.round_ties_even() } else { x };
        let drawn = numbers::<f64>(self.seed, self.shape().input_len()).into_iter();
        drawn.map(|x| T::from_f64(round(x))).collect()
    }

    fn upstream<T: Real>(&self) -> Vec<T> {
        numbers(self.seed + 1, self.shape().output_len())
    }

    /// Output and gradient of a max-pool on tensors.
    fn by_tensors<T: Float>(
        &self,
        max_pool: fn(&Tensor) -> candle_core::Result<Tensor>,
    ) -> (Vec<T>, Vec<T>) {
        let dims = [self.images, self.channels, self.height, self.width];
        let input = Var::from_tensor(&tensor(&self.input::<T>(), &dims)).unwrap();
        let output = max_pool(&input).unwrap();
        let upstream = tensor(&self.upstream::<T>(), output.dims());
        let store = (&output * upstream)
            .unwrap()
            .sum_all()
            .unwrap()
            .backward()
            .unwrap();
        (values(&output), values(store.get(&input).unwrap()))
    }

    fn compare<T: Float>(&self, to: &mut Comparison) {
        // Values are picked, never computed: they agree exactly.
        let shape = self.shape();
        let mut output = vec![<T as Real>::from_f64(1e3); shape.output_len()];
        let mut argmax = vec![9; shape.output_len()];
        let mut gradient = vec![<T as Real>::from_f64(1e3); shape.input_len()];
        reference::forward(&shape, &self.input::<T>(), &mut output, &mut argmax);
        reference::backward(&shape, &argmax, &self.upstream::<T>(), &mut gradient);
        to.equal(
            &format!("{} by reference: argmax", self.name),
            &argmax,
            &self.argmax,
        );
        let tensors = self.by_tensors::<T>(max_pool_2x2);
        for (by, (output, gradient)) in [("reference", (output, gradient)), ("tensors", tensors)] {
            to.close(
                &format!("{} by {by}: output", self.name),
                &output,
                &self.output,
                0.0,
            );
            to.close(
                &format!("{} by {by}: gradient", self.name),
                &gradient,
                &self.gradient,
                0.0,
            );
        }
    }
}

fn oracle() -> Oracle<Case> {
    Oracle::parse(include_str!("oracle.json"))
}

#[test]
fn agrees_with_pytorch() {
    let mut comparison = Comparison::default();
    for case in &oracle().cases {
        case.compare::<f64>(&mut comparison);
        case.compare::<f32>(&mut comparison);
    }
    comparison.finish();
}

#[test]
fn gradients_are_central_differences() {
    let mut comparison = Comparison::default();
    for case in oracle().cases.iter().filter(|case| !case.grid) {
        let (shape, upstream) = (case.shape(), case.upstream::<f64>());
        let want = central_differences(&case.input(), |input| {
            let mut output = vec![0.0; shape.output_len()];
            let mut argmax = vec![0; shape.output_len()];
            reference::forward(&shape, input, &mut output, &mut argmax);
            dot(&output, &upstream)
        });
        comparison.close(
            &case.name,
            &case.by_tensors::<f64>(max_pool_2x2).1,
            &want,
            1e-6,
        );
    }
    comparison.finish();
}

/// Why the op exists. When this fails, candle has been mended: `stock` can then call it directly.
#[test]
fn candles_own_gradient_is_still_wrong() {
    let input = Var::new(&[[[[1.0_f64, 2.0], [3.0, 4.0]]]], &Device::Cpu).unwrap();
    let gradient = input
        .max_pool2d(2)
        .unwrap()
        .sum_all()
        .unwrap()
        .backward()
        .unwrap();
    let gradient = values::<f64>(gradient.get(&input).unwrap());
    assert_eq!(
        gradient,
        [0.0, 0.0, 0.0, 0.25],
        "the true gradient is 1 at the maximum"
    );
}

#[test]
fn strided_tensors_are_taken() {
    let input = Var::from_tensor(&tensor(&numbers::<f64>(1, 48), &[2, 4, 2, 3])).unwrap();
    let run = |input: &Tensor, of: &Var| {
        let output = max_pool_2x2(input).unwrap();
        let squares = output.sqr().unwrap().sum_all().unwrap();
        let store = squares.backward().unwrap();
        (
            values::<f64>(&output),
            values::<f64>(store.get(of).unwrap()),
        )
    };
    let strided = run(&input.permute((0, 3, 1, 2)).unwrap(), &input);
    let contiguous = input
        .permute((0, 3, 1, 2))
        .unwrap()
        .force_contiguous()
        .unwrap();
    assert_eq!(strided, run(&contiguous, &input));
    assert_eq!(
        strided.1.iter().filter(|&&g| g != 0.0).count(),
        strided.0.len()
    );
}

#[test]
fn misfits_are_refused_with_a_sentence() {
    let zeros = |dims: &[usize]| Tensor::zeros(dims, DType::F32, &Device::Cpu).unwrap();
    let whole = zeros(&[1, 1, 2, 2]).to_dtype(DType::U8).unwrap();
    let cases = [
        (
            zeros(&[4, 4]),
            "[images, channels, height, width] is needed",
        ),
        (zeros(&[1, 1, 1, 4]), "no 2×2 window"),
        (whole, "a float tensor, not U8"),
    ];
    for (input, want) in cases {
        let error = max_pool_2x2(&input).expect_err(want).to_string();
        assert!(error.contains(want), "{error}\ndoes not say: {want}");
    }
}
