//! The fast path against the f64 reference, over shapes, batches, levels, layouts and threads.

mod cases;
mod parts;

use super::*;
use crate::simd::{Lanes as Portable, WithSimd, tests::levels};
use crate::testing;
use cases::{Case, cases, geometry};

/// Code to be tested: an instruction set and a layout.
#[derive(Clone, Copy, Debug)]
struct Machine {
    /// `None`: sixteen portable lanes, for what depends on their number.
    level: Option<Level>,
    lanes: Lanes,
}

impl Machine {
    fn network(self, geometry: &Geometry, threads: usize) -> Network {
        let level = self.level.unwrap_or(Level::Portable);
        let mut network = Network::new(geometry, level, threads).unwrap();
        network.lanes = Some(self.lanes);
        if self.level.is_none() {
            network.engines = MakeEngines { geometry, threads }.with(Portable::<16>);
        }
        network
    }
}

/// All that can compute a geometry here.
fn machines(geometry: &Geometry) -> Vec<Machine> {
    let mut layouts = vec![Lanes::Images];
    if geometry.kernel == 3 {
        layouts.push(Lanes::Channels);
    }
    let levels = levels().into_iter().map(Some).chain([None]);
    let machine = |level| layouts.iter().map(move |&lanes| Machine { level, lanes });
    levels.flat_map(machine).collect()
}

/// Largest error of a tensor's gradient, L2 relative: 40 roundings of f32.
const TOLERANCE: f64 = 40.0 * (f32::EPSILON / 2.0) as f64;

/// Parameters of the study's size, images in [0, 1), and labels.
fn inputs(geometry: &Geometry, batch: usize) -> (Vec<f32>, Vec<f32>, Vec<u8>) {
    let image: usize = geometry.stage_input(0).iter().product();
    let parameters = testing::numbers::<f32>(11, geometry.parameter_count());
    let images = testing::numbers::<f32>(12, batch * image);
    (
        parameters.iter().map(|p| 0.2 * p).collect(),
        images.iter().map(|p| p.abs()).collect(),
        testing::labels(13, batch, geometry.classes as u64),
    )
}

fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

fn relative_error(got: &[f32], want: &[f64]) -> f64 {
    let squares = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>();
    let error = squares(&mut got.iter().zip(want).map(|(&g, w)| f64::from(g) - w));
    let norm = squares(&mut want.iter().copied());
    if error == 0.0 {
        0.0
    } else {
        (error / norm).sqrt()
    }
}

