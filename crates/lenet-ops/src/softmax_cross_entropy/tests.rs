//! Every layer of the op against PyTorch's values and central differences.

use candle_core::{DType, Device, Tensor, Var};

use super::{SoftmaxCrossEntropyShape, backward, forward, softmax_cross_entropy};
use crate::real::Real;
use crate::tensor::Float;
use crate::testing::{Comparison, Oracle, central_differences, numbers, tensor, values};

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    seed: u64,
    batch: usize,
    classes: usize,
    scale: f64,
    upstream: f64,
    labels: Vec<u8>,
    loss: f64,
    gradient: Vec<f64>,
}

impl Case {
    fn shape(&self) -> SoftmaxCrossEntropyShape {
        SoftmaxCrossEntropyShape {
            batch: self.batch,
            classes: self.classes,
        }
    }

    fn logits<T: Real>(&self) -> Vec<T> {
        let drawn = numbers::<f64>(self.seed, self.batch * self.classes).into_iter();
        drawn.map(|x| T::from_f64(self.scale * x)).collect()
    }

    fn compare<T: Real>(&self, to: &mut Comparison, by: &str, got: (T, Vec<T>), tolerance: f64) {
        to.close(
            &format!("{} by {by}: loss", self.name),
            &[got.0],
            &[self.loss],
            tolerance,
        );
        to.close(
            &format!("{} by {by}: gradient", self.name),
            &got.1,
            &self.gradient,
            tolerance,
        );
    }

    fn by_slices<T: Real>(&self) -> (T, Vec<T>) {
        let (shape, logits) = (self.shape(), self.logits());
        let mut gradient = vec![T::from_f64(1e3); logits.len()];
        let upstream = T::from_f64(self.upstream);
        backward(&shape, &logits, &self.labels, upstream, &mut gradient).unwrap();
        (forward(&shape, &logits, &self.labels).unwrap(), gradient)
    }

    fn by_tensors<T: Float>(&self, labels: DType) -> (T, Vec<T>) {
        let logits = tensor(&self.logits::<T>(), &[self.batch, self.classes]);
        let logits = Var::from_tensor(&logits).unwrap();
        let labels = tensor(&self.labels, &[self.batch])
            .to_dtype(labels)
            .unwrap();
        let loss = softmax_cross_entropy(&logits, &labels).unwrap();
        assert_eq!(loss.rank(), 0);
        let gradients = loss.affine(self.upstream, 0.0).unwrap().backward().unwrap();
        (
            loss.to_scalar().unwrap(),
            values(gradients.get(&logits).unwrap()),
        )
    }
}

fn oracle() -> Oracle<Case> {
    Oracle::parse(include_str!("oracle.json"))
}

#[test]
fn agrees_with_pytorch_in_f64() {
    let mut comparison = Comparison::default();
    for case in &oracle().cases {
        case.compare(&mut comparison, "slices", case.by_slices::<f64>(), 1e-12);
        case.compare(
            &mut comparison,
            "tensors",
            case.by_tensors::<f64>(DType::U32),
            1e-12,
        );
    }
    comparison.finish();
}

#[test]
fn agrees_with_pytorch_in_f32() {
    let mut comparison = Comparison::default();
    for case in &oracle().cases {
        case.compare(&mut comparison, "slices", case.by_slices::<f32>(), 1e-5);
        case.compare(
            &mut comparison,
            "tensors",
            case.by_tensors::<f32>(DType::U8),
            1e-5,
        );
    }
    comparison.finish();
}

#[test]
fn gradients_are_central_differences() {
    let mut comparison = Comparison::default();
    // Where logits are in the hundreds, a step of 1e-6 is lost in the loss's rounding.
    for case in oracle().cases.iter().filter(|case| case.scale < 100.0) {
        let want = central_differences(&case.logits(), |logits| {
            case.upstream * forward(&case.shape(), logits, &case.labels).unwrap()
        });
        // The differences of a loss that does not vary are exactly 0.
        comparison.close(&case.name, &case.by_slices::<f64>().1, &want, 1e-6);
    }
    comparison.finish();
}

#[test]
fn nan_reaches_the_loss() {
    let shape = SoftmaxCrossEntropyShape {
        batch: 1,
        classes: 3,
    };
    for at in 0..3 {
        let mut logits = [1.0, 2.0, 3.0];
        logits[at] = f64::NAN;
        assert!(
            forward(&shape, &logits, &[1]).unwrap().is_nan(),
            "NaN at {at}"
        );
    }
}

#[test]
fn misfits_are_refused_with_a_sentence() {
    let zeros = |dims: &[usize]| Tensor::zeros(dims, DType::F32, &Device::Cpu).unwrap();
    let labels = |of: &[u32]| tensor(of, &[of.len()]);
    let float = zeros(&[2]);
    let cases = [
        (zeros(&[2]), labels(&[0, 1]), "[rows, classes] is needed"),
        (
            zeros(&[2, 3]),
            labels(&[0]),
            "labels has shape [1], but [2] is needed",
        ),
        (
            zeros(&[2, 3]),
            labels(&[0, 3]),
            "label 3 of row 1 is not below the 3 classes",
        ),
        (zeros(&[2, 300]), labels(&[0, 256]), "label 256 of row 1"),
        (zeros(&[2, 3]), float, "labels are u8 or u32, not F32"),
        (zeros(&[0, 3]), labels(&[]), "0 rows of 3 logits"),
    ];
    for (logits, labels, want) in cases {
        let error = softmax_cross_entropy(&logits, &labels)
            .expect_err(want)
            .to_string();
        assert!(error.contains(want), "{error}\ndoes not say: {want}");
    }
    let shape = SoftmaxCrossEntropyShape {
        batch: 2,
        classes: 2,
    };
    let error = forward(&shape, &[0.0_f32; 4], &[0, 2])
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "label 2 of image 1 of the batch is not below the 2 classes"
    );
}
