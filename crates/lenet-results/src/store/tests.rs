//! Folders that can and cannot be opened as stores.

use std::fs;

use super::*;

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
