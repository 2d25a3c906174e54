//! Two results of one trial, and files that are damaged.

use super::*;
use crate::record::Outcome;
use crate::samples::{config, epoch, record};
use crate::store::Store;
use crate::trial::TrialState;

/// A folder of trials, and where the trial's file lies in it.
fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let path = store.trial(&config().identity()).published().to_owned();
    (folder, path)
}

fn ten_epochs() -> TrialRecord {
    record(Outcome::Completed {}, 10)
}

fn names(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path.parent().unwrap()).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<_> = entries.map(|e| name(e).into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_finished_trial_lies_below_its_first_two_digits() {
    let found = path(Path::new("trials"), "0123456789abcdef");
    assert_eq!(found, Path::new("trials/01/0123456789abcdef.jsonl"));
}

#[test]
fn of_equal_results_one_stays() {
    let (_folder, path) = place();
    let first = ten_epochs();
    assert_eq!(publish(&path, &first, None).unwrap(), None);
    let before = fs::read(&path).unwrap();
    let mut second = ten_epochs();
    // Times and places may differ.
    second.runs.clear();
    second.epochs[3].train_seconds += 1.0;
    assert_eq!(publish(&path, &second, Some(b"other")).unwrap(), None);
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(names(&path).len(), 1);
}

#[test]
fn a_second_result_that_differs_is_kept_and_told() {
    let (folder, path) = place();
    publish(&path, &ten_epochs(), None).unwrap();
    let before = fs::read(&path).unwrap();
    let mut second = ten_epochs();
    second.epochs[3].test_loss += f64::EPSILON;
    for number in 1..=2 {
        let conflict = publish(&path, &second, None).unwrap().unwrap();
        assert_eq!(conflict.epoch, Some(4));
        let identity = config().identity();
        let kept = path.with_file_name(format!("{identity}.conflict-{number}.jsonl"));
        assert!(kept.exists());
    }
    assert_eq!(fs::read(&path).unwrap(), before);
    let store = Store::open(folder.path()).unwrap();
    let found = store.find_records().unwrap();
    assert_eq!((found.records.len(), found.conflicts.len()), (1, 2));
    assert_eq!(found.conflicts[0].epoch, Some(4));
    assert!(found.damaged.is_empty());
}

#[test]
fn a_damaged_result_is_set_aside_for_a_sound_one() {
    for damage in ["", "rubbish\n", "{\"format\":2}\n", "{\"format\":2"] {
        let (_folder, path) = place();
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(&path, damage).unwrap();
        assert_eq!(publish(&path, &ten_epochs(), None).unwrap(), None);
        let name = path.file_name().unwrap().to_str().unwrap();
        let expected = [name.to_owned(), format!("{name}.aside-1")];
        assert_eq!(names(&path), expected, "{damage:?}");
    }
}

#[test]
fn a_later_versions_result_stays() {
    let (_folder, path) = place();
    fs::create_dir(path.parent().unwrap()).unwrap();
    let newer = "{\"format\": 99}\n";
    fs::write(&path, newer).unwrap();
    let refused = publish(&path, &ten_epochs(), None).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { .. }), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), newer);
}

#[test]
fn many_publish_and_one_is_first() {
    let (folder, path) = place();
    let record = |host: usize| {
        let mut record = ten_epochs();
        record.epochs[0].train_seconds = host as f64;
        record
    };
    std::thread::scope(|scope| {
        for host in 0..8 {
            let (path, record) = (&path, record(host));
            scope.spawn(move || assert_eq!(publish(path, &record, None).unwrap(), None));
        }
    });
    assert_eq!(names(&path).len(), 1, "{:?}", names(&path));
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.records().unwrap().len(), 1);
}

#[test]
fn a_listing_tells_finished_from_begun_by_names() {
    let (folder, path) = place();
    let store = Store::open(folder.path()).unwrap();
    let begun = lenet_core::Trial {
        seed: 99,
        ..config()
    };
    drop(store.trial(&begun.identity()).begin(&begun).unwrap());
    publish(&path, &ten_epochs(), None).unwrap();
    fs::write(path.with_file_name(".writing-x"), "").unwrap();
    let listing = store.listing().unwrap();
    let [mine, other] = [config().identity(), begun.identity()];
    assert!(listing.is_finished(&mine) && !listing.is_begun(&mine));
    assert!(!listing.is_finished(&other) && listing.is_begun(&other));
    store.tidy(&listing);
    assert_eq!(names(&path).len(), 1);
    let mut all = [mine, other];
    all.sort();
    assert_eq!(store.identities().unwrap(), all);
}

/// Epochs of a file that holds one more line are those of the first.
#[test]
fn a_record_is_read_without_its_predictions() {
    let (folder, path) = place();
    publish(&path, &ten_epochs(), Some(b"no predictions")).unwrap();
    let trial = Store::open(folder.path())
        .unwrap()
        .trial(&config().identity());
    let TrialState::Done(read) = trial.state() else {
        panic!("{:?}", trial.state());
    };
    assert_eq!(read.epochs[9], epoch(10));
    assert!(matches!(
        trial.read_predictions(),
        Err(StoreError::Predictions { .. })
    ));
}
