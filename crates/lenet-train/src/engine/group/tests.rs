//! Trials that are trained together give the results that they give alone.

#[cfg(feature = "cuda")]
mod cuda;

use std::path::{Path, PathBuf};

use lenet_core::{Backend, Dropout, EarlyStop, Optimizer, Patience, Trial};
use lenet_data::Splits;
use lenet_results::{EpochRecord, Outcome};

use super::super::tests::{adam, assert_same, finished, run_until};
use super::*;
use crate::checkpoint::Checkpoint;
use crate::{CheckpointError, run, testing};

/// A watcher that keeps what it receives: trial indices per kind of event, and the ends.
#[derive(Default)]
struct Seen {
    started: Vec<(usize, usize)>,
    steps: Vec<usize>,
    epochs: Vec<usize>,
    ended: Vec<(usize, Result<Ended, TrainError>)>,
    /// Sets the options' stop flag once trial 0 has done this many steps.
    stop: Option<(usize, RunOptions)>,
}

impl Watcher for Seen {
    fn event(&mut self, trial: usize, event: Event<'_>) {
        match event {
            Event::Started { group, .. } => self.started.push((trial, group)),
            Event::Step { .. } => self.steps.push(trial),
            Event::Epoch(_) => self.epochs.push(trial),
        }
        let steps = self.steps.iter().filter(|&&of| of == 0).count();
        if let Some((at, options)) = &self.stop {
            options.stop.store(steps >= *at, Ordering::Relaxed);
        }
    }

    fn ended(&mut self, trial: usize, ended: Result<Ended, TrainError>) {
        self.ended.push((trial, ended));
    }
}

impl Seen {
    /// The ends in the trials' order; checks that each was received once.
    fn into_ends(mut self) -> Vec<Result<Ended, TrainError>> {
        self.ended.sort_by_key(|(trial, _)| *trial);
        let trials: Vec<usize> = self.ended.iter().map(|(trial, _)| *trial).collect();
        assert_eq!(trials, (0..trials.len()).collect::<Vec<_>>());
        self.ended.into_iter().map(|(_, ended)| ended).collect()
    }
}

/// Trials that differ in everything that may differ within a group.
fn trials(backend: Backend) -> Vec<Trial> {
    let early_stop = EarlyStop::After(Patience {
        epochs: 1,
        min_delta: 10.0,
    });
    let idle = Dropout {
        rate: 0.5,
        connected: false,
    };
    let trials = [
        adam(),
        Trial { seed: 2, ..adam() },
        Trial {
            optimizer: Optimizer::MOMENTUM,
            epochs: 9,
            early_stop,
            ..testing::trial()
        },
        Trial {
            dropout: idle,
            epochs: 1,
            ..adam()
        },
        Trial {
            learning_rate: 1e30,
            ..testing::trial()
        },
        Trial {
            epochs: 4,
            seed: 7,
            ..testing::trial()
        },
    ];
    trials
        .into_iter()
        .map(|trial| Trial { backend, ..trial })
        .collect()
}

type Alone = (Outcome, Vec<EpochRecord>, Vec<f32>);

fn alone(trial: &Trial, data: &Splits) -> Alone {
    finished(run(trial, data, &RunOptions::default(), &mut |_| {}).unwrap())
}

fn together(
    trials: &[Trial],
    data: &Splits,
    checkpoints: &[PathBuf],
    seen: Seen,
) -> Result<Seen, TrainError> {
    let group: Vec<GroupTrial<'_>> = trials
        .iter()
        .enumerate()
        .map(|(number, trial)| GroupTrial {
            config: trial,
            data,
            checkpoint: checkpoints.get(number).map(PathBuf::as_path),
            earlier: None,
            init: None,
        })
        .collect();
    let options = match &seen.stop {
        Some((_, options)) => options.clone(),
        None => RunOptions::default(),
    };
    let mut seen = seen;
    run_group(&group, &options, &mut seen).map(|()| seen)
}

fn paths(folder: &Path, count: usize) -> Vec<PathBuf> {
    (0..count).map(|n| folder.join(n.to_string())).collect()
}

