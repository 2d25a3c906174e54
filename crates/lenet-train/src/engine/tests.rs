//! Single trials: run to their end, stopped, killed, resumed and refused.

mod continued;

use std::sync::atomic::Ordering;

use lenet_core::{Backend, Dropout, EarlyStop, Optimizer, Patience, Rule};
use lenet_results::{EpochRecord, Outcome};

use super::*;
use crate::checkpoint::Checkpoint;
use crate::{CheckpointError, config, testing};

pub(super) fn adam() -> Trial {
    Trial {
        optimizer: Optimizer::ADAM,
        learning_rate: 0.01,
        dropout: Dropout::connected(0.25),
        ..testing::trial()
    }
}

pub(super) fn finished(ended: Ended) -> (Outcome, Vec<EpochRecord>, Vec<f32>) {
    match ended {
        Ended::Finished {
            outcome,
            epochs,
            parameters,
            ..
        } => (outcome, epochs, parameters),
        Ended::Interrupted { epochs } => panic!("interrupted after {epochs} epochs"),
    }
}

fn unbroken(trial: &Trial) -> (Outcome, Vec<EpochRecord>, Vec<f32>) {
    let ended = run(
        trial,
        &testing::splits(),
        &RunOptions::default(),
        &mut |_| {},
    );
    finished(ended.unwrap())
}

pub(super) fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

pub(super) fn assert_same(
    a: &(Outcome, Vec<EpochRecord>, Vec<f32>),
    b: &(Outcome, Vec<EpochRecord>, Vec<f32>),
) {
    assert_eq!(a.0, b.0);
    assert_eq!(a.1.len(), b.1.len());
    for (a, b) in a.1.iter().zip(&b.1) {
        assert!(a.same_outcome(b), "{a:?}\n{b:?}");
    }
    assert_eq!(bits(&a.2), bits(&b.2));
}

/// Runs until `stop_at` steps of this call are done, then stops as on Ctrl-C.
pub(super) fn run_until(
    trial: &Trial,
    checkpoint: &Path,
    stop_at: usize,
) -> Result<Ended, TrainError> {
    let options = RunOptions {
        checkpoint: Some(checkpoint.to_owned()),
        ..RunOptions::default()
    };
    let stop = options.stop.clone();
    let mut steps = 0;
    stop.store(stop_at == 0, Ordering::Relaxed);
    // An epoch has so few batches that every step sends an event.
    run(trial, &testing::splits(), &options, &mut |event| {
        if let Event::Step { .. } = event {
            steps += 1;
            stop.store(steps == stop_at, Ordering::Relaxed);
        }
    })
}

#[test]
fn it_learns() {
    let (outcome, epochs, _) = unbroken(&Trial {
        epochs: 10,
        ..adam()
    });
    assert_eq!(outcome, Outcome::Completed {});
    assert_eq!(epochs.len(), 10);
    let (first, last) = (&epochs[0], &epochs[9]);
    assert!(
        last.train_loss < 0.7 * first.train_loss,
        "{first:?}\n{last:?}"
    );
    assert!(last.test_accuracy > 0.8, "{last:?}");
    assert_eq!(last.step, 80);
    assert!(!last.dead);
}

#[test]
fn a_trial_stopped_at_any_step_goes_on_exactly() {
    for backend in [Backend::Fused, Backend::Stock] {
        let trial = Trial { backend, ..adam() };
        let want = unbroken(&trial);
        let folder = tempfile::tempdir().unwrap();
        for stop_at in [0, 1, 3, 7, 8, 9, 11] {
            let path = folder.path().join(format!("{stop_at}"));
            let mut stretches = 0;
            let got = loop {
                let at = if stop_at == 0 && stretches > 0 {
                    1
                } else {
                    stop_at
                };
                stretches += 1;
                match run_until(&trial, &path, at).unwrap() {
                    Ended::Interrupted { .. } => {}
                    ended => break finished(ended),
                }
            };
            assert!(stretches > 1, "never interrupted at {stop_at}");
            assert_same(&got, &want);
        }
    }
}

