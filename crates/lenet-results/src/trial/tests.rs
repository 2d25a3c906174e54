//! A trial's folder from start to end, and after crashes.

mod damage;
mod kept;

use std::fs::{self, OpenOptions};
use std::io::Write;

use super::*;
use crate::checksum::{Lines, sealed};
use crate::files::seen;
use crate::samples::{config, epoch, record, run};
use crate::store::Store;

struct Fixture {
    _folder: tempfile::TempDir,
    store: Store,
    trial: TrialDir,
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let trial = store.trial(&config().identity());
    Fixture {
        _folder: folder,
        store,
        trial,
    }
}

#[test]
fn states_follow_each_other() {
    let Fixture {
        store,
        trial,
        _folder,
    } = fixture();
    assert!(matches!(trial.state(), TrialState::Missing));
    let mut writer = trial.begin(&config()).unwrap();
    assert!(matches!(trial.state(), TrialState::Running { epochs: 0 }));
    writer.append_run(&run("here")).unwrap();
    writer.append_epoch(&epoch(1)).unwrap();
    assert!(matches!(trial.state(), TrialState::Running { epochs: 1 }));
    drop(writer);
    assert!(matches!(
        trial.state(),
        TrialState::Interrupted { epochs: 1 }
    ));
    assert!(store.records().unwrap().is_empty());

    let mut writer = trial.begin(&config()).unwrap();
    writer.append_run(&run("there")).unwrap();
    fs::write(trial.checkpoint_path(), "weights").unwrap();
    let Finished {
        record: written,
        conflict,
    } = writer
        .finish(
            Outcome::Completed {},
            (1..=10).map(epoch).collect(),
            104_250,
        )
        .unwrap();
    assert_eq!((written.runs.len(), conflict), (2, None));
    assert!(!trial.folder().exists(), "one file is left of the trial");
    let TrialState::Done(read) = trial.state() else {
        panic!("{:?}", trial.state())
    };
    assert_eq!(*read, written);
    assert_eq!(store.records().unwrap(), [written]);
    assert_eq!(store.identities().unwrap(), [config().identity()]);
}

#[test]
fn a_failure_is_put_away_when_the_trial_is_tried_again() {
    let Fixture { trial, _folder, .. } = fixture();
    let writer = trial.begin(&config()).unwrap();
    fs::write(trial.checkpoint_path(), "weights").unwrap();
    writer
        .finish(
            Outcome::Failed {
                message: "device lost".into(),
            },
            vec![],
            1,
        )
        .unwrap();
    assert!(matches!(trial.state(), TrialState::Failed(_)));
    assert!(trial.checkpoint_path().exists());
    let writer = trial.begin(&config()).unwrap();
    assert!(matches!(trial.state(), TrialState::Running { .. }));
    drop(writer);
    assert!(matches!(trial.state(), TrialState::Interrupted { .. }));
}

#[test]
fn only_one_writes() {
    let Fixture { trial, _folder, .. } = fixture();
    let writer = trial.begin(&config()).unwrap();
    let error = trial.begin(&config()).unwrap_err();
    let me = format!("in use by process {} on ", std::process::id());
    assert!(error.to_string().contains(&me), "{error}");
    drop(writer);
    trial.begin(&config()).unwrap();
}

#[test]
fn a_lock_file_left_by_a_dead_process_means_nothing() {
    let Fixture { trial, _folder, .. } = fixture();
    fs::create_dir_all(trial.folder()).unwrap();
    fs::write(trial.folder().join("lock"), "process 1 on elsewhere\n").unwrap();
    assert!(matches!(trial.state(), TrialState::Missing));
    trial.begin(&config()).unwrap();
    let owner = fs::read_to_string(trial.folder().join("lock")).unwrap();
    assert!(
        owner.starts_with(&format!("process {} on ", std::process::id())),
        "{owner}"
    );
}

