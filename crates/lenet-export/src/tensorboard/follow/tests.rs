//! Files of trials that run, that go on, and that end.

use std::fs;

use super::*;
use crate::tensorboard::tests::oracle;
use crate::testing::{config, epoch, run};

const NAME: &str = "events.out.tfevents.1700000100.lenet-lab";

fn hundred_later() -> f64 {
    1_700_000_100.0
}

#[test]
fn a_trial_is_written_epoch_by_epoch_and_a_resumed_one_once_more() {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("events");
    let other = Trial {
        learning_rate: 0.1,
        ..config(2)
    };
    let trials = [config(1), other];
    let begin = || Following::begin_at(&out, trials.iter(), hundred_later).unwrap();
    let folder = out.join("rate-0.001-seed-1");
    let size = |name: &str| fs::metadata(folder.join(name)).unwrap().len();
    let identity = trials[0].identity();

    let mut following = begin();
    following.start(&trials[0], &[], &[]).unwrap();
    let empty = size(NAME);
    following.epoch(&identity, &epoch(1)).unwrap();
    assert!(size(NAME) > empty, "an epoch is on disk at once");
    following.end(&identity, Status::Running).unwrap();
    // What ended, or never began, writes nothing.
    let ended = size(NAME);
    following.epoch(&identity, &epoch(2)).unwrap();
    following.end("0123456789abcdef", Status::Success).unwrap();
    assert_eq!(size(NAME), ended);

    // In the same second.
    let mut following = begin();
    let runs = [run(0, 1_700_000_000)];
    following.start(&trials[0], &[epoch(1)], &runs).unwrap();
    following.epoch(&identity, &epoch(2)).unwrap();
    following.end(&identity, Status::Success).unwrap();
    let bytes = fs::read(folder.join(format!("{NAME}.2"))).unwrap();
    let exported = oracle("followed");
    assert_eq!(bytes, exported);
    assert!(out.join(NAME).is_file() && out.join(format!("{NAME}.2")).is_file());
}

#[test]
fn a_folder_that_cannot_be_written_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("file");
    fs::write(&file, "mine").unwrap();
    let error = Following::begin(&file, [config(1)].iter()).unwrap_err();
    assert!(error.to_string().contains("file: cannot create"), "{error}");
}