#[test]
fn a_killed_trial_goes_on_from_its_last_epoch() {
    let trial = adam();
    let want = unbroken(&trial);
    let folder = tempfile::tempdir().unwrap();
    let (path, kept) = (folder.path().join("live"), folder.path().join("kept"));
    let options = RunOptions {
        checkpoint: Some(path.clone()),
        ..RunOptions::default()
    };
    // A kill in the middle of the second epoch leaves the checkpoint of the first, and half of a
    // temporary file.
    let run = |options: &RunOptions, observer: &mut dyn FnMut(Event<'_>)| {
        super::run(&trial, &testing::splits(), options, observer).unwrap()
    };
    run(&options, &mut |event| {
        if let Event::Step {
            epoch: 2, batch: 4, ..
        } = event
        {
            std::fs::copy(&path, &kept).unwrap();
        }
    });
    std::fs::write(folder.path().join("kept.tmp"), b"half").unwrap();
    let options = RunOptions {
        checkpoint: Some(kept),
        ..RunOptions::default()
    };
    let mut from = None;
    let ended = run(&options, &mut |event| {
        if let Event::Started {
            from_epoch, epochs, ..
        } = event
        {
            from = Some((from_epoch, epochs.len()));
        }
    });
    assert_eq!(from, Some((1, 1)));
    assert_same(&finished(ended), &want);
}

#[test]
fn a_finished_trial_is_not_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let options = RunOptions {
        checkpoint: Some(folder.path().join("c")),
        ..RunOptions::default()
    };
    let data = testing::splits();
    let first = finished(run(&adam(), &data, &options, &mut |_| {}).unwrap());
    let again = run(&adam(), &data, &options, &mut |event| {
        assert!(
            matches!(event, Event::Started { from_epoch: 3, .. }),
            "{event:?}"
        );
    });
    assert_same(&finished(again.unwrap()), &first);
}

#[test]
fn threads_change_no_bit() {
    for backend in [Backend::Fused, Backend::Stock] {
        let trial = Trial { backend, ..adam() };
        let two = RunOptions {
            threads: 2,
            ..RunOptions::default()
        };
        let two = finished(run(&trial, &testing::splits(), &two, &mut |_| {}).unwrap());
        assert_same(&two, &unbroken(&trial));
    }
}

#[test]
fn disconnected_dropout_is_no_dropout() {
    let with = |rate, connected| {
        unbroken(&Trial {
            dropout: Dropout { rate, connected },
            ..adam()
        })
    };
    let none = with(0.0, true);
    assert_same(&with(0.5, false), &none);
    assert_ne!(bits(&with(0.5, true).2), bits(&none.2));
}

#[test]
fn seeds_differ() {
    let other = unbroken(&Trial { seed: 2, ..adam() });
    assert_ne!(bits(&other.2), bits(&unbroken(&adam()).2));
}

#[test]
fn a_diverging_trial_is_an_outcome() {
    for backend in [Backend::Fused, Backend::Stock] {
        let trial = Trial {
            backend,
            learning_rate: 1e30,
            ..testing::trial()
        };
        let (outcome, epochs, _) = unbroken(&trial);
        assert_eq!(outcome, Outcome::Diverged { epoch: 1 }, "{backend:?}");
        assert_eq!(epochs.len(), 1);
        assert!(!epochs[0].dead, "{backend:?}: {:?}", epochs[0]);
        // candle's ReLU hides NaN from the loss; there only the parameters show the divergence.
        if backend == Backend::Fused {
            let loss = epochs[0].train_loss;
            assert_eq!(loss.to_bits(), f64::NAN.to_bits(), "{:?}", epochs[0]);
        }
    }
}

