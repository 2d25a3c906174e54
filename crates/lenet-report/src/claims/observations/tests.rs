//! What is read of which trials.

use lenet_core::Trial;
use lenet_results::{EpochMeasure, Outcome, Quantity, Rule};

use super::*;
use crate::testing::{all_pass, arm, reading, study, test, trial, trials};

/// A cell of three epochs.
fn three_epochs() -> Trial {
    Trial {
        epochs: 3,
        ..arm(0.1)
    }
}

/// A trial of three planned epochs with these test accuracies; fewer if it ended early.
fn ended(accuracies: &[f64], outcome: Outcome) -> TrialRecord {
    let mut record = trial(&three_epochs(), 1, accuracies);
    record.config.epochs = 3;
    record.identity = record.config.identity();
    record.outcome = outcome;
    record
}

fn read(record: &TrialRecord, measure: &str, at: Moment) -> Option<f64> {
    value(record, &reading(measure, at))
}

#[test]
fn a_moment_is_an_epoch_of_the_plan() {
    let whole = ended(&[0.5, 0.75, 0.625], Outcome::Completed {});
    let stopped = ended(&[0.5, 0.75], Outcome::Stopped { epoch: 2 });
    let diverged = ended(&[0.5, 0.75], Outcome::Diverged { epoch: 3 });
    // As a record of another program might be.
    let cut = ended(&[0.5, 0.75], Outcome::Completed {});
    let cases = [
        ("whole", &whole, Moment::First, Some(0.5)),
        ("whole", &whole, Moment::Last, Some(0.625)),
        ("whole", &whole, Moment::Best, Some(0.75)),
        ("whole", &whole, Moment::Epoch(2), Some(0.75)),
        ("whole", &whole, Moment::Epoch(4), None),
        ("stopped", &stopped, Moment::First, Some(0.5)),
        ("stopped", &stopped, Moment::Last, Some(0.75)),
        ("stopped", &stopped, Moment::Epoch(1), Some(0.5)),
        ("stopped", &stopped, Moment::Epoch(3), Some(0.75)),
        ("diverged", &diverged, Moment::Last, Some(0.75)),
        ("diverged", &diverged, Moment::Epoch(3), Some(0.75)),
        ("cut", &cut, Moment::Last, None),
        ("cut", &cut, Moment::Epoch(2), Some(0.75)),
    ];
    all_pass(
        cases
            .into_iter()
            .filter_map(|(name, record, at, expected)| {
                let found = read(record, "test_accuracy", at);
                (found != expected).then(|| format!("{name}, {at}: {found:?}"))
            }),
    );
}

#[test]
fn the_best_epoch_is_the_earliest_with_the_greatest_validation_accuracy() {
    let best = |validation: [f64; 3]| {
        let mut record = ended(&[0.25, 0.5, 0.75], Outcome::Completed {});
        for (epoch, accuracy) in record.epochs.iter_mut().zip(validation) {
            epoch.validation_accuracy = accuracy;
        }
        read(&record, "test_accuracy", Moment::Best)
    };
    assert_eq!(best([0.9, 0.8, 0.7]), Some(0.25));
    assert_eq!(best([0.7, 0.9, 0.9]), Some(0.5));
    assert_eq!(best([0.7, 0.8, 0.9]), Some(0.75));
    assert_eq!(best([f64::NAN, 0.1, 0.05]), Some(0.5));
    assert_eq!(best([0.1, f64::NAN, 0.2]), Some(0.75));
    assert_eq!(best([f64::NAN; 3]), None);
}

#[test]
fn each_measure_of_an_epoch_is_its_own_field() {
    let mut record = ended(&[0.5, 0.5, 0.5], Outcome::Completed {});
    let epoch = &mut record.epochs[2];
    (epoch.train_loss, epoch.train_accuracy) = (1.0, 2.0);
    (epoch.validation_loss, epoch.validation_accuracy) = (3.0, 4.0);
    (epoch.test_loss, epoch.test_accuracy) = (5.0, 6.0);
    (epoch.train_seconds, epoch.evaluation_seconds) = (7.0, 0.5);
    let found = EpochMeasure::ALL.map(|m| read(&record, m.name(), Moment::Last));
    assert_eq!(found, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.5].map(Some));
    assert_eq!(read(&record, "train_seconds", Moment::Last), None);
}

#[test]
fn parameters_are_those_of_the_network() {
    let record = ended(&[0.5, 0.6, 0.7], Outcome::Completed {});
    assert_eq!(read(&record, "parameters", Moment::Last), Some(104_250.0));
}

