//! Trials that have begun.

use lenet_core::Trial;

use super::*;
use crate::record::Outcome;
use crate::samples::{config, epoch, run};

#[test]
fn trials_that_have_begun_and_not_ended_are_found_with_their_epochs() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    assert!(store.find_unfinished().unwrap().is_empty());

    let begun = config();
    let mut writer = store.trial(&begun.identity()).begin(&begun).unwrap();
    writer.append_run(&run("here")).unwrap();
    writer.append_epoch(&epoch(1)).unwrap();
    writer.append_epoch(&epoch(2)).unwrap();
    let failed = Trial {
        seed: 2,
        ..config()
    };
    let other = store.trial(&failed.identity()).begin(&failed).unwrap();
    let failure = Outcome::Failed {
        message: "out of memory".to_owned(),
    };
    other.finish(failure, Vec::new(), 1).unwrap();

    let mut expected = UnfinishedTrial {
        identity: begun.identity(),
        config: begun,
        epochs: vec![epoch(1), epoch(2)],
        runs: vec![run("here")],
        is_running: true,
    };
    assert_eq!(store.find_unfinished().unwrap(), [expected.clone()]);
    drop(writer);
    expected.is_running = false;
    assert_eq!(store.find_unfinished().unwrap(), [expected.clone()]);

    // Damaged ones are find_records' to name.
    let epochs = folder.path().join("trials").join(&expected.identity);
    std::fs::write(epochs.join("epochs.jsonl"), "no record\n{}\n").unwrap();
    assert!(store.find_unfinished().unwrap().is_empty());
    assert_eq!(store.find_records().unwrap().damaged.len(), 1);
}