#[test]
fn each_trial_is_what_it_is_alone() {
    let data = testing::splits();
    for backend in [Backend::Fused, Backend::Stock] {
        let trials = trials(backend);
        let folder = tempfile::tempdir().unwrap();
        let files = paths(folder.path(), trials.len());
        let begun = Instant::now();
        let seen = together(&trials, &data, &files, Seen::default()).unwrap();
        let clock = begun.elapsed().as_secs_f64();
        assert_eq!(seen.started, [0, 1, 2, 3, 4, 5].map(|trial| (trial, 6)));
        assert_eq!(
            seen.epochs,
            [0, 1, 2, 3, 4, 5, 0, 1, 2, 5, 0, 1, 5, 5],
            "three epochs, three, two, one, one and four"
        );
        let mut seconds = 0.0;
        let mut outcomes = Vec::new();
        for ((trial, file), end) in trials.iter().zip(&files).zip(seen.into_ends()) {
            let got = finished(end.unwrap());
            assert_same(&got, &alone(trial, &data));
            let saved = Checkpoint::read(file, &trial.identity(), u64::MAX)
                .unwrap()
                .unwrap();
            assert_eq!(saved.progress.epochs.len(), got.1.len());
            let mut epochs = saved.progress.epochs.iter().zip(&got.1);
            assert!(epochs.all(|(a, b)| a.same_outcome(b)));
            let epochs = got.1.iter();
            seconds += epochs
                .map(|epoch| epoch.train_seconds + epoch.evaluation_seconds)
                .sum::<f64>();
            outcomes.push(got.0);
        }
        assert!(
            seconds > 0.0 && seconds <= clock,
            "{seconds} s of {clock} s"
        );
        assert_eq!(outcomes[2], Outcome::Stopped { epoch: 2 });
        assert_eq!(outcomes[4], Outcome::Diverged { epoch: 1 });
    }
}

#[test]
fn a_group_stopped_at_any_step_goes_on_exactly() {
    let data = testing::splits();
    let trials = trials(Backend::Fused);
    let want: Vec<Alone> = trials.iter().map(|trial| alone(trial, &data)).collect();
    for at in [1, 3, 7, 8, 9, 11] {
        let folder = tempfile::tempdir().unwrap();
        let files = paths(folder.path(), trials.len());
        let mut stretches = 0;
        let ends = loop {
            stretches += 1;
            let seen = Seen {
                stop: Some((at, RunOptions::default())),
                ..Seen::default()
            };
            let ends = together(&trials, &data, &files, seen).unwrap().into_ends();
            let ends: Vec<Ended> = ends.into_iter().map(Result::unwrap).collect();
            if !ends
                .iter()
                .any(|end| matches!(end, Ended::Interrupted { .. }))
            {
                break ends;
            }
        };
        assert!(stretches > 1, "never interrupted at {at}");
        for (end, want) in ends.into_iter().zip(&want) {
            assert_same(&finished(end), want);
        }
    }
}

/// A trial writes the same checkpoint whether it is stopped alone or in a group.
#[test]
fn checkpoints_in_the_middle_of_an_epoch_are_those_of_the_trial_alone() {
    let data = testing::splits();
    let trials = &trials(Backend::Fused)[..3];
    let folder = tempfile::tempdir().unwrap();
    let files = paths(folder.path(), 6);
    for (trial, file) in trials.iter().zip(&files[3..]) {
        run_until(trial, file, 11).unwrap();
    }
    let seen = Seen {
        stop: Some((11, RunOptions::default())),
        ..Seen::default()
    };
    together(trials, &data, &files, seen).unwrap();
    for (number, trial) in trials.iter().enumerate() {
        let [a, b] = [number, number + 3].map(|file| {
            Checkpoint::read(&files[file], &trial.identity(), u64::MAX)
                .unwrap()
                .unwrap()
        });
        assert_eq!((a.progress.step, a.progress.batch), (11, 3));
        assert_eq!(a.progress.step, b.progress.step);
        assert_eq!(a.progress.loss_bits, b.progress.loss_bits);
        assert_eq!(a.progress.correct, b.progress.correct);
        assert_eq!((a.parameters, a.moments), (b.parameters, b.moments));
    }
}

#[test]
fn trials_from_anywhere_join_at_an_epochs_beginning() {
    let data = testing::splits();
    let trials: Vec<Trial> = (1..=6).map(|seed| Trial { seed, ..adam() }).collect();
    let folder = tempfile::tempdir().unwrap();
    let files = paths(folder.path(), 6);
    // Two trials at the same batch, one at another, one between epochs, one that has ended, one
    // that has not started.
    for (number, steps) in [(0, 3), (1, 13), (2, 11), (3, 8)] {
        run_until(&trials[number], &files[number], steps).unwrap();
    }
    run_until(&trials[4], &files[4], 99).unwrap();
    let seen = together(&trials, &data, &files, Seen::default()).unwrap();
    assert_eq!(
        seen.started,
        [(4, 1), (0, 5), (1, 5), (2, 5), (3, 5), (5, 5)]
    );
    let first: Vec<usize> = seen.steps[..15].to_vec();
    let apart = [1, 1, 1, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2];
    assert_eq!(first[..13], apart);
    assert_eq!(first[13..], [0, 1], "then all together");
    for (trial, end) in trials.iter().zip(seen.into_ends()) {
        assert_same(&finished(end.unwrap()), &alone(trial, &data));
    }
}

