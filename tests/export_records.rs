//! Records in other programs' formats, from the command line: what is refused, what is told, what is left alone.
//! tests/readers opens the exports in the programs themselves.

mod common;

use std::fs;
use std::path::Path;

use common::{Ran, files_below, run_args};

const RECORDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/readers/records");
const FORMATS: [&str; 5] = ["tensorboard", "optuna", "mlflow", "latex", "ro-crate"];

fn export(root: &Path, records: &str, format: &str, more: &[&str]) -> Ran {
    let call = [
        "export-records",
        "--records",
        records,
        "--format",
        format,
        "--out",
        format,
    ];
    run_args(root, &[&call[..], more].concat())
}

fn copy(from: &Path, to: &Path) {
    for file in files_below(from) {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), target).unwrap();
    }
}

#[test]
fn every_format_is_written_once_and_again_with_force_alone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for format in FORMATS {
        let first = export(root, RECORDS, format, &[]);
        assert_eq!(first.code, Some(0), "{format}: {}", first.stderr);
        assert!(first.stderr.contains("left out"), "{}", first.stderr);
        assert!(first.stdout.contains(" trials in "), "{}", first.stdout);
        let before = files_below(root);
        let second = export(root, RECORDS, format, &[]);
        assert_eq!(second.code, Some(2), "{format}: {}", second.stderr);
        assert!(second.stderr.contains("--force"), "{}", second.stderr);
        let forced = export(root, RECORDS, format, &["--force"]);
        assert_eq!(forced.code, Some(0), "{format}: {}", forced.stderr);
        assert_eq!(files_below(root), before, "{format}");
    }
}

#[test]
fn damaged_records_are_named_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    copy(Path::new(RECORDS), &root.join("records"));
    let trials = files_below(&root.join("records/trials"));
    let finished: Vec<_> = trials
        .iter()
        .filter(|name| name.as_bytes()[2] == b'/')
        .collect();
    let damaged = root.join("records/trials").join(finished[0]);
    let text = fs::read_to_string(&damaged).unwrap();
    let changed = text.replace("\"jobs\": 2", "\"jobs\": 3");
    assert_ne!(changed, text);
    fs::write(&damaged, changed).unwrap();
    for format in FORMATS {
        let ran = export(root, "records", format, &[]);
        assert_eq!(ran.code, Some(1), "{format}: {}", ran.stderr);
        let named = ran
            .stderr
            .lines()
            .any(|line| line.starts_with("left out: ") && line.contains(finished[0]));
        assert!(named, "{format}: {}", ran.stderr);
    }
}

#[test]
fn damaged_predictions_are_named_where_predictions_are_exported() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    copy(Path::new(RECORDS), &root.join("records"));
    let trials = root.join("records/trials");
    let finished = files_below(&trials);
    let finished = finished
        .iter()
        .find(|name| name.as_bytes()[2] == b'/')
        .unwrap();
    let mut text = fs::read_to_string(trials.join(finished)).unwrap();
    text += "{\"kind\": \"predictions\"}\n";
    fs::write(trials.join(finished), text).unwrap();
    let ran = export(root, "records", "ro-crate", &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let named = |line: &str| line.contains("not readable predictions") && line.contains(finished);
    assert!(ran.stderr.lines().any(named), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_exported_is_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("empty")).unwrap();
    for (records, format, more, told) in [
        ("empty", "optuna", &[][..], "there are no records"),
        (RECORDS, "excel", &[], "tensorboard"),
        (RECORDS, "ro-crate", &["--license", "all rights"], "SPDX"),
    ] {
        let ran = export(root, records, format, more);
        assert_eq!(ran.code, Some(2), "{format}: {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{format}: {}", ran.stderr);
    }
    assert!(files_below(root).is_empty());
    fs::write(root.join("file"), "mine").unwrap();
    let into = ["--tensorboard", "file", "--out", "records"];
    let ran = run_args(
        root,
        &[&["experiments", "--config", "smoke"][..], &into].concat(),
    );
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("--tensorboard file: the folder cannot be written"),
        "{}",
        ran.stderr
    );
    assert_eq!(files_below(root), ["file"]);
    let ran = export(root, RECORDS, "optuna", &["--license", "MIT"]);
    assert!(
        ran.stderr.contains("--license is left out"),
        "{}",
        ran.stderr
    );
}
