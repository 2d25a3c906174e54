//! Searches stage by stage, with an engine that pretends to train.

use lenet_results::{Outcome, TrialRecord};

use super::*;
use crate::stages::Stages;

/// Nine proposals of two seeds on rungs of 1, 3 and 9 epochs.
const HALVING: &str = r#"
name = "halving"
seeds = 2
[base]
validation = 10
filters = 2
hidden = 4
[[figure]]
id = "s"
[figure.set]
epochs = 9
[figure.search]
kind = "halving"
trials = 9
[figure.search.space]
learning_rate = { from = 1e-3, to = 0.3, scale = "log" }
"#;

const TPE: &str = r#"
name = "tpe"
[base]
validation = 10
filters = 2
hidden = 4
epochs = 2
[[figure]]
id = "s"
[figure.search]
kind = "tpe"
trials = 14
startup = 6
round = 4
[figure.search.space]
learning_rate = { from = 1e-3, to = 0.3, scale = "log" }
dropout = [0, 0.5]
"#;

struct Searching {
    config: StudyConfig,
    data: DataSets,
    store: Store,
    _folder: tempfile::TempDir,
}

fn searching(text: &str) -> Searching {
    let folder = tempfile::tempdir().unwrap();
    Searching {
        config: StudyConfig::parse(text, "study").unwrap(),
        data: fixture().data,
        store: Store::create(folder.path()).unwrap(),
        _folder: folder,
    }
}

impl Searching {
    fn plan(&self) -> Plan {
        let stages = Stages::new(&self.config, Overrides::default(), None);
        assert!(stages.has_several().unwrap());
        stages
            .plan(&self.data, &self.store.records().unwrap())
            .unwrap()
    }

    /// Carries out stage after stage, as a command does; `None` where it was interrupted.
    fn run(&self, engine: &Fake, jobs: usize) -> Option<Plan> {
        let settings = RunSettings {
            jobs: Some(jobs),
            ..RunSettings::default()
        };
        let mut plan = self.plan();
        loop {
            let found = survey(&plan, &self.store).unwrap();
            let place = (&self.store, &found);
            let summary = run_with(engine, &plan, &self.data, place, &settings, &|_| {});
            if summary.unwrap().interrupted {
                return None;
            }
            let next = self.plan();
            if next == plan {
                return Some(plan);
            }
            plan = next;
        }
    }

    fn records(&self) -> Vec<TrialRecord> {
        self.store.records().unwrap()
    }
}

fn assert_same(one: &[TrialRecord], other: &[TrialRecord]) {
    let identities = |records: &[TrialRecord]| -> Vec<String> {
        records.iter().map(|r| r.identity.clone()).collect()
    };
    assert_eq!(identities(one), identities(other));
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one.outcome, other.outcome);
        assert_eq!(one.epochs.len(), other.epochs.len());
        let mut epochs = one.epochs.iter().zip(&other.epochs);
        assert!(epochs.all(|(a, b)| a.same_outcome(b)), "{}", one.identity);
    }
}

fn trained(engine: &Fake) -> usize {
    engine.epochs_run.load(Ordering::SeqCst)
}

#[test]
fn rungs_go_on_from_the_rungs_before() {
    let search = searching(HALVING);
    let engine = Fake::default();
    let plan = search.run(&engine, 2).unwrap();
    let record = plan.study.figures[0].search.as_ref().unwrap();
    assert!(record.complete);
    let rungs: Vec<usize> = record.places.iter().map(|place| place.rung).collect();
    assert_eq!(rungs, [vec![0; 9], vec![1; 3], vec![2]].concat());
    // 9 · 1 + 3 · 2 + 1 · 6, for each of two seeds.
    assert_eq!(trained(&engine), 42);
    assert_eq!(plan.trials.len(), 26);
    assert!(search.store.kept_checkpoints().is_empty());
    // The greatest rates are the best here.
    let rate = |cell: usize| plan.study.figures[0].cells[cell].config.learning_rate;
    let mut first: Vec<f64> = (0..9).map(rate).collect();
    first.sort_by(|a, b| b.total_cmp(a));
    assert_eq!((9..12).map(rate).collect::<Vec<_>>(), first[..3]);
    assert_eq!(rate(12), first[0]);
    // A run of each rung.
    for record in search.records() {
        let from: Vec<usize> = record.runs.iter().map(|run| run.from_epoch).collect();
        let expected: &[usize] = match record.config.epochs {
            1 => &[0],
            3 => &[0, 1],
            _ => &[0, 1, 3],
        };
        assert_eq!(from, expected);
    }
    assert_eq!(search.store.read_study().unwrap(), Some(plan.study));
}

