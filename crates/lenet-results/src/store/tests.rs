//! Folders that can and cannot be opened as stores.

use std::fs;

use super::*;
use lenet_core::Trial;

fn study() -> StudyRecord {
    StudyRecord {
        format: STUDY_FORMAT,
        name: "s".into(),
        title: "t".into(),
        figures: vec![],
        claims: Vec::new(),
        altered: Vec::new(),
        until_decided: None,
        commands: Vec::new(),
        files: Vec::new(),
        data: Vec::new(),
        predictions: true,
        level: None,
    }
}

#[test]
fn a_study_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path().join("a/b")).unwrap();
    assert_eq!(store.read_study().unwrap(), None);
    store.write_study(&study()).unwrap();
    assert_eq!(
        Store::open(store.folder()).unwrap().read_study().unwrap(),
        Some(study())
    );
    let left: Vec<_> = fs::read_dir(store.folder())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "no temporary file stays behind: {left:?}");
}

#[test]
fn a_later_versions_study_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    fs::write(folder.path().join("study.json"), r#"{"format": 9}"#).unwrap();
    assert!(matches!(
        store.write_study(&study()),
        Err(StoreError::Newer { found: 9, .. })
    ));
}

#[test]
fn a_file_in_the_way_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results");
    fs::write(&file, "").unwrap();
    let error = Store::create(&file).unwrap_err().to_string();
    assert!(
        error.contains("results/trials: cannot create the folder: "),
        "{error}"
    );
    assert!(
        error.ends_with("(hint: a file stands where a folder is needed)"),
        "{error}"
    );
}

#[test]
fn a_folder_without_trials_is_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let error = Store::open(folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("there is no folder `trials` in it"),
        "{error}"
    );
    let nowhere = Store::open(folder.path().join("nowhere"))
        .unwrap_err()
        .to_string();
    assert!(
        nowhere.contains("there is no folder `trials` in it"),
        "{nowhere}"
    );
}

#[test]
fn a_file_in_place_of_the_trials_is_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let error = |at: &str| Store::open(folder.path().join(at)).unwrap_err().to_string();
    fs::create_dir(folder.path().join("results")).unwrap();
    fs::write(folder.path().join("results/trials"), "").unwrap();
    let told = error("results");
    assert!(told.contains("there is no folder `trials` in it"), "{told}");
    fs::write(folder.path().join("file"), "").unwrap();
    let told = error("file");
    assert!(
        told.contains("/file/trials: cannot read the folder: "),
        "{told}"
    );
}

#[test]
fn a_damaged_study_is_set_aside_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let path = folder.path().join("study.json");
    assert!(store.mend_study().unwrap().is_none(), "nothing is there");
    store.write_study(&study()).unwrap();
    assert!(store.mend_study().unwrap().is_none(), "it is sound");
    fs::write(&path, r#"{"format": 9}"#).unwrap();
    let refused = store.mend_study().unwrap_err();
    assert!(matches!(refused, StoreError::Newer { .. }), "{refused}");
    fs::write(&path, "rubbish").unwrap();
    let aside = store.mend_study().unwrap().unwrap();
    assert_eq!(aside.kept, folder.path().join("study.json.aside-1"));
    assert!(
        matches!(aside.reason, StoreError::Malformed { .. }),
        "{}",
        aside.reason
    );
    assert_eq!(store.read_study().unwrap(), None);
}

#[test]
fn a_damaged_trial_is_named_beside_the_records_of_others() {
    use crate::record::Outcome;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let [sound, damaged] = [1, 2].map(|seed| Trial {
        seed,
        ..crate::samples::config()
    });
    let epochs: Vec<_> = (1..=10).map(crate::samples::epoch).collect();
    let writer = store.trial(&sound.identity()).begin(&sound).unwrap();
    let finished = writer.finish(Outcome::Completed {}, epochs, 1).unwrap();
    let trial = store.trial(&damaged.identity());
    drop(trial.begin(&damaged).unwrap());
    fs::write(trial.folder().join("epochs.jsonl"), "rubbish\n").unwrap();
    let found = store.find_records().unwrap();
    assert_eq!(found.records, [finished.record]);
    let words: Vec<String> = found.damaged.iter().map(ToString::to_string).collect();
    assert!(
        matches!(&words[..], [one] if one.contains("epochs.jsonl")),
        "{words:?}"
    );
    // In the folder of a finished trial, too, which an earlier version left.
    let folder = store.trial(&sound.identity()).folder().to_owned();
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("runs.jsonl"), "rubbish\n").unwrap();
    let found = store.find_records().unwrap();
    assert_eq!((found.records.len(), found.damaged.len()), (1, 2));
    // What a later version wrote is no damage.
    fs::write(trial.folder().join("result.json"), r#"{"format": 9}"#).unwrap();
    let refused = store.find_records().unwrap_err();
    assert!(matches!(refused, StoreError::Newer { .. }), "{refused}");
}
