//! Lines of a journal, in full.

use lenet_core::Trial;
use lenet_results::StudyRecord;

use super::*;
use crate::records::{Content, Records};
use crate::testing::{config, content, four_trials};
use lenet_results::TrialRecord;

fn journal(studies: &[StudyRecord], trials: &[TrialRecord]) -> (Vec<Value>, Vec<String>) {
    let content = content(studies, trials);
    write(&content)
}

fn write(content: &Content) -> (Vec<Value>, Vec<String>) {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("journal.log");
    let mut folder = Folder::new(crate::Format::Optuna, &out);
    let mut notes = Vec::new();
    export(content, &mut folder, &mut notes).unwrap();
    let text = std::fs::read_to_string(out).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    (lines.collect(), notes)
}

#[test]
fn a_study_and_a_trial_in_full() {
    let (study, records) = four_trials();
    let (lines, notes) = journal(&[study], &records);
    assert_eq!(lines.len(), 5 + 3);
    assert_eq!(
        lines[0],
        json!({ "op_code": 0, "worker_id": "lenet-lab", "study_name": "rates", "directions": [2] })
    );
    assert_eq!(lines[1]["user_attr"], json!({ "title": "The study rates" }));
    let settings = &lines[2]["user_attr"]["settings"];
    assert_eq!(settings["optimizer"], "adam");
    assert_eq!(settings["batch_size"], 128);
    assert!(settings.get("learning_rate").is_none() && settings.get("seed").is_none());
    assert_eq!(
        lines[4],
        json!({
            "op_code": 3, "worker_id": "lenet-lab", "study_id": 0,
            "system_attr": { "study:metric_names": ["validation_accuracy"] },
        })
    );
    let rate = r#"{"attributes":{"high":0.1,"log":true,"low":0.001,"step":null},"name":"FloatDistribution"}"#;
    assert_eq!(
        lines[6],
        json!({
            "op_code": 4,
            "worker_id": "lenet-lab",
            "study_id": 0,
            "state": 1,
            "value": 0.41,
            "values": null,
            "datetime_start": "2023-11-14T22:13:20.000000+00:00",
            "datetime_complete": "2023-11-14T22:13:23.500000+00:00",
            "params": { "learning_rate": 0.1 },
            "distributions": { "learning_rate": rate },
            "intermediate_values": { "1": 0.82, "2": 0.41 },
            "system_attrs": {},
            "user_attrs": {
                "identity": records[1].identity,
                "name": "rate 0.1, seed 2",
                "cell": "rate 0.1",
                "figures": ["1"],
                "seed": 2,
                "outcome": "completed",
                "epochs": 2,
                "network_parameters": 52258,
                "host": "bench",
                "device": "cpu",
                "revision": "abc1234",
                "validation_accuracy": 0.41,
                "test_accuracy": 0.415,
                "train_accuracy": 0.355,
                "validation_loss": 0.6,
                "test_loss": 0.65,
                "train_loss": 0.55,
                "learning_rate": 0.001,
                "step": 860.0,
                "dead": 1.0,
                "train_seconds": 1.5,
                "evaluation_seconds": 0.25,
            },
        })
    );
    let told = |part: &str| notes.iter().any(|note| note.contains(part));
    assert!(told("1 trial planned and not begun: left out"), "{notes:?}");
    assert!(!told("without a validation accuracy"), "{notes:?}");
}

#[test]
fn states_are_those_that_optuna_has() {
    let (study, mut records) = four_trials();
    records[0].outcome = Outcome::Failed {
        message: "no memory\u{1b}".to_owned(),
    };
    records[0].epochs.clear();
    records[1].outcome = Outcome::Diverged { epoch: 2 };
    records[1].epochs[1].validation_accuracy = f64::NAN;
    records[1].epochs[1].test_loss = f64::INFINITY;
    records[2].outcome = Outcome::Stopped { epoch: 2 };
    let unfinished = lenet_results::UnfinishedTrial {
        identity: config(2).identity(),
        config: config(2),
        epochs: records[2].epochs.clone(),
        runs: Vec::new(),
        is_running: false,
    };
    let content = Content::of(Records {
        studies: &[study],
        trials: &records,
        unfinished: &[unfinished],
        ..Records::default()
    });
    let (lines, notes) = write(&content);
    let trials = &lines[5..];
    let states: Vec<_> = trials
        .iter()
        .map(|t| t["state"].as_u64().unwrap())
        .collect();
    assert_eq!(states, [3, 3, 1, 0]);
    assert_eq!(trials[0]["user_attrs"]["error"], r"no memory\u001b");
    assert_eq!(trials[0]["value"], Value::Null);
    assert_eq!(trials[1]["value"], Value::Null);
    assert_eq!(trials[1]["intermediate_values"], json!({ "1": 0.82 }));
    assert_eq!(trials[1]["user_attrs"]["validation_accuracy"], "NaN");
    assert_eq!(trials[1]["user_attrs"]["test_loss"], "inf");
    assert_eq!(trials[2]["value"], 0.41);
    // Optuna cannot read a time that is there and null.
    assert!(trials[3].get("datetime_complete").is_none());
    assert_eq!(trials[3]["datetime_start"], Value::Null);
    let told = |part: &str| notes.iter().any(|note| note.contains(part));
    assert!(told("1 ended without a validation accuracy"), "{notes:?}");
    assert!(told("1 interrupted: their state is RUNNING"), "{notes:?}");
}

#[test]
fn trials_of_no_study_are_a_study_of_their_own() {
    let (study, mut records) = four_trials();
    records.push(crate::testing::record(&Trial {
        batch_size: 16,
        ..config(1)
    }));
    let (lines, _) = journal(&[study], &records);
    assert_eq!(lines[8]["study_name"], "trials of no study");
    assert_eq!(lines[9]["study_id"], 1);
    assert_eq!(lines[13]["study_id"], 1);
    // A study of one trial has no parameters.
    assert_eq!(lines[13]["params"], json!({}));
}

#[test]
fn a_distribution_is_that_of_its_values() {
    let integers = |all: &[u64]| {
        let all: Vec<_> = all.iter().map(|n| Parameter::Integer(*n)).collect();
        Distribution::of(all.iter())
    };
    let integer = |low, high, log| Distribution::Integer { low, high, log };
    assert_eq!(integers(&[16, 8, 64]), integer(8, 64, false));
    assert_eq!(integers(&[8, 80]), integer(8, 80, true));
    assert_eq!(integers(&[0, 80]), integer(0, 80, false));
    assert!(matches!(
        integers(&[1, u64::MAX]),
        Distribution::Categorical(_)
    ));
    let mixed = [Parameter::Integer(0), Parameter::Float(0.5)];
    let expected = Distribution::Float {
        low: 0.0,
        high: 0.5,
        log: false,
    };
    assert_eq!(Distribution::of(mixed.iter()), expected);
    assert_eq!(expected.internal(&mixed[0]), Some(0.0));
    let words = [
        Parameter::Integer(2),
        Parameter::Text("all".to_owned()),
        Parameter::Integer(2),
    ];
    let choices = Distribution::of(words.iter());
    assert_eq!(choices.internal(&words[1]), Some(1.0));
    assert_eq!(choices.internal(&Parameter::Integer(3)), None);
    assert_eq!(
        choices.json(),
        r#"{"attributes":{"choices":[2,"all"]},"name":"CategoricalDistribution"}"#
    );
    assert_eq!(
        integer(8, 80, true).json(),
        r#"{"attributes":{"high":80,"log":true,"low":8,"step":1},"name":"IntDistribution"}"#
    );
}