#[test]
fn a_trial_fails_alone() {
    let data = testing::splits();
    let mut trials: Vec<Trial> = (1..=5).map(|seed| Trial { seed, ..adam() }).collect();
    trials[2].learning_rate = f64::NAN;
    let folder = tempfile::tempdir().unwrap();
    let mut files = paths(folder.path(), 5);
    std::fs::write(&files[1], b"nonsense").unwrap();
    files[3] = folder.path().join("missing/checkpoint");
    let seen = together(&trials, &data, &files, Seen::default()).unwrap();
    assert_eq!(seen.started, [(0, 3), (3, 3), (4, 3)]);
    let ends = seen.into_ends();
    let broken = ends[1].as_ref().unwrap_err();
    assert!(
        matches!(
            broken,
            TrainError::Checkpoint(CheckpointError::Broken { .. })
        ),
        "{broken}"
    );
    assert_eq!(std::fs::read(&files[1]).unwrap(), b"nonsense");
    let refused = ends[2].as_ref().unwrap_err();
    assert!(refused.to_string().contains("learning_rate"), "{refused}");
    let unwritten = ends[3].as_ref().unwrap_err();
    assert!(
        matches!(
            unwritten,
            TrainError::Checkpoint(CheckpointError::Io { .. })
        ),
        "{unwritten}"
    );
    for (number, end) in ends.into_iter().enumerate() {
        if number == 0 || number == 4 {
            assert_same(&finished(end.unwrap()), &alone(&trials[number], &data));
        }
    }
}

#[test]
fn training_images_may_differ() {
    let one = testing::splits();
    let mut other = one.clone();
    other.train.indices.reverse();
    let trials = [adam(), Trial { seed: 2, ..adam() }];
    let member = |trial, data| GroupTrial {
        config: trial,
        data,
        checkpoint: None,
        earlier: None,
        init: None,
    };
    let group = [member(&trials[0], &one), member(&trials[1], &other)];
    let mut seen = Seen::default();
    run_group(&group, &RunOptions::default(), &mut seen).unwrap();
    for (member, end) in group.iter().zip(seen.into_ends()) {
        assert_same(&finished(end.unwrap()), &alone(member.config, member.data));
    }
    assert_ne!(
        alone(&trials[1], &one).2,
        alone(&trials[1], &other).2,
        "the other images train another network"
    );
}

/// Three trials, two of which validate on the same images.
#[test]
fn validation_images_may_differ() {
    let one = testing::splits();
    let mut other = one.clone();
    // Every image of this split is of class 0 or 1.
    let of_two_classes = |image: &u32| image % 3 < 2;
    other.validation.indices = (0..80).filter(of_two_classes).take(20).collect();
    let trials = [1, 2, 3].map(|seed| Trial { seed, ..adam() });
    let member = |trial, data| GroupTrial {
        config: trial,
        data,
        checkpoint: None,
        earlier: None,
        init: None,
    };
    let group = [
        member(&trials[0], &one),
        member(&trials[1], &other),
        member(&trials[2], &one),
    ];
    let mut seen = Seen::default();
    run_group(&group, &RunOptions::default(), &mut seen).unwrap();
    for (member, end) in group.iter().zip(seen.into_ends()) {
        assert_same(&finished(end.unwrap()), &alone(member.config, member.data));
    }
    let loss = |data| alone(&trials[1], data).1[0].validation_loss;
    assert_ne!(
        loss(&one),
        loss(&other),
        "the other images have another loss"
    );
}

#[test]
fn trials_that_do_not_agree_are_refused() {
    let data = testing::splits();
    let mut network = adam();
    network.network.hidden = vec![9];
    let others = [
        ("network", network),
        (
            "batch_size",
            Trial {
                batch_size: 9,
                ..adam()
            },
        ),
        (
            "backend",
            Trial {
                backend: Backend::Stock,
                ..adam()
            },
        ),
    ];
    for (word, other) in others {
        let error = together(&[adam(), other], &data, &[], Seen::default());
        let error = error.map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(word), "{word}: {error}");
    }
    let mut fewer = data.clone();
    fewer.validation.indices.pop();
    let trial = adam();
    let group = [&data, &fewer].map(|data| GroupTrial {
        config: &trial,
        data,
        checkpoint: None,
        earlier: None,
        init: None,
    });
    let mut seen = Seen::default();
    let error = run_group(&group, &RunOptions::default(), &mut seen).unwrap_err();
    assert!(error.to_string().contains("images"), "{error}");
    assert!(seen.started.is_empty() && seen.ended.is_empty());
}
