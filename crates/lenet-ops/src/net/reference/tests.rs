//! The plain network against PyTorch's values and central differences.

use super::{logits, loss_and_gradients};
use crate::dropout::Mask;
use crate::real::Real;
use crate::testing::{Comparison, Oracle, central_differences, labels, numbers};
use lenet_core::Geometry;

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    seed: u64,
    geometry: Geometry,
    batch: usize,
    /// Rate, seed and step.
    dropout: Option<(f64, u64, u64)>,
    labels: Vec<u8>,
    mean_loss: f64,
    correct: usize,
    logits: Vec<f64>,
    gradients: Vec<Gradient>,
}

/// One tensor's gradient: its norm, and its values or a sample of them.
#[derive(serde::Deserialize)]
struct Gradient {
    name: String,
    /// What the generator's numbers are multiplied by to give the parameter.
    scale: f64,
    stride: usize,
    norm: f64,
    values: Vec<f64>,
}

impl Case {
    fn parameters<T: Real>(&self) -> Vec<T> {
        let mut flat = Vec::new();
        for (index, parameter) in self.geometry.parameters().iter().enumerate() {
            let scale = self.gradients[index].scale;
            let drawn = numbers::<f64>(self.seed + 10 + index as u64, parameter.len());
            flat.extend(drawn.into_iter().map(|x| T::from_f64(scale * x)));
        }
        flat
    }

    fn images<T: Real>(&self) -> Vec<T> {
        let image: usize = self.geometry.stage_input(0).iter().product();
        let drawn = numbers::<f64>(self.seed, self.batch * image);
        drawn
            .into_iter()
            .map(|x| T::from_f64((x + 1.0) / 2.0))
            .collect()
    }

    fn dropout(&self) -> Option<Mask> {
        self.dropout
            .map(|(rate, seed, step)| Mask { rate, seed, step })
    }

    fn compare<T: Real>(&self, comparison: &mut Comparison, tolerance: f64) {
        let name = |part: &str| format!("{}: {part}", self.name);
        let (parameters, images) = (self.parameters::<T>(), self.images::<T>());
        let mut gradients = vec![T::from_f64(1e3); parameters.len()];
        let labels = &self.labels;
        let sums = loss_and_gradients(
            &self.geometry,
            &parameters,
            &images,
            labels,
            self.dropout(),
            &mut gradients,
        )
        .unwrap();
        let mean_loss = sums.loss / self.batch as f64;
        comparison.close(&name("loss"), &[mean_loss], &[self.mean_loss], tolerance);
        comparison.equal(&name("correct"), &sums.correct, &self.correct);
        for (parameter, want) in self.geometry.parameters().iter().zip(&self.gradients) {
            comparison.equal(&name("parameter"), &parameter.name, &want.name);
            let got = &gradients[parameter.range()];
            let squares: f64 = got.iter().map(|g| g.to_f64() * g.to_f64()).sum();
            let sample: Vec<_> = got.iter().copied().step_by(want.stride).collect();
            let name = name(&want.name);
            comparison.close(
                &format!("{name}, norm"),
                &[squares.sqrt()],
                &[want.norm],
                tolerance,
            );
            comparison.close(&name, &sample, &want.values, tolerance);
        }
        if self.dropout.is_none() {
            let mut got = vec![T::ZERO; self.logits.len()];
            logits(&self.geometry, &parameters, &images, &mut got).unwrap();
            comparison.close(&name("logits"), &got, &self.logits, tolerance);
        }
    }
}

/// Networks of the usual stages, and of others.
fn oracle() -> Vec<Case> {
    let usual = Oracle::parse(include_str!("../oracle.json"));
    let others = Oracle::parse(include_str!("../other_stages.json"));
    usual.cases.into_iter().chain(others.cases).collect()
}