#[test]
fn the_time_until_a_bound_ends_with_the_epoch_that_reaches_it() {
    let mut record = ended(&[0.5, 0.75, 0.875], Outcome::Completed {});
    for (epoch, seconds) in record.epochs.iter_mut().zip([2.0, 3.0, 8.0]) {
        (epoch.train_seconds, epoch.evaluation_seconds) = (seconds, 100.0);
        epoch.test_loss = 1.0 / seconds;
    }
    let cases = [
        ("until test_accuracy >= 0.25", 1.0, 2.0),
        ("until test_accuracy >= 0.75", 2.0, 5.0),
        ("until test_accuracy >= 0.8", 3.0, 13.0),
        ("until test_accuracy >= 0.9", f64::NAN, f64::NAN),
        ("until test_loss <= 0.5", 1.0, 2.0),
        ("until test_loss <= 0.4", 2.0, 5.0),
        ("until test_loss <= 0.125", 3.0, 13.0),
        ("until test_loss <= 0.1", f64::NAN, f64::NAN),
    ];
    all_pass(cases.into_iter().filter_map(|(until, epochs, seconds)| {
        let read = |what| read(&record, &format!("{what} {until}"), Moment::Last).unwrap();
        let found = (read("epochs"), read("seconds"));
        let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
        let right = same(found.0, epochs) && same(found.1, seconds);
        (!right).then(|| format!("{until}: {found:?}"))
    }));
}

#[test]
fn values_stand_in_the_order_of_the_studys_seeds() {
    let config = arm(0.1);
    let study = study(&[(&config, &[7, 3, 5])], Vec::new());
    let records: Vec<_> = [2, 3, 5, 7]
        .map(|seed| trial(&config, seed, &[seed as f64 / 10.0]))
        .to_vec();
    let observations = Observations::new(&study, &records, &[]);
    let found = observations.trials(&config.cell(), &reading("test_accuracy", Moment::Last));
    let values: Vec<f64> = found.into_values().collect();
    // A seed that the study does not name comes last.
    assert_eq!(values, [0.7, 0.3, 0.5, 0.2]);
}

#[test]
fn only_planned_trials_count_where_seeds_were_added_until_claims_were_decided() {
    let config = arm(0.1);
    let mut study = study(&[(&config, &[1, 2])], Vec::new());
    let records = trials(&config, &[0.1, 0.2, 0.3]);
    let seeds = |study: &StudyRecord| {
        let observations = Observations::new(study, &records, &[]);
        let read = observations.trials(&config.cell(), &reading("test_accuracy", Moment::Last));
        read.into_keys().map(|(_, seed)| seed).collect::<Vec<_>>()
    };
    assert_eq!(seeds(&study), [1, 2, 3]);
    study.until_decided = Some(2);
    assert_eq!(seeds(&study), [1, 2]);
}

#[test]
fn trials_without_a_result_never_count() {
    let config = arm(0.1);
    let study = study(&[(&config, &[1, 2, 3])], Vec::new());
    let mut records = trials(&config, &[0.1, 0.2, 0.3]);
    records[0].outcome = Outcome::Failed {
        message: "out of memory".to_owned(),
    };
    records[1].outcome = Outcome::Diverged { epoch: 1 };
    records[2].outcome = Outcome::Diverged { epoch: 1 };
    records[2].epochs.clear();
    let observations = Observations::new(&study, &records, &[]);
    let accuracy = reading("test_accuracy", Moment::Last);
    let found = observations.trials(&config.cell(), &accuracy);
    assert_eq!(found.into_values().collect::<Vec<_>>(), [0.2]);
    assert!(observations.trials("another cell", &accuracy).is_empty());
}

#[test]
fn images_are_those_of_the_accuracys_split() {
    let config = arm(0.1);
    let study = study(&[(&config, &[1])], Vec::new());
    let observations = Observations::new(&study, &[], &[]);
    let images = |cell: &str, measure: &str| {
        let reader = observations.reader(&any_test());
        reader.images(cell, measure.parse().unwrap())
    };
    let key = config.cell();
    assert_eq!(images(&key, "train_accuracy"), Some(400));
    assert_eq!(images(&key, "validation_accuracy"), Some(64));
    assert_eq!(images(&key, "test_accuracy"), Some(100));
    assert_eq!(images(&key, "test_loss"), None);
    assert_eq!(images("another cell", "test_accuracy"), None);
    // Records of format 1 know no numbers of images.
    let mut old = study.clone();
    old.figures[0].cells[0].images = None;
    let observations = Observations::new(&old, &[], &[]);
    let reader = observations.reader(&any_test());
    assert_eq!(reader.images(&key, Measure::TEST_ACCURACY), None);
}

fn any_test() -> TestRecord {
    test(Quantity::Value, Rule::Above(0.0), Vec::new())
}
