//! Both backends against each other, step by step.

use lenet_core::{Dropout, Trial};

use super::*;
use crate::engine::dropout;
use crate::{config, testing};

const RULES: [Rule; 6] = [
    Rule::Sgd,
    Rule::Momentum { momentum: 0.9 },
    Rule::Nesterov { momentum: 0.9 },
    Rule::Adam {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
    },
    Rule::AdamW {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weight_decay: 0.01,
    },
    Rule::RmsProp {
        alpha: 0.99,
        epsilon: 1e-8,
    },
];

fn make(kind: Backend, rule: Rule, state: (Vec<f32>, Vec<f32>)) -> Box<dyn Backend> {
    let geometry = config::geometry(&testing::config().network, &testing::splits()).unwrap();
    build(
        &geometry,
        kind,
        DeviceKind::Cpu,
        rule,
        &RunOptions::default(),
        state,
    )
    .unwrap()
}

fn start() -> Vec<f32> {
    let geometry = config::geometry(&testing::config().network, &testing::splits()).unwrap();
    lenet_model::init::initial_parameters(&geometry, 4)
}

/// The largest difference, in units of the vector's largest element.
fn distance(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let size = b
        .iter()
        .fold(f32::MIN_POSITIVE, |size, v| size.max(v.abs()));
    let differences = a.iter().zip(b).map(|(a, b)| (a - b).abs() / size);
    differences.fold(0.0, |worst, d| {
        if d.is_nan() {
            f32::INFINITY
        } else {
            worst.max(d)
        }
    })
}

#[test]
fn tensor_optimizers_follow_the_flat_ones() {
    let geometry = config::geometry(&testing::config().network, &testing::splits()).unwrap();
    let device = candle_core::Device::Cpu;
    for rule in RULES {
        let mut flat = start();
        let mut moments = vec![0.0; rule.moments() * flat.len()];
        let parameters =
            lenet_model::Parameters::new(&geometry, &flat, candle_core::DType::F32, &device)
                .unwrap();
        let mut tensors =
            optimizer::TensorOptimizer::new(&geometry, rule, &moments, &device).unwrap();
        for step in 1..=5u64 {
            let mut gradients = vec![0f32; flat.len()];
            let mut rng = lenet_core::random::stream(step, "gradients");
            lenet_core::random::truncated_normal(&mut rng, 0.3, &mut gradients);
            lenet_ops::optimizer::update(
                Level::Portable,
                &rule,
                0.01,
                step,
                &mut flat,
                &gradients,
                &mut moments,
            );
            for (index, (p, (_, var))) in geometry
                .parameters()
                .iter()
                .zip(parameters.iter())
                .enumerate()
            {
                let gradient = candle_core::Tensor::from_slice(
                    &gradients[p.range()],
                    p.shape.as_slice(),
                    &device,
                );
                tensors
                    .update(index, var, &gradient.unwrap(), 0.01, step)
                    .unwrap();
            }
        }
        let difference = distance(&parameters.to_flat().unwrap(), &flat);
        assert!(
            difference <= 1e-6,
            "{rule:?}: parameters differ by {difference}"
        );
        let difference = distance(&tensors.moments().unwrap(), &moments);
        assert!(
            difference <= 1e-6,
            "{rule:?}: moments differ by {difference}"
        );
        assert_ne!(flat, start(), "{rule:?}: nothing moved");
    }
}