#[test]
fn a_line_torn_by_a_crash_is_dropped() {
    let Fixture { trial, _folder, .. } = fixture();
    let mut writer = trial.begin(&config()).unwrap();
    writer.append_epoch(&epoch(1)).unwrap();
    writer.append_epoch(&epoch(2)).unwrap();
    drop(writer);
    let path = trial.folder().join("epochs.jsonl");
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(br#"{"epoch":3,"step":12"#).unwrap();
    assert_eq!(trial.read_epochs().unwrap(), [epoch(1), epoch(2)]);

    let mut writer = trial.begin(&config()).unwrap();
    writer.append_epoch(&epoch(3)).unwrap();
    assert_eq!(trial.read_epochs().unwrap(), [epoch(1), epoch(2), epoch(3)]);
}

#[test]
fn a_broken_line_in_the_middle_is_an_error() {
    let Fixture { trial, _folder, .. } = fixture();
    let mut writer = trial.begin(&config()).unwrap();
    writer.append_epoch(&epoch(1)).unwrap();
    drop(writer);
    let path = trial.folder().join("epochs.jsonl");
    fs::write(
        &path,
        format!("rubbish\n{}", fs::read_to_string(&path).unwrap()),
    )
    .unwrap();
    let error = trial.read_epochs().unwrap_err().to_string();
    assert!(
        error.contains("epochs.jsonl: not a readable list of epochs: line 1:"),
        "{error}"
    );
    assert!(matches!(trial.state(), TrialState::Unreadable(_)));
}

#[test]
fn epochs_are_made_those_of_the_checkpoint() {
    let Fixture { trial, _folder, .. } = fixture();
    let mut writer = trial.begin(&config()).unwrap();
    for number in 1..=3 {
        writer.append_epoch(&epoch(number)).unwrap();
    }
    for kept in [2, 3, 0, 1] {
        let epochs: Vec<_> = (1..=kept).map(epoch).collect();
        writer.restore_epochs(&epochs).unwrap();
        assert_eq!(trial.read_epochs().unwrap(), epochs);
    }
    writer.append_epoch(&epoch(2)).unwrap();
    assert_eq!(trial.read_epochs().unwrap(), [epoch(1), epoch(2)]);
}

#[test]
fn a_record_of_a_later_version_is_refused_and_left_alone() {
    let Fixture {
        store,
        trial,
        _folder,
    } = fixture();
    fs::create_dir_all(trial.folder()).unwrap();
    let path = trial.folder().join("result.json");
    let newer = r#"{"format": 3, "something": "else"}"#;
    fs::write(&path, newer).unwrap();
    let expected = format!(
        "{}: trial record of format 3; this program reads up to format 2 \
         (hint: use the version that wrote it, or another folder)",
        path.display()
    );
    let TrialState::Unreadable(error) = trial.state() else {
        panic!()
    };
    assert_eq!(error.to_string(), expected);
    assert_eq!(store.records().unwrap_err().to_string(), expected);
    assert_eq!(trial.begin(&config()).unwrap_err().to_string(), expected);
    assert_eq!(fs::read_to_string(&path).unwrap(), newer);
}

#[test]
fn a_record_in_the_wrong_folder_is_refused() {
    let Fixture { store, .. } = fixture();
    let elsewhere = store.trial("0000000000000000");
    fs::create_dir_all(elsewhere.folder()).unwrap();
    let text = sealed(
        &record(Outcome::Completed {}, 10),
        TRIAL_FORMAT,
        Lines::Many,
    );
    fs::write(elsewhere.folder().join("result.json"), text).unwrap();
    let error = elsewhere.read_record().unwrap_err();
    assert!(matches!(error, StoreError::Identity { .. }), "{error}");
    assert!(matches!(
        elsewhere.begin(&config()),
        Err(StoreError::Identity { .. })
    ));
}

fn predictions(identity: &str) -> Predictions {
    let sure = crate::Prediction {
        class: 1,
        confidence: 1.0,
    };
    let kernels = crate::Kernels {
        shape: [1, 1, 1, 1],
        values: vec![0.5],
    };
    Predictions::new(identity, 10, &[1, 2], &[sure, sure], kernels).unwrap()
}

#[test]
fn predictions_come_with_a_result_and_go_with_a_new_try() {
    let Fixture { trial, _folder, .. } = fixture();
    let mine = predictions(&config().identity());
    let mut writer = trial.begin(&config()).unwrap();
    assert_eq!(trial.read_predictions().unwrap(), None);
    let other = predictions("0000000000000000");
    let refused = writer.keep_predictions(&other).unwrap_err();
    assert!(matches!(refused, StoreError::Identity { .. }), "{refused}");
    assert_eq!(trial.read_predictions().unwrap(), None);
    writer.keep_predictions(&mine).unwrap();
    drop(writer);
    // The process was killed before it published the trial.
    let mut writer = trial.begin(&config()).unwrap();
    assert_eq!(trial.read_predictions().unwrap(), None);
    writer.keep_predictions(&mine).unwrap();
    writer
        .finish(Outcome::Completed {}, (1..=10).map(epoch).collect(), 1)
        .unwrap();
    assert_eq!(trial.read_predictions().unwrap(), Some(mine));
    let path = trial.published();
    let whole = fs::read_to_string(path).unwrap();
    let record = whole.split_inclusive('\n').next().unwrap();
    fs::write(path, format!("{record}rubbish\n")).unwrap();
    let error = trial.read_predictions().unwrap_err().to_string();
    assert!(
        error.contains(".jsonl: not readable predictions"),
        "{error}"
    );
    assert!(
        matches!(trial.state(), TrialState::Done(_)),
        "the record stands"
    );
}

/// Whatever stands in place of a file, a study goes on; what is there is kept.
#[test]
fn damage_is_named_set_aside_and_begun_anew() {
    type Damage = fn(&Path);
    let cases: [(&str, Damage); 6] = [
        ("result.json", |path| fs::write(path, "{}").unwrap()),
        ("config.json", |path| fs::write(path, "").unwrap()),
        ("epochs.jsonl", |path| fs::write(path, "rubbish\n").unwrap()),
        ("runs.jsonl", |path| {
            fs::write(path, [0xff, 0xfe, b'\n']).unwrap()
        }),
        ("result.json", |path| fs::create_dir(path).unwrap()),
        ("checkpoint", |path| {
            std::process::Command::new("mkfifo")
                .arg(path)
                .status()
                .unwrap();
        }),
    ];
    for (name, damage) in cases {
        let Fixture { trial, _folder, .. } = fixture();
        drop(trial.begin(&config()).unwrap());
        let path = trial.folder().join(name);
        let _ = fs::remove_file(&path);
        damage(&path);
        let writer = trial.begin(&config()).unwrap();
        let aside: Vec<_> = writer.set_aside().iter().map(|file| &file.kept).collect();
        let kept = trial.folder().join(format!("{name}.aside-1"));
        assert_eq!(aside, [&kept], "{name}");
        assert!(fs::symlink_metadata(kept).is_ok(), "{name}");
        assert!(
            matches!(trial.state(), TrialState::Running { epochs: 0 }),
            "{name}"
        );
    }
}

#[test]
fn a_result_stays_whoever_comes_later() {
    let Fixture { trial, _folder, .. } = fixture();
    let writer = trial.begin(&config()).unwrap();
    let epochs = (1..=10).map(epoch).collect();
    writer.finish(Outcome::Completed {}, epochs, 1).unwrap();
    let error = trial.begin(&config()).unwrap_err();
    assert!(matches!(error, StoreError::Finished { .. }), "{error}");
    assert!(matches!(trial.state(), TrialState::Done(_)));
}
