//! The measured phases add up to no more than the elapsed time, and measuring changes no result.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lenet_core::{Backend, Dropout};

use super::*;
use crate::testing;

const PATHS: [(Backend, bool); 3] = [
    (Backend::Fused, false),
    (Backend::Stock, false),
    (Backend::Stock, true),
];

fn trial(backend: Backend) -> Trial {
    Trial {
        backend,
        dropout: Dropout::connected(0.5),
        ..testing::trial()
    }
}

fn options(streamed: bool) -> RunOptions {
    RunOptions {
        streamed,
        ..RunOptions::default()
    }
}

#[test]
fn a_group_takes_the_time_of_all() {
    let (trial, data) = (testing::trial(), testing::splits());
    let other = Trial {
        seed: 2,
        ..trial.clone()
    };
    let options = RunOptions::default();
    let begun = Instant::now();
    // An epoch has eight steps; more are not timed.
    let timing = time_group(&[&trial, &other], &data, &options, 99).unwrap();
    let clock = begun.elapsed().as_secs_f64();
    assert!(timing.step_seconds > 0.0 && timing.image_seconds > 0.0);
    let sum = 8.0 * timing.step_seconds + 21.0 * timing.image_seconds;
    assert!(sum <= clock, "{timing:?} in {clock} s");
    let none = time_group(&[], &data, &options, 1).unwrap_err().to_string();
    assert!(none.contains("no trial"), "{none}");
    let bad = Trial {
        learning_rate: f64::NAN,
        ..trial
    };
    assert!(time_group(&[&bad], &data, &options, 1).is_err());
}

#[test]
fn steps_go_on_past_an_epoch() {
    let timing = time_steps(
        &testing::trial(),
        &testing::splits(),
        &RunOptions::default(),
        20,
    );
    let timing = timing.unwrap();
    assert!(timing.step_seconds > 0.0 && timing.image_seconds > 0.0);
}

/// The parameters after an epoch, with a clock that adds to `phases` or with none.
fn trained(backend: Backend, streamed: bool, phases: Option<&mut PhaseSeconds>) -> Vec<f32> {
    let (trial, data) = (trial(backend), testing::splits());
    let trials = [&trial];
    let mut bench = Bench::new(&trials, &data, &options(streamed)).unwrap();
    let mut clock = phases.map_or_else(Clock::off, Clock::start);
    bench.begin_epoch(&mut clock).unwrap();
    for _ in 0..bench.batches {
        bench.group.step(&mut clock).unwrap();
    }
    bench.group.parameters(0).unwrap()
}

#[test]
fn the_clock_changes_no_number() {
    for (backend, streamed) in PATHS {
        let mut phases = PhaseSeconds::default();
        let timed = trained(backend, streamed, Some(&mut phases));
        let untimed = trained(backend, streamed, None);
        assert_eq!(timed, untimed, "{backend} streamed {streamed}");
        assert!(
            phases.forward > 0.0 && phases.backward > 0.0 && phases.optimizer > 0.0,
            "{backend}: {phases:?}"
        );
    }
}

/// Both divide bytes by 255: one on the host, one with a tensor operation.
#[test]
fn streamed_images_are_the_resident_ones() {
    let streamed = trained(Backend::Stock, true, None);
    let resident = trained(Backend::Stock, false, None);
    for (a, b) in streamed.iter().zip(&resident) {
        assert!((a - b).abs() <= 1e-5, "{a} {b}");
    }
}

#[test]
fn an_epoch_is_taken_apart() {
    for (backend, streamed) in PATHS {
        let started = Instant::now();
        let phases = time_phases(&trial(backend), &testing::splits(), &options(streamed))
            .unwrap()
            .expect("nobody stops it");
        let total = started.elapsed().as_secs_f64();
        assert!(
            phases.prepare > 0.0 && phases.evaluation > 0.0,
            "{phases:?}"
        );
        assert!(
            phases.sum() > 0.0 && phases.sum() <= total,
            "{phases:?} {total}"
        );
    }
}

#[test]
fn stopping_leaves_no_measurement() {
    let options = RunOptions {
        stop: Arc::new(AtomicBool::new(true)),
        ..RunOptions::default()
    };
    let ended = time_phases(&trial(Backend::Fused), &testing::splits(), &options);
    assert_eq!(ended.unwrap(), None);
}
