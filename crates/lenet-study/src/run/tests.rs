//! Tests of the scheduler with an engine that pretends to train.

mod fake;
mod groups;
mod searches;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use lenet_core::{Backend, Precision, Trial};
use lenet_data::{Dataset, ImageSet};
use lenet_results::{EpochRecord, TrialState};

use self::fake::epoch_record;

pub(super) use self::fake::Fake;

use super::*;
use crate::config::StudyConfig;
use crate::overrides::Overrides;

pub(super) struct Fixture {
    pub(super) plan: Plan,
    pub(super) data: DataSets,
    _folder: tempfile::TempDir,
    pub(super) store: Store,
}

/// Two figures that share a cell: three distinct cells, three seeds, four epochs.
pub(super) fn fixture() -> Fixture {
    let text = "name = \"fake\"\nseeds = 3\n[base]\nepochs = 4\nvalidation = 10\nfilters = 2\nhidden = 4\n\
                [[figure]]\nid = \"a\"\n[figure.axes]\nlearning_rate = [0.1, 0.01]\n\
                [[figure]]\nid = \"b\"\n[figure.set]\nlearning_rate = 0.1\n[figure.axes]\ndropout = [0, 0.5]\n";
    let config = StudyConfig::parse(text, "fake").unwrap();
    let images = |count: usize| {
        let labels = (0..count).map(|i| (i % 3) as u8).collect();
        ImageSet::new(vec![0; count * 64], labels, [1, 8, 8]).unwrap()
    };
    let set = Dataset::new("blank", images(30), images(10)).unwrap();
    let data = DataSets::default().with("mnist", set);
    let plan = Plan::expand(&config, &Overrides::default(), &data).unwrap();
    assert_eq!(plan.trials.len(), 9);
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    Fixture {
        plan,
        data,
        store,
        _folder: folder,
    }
}

impl Fixture {
    fn run(&self, engine: &Fake, jobs: usize) -> Result<RunSummary, StudyError> {
        self.watch(engine, jobs, &|_| {})
    }

