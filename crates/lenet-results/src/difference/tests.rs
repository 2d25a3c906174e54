//! The first difference of two results, whatever it is.

use super::*;
use crate::samples::record;

fn completed() -> TrialRecord {
    record(Outcome::Completed {}, 3)
}

/// Changes one thing of one epoch at a time.
#[test]
fn the_first_number_that_differs_is_told() {
    type Change = fn(&mut EpochRecord);
    let cases: [(&str, Change, &str); 9] = [
        (
            "step",
            |e| e.step += 1,
            "epoch 2, step: 860 and 861 (+1.000e0)",
        ),
        (
            "learning_rate",
            |e| e.learning_rate = 0.002,
            "epoch 2, learning_rate: 0.001 and 0.002 (+1.000e-3)",
        ),
        (
            "train_loss",
            |e| e.train_loss = 0.125,
            "epoch 2, train_loss: 0.25 and 0.125 (-1.250e-1)",
        ),
        (
            "train_accuracy",
            |e| e.train_accuracy = 0.1f64.next_up(),
            "epoch 2, train_accuracy: 0.1 and 0.10000000000000002 (+1.388e-17)",
        ),
        (
            "validation_loss",
            |e| e.validation_loss = f64::NAN,
            "epoch 2, validation_loss: inf and NaN",
        ),
        (
            "validation_accuracy",
            |e| e.validation_accuracy = f64::NEG_INFINITY,
            "epoch 2, validation_accuracy: 0.2 and -inf",
        ),
        (
            "test_loss",
            |e| e.test_loss = -0.0,
            "epoch 2, test_loss: 0.3 and -0.0 (-3.000e-1)",
        ),
        (
            "test_accuracy",
            |e| e.test_accuracy = 0.5,
            "epoch 2, test_accuracy: 0.4 and 0.5 (+1.000e-1)",
        ),
        ("dead", |e| e.dead = true, "epoch 2, dead: false and true"),
    ];
    for (what, change, expected) in cases {
        let mut other = completed();
        change(&mut other.epochs[1]);
        // A later one does not count.
        other.epochs[2].train_loss = 7.0;
        let found = completed().difference(&other).expect(what);
        assert_eq!((found.what, found.epoch), (what, Some(2)));
        assert_eq!(found.to_string(), expected);
        assert!(!completed().epochs[1].same_outcome(&other.epochs[1]));
    }
}

#[test]
fn times_and_runs_are_no_part_of_a_result() {
    let mut other = completed();
    other.epochs[0].train_seconds = 77.0;
    other.epochs[0].evaluation_seconds = 77.0;
    other.runs.clear();
    assert_eq!(completed().difference(&other), None);
    assert!(completed().epochs[0].same_outcome(&other.epochs[0]));
}

/// Zeros of different signs are different bits; equal ones that are not finite are equal.
#[test]
fn bits_count() {
    let with = |loss: f64| {
        let mut record = completed();
        record.epochs[0].test_loss = loss;
        record
    };
    for (first, second, differ) in [
        (0.0, -0.0, true),
        (f64::NAN, f64::NAN, false),
        (f64::INFINITY, f64::INFINITY, false),
        (f64::INFINITY, f64::NEG_INFINITY, true),
    ] {
        let found = with(first).difference(&with(second));
        assert_eq!(found.is_some(), differ, "{first} and {second}: {found:?}");
    }
}

#[test]
fn ends_count() {
    let shorter = record(Outcome::Stopped { epoch: 2 }, 2);
    let found = completed().difference(&shorter).unwrap();
    assert_eq!(found.to_string(), "epoch 3, epochs: 3 and 2 (-1.000e0)");
    for (outcome, words) in [
        (Outcome::Stopped { epoch: 3 }, "stopped after epoch 3"),
        (Outcome::Diverged { epoch: 3 }, "diverged in epoch 3"),
        (
            Outcome::Failed {
                message: "no memory".to_owned(),
            },
            "failed: no memory",
        ),
    ] {
        let found = completed().difference(&record(outcome, 3)).unwrap();
        assert_eq!(found.to_string(), format!("outcome: completed and {words}"));
        assert_eq!((found.epoch, found.by()), (None, None));
    }
}
