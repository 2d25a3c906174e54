//! Groups on a GPU, or on the driver in `tests/cuda`, which runs the kernels on the CPU.

use lenet_core::{DeviceKind, Precision};
use lenet_results::PhaseSeconds;

use super::*;
use crate::engine::tests::bits;
use crate::{self_check, time_phases};

/// Relative bound on differences of losses: rounding on two devices, over about twenty steps.
const LOSSES: f64 = 1e-4;

fn on_the_gpu() -> Vec<Trial> {
    let device = DeviceKind::Cuda;
    let trials = trials(Backend::Fused).into_iter();
    trials.map(|trial| Trial { device, ..trial }).collect()
}

fn ends(seen: Seen) -> Vec<Ended> {
    seen.into_ends().into_iter().map(Result::unwrap).collect()
}

/// Accuracies may differ by one image, losses by rounding.
fn assert_close(got: &EpochRecord, want: &EpochRecord, data: &Splits) {
    let loss = |got: f64, want: f64| {
        (got - want).abs() <= LOSSES * want.abs() || !got.is_finite() && !want.is_finite()
    };
    let images = |split: &lenet_data::Split| split.indices.len() as f64;
    let accuracy = |got: f64, want: f64, split| (got - want).abs() * images(split) < 1.5;
    let close = loss(got.train_loss, want.train_loss)
        && loss(got.validation_loss, want.validation_loss)
        && loss(got.test_loss, want.test_loss)
        && accuracy(got.train_accuracy, want.train_accuracy, &data.train)
        && accuracy(
            got.validation_accuracy,
            want.validation_accuracy,
            &data.validation,
        )
        && accuracy(got.test_accuracy, want.test_accuracy, &data.test)
        && (got.epoch, got.step, got.dead) == (want.epoch, want.step, want.dead)
        && got.learning_rate == want.learning_rate;
    assert!(close, "{got:?}\n{want:?}");
}

#[test]
#[ignore = "needs a GPU"]
fn a_group_on_a_gpu_trains_as_the_cpu_does() {
    let data = testing::splits();
    let trials = on_the_gpu();
    let seen = together(&trials, &data, &[], Seen::default()).unwrap();
    assert!(seen.started.iter().all(|(_, group)| *group == 6));
    for (trial, end) in trials.iter().zip(ends(seen)) {
        let device = DeviceKind::Cpu;
        let trial = Trial {
            device,
            ..trial.clone()
        };
        let (got, want) = (finished(end), alone(&trial, &data));
        assert_eq!(got.0, want.0);
        assert_eq!(got.1.len(), want.1.len());
        for (got, want) in got.1.iter().zip(&want.1) {
            assert_close(got, want, &data);
        }
    }
}

#[test]
#[ignore = "needs a GPU"]
fn a_trial_on_a_gpu_is_to_the_bit_what_it_is_alone() {
    let data = testing::splits();
    let trials = on_the_gpu();
    let want: Vec<Alone> = trials.iter().map(|trial| alone(trial, &data)).collect();
    let seen = together(&trials, &data, &[], Seen::default()).unwrap();
    for (end, want) in ends(seen).into_iter().zip(&want) {
        assert_same(&finished(end), want);
    }

    // Stopped after every eleven steps, which is within an epoch, and resumed.
    let folder = tempfile::tempdir().unwrap();
    let files = paths(folder.path(), trials.len());
    let mut stretches = 0;
    let got = loop {
        stretches += 1;
        let seen = Seen {
            stop: Some((11, RunOptions::default())),
            ..Seen::default()
        };
        let ends = ends(together(&trials, &data, &files, seen).unwrap());
        let interrupted = |end: &Ended| matches!(end, Ended::Interrupted { .. });
        if !ends.iter().any(interrupted) {
            break ends;
        }
    };
    assert!(stretches > 1, "never interrupted");
    for (end, want) in got.into_iter().zip(&want) {
        assert_same(&finished(end), want);
    }
}

