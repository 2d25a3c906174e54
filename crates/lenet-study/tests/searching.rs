//! A search with the real engine: trials that go on from shorter ones, bit for bit.

use lenet_data::{Dataset, ImageSet};
use lenet_results::{Store, TrialRecord};
use lenet_study::{
    DataSets, Overrides, Plan, RunSettings, Stages, StudyConfig, run, run_surveyed, survey,
};

const STUDY: &str = r#"
name = "search"
[base]
filters = [2, 3]
hidden = 8
batch_size = 16
validation = 20
[[figure]]
id = "s"
[figure.set]
epochs = 4
optimizer = "adam"
SCHEDULE
[figure.search]
kind = "halving"
eta = 2
trials = 4
measure = "validation_loss"
[figure.search.space]
learning_rate = { from = 1e-3, to = 0.05, scale = "log" }
dropout = { from = 0, to = 0.5 }
"#;

/// A bright square whose corner tells the class.
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

fn data() -> DataSets {
    let set = Dataset::new("corners", images(100), images(40)).unwrap();
    DataSets::default().with("mnist", set)
}

/// Carries the study out in `store`; its last plan.
fn search(config: &StudyConfig, store: &Store, jobs: usize) -> Plan {
    let settings = RunSettings {
        jobs: Some(jobs),
        ..RunSettings::default()
    };
    let data = data();
    let stages = Stages::new(config, Overrides::default(), None);
    let mut plan = stages.plan(&data, &[]).unwrap();
    loop {
        let found = survey(&plan, store).unwrap();
        let summary = run_surveyed(&plan, &data, store, &found, &settings, &|_| {}).unwrap();
        assert!(!summary.interrupted && summary.failed.is_empty());
        let next = stages.plan(&data, &store.records().unwrap()).unwrap();
        if next == plan {
            return plan;
        }
        plan = next;
    }
}

/// A trial trained from its start, in a store of its own.
fn alone(plan: &Plan, identity: &str) -> (TrialRecord, String) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let mut plan = plan.clone();
    plan.trials.retain(|trial| trial.identity == identity);
    run(&plan, &data(), &store, &RunSettings::default(), &|_| {}).unwrap();
    let trial = store.trial(identity);
    let record = trial.read_record().unwrap().unwrap();
    assert_eq!(record.runs.len(), 1, "it began anew");
    (record, predictions(&store, identity))
}

/// The line of a trial's predictions.
fn predictions(store: &Store, identity: &str) -> String {
    let text = std::fs::read_to_string(store.trial(identity).published()).unwrap();
    text.lines().nth(1).unwrap().to_owned()
}

#[test]
fn a_continued_trial_is_that_trained_alone_from_its_start() {
    let step = "schedule = { kind = \"step\", every_epochs = 1.5, gamma = 0.5 }";
    for schedule in ["", step, "schedule = \"cosine\""] {
        let text = STUDY.replace("SCHEDULE", schedule);
        let config = StudyConfig::parse(&text, "search").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        let plan = search(&config, &store, 2);
        let goes_on = !schedule.contains("cosine");
        assert_eq!(plan.trials.len(), 4 + 2 + 1);
        let mut continued = 0;
        for trial in &plan.trials {
            let record = store.trial(&trial.identity).read_record().unwrap().unwrap();
            let runs: Vec<usize> = record.runs.iter().map(|run| run.from_epoch).collect();
            let expected: &[usize] = match (goes_on, trial.config.epochs) {
                (false, _) | (_, 1) => &[0],
                (_, 2) => &[0, 1],
                _ => &[0, 1, 2],
            };
            assert_eq!(runs, expected);
            assert_eq!(
                trial.continues.is_some(),
                goes_on && trial.config.epochs > 1
            );
            if trial.config.epochs == 1 {
                continue;
            }
            continued += 1;
            let (fresh, said) = alone(&plan, &trial.identity);
            assert_eq!(record.outcome, fresh.outcome);
            assert_eq!(record.epochs.len(), trial.config.epochs);
            for (one, other) in record.epochs.iter().zip(&fresh.epochs) {
                assert!(one.same_outcome(other), "{one:?}\n{other:?}");
            }
            assert_eq!(predictions(&store, &trial.identity), said);
        }
        assert_eq!(continued, 3);
        assert!(store.kept_checkpoints().is_empty());
    }
}

#[test]
fn jobs_change_no_proposal() {
    let text = STUDY.replace("SCHEDULE", "");
    let config = StudyConfig::parse(&text, "search").unwrap();
    let found = [1, 3].map(|jobs| {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        let plan = search(&config, &store, jobs);
        let losses = store.records().unwrap().into_iter().map(|record| {
            let last = record.epochs.last().unwrap();
            (record.identity, last.test_loss.to_bits())
        });
        (plan, losses.collect::<Vec<_>>())
    });
    assert_eq!(found[0], found[1]);
}
