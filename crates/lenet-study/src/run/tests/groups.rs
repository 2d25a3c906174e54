//! Trials that are trained together.

use lenet_core::Trial;
use lenet_data::Splits;
use lenet_results::{RunRecord, SelfCheck, TrialRecord};
use lenet_train::{GroupTrial, RunOptions, TrainError, Watcher};

use super::*;
use crate::engine::Training;

/// The positions in the plan of each group's trials.
fn positions(fixture: &Fixture, engine: &Fake) -> Vec<Vec<usize>> {
    let position = |identity: &String| {
        let mut trials = fixture.plan.trials.iter();
        trials.position(|t| t.identity == *identity).unwrap()
    };
    let groups = engine.groups.lock().unwrap();
    groups
        .iter()
        .map(|group| group.iter().map(position).collect())
        .collect()
}

fn fake(capacity: usize) -> Fake {
    Fake {
        capacity,
        ..Fake::default()
    }
}

#[test]
fn groups_follow_the_plan_and_change_no_record() {
    let single = fixture();
    single.run(&Fake::default(), 1).unwrap();
    for (capacity, jobs) in [(4, 9), (9, 4)] {
        let grouped = fixture();
        let engine = fake(capacity);
        let summary = grouped.run(&engine, jobs.min(8)).unwrap();
        assert_eq!((summary.finished, summary.remaining), (9, 0));
        let mut groups = positions(&grouped, &engine);
        groups.sort();
        assert_eq!(groups, [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8]]);
        let workers = jobs.min(8) / 4;
        assert!(engine.most_in_flight.load(Ordering::SeqCst) <= workers);
        assert_eq!(grouped.outcomes(), single.outcomes());
        for (position, trial) in grouped.plan.trials.iter().enumerate() {
            let record = grouped.store.trial(&trial.identity).read_record();
            let run = &record.unwrap().unwrap().runs[0];
            let group = if position < 8 { 4 } else { 1 };
            assert_eq!((run.group, run.jobs), (group, group * workers));
        }
    }
}

#[test]
fn rounds_are_reported_as_soon_as_they_are_complete() {
    let fixture = fixture();
    let records = Mutex::new(Vec::new());
    let observer = |event: RunEvent<'_>| {
        if let RunEvent::RoundFinished { rounds } = event {
            let written = fixture.store.records().unwrap().len();
            records.lock().unwrap().push((rounds, written));
        }
    };
    fixture.watch(&fake(9), 9, &observer).unwrap();
    assert_eq!(*records.lock().unwrap(), [(1, 3), (2, 6), (3, 9)]);
}

#[test]
fn a_group_that_fails_goes_on_in_halves() {
    let single = fixture();
    single.run(&Fake::default(), 1).unwrap();
    let fixture = fixture();
    let engine = Fake {
        failing_groups: true,
        ..fake(5)
    };
    let running = Mutex::new(BTreeMap::new());
    let observer = |event: RunEvent<'_>| {
        let mut running = running.lock().unwrap();
        let (trial, change) = match event {
            RunEvent::TrialStarted { trial, .. } => (trial, 1),
            RunEvent::TrialFinished { trial, .. } | RunEvent::TrialInterrupted { trial, .. } => {
                (trial, -1)
            }
            _ => return,
        };
        let count = running.entry(trial.identity.clone()).or_insert(0);
        *count += change;
        assert!(*count == 0 || *count == 1, "{}: {count}", trial.label);
    };
    let summary = fixture.watch(&engine, 5, &observer).unwrap();
    assert_eq!((summary.finished, summary.failed.len()), (9, 0));
    // When a group of this engine fails, its first trial is done and its second has started.
    let want = [
        &[0, 1, 2, 3, 4][..],
        &[1, 2],
        &[2],
        &[3, 4],
        &[4],
        &[5, 6, 7, 8],
        &[6],
        &[7, 8],
        &[8],
    ];
    assert_eq!(positions(&fixture, &engine), want);
    assert_eq!(fixture.outcomes(), single.outcomes());
    let running = running.into_inner().unwrap();
    assert!(running.len() == 9 && running.values().all(|&count| count == 0));
}

#[test]
fn an_error_of_one_trial_leaves_its_group_running() {
    let failing = Fake {
        failing_seed: Some(2),
        ..fake(9)
    };
    let panicking = Fake {
        panicking_seed: Some(2),
        ..fake(9)
    };
    for (engine, words) in [(failing, "device: lost"), (panicking, "pretended fault")] {
        let fixture = fixture();
        let summary = fixture.run(&engine, 9).unwrap();
        assert_eq!((summary.finished, summary.failed.len()), (6, 3), "{words}");
        for failed in &summary.failed {
            assert!(failed.message.contains(words), "{}", failed.message);
            assert!(failed.label.ends_with("seed 2"), "{}", failed.label);
        }
        let repaired = fake(9);
        assert_eq!(fixture.run(&repaired, 9).unwrap().finished, 3);
        assert_eq!(repaired.epochs_run.load(Ordering::SeqCst), 9);
    }
}