fn train(
    case: &Case,
    machine: Machine,
    threads: usize,
    (parameters, images, labels): (&[f32], Images<'_>, &[u8]),
) -> (BatchSums, Vec<f32>) {
    let mut network = machine.network(&case.geometry, threads);
    let mut gradients = vec![f32::NAN; parameters.len()];
    let call = |network: &mut Network, gradients: &mut [f32]| {
        network
            .loss_and_gradients(parameters, images, labels, case.dropout, gradients)
            .unwrap()
    };
    let first = call(&mut network, &mut gradients);
    let mut again = vec![f32::NAN; parameters.len()];
    let second = call(&mut network, &mut again);
    assert_eq!(
        (first, bits(&gradients)),
        (second, bits(&again)),
        "{}: used scratch",
        case.name
    );
    (first, gradients)
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// What differs from the reference, one line a tensor.
fn failures(
    case: &Case,
    (parameters, images, labels): (&[f32], &[f32], &[u8]),
    (sums, gradients): (BatchSums, &[f32]),
) -> Vec<String> {
    let (wide, wide_images) = (widen(parameters), widen(images));
    let mut want = vec![0.0; wide.len()];
    let truth = reference::loss_and_gradients(
        &case.geometry,
        &wide,
        &wide_images,
        labels,
        case.dropout,
        &mut want,
    );
    let truth = truth.unwrap();
    let mut failures = vec![];
    let within = |difference: f64, bound: f64| difference.abs() <= bound;
    if !within(sums.loss - truth.loss, 1e-6 * truth.loss) {
        failures.push(format!("loss {} for {}", sums.loss, truth.loss));
    }
    if sums.correct != truth.correct {
        failures.push(format!("{} correct, not {}", sums.correct, truth.correct));
    }
    let peaks = (sums.peak_activation, truth.peak_activation);
    if !within(f64::from(peaks.0 - peaks.1), f64::from(1e-5 * peaks.1)) {
        failures.push(format!("peak {} for {}", peaks.0, peaks.1));
    }
    for tensor in case.geometry.parameters() {
        let error = relative_error(&gradients[tensor.range()], &want[tensor.range()]);
        if !within(error, TOLERANCE) {
            failures.push(format!("{}: relative error {error:e}", tensor.name));
        }
    }
    failures
}

#[test]
fn gradients_are_the_references() {
    let mut all = vec![];
    for case in cases() {
        for machine in machines(&case.geometry) {
            let (parameters, images, labels) = inputs(&case.geometry, case.batch);
            let call = (&parameters[..], Images::Floats(&images), &labels[..]);
            let (sums, gradients) = train(&case, machine, 1, call);
            let inputs = (&parameters[..], &images[..], &labels[..]);
            let failures = failures(&case, inputs, (sums, &gradients));
            all.extend(
                failures
                    .iter()
                    .map(|f| format!("{machine:?} {}: {f}", case.name)),
            );
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// Constant images make every window inside the image a tie: the first maximum gets it all.
#[test]
fn ties_go_to_the_first_maximum() {
    let geometry = geometry([1, 12, 10], &[6, 5], 3, &[8]);
    let case = Case {
        name: "constant",
        geometry,
        batch: 9,
        dropout: None,
    };
    let (parameters, mut images, labels) = inputs(&case.geometry, case.batch);
    images.fill(0.5);
    for machine in machines(&case.geometry) {
        let call = (&parameters[..], Images::Floats(&images), &labels[..]);
        let (sums, gradients) = train(&case, machine, 1, call);
        let failures = failures(&case, (&parameters, &images, &labels), (sums, &gradients));
        assert!(failures.is_empty(), "{machine:?}: {failures:?}");
    }
}

#[test]
fn threads_change_no_bit() {
    let half = Some(Mask {
        rate: 0.5,
        seed: 7,
        step: 3,
    });
    for batch in [1, 16, 17, 32, 65, 100, 128] {
        let geometry = geometry([1, 14, 14], &[8, 8], 3, &[30]);
        for machine in machines(&geometry) {
            let geometry = geometry.clone();
            let case = Case {
                name: "threads",
                geometry,
                batch,
                dropout: half,
            };
            let (parameters, images, labels) = inputs(&case.geometry, batch);
            let call = (&parameters[..], Images::Floats(&images), &labels[..]);
            let (sums, gradients) = train(&case, machine, 1, call);
            for threads in [2, 3] {
                let (other_sums, other) = train(&case, machine, threads, call);
                assert_eq!(
                    (sums, bits(&gradients)),
                    (other_sums, bits(&other)),
                    "{threads}"
                );
            }
        }
    }
}

/// Bytes, a batch after a larger one, evaluation and logits agree with each other.
#[test]
fn all_ways_in_and_out_agree() {
    let geometry = geometry([1, 10, 10], &[5, 6], 3, &[12]);
    let (parameters, _, _) = inputs(&geometry, 1);
    let set: Vec<u8> = testing::labels(5, 300 * 100, 256);
    let indices: Vec<u32> = (0..150).map(|i| (i * 7) % 300).collect();
    let labels = testing::labels(6, 150, 10);
    let images: Vec<f32> = indices
        .iter()
        .flat_map(|&i| &set[i as usize * 100..][..100])
        .map(|&byte| f32::from(byte) / 255.0)
        .collect();
    for machine in machines(&geometry) {
        for threads in [1, 2] {
            let mut network = machine.network(&geometry, threads);
            let mut fresh = machine.network(&geometry, 1);
            let mut gradients = vec![vec![0.0; parameters.len()]; 2];
            for count in [150, 20] {
                let bytes = Images::Bytes {
                    pixels: &set,
                    indices: &indices[..count],
                };
                let floats = Images::Floats(&images[..count * 100]);
                let labels = &labels[..count];
                let mut train = |network: &mut Network, images, i: usize| {
                    network
                        .loss_and_gradients(&parameters, images, labels, None, &mut gradients[i])
                        .unwrap()
                };
                let trained = train(&mut network, bytes, 0);
                assert_eq!(train(&mut fresh, floats, 1), trained);
                assert_eq!(bits(&gradients[0]), bits(&gradients[1]));
                assert_eq!(
                    network.evaluate(&parameters, bytes, labels).unwrap(),
                    trained
                );
                let mut logits = vec![0.0; count * 10];
                network.logits(&parameters, floats, &mut logits).unwrap();
                let mut want = vec![0.0f64; count * 10];
                let wide = (widen(&parameters), widen(&images[..count * 100]));
                reference::logits(&geometry, &wide.0, &wide.1, &mut want).unwrap();
                assert!(relative_error(&logits, &want) <= 1e-6, "{count}");
            }
        }
    }
}

#[test]
fn a_dead_and_a_broken_network_are_seen() {
    let geometry = Geometry::lab_2017(4);
    let (mut parameters, images, labels) = inputs(&geometry, 20);
    let fc1 = &geometry.parameters()[4..6];
    let mut gradients = vec![0.0; parameters.len()];
    for machine in machines(&geometry) {
        let mut network = machine.network(&geometry, 1);
        parameters[fc1[0].range()].fill(0.0);
        parameters[fc1[1].range()].fill(-1.0);
        let images = Images::Floats(&images);
        let mut train = |parameters: &[f32]| {
            network
                .loss_and_gradients(parameters, images, &labels, None, &mut gradients)
                .unwrap()
        };
        assert_eq!(train(&parameters).peak_activation, 0.0);
        parameters[fc1[1].offset] = f32::NAN;
        let broken = train(&parameters);
        assert!(broken.loss.is_nan() && broken.peak_activation.is_nan());
        assert_eq!(broken.correct, 0);
    }
}

/// A batch of one goes through vectors of channels where a larger one would not, and an image's
/// logits stay what they are.
#[test]
fn the_layout_follows_the_batch() {
    let geometry = Geometry::lab_2017(5);
    let (parameters, images, _) = inputs(&geometry, 40);
    for level in levels() {
        let mut network = Network::new(&geometry, level, 1).unwrap();
        let mut logits = |images: &[f32]| {
            let mut logits = vec![0.0; images.len() / 784 * 10];
            let images = Images::Floats(images);
            network.logits(&parameters, images, &mut logits).unwrap();
            logits
        };
        let (all, one) = (logits(&images), logits(&images[..784]));
        assert_ne!(
            bits(&all[..10]),
            bits(&one),
            "{}: two layouts",
            level.name()
        );
        let want: Vec<f64> = widen(&all[..10]);
        assert!(relative_error(&one, &want) <= 1e-6);
    }
}

#[test]
fn wrong_calls_are_refused() {
    let geometry = geometry([1, 8, 8], &[2], 3, &[]);
    let (parameters, images, labels) = inputs(&geometry, 2);
    let mut network = Network::new(&geometry, Level::Portable, 1).unwrap();
    let mut gradients = vec![0.0; parameters.len()];
    let mut train = |parameters: &[f32], images: Images<'_>, labels: &[u8], rate: Option<f64>| {
        let dropout = rate.map(|rate| Mask {
            rate,
            seed: 0,
            step: 0,
        });
        network
            .loss_and_gradients(parameters, images, labels, dropout, &mut gradients)
            .is_ok()
    };
    let floats = Images::Floats(&images);
    let bytes = [0u8; 128];
    let of = |indices| Images::Bytes {
        pixels: &bytes,
        indices,
    };
    assert!(train(&parameters, floats, &labels, Some(0.5)));
    assert!(train(&parameters, of(&[0, 1]), &labels, None));
    assert!(!train(&parameters, of(&[0, 2]), &labels, None), "index");
    assert!(
        !train(&parameters, of(&[0]), &labels, None),
        "too few indices"
    );
    assert!(!train(&parameters, floats, &[0, 10], None), "label");
    assert!(!train(&parameters, floats, &[0], None), "too few labels");
    assert!(
        !train(&parameters, Images::Floats(&[]), &[], None),
        "no image"
    );
    assert!(
        !train(&parameters[1..], floats, &labels, None),
        "parameters"
    );
    assert!(!train(&parameters, floats, &labels, Some(1.0)), "rate");
    assert!(!train(&parameters, floats, &labels, Some(f64::NAN)), "rate");
    let missing = if Level::available().contains(&Level::Neon) {
        Level::Avx2
    } else {
        Level::Neon
    };
    assert!(Network::new(&geometry, missing, 1).is_err());
}