#[test]
fn backends_train_alike() {
    let data = testing::splits();
    let trial = Trial {
        dropout: Dropout::connected(0.25),
        ..testing::config()
    };
    let mut ends = [Backend::Fused, Backend::Stock].map(|kind| {
        let mut backend = make(kind, Rule::Momentum { momentum: 0.5 }, (start(), vec![]));
        for (batch, number) in data.train.indices.chunks(8).zip(1..) {
            let step = Step {
                number,
                learning_rate: 0.05,
                dropout: dropout(&trial, number),
            };
            backend.step(&data.train, batch, step).unwrap();
        }
        let mut logits = Vec::new();
        let test = backend.evaluate(&data.test, Some(&mut logits)).unwrap();
        let sums = backend.training_sums().unwrap();
        (
            backend.parameters().unwrap(),
            backend.moments().unwrap(),
            sums,
            test,
            logits,
        )
    });
    let [fused, stock] = &mut ends;
    assert!(distance(&fused.0, &stock.0) <= 1e-5, "parameters");
    assert!(distance(&fused.1, &stock.1) <= 1e-4, "moments");
    assert!(distance(&fused.4, &stock.4) <= 1e-4, "logits");
    assert_eq!(fused.4.len(), 21 * 3);
    assert!(
        (fused.2.loss - stock.2.loss).abs() <= 1e-4,
        "{:?} {:?}",
        fused.2,
        stock.2
    );
    assert_eq!(fused.2.correct, stock.2.correct);
    assert!(
        (fused.3.loss - stock.3.loss).abs() <= 1e-4,
        "{:?} {:?}",
        fused.3,
        stock.3
    );
    assert_eq!(fused.3.correct, stock.3.correct);
    let peaks = [fused.3.peak_activation, stock.3.peak_activation];
    assert!((peaks[0] - peaks[1]).abs() <= 1e-4 * peaks[1], "{peaks:?}");
    assert_ne!(fused.0, start(), "nothing was trained");
}

#[test]
fn a_network_of_nan_counts_nothing_as_right() {
    for kind in [Backend::Fused, Backend::Stock] {
        let mut backend = make(kind, Rule::Sgd, (vec![f32::NAN; start().len()], vec![]));
        let sums = backend.evaluate(&testing::splits().test, None).unwrap();
        assert!(sums.loss.is_nan(), "{kind:?}: {sums:?}");
        assert_eq!(sums.correct, 0.0, "{kind:?}");
        // candle's ReLU turns NaN into 0.
        if kind == Backend::Fused {
            assert!(sums.peak_activation.is_nan(), "{sums:?}");
        }
    }
}

#[test]
fn a_dead_network_is_seen() {
    for kind in [Backend::Fused, Backend::Stock] {
        let geometry = config::geometry(&testing::config().network, &testing::splits()).unwrap();
        let mut parameters = start();
        let fc1_bias = &geometry.parameters()[5];
        assert_eq!(fc1_bias.name, "fc1.bias");
        parameters[fc1_bias.range()].fill(-1e3);
        let mut backend = make(kind, Rule::Sgd, (parameters, vec![]));
        let sums = backend.evaluate(&testing::splits().test, None).unwrap();
        assert_eq!(sums.peak_activation, 0.0, "{kind:?}");
    }
}

/// Each step of a group has the batch, number, rate and masks of its place in the trial.
#[test]
fn a_group_takes_the_steps_of_its_networks() {
    let data = testing::splits();
    let trial = Trial {
        dropout: Dropout::connected(0.5),
        ..testing::config()
    };
    let rule = Rule::Momentum { momentum: 0.5 };
    let rate = |number: u64| 0.1 / number as f64;
    let (first_step, from) = (8, 2);
    let order = &data.train.indices;
    let mut single = make(Backend::Fused, rule, (start(), vec![]));
    for (batch, number) in order.chunks(8).zip(first_step + 1..).skip(from) {
        let step = Step {
            number,
            learning_rate: rate(number),
            dropout: dropout(&trial, number),
        };
        single.step(&data.train, batch, step).unwrap();
    }
    let network = make(Backend::Fused, rule, (start(), vec![]));
    let mut group = group::Sequential::new(vec![network], 8);
    let member = Member {
        network: 0,
        order,
        first_step,
        learning_rates: (first_step + 1..=first_step + 8).map(rate).collect(),
        dropout: dropout(&trial, first_step + 1),
        sums: TrainingSums::default(),
    };
    group.begin_epoch(&data.train.set, &[member], from).unwrap();
    for _ in from..8 {
        group.step().unwrap();
    }
    assert_eq!(group.parameters(0).unwrap(), single.parameters().unwrap());
    assert_eq!(group.moments(0).unwrap(), single.moments().unwrap());
    let sums = single.training_sums().unwrap();
    assert_eq!(group.training_sums().unwrap(), [sums]);
}
