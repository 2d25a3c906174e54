//! Compares the backends with each other.

use lenet_core::{Dropout, Padding, Pooling, Stages};

use super::*;
use crate::engine::dropout;
use crate::{config, testing};

fn make(backend: Backend, optimizer: Optimizer, state: State) -> Box<dyn Group> {
    let trial = Trial {
        backend,
        ..testing::trial()
    };
    let geometry = config::geometry(&trial.network, &testing::splits()).unwrap();
    let networks = vec![(optimizer, state)];
    build(&geometry, &trial.shape(), &RunOptions::default(), networks).unwrap()
}

/// Trains the first network to the end of an epoch, from batch `from`.
fn train(group: &mut dyn Group, member: Member<'_>, from: usize) {
    let set = testing::splits().train.set;
    let batches = member.learning_rates.len();
    group.begin_epoch(&set, &[member], from).unwrap();
    for _ in from..batches {
        group.step(&mut Clock::off()).unwrap();
    }
}

fn start() -> Vec<f32> {
    let geometry = config::geometry(&testing::trial().network, &testing::splits()).unwrap();
    lenet_model::init::initial_parameters(&geometry, 4)
}

/// The largest difference of `a` and `b`, divided by the largest element of `b`.
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
    let geometry = config::geometry(&testing::trial().network, &testing::splits()).unwrap();
    let device = candle_core::Device::Cpu;
    let with_decay = Optimizer::ALL.map(|optimizer| Optimizer {
        weight_decay: 0.1,
        ..optimizer
    });
    for optimizer in Optimizer::ALL.into_iter().chain(with_decay) {
        let mut flat = start();
        let mut moments = vec![0.0; optimizer.moments() * flat.len()];
        let parameters =
            lenet_model::Parameters::new(&geometry, &flat, candle_core::DType::F32, &device)
                .unwrap();
        let mut tensors =
            tensor_optimizer::TensorOptimizer::new(&geometry, optimizer, &moments, &device)
                .unwrap();
        for step in 1..=5u64 {
            let mut gradients = vec![0f32; flat.len()];
            let mut rng = lenet_core::random::stream(step, "gradients");
            lenet_core::random::truncated_normal(&mut rng, 0.3, &mut gradients);
            lenet_ops::optimizer::update(
                Level::Portable,
                &optimizer,
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
            "{optimizer:?}: parameters differ by {difference}"
        );
        let difference = distance(&tensors.moments().unwrap(), &moments);
        assert!(
            difference <= 1e-6,
            "{optimizer:?}: moments differ by {difference}"
        );
        assert_ne!(flat, start(), "{optimizer:?}: nothing moved");
    }
}

const MOMENTUM: Optimizer = Optimizer::new(lenet_core::Rule::Momentum { momentum: 0.5 });

#[test]
fn backends_train_alike() {
    let data = testing::splits();
    let trial = Trial {
        dropout: Dropout::connected(0.25),
        ..testing::trial()
    };
    let mut ends = [Backend::Fused, Backend::Stock].map(|kind| {
        let mut group = make(kind, MOMENTUM, (start(), vec![]));
        let member = Member {
            network: 0,
            order: &data.train.indices,
            first_step: 0,
            learning_rates: vec![0.05; 8],
            dropout: dropout(&trial, 1),
            sums: TrainingSums::default(),
        };
        train(&mut *group, member, 0);
        let mut logits = Vec::new();
        let test = group.evaluate(&data.test, &[0], Some(&mut logits)).unwrap();
        (
            group.parameters(0).unwrap(),
            group.moments(0).unwrap(),
            group.training_sums().unwrap()[0],
            test[0],
            logits,
        )
    });
    let [fused, stock] = &mut ends;
    assert!(distance(&fused.0, &stock.0) <= 1e-5, "parameters");
    assert!(distance(&fused.1, &stock.1) <= 1e-4, "moments");
    assert!(distance(&fused.4, &stock.4) <= 1e-4, "logits");
    assert_eq!(fused.4.len(), 21 * 3);
    let losses = [fused.2.loss, stock.2.loss];
    assert!((losses[0] - losses[1]).abs() <= 1e-4, "{losses:?}");
    assert_eq!(fused.2.correct, stock.2.correct);
    let losses = [fused.3.loss, stock.3.loss];
    assert!((losses[0] - losses[1]).abs() <= 1e-4, "{losses:?}");
    assert_eq!(fused.3.correct, stock.3.correct);
    let peaks = [fused.3.peak_activation, stock.3.peak_activation];
    assert!((peaks[0] - peaks[1]).abs() <= 1e-4 * peaks[1], "{peaks:?}");
    assert_ne!(fused.0, start(), "nothing was trained");
}

#[test]
fn a_network_of_nan_counts_nothing_as_right() {
    for kind in Backend::ALL {
        let mut group = make(
            kind,
            Optimizer::SGD,
            (vec![f32::NAN; start().len()], vec![]),
        );
        let test = testing::splits().test;
        let sums = group.evaluate(&test, &[0], None).unwrap()[0];
        assert!(sums.loss.is_nan(), "{kind}: {sums:?}");
        assert_eq!(sums.correct, 0.0, "{kind}");
        // candle's ReLU turns NaN into 0.
        if kind == Backend::Fused {
            assert!(sums.peak_activation.is_nan(), "{sums:?}");
        }
    }
}

