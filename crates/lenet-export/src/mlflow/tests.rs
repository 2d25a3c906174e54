//! Files of a run, in full.

use std::fs;

use super::*;
use crate::testing::{content, four_trials, study};

#[test]
fn a_run_in_full() {
    let (study, mut records) = four_trials();
    records[1].outcome = Outcome::Failed {
        message: "no memory".to_owned(),
    };
    records[1].epochs.truncate(1);
    records[1].epochs[0].test_loss = f64::NAN;
    records[1].epochs[0].train_loss = 1e-7;
    let content = content(&[study], &records);
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("ml runs");
    let mut folder = Folder::new(crate::Format::Mlflow, &out);
    let mut notes = Vec::new();
    assert_eq!(export(&content, &mut folder, &mut notes).unwrap(), 3);

    // Python: sha256((10).to_bytes(8, "little") + b"experiment" + (5).to_bytes(8, "little") + b"rates"), of
    // which int.from_bytes(digest[:8], "little") % (9 * 10**17) + 10**17.
    let experiment = experiment_id(&content.groups[0]);
    assert_eq!(experiment, "194373833116072359");
    let root = file_address(&fs::canonicalize(&out).unwrap());
    assert!(
        root.starts_with("file:///") && root.ends_with("/ml%20runs"),
        "{root}"
    );
    let read = |path: &str| fs::read_to_string(out.join(&experiment).join(path)).unwrap();
    assert_eq!(
        read("meta.yaml"),
        format!(
            "artifact_location: \"{root}/{experiment}\"\ncreation_time: 1700000000000\n\
             experiment_id: \"{experiment}\"\nlast_update_time: 1700000000000\n\
             lifecycle_stage: \"active\"\nname: \"rates\"\n"
        )
    );
    let id = run_id("rates", &content.entries[1]);
    // The same of "run", "rates" and the identity, in hex.
    assert_eq!(content.entries[1].identity, "9f72fe6d37b69ab9");
    assert_eq!(id, "7b85ef54ddc4387837d29b0d935a80c5");
    let read = |path: &str| read(&format!("{id}/{path}"));
    assert_eq!(
        read("meta.yaml"),
        format!(
            "artifact_uri: \"{root}/{experiment}/{id}/artifacts\"\nend_time: 1700000001750\n\
             entry_point_name: \"\"\nexperiment_id: \"{experiment}\"\nlifecycle_stage: \"active\"\n\
             run_id: \"{id}\"\nrun_name: \"rate 0.1, seed 2\"\nsource_name: \"\"\nsource_type: 4\n\
             source_version: \"\"\nstart_time: 1700000000000\nstatus: 4\ntags: []\nuser_id: \"unknown\"\n"
        )
    );
    assert_eq!(read("metrics/test_loss"), "1700000001750 NaN 1\n");
    assert_eq!(read("metrics/train_loss"), "1700000001750 0.0000001 1\n");
    assert_eq!(read("params/learning_rate"), "0.1");
    assert_eq!(read("params/dropout"), "0.5 (not connected)");
    assert_eq!(read("tags/error"), "no memory");
    assert_eq!(read("tags/figures"), "1");
    assert_eq!(read("tags/mlflow.runName"), "rate 0.1, seed 2");
    assert!(out.join(&experiment).join(&id).join("artifacts").is_dir());
}

#[test]
fn names_of_studies_stay_within_their_line_of_yaml() {
    let (plan, records) = four_trials();
    let mut hostile = study("a\": x\nname: b # \\ \u{1b}\u{2028}é", &[]);
    hostile.figures = plan.figures;
    let content = content(&[hostile], &records);
    let scratch = tempfile::tempdir().unwrap();
    let mut folder = Folder::new(crate::Format::Mlflow, scratch.path());
    export(&content, &mut folder, &mut Vec::new()).unwrap();
    let id = experiment_id(&content.groups[0]);
    let meta = fs::read_to_string(scratch.path().join(id).join("meta.yaml")).unwrap();
    assert_eq!(meta.lines().count(), 6);
    let name = r#"name: "a\": x\nname: b # \\ \\u001b\\u2028é""#;
    assert_eq!(meta.lines().last(), Some(name));
}

#[test]
fn one_trial_is_a_run_of_each_of_its_studies() {
    let (one, records) = four_trials();
    let mut two = one.clone();
    two.name = "again".to_owned();
    let content = content(&[one, two], &records[..1]);
    let scratch = tempfile::tempdir().unwrap();
    let mut folder = Folder::new(crate::Format::Mlflow, scratch.path());
    let mut notes = Vec::new();
    assert_eq!(export(&content, &mut folder, &mut notes).unwrap(), 1);
    let ids: Vec<String> = ["rates", "again"]
        .map(|study| run_id(study, &content.entries[0]))
        .into();
    assert_ne!(ids[0], ids[1]);
    for (group, id) in content.groups.iter().zip(&ids) {
        let run = scratch.path().join(experiment_id(group)).join(id);
        assert!(run.join("meta.yaml").is_file());
    }
    assert!(
        notes.iter().any(|n| n.contains("a run of each")),
        "{notes:?}"
    );
}