    fn watch(
        &self,
        engine: &Fake,
        jobs: usize,
        observer: &(dyn Fn(RunEvent<'_>) + Sync),
    ) -> Result<RunSummary, StudyError> {
        let settings = RunSettings {
            jobs: Some(jobs),
            ..RunSettings::default()
        };
        let found = survey(&self.plan, &self.store)?;
        run_with(
            engine,
            &self.plan,
            &self.data,
            (&self.store, &found),
            &settings,
            observer,
        )
    }

    /// The test losses of every finished trial, as bits, by identity.
    fn outcomes(&self) -> BTreeMap<String, Vec<u64>> {
        let numbers =
            |epochs: &[EpochRecord]| epochs.iter().map(|e| e.test_loss.to_bits()).collect();
        let records = self.store.records().unwrap();
        records
            .into_iter()
            .map(|record| (record.identity, numbers(&record.epochs)))
            .collect()
    }
}

#[test]
fn every_trial_is_run_once_and_no_more() {
    let fixture = fixture();
    let engine = Fake::default();
    let summary = fixture.run(&engine, 2).unwrap();
    assert_eq!(
        (summary.finished, summary.already_done, summary.remaining),
        (9, 0, 0)
    );
    assert!(summary.failed.is_empty() && !summary.interrupted);
    assert_eq!(engine.most_in_flight.load(Ordering::SeqCst), 2);
    assert_eq!(
        engine.checks.load(Ordering::SeqCst),
        1,
        "one code path, one check"
    );
    assert_eq!(
        fixture.store.read_study().unwrap().as_ref(),
        Some(&fixture.plan.study)
    );
    for record in fixture.store.records().unwrap() {
        assert_eq!(record.epochs.len(), 4);
        assert_eq!(record.runs.len(), 1);
        assert_eq!(
            record.runs[0].self_check.as_ref().map(|check| check.passed),
            Some(true)
        );
    }
    let again = Fake::default();
    let summary = fixture.run(&again, 2).unwrap();
    assert_eq!((summary.finished, summary.already_done), (0, 9));
    assert_eq!(again.epochs_run.load(Ordering::SeqCst), 0);
    assert_eq!(
        again.checks.load(Ordering::SeqCst),
        0,
        "nothing to run, nothing to check"
    );
}

#[test]
fn an_interrupted_study_goes_on_and_ends_the_same() {
    let whole = fixture();
    whole.run(&Fake::default(), 1).unwrap();
    for stop_after in [1, 2, 5, 11, 35] {
        let fixture = fixture();
        let engine = Fake {
            stop_after: Some(stop_after),
            ..Fake::default()
        };
        let summary = fixture.run(&engine, 2).unwrap();
        assert!(summary.interrupted, "{stop_after}");
        assert_eq!(summary.finished + summary.remaining, 9);
        // As if the process was killed between writing the checkpoint and writing the line of
        // the epoch: the list of epochs is one line too long, or one too short.
        for trial in &fixture.plan.trials {
            let folder = fixture.store.trial(&trial.identity);
            if let TrialState::Interrupted { epochs } = folder.state() {
                let mut writer = folder.begin(&trial.config).unwrap();
                let records = folder.read_epochs().unwrap();
                if epochs > 0 && trial.config.seed == 1 {
                    writer.restore_epochs(&records[..epochs - 1]).unwrap();
                } else {
                    writer
                        .append_epoch(&epoch_record(&trial.config, epochs + 1))
                        .unwrap();
                }
            }
        }
        let rest = Fake::default();
        let summary = fixture.run(&rest, 2).unwrap();
        assert_eq!((summary.remaining, summary.interrupted), (0, false));
        let ran = [&engine, &rest].map(|engine| engine.epochs_run.load(Ordering::SeqCst));
        assert_eq!(ran[0] + ran[1], 36, "no epoch is run twice");
        assert_eq!(fixture.outcomes(), whole.outcomes());
        for trial in &fixture.plan.trials {
            let place = fixture.store.trial(&trial.identity);
            let record = place.read_record().unwrap().unwrap();
            let lines: Vec<_> = record.epochs.iter().map(|e| e.epoch).collect();
            assert_eq!(lines, [1, 2, 3, 4]);
        }
    }
}

#[test]
fn a_failed_trial_leaves_the_others_running_and_is_tried_again() {
    for (faulty, words) in [
        (
            Fake {
                failing_seed: Some(2),
                ..Fake::default()
            },
            "device: lost",
        ),
        (
            Fake {
                panicking_seed: Some(2),
                ..Fake::default()
            },
            "panicked: pretended fault",
        ),
    ] {
        let fixture = fixture();
        let summary = fixture.run(&faulty, 2).unwrap();
        assert_eq!(
            (summary.finished, summary.failed.len(), summary.remaining),
            (6, 3, 0)
        );
        assert!(!summary.interrupted);
        for failed in &summary.failed {
            assert!(failed.message.contains(words), "{}", failed.message);
            assert!(failed.label.ends_with("seed 2"), "{}", failed.label);
            let state = fixture.store.trial(&failed.identity).state();
            let TrialState::Failed(record) = state else {
                panic!("{state:?}")
            };
            assert_eq!(
                record.epochs.len(),
                1,
                "what was done before the fault is kept"
            );
        }
        let repaired = Fake::default();
        let summary = fixture.run(&repaired, 2).unwrap();
        assert_eq!(
            (summary.finished, summary.already_done, summary.failed.len()),
            (3, 6, 0)
        );
        assert_eq!(
            repaired.epochs_run.load(Ordering::SeqCst),
            9,
            "from the checkpoints"
        );
        assert!(
            fixture
                .store
                .records()
                .unwrap()
                .iter()
                .all(|r| r.epochs.len() == 4)
        );
    }
}

#[test]
fn wrong_gradients_stop_the_study_before_the_first_trial() {
    let fixture = fixture();
    let engine = Fake {
        broken_gradients: true,
        ..Fake::default()
    };
    let error = fixture.run(&engine, 2).unwrap_err().to_string();
    assert_eq!(
        error,
        "self-check failed: gradient of conv1.weight is off by NaN (tolerance 1e-4) on cpu, fused backend \
         (hint: LENET_SIMD=portable or --backend stock takes another code path; please report it)"
    );
    assert_eq!(engine.epochs_run.load(Ordering::SeqCst), 0);
}

#[test]
fn rounds_are_reported_in_order_when_they_are_complete() {
    let fixture = fixture();
    let reported = Mutex::new(Vec::new());
    let records = Mutex::new(Vec::new());
    let observer = |event: RunEvent<'_>| {
        if let RunEvent::RoundFinished { rounds } = event {
            reported.lock().unwrap().push(rounds);
            records
                .lock()
                .unwrap()
                .push(fixture.store.records().unwrap().len());
        }
    };
    fixture.watch(&Fake::default(), 1, &observer).unwrap();
    assert_eq!(*reported.lock().unwrap(), [1, 2, 3]);
    assert_eq!(*records.lock().unwrap(), [3, 6, 9]);
}

#[test]
fn a_trial_that_another_process_runs_is_left_to_it() {
    let fixture = fixture();
    let taken = &fixture.plan.trials[0];
    let writer = fixture
        .store
        .trial(&taken.identity)
        .begin(&taken.config)
        .unwrap();
    let summary = fixture.run(&Fake::default(), 2).unwrap();
    assert_eq!(
        (summary.finished, summary.elsewhere, summary.remaining),
        (8, 1, 0)
    );
    drop(writer);
    assert_eq!(fixture.run(&Fake::default(), 2).unwrap().finished, 1);
}

#[test]
fn a_record_of_a_later_version_stops_the_study_before_any_work() {
    let fixture = fixture();
    let folder = fixture.store.trial(&fixture.plan.trials[4].identity);
    std::fs::create_dir_all(folder.folder()).unwrap();
    std::fs::write(folder.folder().join("result.json"), "{\"format\": 99}").unwrap();
    let engine = Fake::default();
    let error = fixture.run(&engine, 2).unwrap_err();
    assert!(
        error.to_string().contains("trial record of format 99"),
        "{error}"
    );
    assert_eq!(engine.checks.load(Ordering::SeqCst), 0);
    assert_eq!(fixture.store.read_study().unwrap(), None);
}

/// Network, batch size, backend and precision choose the code path; seed and learning rate do
/// not.
#[test]
fn every_code_path_is_checked_once() {
    let mut fixture = fixture();
    let varied: [fn(&mut Trial); 6] = [
        |_| {},
        |trial| trial.learning_rate = 0.5,
        |trial| trial.batch_size = 3,
        |trial| trial.network.kernel = 5,
        |trial| trial.backend = Backend::Stock,
        |trial| trial.precision = Precision::Tf32,
    ];
    let first = fixture.plan.trials[0].clone();
    let changed = |change: &fn(&mut Trial)| {
        let mut planned = first.clone();
        change(&mut planned.config);
        planned.identity = planned.config.identity();
        planned
    };
    fixture.plan.trials = varied.iter().map(changed).collect();
    let engine = Fake::default();
    let reported = AtomicUsize::new(0);
    fixture
        .watch(&engine, 1, &|event| {
            if let RunEvent::SelfCheck(_) = event {
                reported.fetch_add(1, Ordering::SeqCst);
            }
        })
        .unwrap();
    assert_eq!(engine.checks.load(Ordering::SeqCst), 5, "one per code path");
    assert_eq!(
        reported.load(Ordering::SeqCst),
        1,
        "the worst check is reported"
    );
}