#[test]
fn jobs_and_interruptions_change_neither_proposals_nor_results() {
    for text in [HALVING, TPE] {
        let whole = searching(text);
        let unbroken = Fake::default();
        let plan = whole.run(&unbroken, 1).unwrap();
        for (stop_after, jobs) in [(1, 1), (4, 2), (5, 1), (19, 2), (25, 1), (27, 2), (37, 1)] {
            let search = searching(text);
            let (mut stops, mut epochs) = (0, 0);
            let found = loop {
                let engine = Fake {
                    stop_after: Some(stop_after),
                    capacity: 3,
                    ..Fake::default()
                };
                let ended = search.run(&engine, jobs);
                epochs += trained(&engine);
                match ended {
                    Some(plan) => break plan,
                    None => stops += 1,
                }
                assert!(stops < 100);
            };
            assert!(stops > 0 || stop_after > 28, "{stop_after}");
            assert_eq!(found, plan);
            assert_eq!(epochs, trained(&unbroken), "no epoch is trained twice");
            assert_same(&search.records(), &whole.records());
            assert!(search.store.kept_checkpoints().is_empty());
        }
    }
}

#[test]
fn a_finished_search_trains_nothing_more() {
    for text in [HALVING, TPE] {
        let search = searching(text);
        let plan = search.run(&Fake::default(), 2).unwrap();
        let again = Fake::default();
        assert_eq!(search.run(&again, 1).unwrap(), plan);
        assert_eq!(trained(&again), 0);
    }
}

/// What a kill between a result and its checkpoint leaves is a fresh start.
#[test]
fn a_lost_checkpoint_costs_epochs_and_changes_nothing() {
    let whole = searching(HALVING);
    whole.run(&Fake::default(), 1).unwrap();
    let search = searching(HALVING);
    let settings = RunSettings::default();
    let plan = search.plan();
    let found = survey(&plan, &search.store).unwrap();
    let place = (&search.store, &found);
    run_with(
        &Fake::default(),
        &plan,
        &search.data,
        place,
        &settings,
        &|_| {},
    )
    .unwrap();
    let kept = search.store.kept_checkpoints();
    assert_eq!(kept.len(), 18, "all of the first rung");
    // One checkpoint alone is left.
    let second = search.plan();
    let needed: Vec<&str> = second
        .trials
        .iter()
        .filter_map(|trial| Some(trial.continues.as_ref()?.identity.as_str()))
        .collect();
    assert_eq!(needed.len(), 6);
    for identity in &kept {
        if identity != needed[0] {
            search.store.drop_checkpoint(identity);
        }
    }
    let engine = Fake::default();
    search.run(&engine, 2).unwrap();
    // Six trials to 3 epochs, of which one begins at 1, and two on to 9.
    assert_eq!(trained(&engine), 6 * 3 - 1 + 2 * 6);
    assert_same(&search.records(), &whole.records());
    let anew = search.records().into_iter();
    let anew = anew.filter(|r| r.config.epochs == 3 && r.runs.len() == 1);
    assert_eq!(anew.count(), 5, "no runs of others");
}

#[test]
fn what_fails_is_worst_and_the_search_goes_on() {
    let search = searching(HALVING);
    let engine = Fake {
        failing_seed: Some(2),
        ..Fake::default()
    };
    // Trials of one epoch do not fail, those of more do.
    let plan = search.run(&engine, 1).unwrap();
    let record = plan.study.figures[0].search.as_ref().unwrap();
    assert_eq!(record.places.len(), 12, "nothing is left that could go on");
    assert!(record.complete);
    // Of the trials that failed, for the next try.
    assert_eq!(search.store.kept_checkpoints().len(), 3);
    let failed = search.records().into_iter();
    let failed = failed.filter(|r| matches!(r.outcome, Outcome::Failed { .. }));
    assert_eq!(failed.count(), 3);
    let found = survey(&plan, &search.store).unwrap();
    let retries = |found: &Survey| found.work.iter().filter(|w| **w == Work::Retry).count();
    assert_eq!(retries(&found), 3);
    assert_eq!(retries(&found.without_retries()), 0);
    // Once the fault is gone, the same command finishes it as if nothing had been.
    let whole = searching(HALVING);
    let expected = whole.run(&Fake::default(), 1).unwrap();
    assert_eq!(search.run(&Fake::default(), 1).unwrap(), expected);
    assert_same(&search.records(), &whole.records());
    assert!(search.store.kept_checkpoints().is_empty());
}

#[test]
fn other_figures_keep_what_they_have() {
    let text =
        format!("{HALVING}[[figure]]\nid = \"grid\"\n[figure.axes]\nlearning_rate = [0.1, 0.2]\n");
    let search = searching(&text);
    let plan = search.run(&Fake::default(), 1).unwrap();
    assert_eq!(plan.trials.len(), 26 + 4);
    let only = Overrides {
        only: vec!["grid".to_owned()],
        ..Overrides::default()
    };
    let stages = Stages::new(&search.config, only, None);
    assert!(!stages.has_several().unwrap());
    let grid = stages.plan(&search.data, &search.records()).unwrap();
    assert_eq!(grid.trials.len(), 4);
    let joint = joint_study(&grid, search.store.read_study().unwrap());
    assert_eq!(joint.figures, plan.study.figures, "the search as it was");
}