/// Too many trials for one pass of an evaluation, which then takes several.
#[test]
#[ignore = "needs a GPU"]
fn many_trials_on_a_gpu_are_what_one_is() {
    let mut data = testing::splits();
    // Both splits repeat their images.
    for split in [&mut data.validation, &mut data.test] {
        split.indices = split.indices.iter().copied().cycle().take(700).collect();
    }
    let one = Trial {
        device: DeviceKind::Cuda,
        epochs: 1,
        network: lenet_core::Architecture {
            filters: vec![1],
            kernel: 3,
            hidden: vec![],
            ..lenet_core::Architecture::default()
        },
        ..testing::trial()
    };
    let trials: Vec<Trial> = (1..=13)
        .map(|seed| Trial {
            seed,
            ..one.clone()
        })
        .collect();
    let seen = together(&trials, &data, &[], Seen::default()).unwrap();
    let ends = ends(seen).into_iter().zip(&trials);
    for (end, trial) in ends.take(2) {
        assert_same(&finished(end), &alone(trial, &data));
    }
}

fn in_tf32(trial: &Trial) -> Trial {
    Trial {
        precision: Precision::Tf32,
        ..trial.clone()
    }
}

/// The trials are refused before the GPU is opened.
#[test]
#[ignore = "needs a GPU"]
fn trials_of_two_precisions_are_refused() {
    let data = testing::splits();
    let single = on_the_gpu().remove(0);
    let trials = [single.clone(), in_tf32(&single)];
    let refused = together(&trials, &data, &[], Seen::default());
    let error = refused.map(|_| ()).unwrap_err().to_string();
    let words = "trials with different precisions cannot be trained together";
    assert!(error.contains(words), "{error}");
}

/// The network's second stage runs on tensor cores.
#[test]
#[ignore = "needs a GPU"]
fn a_check_of_gradients_proves_the_precision_of_the_trial() {
    let data = testing::splits();
    let single = Trial {
        device: DeviceKind::Cuda,
        network: lenet_core::Architecture {
            filters: vec![32, 32],
            kernel: 3,
            hidden: vec![8],
            ..lenet_core::Architecture::default()
        },
        ..testing::trial()
    };
    let [single, tf32] = [single.clone(), in_tf32(&single)]
        .map(|trial| self_check(&trial, &data, &RunOptions::default()).unwrap());
    assert!(single.passed && tf32.passed, "{single:?}\n{tf32:?}");
    // TF32 rounds factors, so it needs a wider bound than f32.
    assert!(single.tolerance < tf32.tolerance);
    assert!(
        single.worst_relative_error < tf32.worst_relative_error,
        "{single:?}\n{tf32:?}"
    );
}

/// With a clock, phases are launched one by one with waits between; ordinary steps are launched
/// as one recorded graph.
#[test]
#[ignore = "needs a GPU"]
fn a_clock_on_a_gpu_changes_no_parameter() {
    let data = testing::splits();
    let trial = Trial {
        device: DeviceKind::Cuda,
        epochs: 1,
        ..adam()
    };
    let options = RunOptions::default();
    let phases = time_phases(&trial, &data, &options).unwrap();
    let phases = phases.expect("nobody stops it");
    assert!(phases.sum() > 0.0, "{phases:?}");

    let member = GroupTrial {
        config: &trial,
        data: &data,
        checkpoint: None,
        earlier: None,
        init: None,
    };
    let (course, state) = Course::begin(&member, &options).unwrap();
    let networks = vec![(trial.optimizer, state)];
    let mut group = backend::build(&course.geometry, &trial.shape(), &options, networks).unwrap();
    let order = course.order();
    let epoch = course.member(0, &order);
    group.begin_epoch(&data.train.set, &[epoch], 0).unwrap();
    let mut phases = PhaseSeconds::default();
    let mut clock = Clock::start(&mut phases);
    for _ in 0..course.batches {
        group.step(&mut clock).unwrap();
    }
    assert_eq!(
        bits(&group.parameters(0).unwrap()),
        bits(&alone(&trial, &data).2)
    );
    let PhaseSeconds {
        forward,
        backward,
        optimizer,
        ..
    } = phases;
    assert!(forward > 0.0 && backward > 0.0 && optimizer > 0.0);
}
