//! Names of measures, and what they read.

use super::*;
use crate::samples;

#[test]
fn every_name_is_read_back() {
    let mut names = Measure::names();
    assert_eq!(names.len(), 7 + 8 + 6);
    names.extend([
        "epochs until test_accuracy >= 0.95".to_owned(),
        "seconds until validation_loss <= 0.125".to_owned(),
    ]);
    for name in names {
        let measure: Measure = name.parse().unwrap();
        assert_eq!(measure.to_string(), name);
        let json = serde_json::to_string(&measure).unwrap();
        assert_eq!(json, format!("\"{name}\""));
        assert_eq!(serde_json::from_str::<Measure>(&json).unwrap(), measure);
    }
}

#[test]
fn what_is_no_measure_is_refused() {
    for text in [
        "",
        "accuracy",
        "epochs until test_accuracy <= 0.95",
        "epochs until test_loss >= 0.1",
        "epochs until test_loss <= nan",
        "hours until test_loss <= 1",
        "queue_share",
    ] {
        assert!(text.parse::<Measure>().is_err(), "{text}");
    }
}

#[test]
fn each_measure_reads_its_own_number() {
    let epoch = EpochRecord {
        train_loss: 1.0,
        train_accuracy: 2.0,
        validation_loss: 3.0,
        validation_accuracy: 4.0,
        test_loss: 5.0,
        test_accuracy: 6.0,
        train_seconds: 0.5,
        evaluation_seconds: 6.5,
        ..samples::epoch(1)
    };
    let read = EpochMeasure::ALL.map(|measure| measure.of(&epoch));
    assert_eq!(read, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
}

#[test]
fn accuracies_are_reached_from_below_and_losses_from_above() {
    use EpochMeasure::{TestAccuracy, TestLoss};
    assert!(TestAccuracy.reaches(0.9, 0.9) && !TestAccuracy.reaches(0.89, 0.9));
    assert!(TestLoss.reaches(0.1, 0.1) && !TestLoss.reaches(0.11, 0.1));
    assert!(!TestAccuracy.reaches(f64::NAN, 0.9) && !TestLoss.reaches(f64::NAN, 0.9));
}

#[test]
fn people_read_what_a_claim_reads() {
    let reading = |measure: &str, at| crate::Reading {
        measure: measure.parse().unwrap(),
        at,
    };
    let cases = [
        (
            "test_accuracy",
            Moment::Last,
            "test accuracy after the last epoch",
        ),
        (
            "train_loss",
            Moment::First,
            "train loss after the first epoch",
        ),
        (
            "seconds_per_epoch",
            Moment::Best,
            "seconds per epoch at the epoch of the best validation accuracy",
        ),
        (
            "validation_loss",
            Moment::Epoch(3),
            "validation loss after epoch 3",
        ),
        // A number of a whole trial has no moment.
        ("parameters", Moment::Last, "parameters"),
        (
            "epochs until test_accuracy >= 0.9",
            Moment::Last,
            "epochs until test accuracy >= 0.9",
        ),
    ];
    for (measure, at, words) in cases {
        assert_eq!(reading(measure, at).to_string(), words);
    }
}

struct Kind {
    measure: &'static str,
    of_runtime: bool,
    accuracy: bool,
    of_epochs: bool,
}

#[test]
fn measures_know_their_kind() {
    let kind = |measure, of_runtime, accuracy, of_epochs| Kind {
        measure,
        of_runtime,
        accuracy,
        of_epochs,
    };
    let cases = [
        kind("train_loss", false, false, true),
        kind("train_accuracy", false, true, true),
        kind("validation_loss", false, false, true),
        kind("validation_accuracy", false, true, true),
        kind("test_loss", false, false, true),
        kind("test_accuracy", false, true, true),
        kind("seconds_per_epoch", false, false, true),
        kind("epochs until test_accuracy >= 0.9", false, false, false),
        kind("seconds until test_loss <= 0.1", false, false, false),
        kind("parameters", false, false, false),
        kind("seconds", true, false, false),
        kind("train_seconds", true, false, false),
        kind("evaluation_seconds", true, false, false),
        kind("images_per_second", true, false, false),
        kind("gflops", true, false, false),
        kind("peak_memory_bytes", true, false, false),
        kind("peak_device_memory_bytes", true, false, false),
        kind("prepare_share", true, false, false),
        kind("evaluation_share", true, false, false),
    ];
    let mut wrong = Vec::new();
    for case in cases {
        let measure: Measure = case.measure.parse().unwrap();
        let found = (
            measure.is_of_runtime(),
            measure.is_accuracy(),
            measure.is_of_epochs(),
        );
        if found != (case.of_runtime, case.accuracy, case.of_epochs) {
            wrong.push(format!("{}: {found:?}", case.measure));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