#[test]
fn a_dead_network_is_seen() {
    for kind in Backend::ALL {
        let geometry = config::geometry(&testing::trial().network, &testing::splits()).unwrap();
        let mut parameters = start();
        let fc1_bias = &geometry.parameters()[5];
        assert_eq!(fc1_bias.name, "fc1.bias");
        parameters[fc1_bias.range()].fill(-1e3);
        let mut group = make(kind, Optimizer::SGD, (parameters, vec![]));
        let test = testing::splits().test;
        let sums = group.evaluate(&test, &[0], None).unwrap()[0];
        assert_eq!(sums.peak_activation, 0.0, "{kind}");
    }
}

/// Each step has the batch, number, learning rate and mask of its position in the trial. So an
/// epoch in two parts equals one without a break.
#[test]
fn an_epoch_goes_on_where_it_was_left() {
    let data = testing::splits();
    let trial = Trial {
        dropout: Dropout::connected(0.5),
        ..testing::trial()
    };
    let rate = |number: u64| 0.1 / number as f64;
    let first_step = 8;
    for kind in Backend::ALL {
        let member = |batches: u64, sums| Member {
            network: 0,
            order: &data.train.indices[..(8 * batches as usize).min(60)],
            first_step,
            learning_rates: (first_step + 1..=first_step + batches).map(rate).collect(),
            dropout: dropout(&trial, first_step + 1),
            sums,
        };
        let begin = || make(kind, MOMENTUM, (start(), vec![]));
        let mut whole = begin();
        train(&mut *whole, member(8, TrainingSums::default()), 0);
        let mut halves = begin();
        train(&mut *halves, member(3, TrainingSums::default()), 0);
        let sums = halves.training_sums().unwrap()[0];
        train(&mut *halves, member(8, sums), 3);
        assert_eq!(halves.parameters(0).unwrap(), whole.parameters(0).unwrap());
        assert_eq!(halves.moments(0).unwrap(), whole.moments(0).unwrap());
        let both = [
            halves.training_sums().unwrap(),
            whole.training_sums().unwrap(),
        ];
        assert_eq!(both[0], both[1], "{kind}");
    }
}

#[test]
fn a_gpu_out_of_reach_says_what_to_do() {
    // No machine has that many GPUs, so this holds with and without the feature.
    let error = resolve_device(DeviceChoice::Cuda(9_999))
        .unwrap_err()
        .to_string();
    assert!(error.contains("--device cpu"), "{error}");
}

#[cfg(not(feature = "cuda"))]
#[test]
fn auto_is_the_cpu_without_cuda() {
    assert_eq!(
        resolve_device(DeviceChoice::Auto).unwrap(),
        (DeviceKind::Cpu, 0)
    );
}

/// Networks of other stages train by the stock backend, whose gradients are the reference's.
#[test]
fn other_stages_train_by_the_stock_backend() {
    for stages in [
        Stages {
            padding: Padding::Valid,
            stride: 1,
            pooling: Pooling::Last,
        },
        Stages {
            padding: Padding::Same,
            stride: 2,
            pooling: Pooling::None,
        },
    ] {
        let mut trial = testing::trial();
        trial.network.stages = stages;
        (trial.optimizer, trial.learning_rate) = (Optimizer::ADAM, 0.01);
        let refused = crate::self_check(&trial, &testing::splits(), &RunOptions::default());
        let text = refused.unwrap_err().to_string();
        assert!(text.contains("backend = stock"), "{text}");
        trial.backend = Backend::Stock;
        let check = crate::self_check(&trial, &testing::splits(), &RunOptions::default()).unwrap();
        assert!(check.passed, "{stages}: {check:?}");
        let ended = crate::run(
            &trial,
            &testing::splits(),
            &RunOptions::default(),
            &mut |_| {},
        );
        let crate::Ended::Finished { epochs, .. } = ended.unwrap() else {
            panic!("{stages}: it was not interrupted");
        };
        assert!(
            epochs[2].train_loss < epochs[0].train_loss,
            "{stages}: {epochs:?}"
        );
    }
}

/// As many bytes, normalized by hand or by the option.
#[test]
fn evaluation_normalizes_where_it_is_asked_to() {
    let split = testing::splits().test;
    let geometry = config::geometry(&testing::trial().network, &testing::splits()).unwrap();
    let normalization = lenet_model::Normalization {
        mean: 0.4,
        deviation: 0.3,
    };
    let options = RunOptions {
        normalization,
        ..RunOptions::default()
    };
    let evaluate = |backend, options: &RunOptions, logits: &mut Vec<f32>| {
        let logits = Some(logits);
        crate::evaluate(
            &geometry,
            &start(),
            &split,
            backend,
            DeviceKind::Cpu,
            options,
            logits,
        )
    };
    let refused = evaluate(Backend::Fused, &options, &mut Vec::new()).unwrap_err();
    assert!(refused.to_string().contains("backend = stock"), "{refused}");

    let config = lenet_model::LeNetConfig::new(&geometry, 0.0);
    let classifier = lenet_model::Classifier::new(&config, start()).unwrap();
    let pixels = split.set.pixels().iter();
    let pixels: Vec<f32> = pixels
        .map(|&byte| (f32::from(byte) / 255.0 - 0.4) / 0.3)
        .collect();
    let mut want = vec![0.0; 3 * split.len()];
    classifier.logits(&pixels, &mut want).unwrap();
    for streamed in [false, true] {
        let mut got = Vec::new();
        let options = RunOptions {
            streamed,
            ..options.clone()
        };
        evaluate(Backend::Stock, &options, &mut got).unwrap();
        assert!(distance(&got, &want) <= 1e-5, "{got:?} {want:?}");
    }
}