#[test]
fn a_trial_that_another_process_runs_is_left_out_of_its_group() {
    let fixture = fixture();
    let taken = &fixture.plan.trials[2];
    let folder = fixture.store.trial(&taken.identity);
    let writer = Mutex::new(None);
    // The lock is taken after the survey and before the group starts.
    let observer = |event: RunEvent<'_>| {
        if let RunEvent::Begin { .. } = event {
            *writer.lock().unwrap() = Some(folder.begin(&taken.config).unwrap());
        }
    };
    let engine = fake(9);
    let summary = fixture.watch(&engine, 9, &observer).unwrap();
    assert_eq!((summary.finished, summary.elsewhere), (8, 1));
    assert_eq!(positions(&fixture, &engine), [[0, 1, 3, 4, 5, 6, 7, 8]]);
}

#[test]
fn an_interrupted_group_goes_on_in_another() {
    let whole = fixture();
    whole.run(&Fake::default(), 1).unwrap();
    for stop_after in [1, 6, 19] {
        let fixture = fixture();
        let stopped = Fake {
            stop_after: Some(stop_after),
            ..fake(6)
        };
        let summary = fixture.run(&stopped, 6).unwrap();
        assert!(summary.interrupted, "{stop_after}");
        assert_eq!(summary.finished + summary.remaining, 9);
        let rest = fake(4);
        let summary = fixture.run(&rest, 8).unwrap();
        assert_eq!((summary.remaining, summary.interrupted), (0, false));
        let ran = [&stopped, &rest].map(|engine| engine.epochs_run.load(Ordering::SeqCst));
        assert_eq!(ran[0] + ran[1], 36, "no epoch is run twice");
        assert_eq!(fixture.outcomes(), whole.outcomes());
    }
}

/// The real engine, with this capacity for groups.
struct Together(usize);

impl Engine for Together {
    fn self_check(
        &self,
        trial: &Trial,
        data: &Splits,
        options: &RunOptions,
    ) -> Result<SelfCheck, TrainError> {
        Training.self_check(trial, data, options)
    }

    fn group_capacity(&self, _: &Trial, _: &Splits, _: &RunOptions) -> usize {
        self.0
    }

    fn run_record(
        &self,
        trial: &Trial,
        options: &RunOptions,
        jobs: usize,
        group: usize,
        from_epoch: usize,
        check: Option<SelfCheck>,
    ) -> RunRecord {
        Training.run_record(trial, options, jobs, group, from_epoch, check)
    }

    fn run_group(
        &self,
        trials: &[GroupTrial<'_>],
        options: &RunOptions,
        watcher: &mut dyn Watcher,
    ) -> Result<(), TrainError> {
        Training.run_group(trials, options, watcher)
    }
}

/// Runs a study of real networks to its end; stops it after every `stop_after` epochs and
/// resumes it.
fn trained(engine: &dyn Engine, stop_after: usize) -> Vec<TrialRecord> {
    let text = "name = \"real\"\nseeds = 2\n[base]\nepochs = 3\nsamples = 20\n\
                validation = { count = 10, draw = \"seed\" }\n\
                filters = 2\nhidden = 4\nbatch_size = 8\n\
                [[figure]]\nid = \"a\"\n[figure.axes]\noptimizer = [\"sgd\", \"adam\"]\n\
                dropout = [0, 0.5]\n[figure.set]\nlearning_rate = 0.01\n";
    let config = StudyConfig::parse(text, "real").unwrap();
    let images = |count: usize| {
        let labels = (0..count).map(|i| (i % 3) as u8).collect();
        let pixels = (0..count * 64).map(|at| (at * 37 % 251) as u8).collect();
        ImageSet::new(pixels, labels, [1, 8, 8]).unwrap()
    };
    let set = Dataset::new("noise", images(40), images(10)).unwrap();
    let data = DataSets::default().with("mnist", set);
    let plan = Plan::expand(&config, &Overrides::default(), &data).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let settings = RunSettings {
        jobs: Some(8),
        threads: Some(1),
        ..RunSettings::default()
    };
    loop {
        settings.stop.store(false, Ordering::SeqCst);
        let epochs = AtomicUsize::new(0);
        let observer = |event: RunEvent<'_>| {
            let told = matches!(event, RunEvent::TrialEpoch { .. });
            if told && epochs.fetch_add(1, Ordering::SeqCst) + 1 == stop_after {
                settings.stop.store(true, Ordering::SeqCst);
            }
        };
        let found = survey(&plan, &store).unwrap();
        let summary =
            run_with(engine, &plan, &data, (&store, &found), &settings, &observer).unwrap();
        assert!(summary.failed.is_empty(), "{:?}", summary.failed);
        if !summary.interrupted {
            return store.records().unwrap();
        }
    }
}

#[test]
fn real_trials_give_the_records_that_they_give_alone() {
    let alone = trained(&Training, usize::MAX);
    assert_eq!(alone.len(), 8);
    for (capacity, stop_after) in [(8, usize::MAX), (3, usize::MAX), (8, 5), (3, 4)] {
        let grouped = trained(&Together(capacity), stop_after);
        assert_eq!(grouped.len(), 8);
        let groups = grouped.iter().map(|record| record.runs[0].group);
        assert_eq!(groups.max(), Some(capacity));
        for (a, b) in alone.iter().zip(&grouped) {
            assert_eq!((&a.identity, &a.outcome), (&b.identity, &b.outcome));
            assert_eq!((a.parameters, a.epochs.len()), (b.parameters, 3));
            for (a, b) in a.epochs.iter().zip(&b.epochs) {
                assert!(a.same_outcome(b), "{a:?}\n{b:?}");
            }
        }
    }
}