#[test]
fn agrees_with_pytorch() {
    let mut comparison = Comparison::default();
    let cases = oracle();
    let others = cases.iter().filter(|c| !c.geometry.stages.is_usual());
    assert_eq!(others.count(), 5);
    for case in &cases {
        assert_eq!(
            case.gradients.len(),
            case.geometry.parameters().len(),
            "{}",
            case.name
        );
        assert_eq!(
            case.labels,
            labels(case.seed + 1, case.batch, case.geometry.classes as u64)
        );
        case.compare::<f64>(&mut comparison, 1e-11);
        case.compare::<f32>(&mut comparison, 1e-5);
    }
    comparison.finish();
}

#[test]
fn gradients_are_central_differences() {
    let mut comparison = Comparison::default();
    for case in oracle()
        .iter()
        .filter(|case| case.geometry.parameter_count() < 2000)
    {
        let (parameters, images) = (case.parameters::<f64>(), case.images::<f64>());
        let mut gradients = vec![0.0; parameters.len()];
        let mut mean_loss = |parameters: &[f64]| {
            let (geometry, labels, dropout) = (&case.geometry, &case.labels, case.dropout());
            let into = &mut gradients;
            let sums = loss_and_gradients(geometry, parameters, &images, labels, dropout, into);
            sums.unwrap().loss / case.batch as f64
        };
        let want = central_differences(&parameters, &mut mean_loss);
        mean_loss(&parameters);
        comparison.close(&case.name, &gradients, &want, 1e-6);
    }
    comparison.finish();
}

#[test]
fn counts_and_peaks_follow_their_definitions() {
    // One pooled feature, then weights 1, 1 and 0: logits (x, x, 0).
    let geometry = Geometry {
        channels: 1,
        height: 2,
        width: 2,
        filters: vec![1],
        kernel: 1,
        hidden: vec![],
        classes: 3,
        stages: lenet_core::Stages::USUAL,
    };
    let parameters = [1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0_f32];
    let run = |x: f32, label| {
        let images = [x, 0.0, 0.0, 0.0];
        let mut gradients = [0.0; 8];
        loss_and_gradients(
            &geometry,
            &parameters,
            &images,
            &[label],
            None,
            &mut gradients,
        )
        .unwrap()
    };
    assert_eq!(
        [0, 1, 2].map(|label| run(4.0, label).correct),
        [1, 0, 0],
        "the first of equal"
    );
    assert_eq!(
        [0, 1, 2].map(|label| run(f32::NAN, label).correct),
        [0; 3],
        "NaN never"
    );
    assert_eq!(run(4.0, 0).peak_activation, 4.0);
    assert_eq!(run(-4.0, 0).peak_activation, 0.0);
    let nan = run(f32::NAN, 2);
    assert!(nan.peak_activation.is_nan() && nan.loss.is_nan());
}

#[test]
fn misfits_are_refused_with_a_sentence() {
    let geometry = Geometry::lab_2017(1);
    let count = geometry.parameter_count();
    let run = |parameters: usize, images: usize, labels: &[u8], rate: f64| {
        let dropout = Some(Mask {
            rate,
            seed: 0,
            step: 0,
        });
        let (parameters, images) = (vec![0.0_f32; parameters], vec![0.0; images]);
        let mut gradients = vec![0.0; count];
        let result = loss_and_gradients(
            &geometry,
            &parameters,
            &images,
            labels,
            dropout,
            &mut gradients,
        );
        result.unwrap_err().to_string()
    };
    let op = "net::reference::loss_and_gradients";
    let parameters = format!("{op}: `parameters` has 7 elements, its shape needs {count}");
    assert_eq!(run(7, 784, &[0], 0.5), parameters);
    let images = format!("{op}: `images` has 785 elements, its shape needs 784");
    assert_eq!(run(count, 785, &[0], 0.5), images);
    let label = "label 10 of image 1 of the batch is not below the 10 classes";
    assert_eq!(run(count, 2 * 784, &[0, 10], 0.5), label);
    assert_eq!(
        run(count, 784, &[0], 1.0),
        "dropout: rate 1 is not in [0, 1)"
    );
    assert!(run(count, 0, &[], 0.5).contains("0 rows of 10 logits"));
}
