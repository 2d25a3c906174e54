//! Several workers on one folder.

use std::sync::Mutex;

use super::*;
use crate::run::tests::{Fake, Fixture, fixture};

impl Fixture {
    fn pull(&self, engine: &Fake, index: usize, of: usize) -> RunSummary {
        let settings = RunSettings {
            jobs: Some(1),
            ..RunSettings::default()
        };
        let share = Share { index, of };
        let plan = (&self.plan, &self.data, &self.store);
        let (plan, data, store) = plan;
        work_with(engine, plan, data, store, (&settings, share), &|_| {}).unwrap()
    }
}

fn order(engine: &Fake) -> Vec<String> {
    engine.groups.lock().unwrap().concat()
}

#[test]
fn shares_begin_where_the_plan_is_divided() {
    let begins = |index, of| Share { index, of }.begins(10);
    assert_eq!([0, 1, 2, 3].map(|index| begins(index, 4)), [0, 2, 5, 7]);
    assert_eq!(begins(5, 4), 2, "the fifth of four counts anew");
    assert_eq!((begins(0, 0), begins(9, 10)), (0, 9));
}

#[test]
fn a_worker_begins_with_its_part_and_does_the_rest() {
    let fixture = fixture();
    let engine = Fake::default();
    let summary = fixture.pull(&engine, 2, 3);
    assert_eq!((summary.finished, summary.remaining), (9, 0));
    let planned = fixture.plan.trials.iter().map(|t| t.identity.clone());
    let mut expected: Vec<String> = planned.collect();
    expected.rotate_left(6);
    assert_eq!(order(&engine), expected);
    assert_eq!(
        fixture.store.read_study().unwrap(),
        None,
        "no worker writes it"
    );
    let summary = fixture.pull(&Fake::default(), 0, 3);
    assert_eq!((summary.finished, summary.already_done), (0, 9));
}

#[test]
fn each_trial_is_begun_by_one_of_many() {
    let fixture = fixture();
    let engine = Fake::default();
    let finished = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for index in 0..4 {
            let (fixture, engine, finished) = (&fixture, &engine, &finished);
            scope.spawn(move || {
                let summary = fixture.pull(engine, index, 4);
                assert_eq!(summary.finished + summary.already_done, 9, "{summary:?}");
                assert!(!summary.interrupted && summary.elsewhere == 0);
                finished.lock().unwrap().push(summary.finished);
            });
        }
    });
    assert_eq!(finished.into_inner().unwrap().iter().sum::<usize>(), 9);
    let mut begun = order(&engine);
    begun.sort();
    let all = begun.len();
    begun.dedup();
    assert_eq!((all, begun.len()), (9, 9), "as many stretches as trials");
    for record in fixture.store.records().unwrap() {
        assert_eq!(record.runs.len(), 1);
    }
}

#[test]
fn a_trial_whose_process_lets_go_is_taken_over() {
    let fixture = fixture();
    let taken = &fixture.plan.trials[4];
    let place = fixture.store.trial(&taken.identity);
    let writer = place.begin(&taken.config).unwrap();
    let engine = Fake::default();
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| fixture.pull(&engine, 0, 1));
        while order(&engine).len() < 8 {
            std::thread::sleep(TICK);
        }
        drop(writer);
        let summary = worker.join().unwrap();
        assert_eq!((summary.finished, summary.elsewhere), (9, 0));
    });
}

#[test]
fn a_stopped_worker_waits_for_nobody() {
    let fixture = fixture();
    let taken = &fixture.plan.trials[0];
    let place = fixture.store.trial(&taken.identity);
    let _writer = place.begin(&taken.config).unwrap();
    let engine = Fake {
        stop_after: Some(5),
        ..Fake::default()
    };
    let summary = fixture.pull(&engine, 0, 1);
    assert!(summary.interrupted);
    assert_eq!(
        (summary.finished, summary.elsewhere, summary.remaining),
        (1, 1, 7)
    );
}

/// A failure is tried once by each worker that finds it at its start, and not for ever.
#[test]
fn failures_end() {
    let fixture = fixture();
    let engine = Fake {
        failing_seed: Some(2),
        ..Fake::default()
    };
    for _ in 0..2 {
        let summary = fixture.pull(&engine, 0, 1);
        assert_eq!(summary.failed.len(), 3);
        assert_eq!(
            (summary.finished + summary.already_done, summary.remaining),
            (6, 0)
        );
    }
    assert_eq!(order(&engine).len(), 9 + 3);
}

#[test]
fn a_worker_checks_each_code_path_before_its_first_trial() {
    let fixture = fixture();
    let engine = Fake::default();
    fixture.pull(&engine, 0, 1);
    assert_eq!(engine.checks.load(Ordering::SeqCst), 1);
    let broken = Fake {
        broken_gradients: true,
        ..Fake::default()
    };
    let other = fixture_with(&broken);
    assert!(
        matches!(other, Err(StudyError::SelfCheck { .. })),
        "{other:?}"
    );
}

fn fixture_with(engine: &Fake) -> Result<RunSummary, StudyError> {
    let fixture = fixture();
    let share = Share { index: 0, of: 1 };
    let settings = RunSettings::default();
    let (plan, data, store) = (&fixture.plan, &fixture.data, &fixture.store);
    work_with(engine, plan, data, store, (&settings, share), &|_| {})
}