#[test]
fn early_stopping_ends_a_trial() {
    let stop = Patience {
        epochs: 2,
        min_delta: 10.0,
    };
    let trial = Trial {
        epochs: 9,
        early_stop: EarlyStop::After(stop),
        ..adam()
    };
    let (outcome, epochs, _) = unbroken(&trial);
    assert_eq!(outcome, Outcome::Stopped { epoch: 3 });
    assert_eq!(epochs.len(), 3);
}

#[test]
fn foreign_and_broken_checkpoints_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    let options = RunOptions {
        checkpoint: Some(path.clone()),
        ..RunOptions::default()
    };
    let data = testing::splits();
    run(&adam(), &data, &options, &mut |_| {}).unwrap();
    let other = Trial { seed: 2, ..adam() };
    let error = run(&other, &data, &options, &mut |_| {}).unwrap_err();
    assert!(
        matches!(
            error,
            TrainError::Checkpoint(CheckpointError::OtherTrial { .. })
        ),
        "{error}"
    );
    std::fs::write(&path, b"nonsense").unwrap();
    let error = run(&adam(), &data, &options, &mut |_| {}).unwrap_err();
    assert!(
        matches!(
            error,
            TrainError::Checkpoint(CheckpointError::Broken { .. })
        ),
        "{error}"
    );
    assert_eq!(
        std::fs::read(&path).unwrap(),
        b"nonsense",
        "it is left as it was"
    );
}

#[test]
fn initial_weights_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w");
    let data = testing::splits();
    let geometry = config::geometry(&adam().network, &data).unwrap();
    let weights = initial_parameters(&geometry, 77);
    lenet_model::weights::save(&file, &geometry, &weights).unwrap();
    assert_eq!(start(&adam(), &geometry, Some(&file)).unwrap(), weights);
    let other = Geometry {
        hidden: vec![9],
        ..geometry
    };
    let error = start(&adam(), &other, Some(&file)).unwrap_err();
    assert!(matches!(error, TrainError::Weights(_)), "{error}");
}

#[test]
fn impossible_configurations_are_refused_before_any_work() {
    let data = testing::splits();
    let refused = |trial: Trial, word: &str| {
        let error = run(&trial, &data, &RunOptions::default(), &mut |event| {
            panic!("{word}: {event:?}");
        });
        let error = error.unwrap_err().to_string();
        assert!(error.contains(word), "{word}: {error}");
    };
    for learning_rate in [-0.1, 0.0, f64::NAN, f64::INFINITY] {
        refused(
            Trial {
                learning_rate,
                ..adam()
            },
            "learning_rate",
        );
    }
    refused(
        Trial {
            batch_size: 0,
            ..adam()
        },
        "batch_size",
    );
    refused(
        Trial {
            epochs: 0,
            ..adam()
        },
        "epochs",
    );
    let dropout = Dropout::connected(1.0);
    refused(Trial { dropout, ..adam() }, "dropout");
    let precision = lenet_core::Precision::Tf32;
    let tf32 = Trial {
        precision,
        ..adam()
    };
    refused(tf32, "precision");
    let mut trial = adam();
    trial.network.filters = vec![0];
    refused(trial, "filters");
    let optimizer = Optimizer::new(Rule::Momentum { momentum: 1.0 });
    refused(
        Trial {
            optimizer,
            ..adam()
        },
        "momentum",
    );
    if cfg!(not(feature = "cuda")) {
        let device = lenet_core::DeviceKind::Cuda;
        refused(Trial { device, ..adam() }, "without CUDA");
    }
}

#[test]
fn data_that_does_not_fit_is_refused() {
    let mut data = testing::splits();
    data.classes = 2;
    let error = run(&adam(), &data, &RunOptions::default(), &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("label 2"), "{error}");
    let mut data = testing::splits();
    data.validation.indices.clear();
    let error = run(&adam(), &data, &RunOptions::default(), &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("no images"), "{error}");
    let mut data = testing::splits();
    data.test.indices.push(99);
    let error = run(&adam(), &data, &RunOptions::default(), &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("no image 99"), "{error}");
}
