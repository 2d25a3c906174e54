//! Event files against TensorBoard's own messages.

use lenet_core::{Dropout, Trial};
use serde_json::Value;

use super::*;
use crate::testing::{config, content, epoch, four_trials, record};

/// Bytes that TensorBoard's own messages have, as `oracle.py` made them.
pub(super) fn oracle(name: &str) -> Vec<u8> {
    let all: Value = serde_json::from_str(include_str!("oracle.json")).unwrap();
    let hex = all[name].as_str().unwrap().as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16);
    hex.chunks(2).map(|pair| byte(pair).unwrap()).collect()
}

#[test]
fn a_trial_s_file_has_the_bytes_of_tensorboard_s_messages() {
    let content = content(&[], &[record(&config(1))]);
    let bytes = events(&content.entries[0]).unwrap();
    assert_eq!(bytes, oracle("trial"));
}

#[test]
fn what_concerns_all_trials_has_too() {
    let rate = Trial {
        learning_rate: 0.1,
        seed: 2,
        dropout: Dropout::NONE,
        ..config(1)
    };
    let trials = [config(1), rate];
    let bytes = Writer::experiment(Vec::new(), trials.iter(), 1_700_000_000.0).unwrap();
    assert_eq!(bytes, oracle("experiment"));
}

#[test]
fn each_epoch_is_on_disk_before_the_next() {
    let whole = events(&content(&[], &[record(&config(1))]).entries[0]).unwrap();
    let mut out = Vec::new();
    let mut writer = Writer::begin(&mut out, &config(1), 1_700_000_000.0).unwrap();
    writer.epoch(&epoch(1), 1_700_000_001.75).unwrap();
    assert!(out.len() > 400 && whole.starts_with(&out));
}

#[test]
fn trials_have_folders_of_their_names() {
    let (study, mut records) = four_trials();
    records[1].runs.clear();
    records[2].outcome = Outcome::Failed {
        message: String::new(),
    };
    let content = content(&[study], &records);
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("events");
    let mut folder = Folder::new(crate::Format::Tensorboard, &out);
    let mut notes = Vec::new();
    assert_eq!(export(&content, &mut folder, &mut notes).unwrap(), 3);
    let begun = "events.out.tfevents.1700000000.lenet-lab";
    let unknown = "events.out.tfevents.0000000000.lenet-lab";
    for file in [
        begun.to_owned(),
        format!("rate-0.1-seed-1/{begun}"),
        format!("rate-0.1-seed-2/{unknown}"),
        format!("rate-0.001-seed-1/{begun}"),
    ] {
        assert!(out.join(&file).is_file(), "{file}");
    }
    assert_eq!(folder.written(), 4);
    let told = |part: &str| notes.iter().any(|note| note.contains(part));
    assert!(told("1 of 3 trials have no recorded start"), "{notes:?}");
    assert!(told("1 trial planned and not begun"), "{notes:?}");
    assert!(told("rounded to f32"), "{notes:?}");
    assert_eq!(status(&content.entries[2].state), Status::Failure);
    assert_eq!(status(&State::Interrupted), Status::Running);
}
