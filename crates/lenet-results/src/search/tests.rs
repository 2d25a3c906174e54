//! What a search goes by.

use super::*;
use crate::samples::{epoch, record};

/// A completed trial with these numbers after its last epoch.
fn trial(accuracy: f64, loss: f64) -> TrialRecord {
    let mut trial = record(Outcome::Completed {}, 2);
    trial.epochs[1].validation_accuracy = accuracy;
    trial.epochs[1].validation_loss = loss;
    trial
}

const ACCURACY: EpochMeasure = EpochMeasure::ValidationAccuracy;
const LOSS: EpochMeasure = EpochMeasure::ValidationLoss;

#[test]
fn more_is_better_whatever_the_measure() {
    let trials = [trial(0.5, 2.0), trial(0.75, 1.0)];
    assert_eq!(score(ACCURACY, &trials), 0.625);
    assert_eq!(score(LOSS, &trials), -1.5);
    assert!(score(LOSS, &trials[1..]) > score(LOSS, &trials[..1]));
    assert_eq!(score(ACCURACY, &trials[..1]), 0.5);
}

#[test]
fn what_failed_or_diverged_is_worst_and_so_is_what_has_no_number() {
    let good = trial(0.9, 0.1);
    let failed = TrialRecord {
        outcome: Outcome::Failed {
            message: "no memory".into(),
        },
        ..good.clone()
    };
    let diverged = TrialRecord {
        outcome: Outcome::Diverged { epoch: 2 },
        ..good.clone()
    };
    let none = record(Outcome::Completed {}, 0);
    for bad in [failed, diverged, none, trial(f64::NAN, f64::NAN)] {
        for measure in [ACCURACY, LOSS] {
            assert_eq!(score(measure, [&good, &bad]), WORST, "{:?}", bad.outcome);
        }
    }
    assert_eq!(score(LOSS, [&trial(0.9, f64::INFINITY)]), WORST);
    assert_eq!(score(LOSS, [&trial(0.9, f64::NEG_INFINITY)]), WORST);
    assert_eq!(score(ACCURACY, []), WORST);
    // A trial that stopped early ended well.
    let stopped = TrialRecord {
        outcome: Outcome::Stopped { epoch: 2 },
        ..good.clone()
    };
    assert_eq!(score(ACCURACY, [&stopped]), 0.9);
    assert_eq!(epoch(2).validation_accuracy, 0.2);
}

#[test]
fn measures_and_scales_have_their_names_on_disk() {
    for measure in EpochMeasure::ALL {
        let text = serde_json::to_string(&measure).unwrap();
        assert_eq!(text, format!("\"{}\"", measure.name()));
    }
    for (name, scale) in Scale::ALL {
        let text = serde_json::to_string(&scale).unwrap();
        assert_eq!(text, format!("\"{name}\""));
        assert_eq!(scale.is_whole(), name.starts_with("integer"));
        assert_eq!(scale.is_log(), name.ends_with("log"));
    }
    let kinds = [
        SearchKind::Random {},
        SearchKind::Halving { eta: 3, first: 1 },
        SearchKind::Tpe {
            round: 8,
            startup: 16,
        },
    ];
    for kind in kinds {
        let text = serde_json::to_string(&kind).unwrap();
        assert!(text.contains(&format!("\"kind\":\"{}\"", kind.name())));
    }
}
