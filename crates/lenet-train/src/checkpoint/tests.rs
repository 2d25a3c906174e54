//! What a checkpoint keeps, and what is no checkpoint.

use super::*;
use crate::testing;

const MOST: u64 = 1 << 20;

fn checkpoint() -> Checkpoint {
    let trial = testing::trial();
    Checkpoint {
        progress: Progress {
            identity: trial.identity(),
            config: trial,
            level: "portable".to_owned(),
            epochs: vec![],
            step: 7,
            batch: 3,
            loss_bits: f64::NAN.to_bits(),
            correct: 5,
            train_seconds: 0.1,
        },
        parameters: vec![1.0, f32::MIN_POSITIVE / 3.0, -0.0],
        moments: vec![],
    }
}

fn read(bytes: &[u8]) -> Result<Option<Checkpoint>, CheckpointError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    std::fs::write(&path, bytes).unwrap();
    Checkpoint::read(&path, &checkpoint().progress.identity, MOST)
}

fn written() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    checkpoint().write(&path).unwrap();
    std::fs::read(&path).unwrap()
}

#[test]
fn what_is_written_is_read() {
    assert_eq!(read(&written()).unwrap(), Some(checkpoint()));
    assert_eq!(
        Checkpoint::read(Path::new("/nonexistent/c"), "x", MOST).unwrap(),
        None
    );
}

#[test]
fn any_cut_or_flipped_bit_is_noticed() {
    let whole = written();
    for length in 0..whole.len() {
        let error = read(&whole[..length]).unwrap_err();
        assert!(
            matches!(error, CheckpointError::Broken { .. }),
            "{length}: {error}"
        );
    }
    for at in 0..whole.len() {
        let mut altered = whole.clone();
        altered[at] ^= 2;
        match read(&altered) {
            Err(CheckpointError::Broken { .. } | CheckpointError::Version { .. }) => {}
            other => panic!("byte {at}: {other:?}"),
        }
    }
}

#[test]
fn another_trial_and_a_newer_version_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    checkpoint().write(&path).unwrap();
    let error = Checkpoint::read(&path, "0123456789abcdef", MOST).unwrap_err();
    assert!(
        matches!(error, CheckpointError::OtherTrial { .. }),
        "{error}"
    );

    let mut newer = written();
    let (old, new) = (br#"{\"format\":1,"#, br#"{\"format\":2,"#);
    let at = newer
        .windows(old.len())
        .position(|window| window == old)
        .unwrap();
    newer[at..at + new.len()].copy_from_slice(new);
    let error = read(&newer).unwrap_err();
    assert!(
        matches!(error, CheckpointError::Version { found: 2, .. }),
        "{error}"
    );
}

#[test]
fn at_most_so_many_bytes_of_a_file_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c");
    checkpoint().write(&path).unwrap();
    let length = written().len() as u64;
    let identity = checkpoint().progress.identity;
    for (most, is_read) in [(length - 1, false), (length, true), (length + 1, true)] {
        let read = Checkpoint::read(&path, &identity, most);
        assert_eq!(read.is_ok(), is_read, "{most}: {read:?}");
    }
    let device = Checkpoint::read(Path::new("/dev/zero"), &identity, MOST).unwrap_err();
    assert!(device.to_string().contains("not a file"), "{device}");
    // Three parameters and three epochs.
    assert_eq!(most_bytes(3, &testing::trial()), 36 + 3072 + (1 << 20));
}

#[test]
fn progress_that_cannot_be_is_refused() {
    struct Case {
        name: &'static str,
        change: fn(&mut Progress),
        is_sound: bool,
    }
    // Two epochs of eight batches are done, and three batches of the third.
    let sound = || {
        let mut progress = checkpoint().progress;
        progress.epochs = vec![testing::epoch(1, 1.0), testing::epoch(2, 1.0)];
        progress.epochs[0].step = 8;
        progress.epochs[1].step = 16;
        progress.step = 19;
        progress
    };
    let case = |name, is_sound, change| Case {
        name,
        change,
        is_sound,
    };
    let cases = [
        case("unchanged", true, |_| {}),
        case("the last batch", true, |p| (p.batch, p.step) = (8, 24)),
        case("beyond the last batch", false, |p| {
            (p.batch, p.step) = (9, 25)
        }),
        case("fewer steps than batches", false, |p| p.step = 2),
        case("one step too many", false, |p| p.step = 20),
        case("an epoch of 2^60", false, |p| p.epochs[1].epoch = 1 << 60),
        case("an epoch twice", false, |p| {
            p.epochs[1] = p.epochs[0].clone()
        }),
        case("a batch of 2^60", false, |p| p.batch = 1 << 60),
        case("all images correct", true, |p| p.correct = 60),
        case("more correct than images", false, |p| p.correct = 61),
        case("time back", false, |p| p.train_seconds = -1.0),
        case("no time", false, |p| p.train_seconds = f64::NAN),
    ];
    let mut wrong = Vec::new();
    for case in cases {
        let mut progress = sound();
        (case.change)(&mut progress);
        let checked = progress.check(8, 60);
        if checked.is_ok() != case.is_sound {
            wrong.push(format!("{}: {checked:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
