//! A small study on made-up images with the real engine: whatever way it is run, interrupted or
//! not, it gives the same records.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use lenet_data::{Dataset, ImageSet};
use lenet_results::{Outcome, Store, TrialRecord};
use lenet_study::{DataSets, Overrides, Plan, RunEvent, RunSettings, StudyConfig, estimate, run};

const STUDY: &str = r#"
name = "tiny"
seeds = 2
[base]
filters = [2, 3]
hidden = 8
batch_size = 16
epochs = 3
validation = 20
[[figure]]
id = "1"
[figure.set]
optimizer = "adam"
learning_rate = 0.01
[figure.axes]
dropout = [0, { rate = 0.5, connected = false }, 0.5]
"#;

/// A bright square whose corner tells the class, on a background that differs from image to
/// image.
fn images(count: usize) -> ImageSet {
    let labels: Vec<u8> = (0..count).map(|image| (image * 7 % 4) as u8).collect();
    let mut pixels = Vec::new();
    for (image, &label) in labels.iter().enumerate() {
        let (top, left) = (usize::from(label / 2) * 4, usize::from(label % 2) * 4);
        for row in 0..8 {
            for column in 0..8 {
                let inside = (top..top + 4).contains(&row) && (left..left + 4).contains(&column);
                let noise = ((image * 31 + row * 17 + column * 13) % 50) as u8;
                pixels.push(if inside { 200 + noise } else { noise });
            }
        }
    }
    ImageSet::new(pixels, labels, [1, 8, 8]).unwrap()
}

fn plan() -> (Plan, DataSets) {
    let set = Dataset::new("corners", images(100), images(40)).unwrap();
    let data = DataSets::default().with("mnist", set);
    let config = StudyConfig::parse(STUDY, "tiny").unwrap();
    (
        Plan::expand(&config, &Overrides::default(), &data).unwrap(),
        data,
    )
}

fn assert_same(left: &[TrialRecord], right: &[TrialRecord]) {
    assert_eq!(left.len(), right.len());
    for (left, right) in left.iter().zip(right) {
        assert_eq!(
            (&left.identity, &left.outcome),
            (&right.identity, &right.outcome)
        );
        assert_eq!(left.epochs.len(), right.epochs.len());
        for (a, b) in left.epochs.iter().zip(&right.epochs) {
            assert!(a.same_outcome(b), "{}: {a:?} {b:?}", left.config);
        }
    }
}

/// The bytes of each trial's predictions, by identity.
fn predictions(store: &Store) -> Vec<(String, Vec<u8>)> {
    let identities = store.identities().unwrap().into_iter();
    let read = |identity: String| {
        let text = fs::read_to_string(store.trial(&identity).published()).unwrap();
        let line = text.lines().nth(1).unwrap_or_default();
        (identity, line.as_bytes().to_vec())
    };
    identities.map(read).collect()
}

/// A trial's predictions, by identity.
type Said = Vec<(String, Vec<u8>)>;

fn unbroken(jobs: usize, threads: usize) -> (Vec<TrialRecord>, Said) {
    let (plan, data) = plan();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let settings = RunSettings {
        jobs: Some(jobs),
        threads: Some(threads),
        ..RunSettings::default()
    };
    let summary = run(&plan, &data, &store, &settings, &|_| {}).unwrap();
    assert_eq!(
        (summary.finished, summary.failed.len()),
        (6, 0),
        "{:?}",
        summary.failed
    );
    (store.records().unwrap(), predictions(&store))
}

#[test]
fn jobs_and_threads_change_no_number() {
    let (one, said) = unbroken(1, 1);
    for (jobs, threads) in [(2, 1), (1, 2)] {
        let (other, also) = unbroken(jobs, threads);
        assert_same(&one, &other);
        assert_eq!(said, also, "{jobs} jobs, {threads} threads");
    }
    for record in &one {
        assert_eq!(record.outcome, Outcome::Completed {});
        assert!(
            record.epochs[2].train_loss < record.epochs[0].train_loss,
            "it learns"
        );
        let check = record.runs[0].self_check.as_ref().unwrap();
        assert!(check.passed && check.worst_relative_error <= check.tolerance);
    }
}

/// A dropout that is not connected differs from none in the configuration, not in one bit of
/// the results.
#[test]
fn disconnected_dropout_does_nothing() {
    let (records, _) = unbroken(2, 1);
    let of = |rate: f64, connected: bool, seed: u64| {
        let wanted = |record: &&TrialRecord| {
            let dropout = record.config.dropout;
            (dropout.rate, dropout.connected, record.config.seed) == (rate, connected, seed)
        };
        records.iter().find(wanted).unwrap()
    };
    for seed in [1, 2] {
        let (none, idle, real) = (
            of(0.0, true, seed),
            of(0.5, false, seed),
            of(0.5, true, seed),
        );
        let same = |a: &TrialRecord, b: &TrialRecord| {
            a.epochs
                .iter()
                .zip(&b.epochs)
                .all(|(a, b)| a.same_outcome(b))
        };
        assert!(same(none, idle) && !same(none, real));
        assert_ne!(none.identity, idle.identity);
    }
}

#[test]
fn an_interrupted_study_goes_on_bit_for_bit() {
    let (whole, said) = unbroken(1, 1);
    for stop_at in [1, 5, 14] {
        let (plan, data) = plan();
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let settings = RunSettings {
            jobs: Some(2),
            stop: Arc::clone(&stop),
            ..RunSettings::default()
        };
        let seen = AtomicUsize::new(0);
        let watch = |event: RunEvent<'_>| {
            // Six starts and eighteen epochs in all; the trial beside is stopped within one.
            let counts = matches!(
                event,
                RunEvent::TrialEpoch { .. } | RunEvent::TrialStarted { .. }
            );
            if counts && seen.fetch_add(1, Ordering::SeqCst) + 1 == stop_at {
                stop.store(true, Ordering::SeqCst);
            }
        };
        let summary = run(&plan, &data, &store, &settings, &watch).unwrap();
        assert!(summary.interrupted && summary.remaining > 0, "{summary:?}");
        stop.store(false, Ordering::SeqCst);
        let summary = run(&plan, &data, &store, &settings, &|_| {}).unwrap();
        assert_eq!((summary.remaining, summary.failed.len()), (0, 0));
        assert_same(&store.records().unwrap(), &whole);
        assert_eq!(predictions(&store), said);
    }
}

/// Every file's accuracy is that of the record's last epoch.
#[test]
fn predictions_belong_to_the_last_network() {
    let (plan, data) = plan();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    run(&plan, &data, &store, &RunSettings::default(), &|_| {}).unwrap();
    let labels = data.get("mnist").unwrap().test.labels().to_vec();
    for record in store.records().unwrap() {
        let trial = store.trial(&record.identity);
        let said = trial.read_predictions().unwrap().unwrap();
        assert!(said.is_of(&labels));
        assert_eq!(said.kernels().shape, [2, 1, 3, 3]);
        let accuracy = said.correct(&labels) as f64 / 40.0;
        let last = record.epochs.last().unwrap().test_accuracy;
        assert_eq!(accuracy.to_bits(), last.to_bits(), "{}", record.config);
        assert!(!trial.checkpoint_path().exists());
    }
}

/// The process ends after its last epoch, and before the trial is published.
#[test]
fn a_trial_killed_before_its_result_comes_to_the_same_bytes() {
    let (plan, data) = plan();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let checkpoints = Mutex::new(Vec::new());
    let watch = |event: RunEvent<'_>| {
        if let RunEvent::TrialEpoch { trial, epoch } = event
            && epoch.epoch == 3
        {
            let path = store.trial(&trial.identity).checkpoint_path();
            let bytes = fs::read(&path).unwrap();
            checkpoints.lock().unwrap().push((path, bytes));
        }
    };
    run(&plan, &data, &store, &RunSettings::default(), &watch).unwrap();
    let (said, records) = (predictions(&store), store.records().unwrap());
    assert!(said.iter().all(|(_, bytes)| bytes.len() > 80));
    for (path, bytes) in checkpoints.into_inner().unwrap() {
        let folder = path.parent().unwrap();
        let identity = folder.file_name().unwrap().to_str().unwrap();
        fs::remove_file(store.trial(identity).published()).unwrap();
        fs::create_dir(folder).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let summary = run(&plan, &data, &store, &RunSettings::default(), &|_| {}).unwrap();
    assert_eq!(summary.finished, 6);
    assert_eq!(predictions(&store), said);
    assert_same(&store.records().unwrap(), &records);
}

#[test]
fn predictions_can_be_left_out() {
    let (mut plan, data) = plan();
    assert!(plan.predictions, "the usual");
    plan.predictions = false;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    run(&plan, &data, &store, &RunSettings::default(), &|_| {}).unwrap();
    assert_same(&store.records().unwrap(), &unbroken(1, 1).0);
    assert!(
        predictions(&store)
            .iter()
            .all(|(_, bytes)| bytes.is_empty())
    );
}

#[test]
fn the_estimate_counts_what_is_asked() {
    let (plan, data) = plan();
    let settings = RunSettings {
        jobs: Some(2),
        ..RunSettings::default()
    };
    let estimate = estimate(&plan, &[0, 1, 2], &data, &settings, &mut |_, _| {}).unwrap();
    assert_eq!((estimate.trials, estimate.jobs), (3, 2));
    assert!(estimate.trial_seconds > 0.0 && estimate.wall_seconds <= estimate.trial_seconds);
    assert!(estimate.wall_seconds >= estimate.trial_seconds / 2.0);
}
