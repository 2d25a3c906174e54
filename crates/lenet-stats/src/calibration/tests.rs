//! Bins and errors against scikit-learn, also of confidences on the edges.

use serde::Deserialize;

use super::*;
use crate::testing::{Differences, classifier_oracle};

#[derive(Deserialize)]
struct Case {
    confidences: Vec<f64>,
    correct: Vec<bool>,
    counts: Vec<usize>,
    accuracy: Vec<f64>,
    confidence: Vec<f64>,
    expected_error: f64,
    maximum_error: f64,
}

#[test]
fn bins_agree_with_scikit_learn() {
    let mut differences = Differences::default();
    for case in classifier_oracle::<Case>("calibrations") {
        let bins = case.counts.len();
        let name = format!("{} in {bins} bins", case.confidences.len());
        let found = calibration(&case.confidences, &case.correct, bins).unwrap();
        let counts: Vec<usize> = found.bins.iter().map(|bin| bin.count).collect();
        differences.equal(&name, counts, case.counts);
        let filled: Vec<_> = found.bins.iter().filter(|bin| bin.count > 0).collect();
        differences.equal(&name, filled.len(), case.accuracy.len());
        for ((bin, accuracy), confidence) in filled.iter().zip(&case.accuracy).zip(&case.confidence)
        {
            let name = format!("{name}, up to {}", bin.high);
            differences.close(&name, bin.accuracy.unwrap(), *accuracy);
            differences.close(&name, bin.confidence.unwrap(), *confidence);
            differences.close(&name, bin.correct as f64 / bin.count as f64, *accuracy);
        }
        differences.close(&name, found.expected_error, case.expected_error);
        differences.close(&name, found.maximum_error, case.maximum_error);
    }
    differences.none();
}

/// Bins of (0, 0.5] and (0.5, 1] with accuracies of 0 and 2/3.
#[test]
fn errors_by_hand() {
    let found = calibration(&[0.5, 0.75, 1.0, 1.0], &[false, true, true, false], 2).unwrap();
    assert_eq!(found.expected_error, (0.5 + 0.75) / 4.0);
    assert_eq!(found.maximum_error, 0.5);
    let edges: Vec<_> = found.bins.iter().map(|bin| (bin.low, bin.high)).collect();
    assert_eq!(edges, [(0.0, 0.5), (0.5, 1.0)]);
}

#[test]
fn empty_bins_have_no_shares() {
    let found = calibration(&[0.9], &[true], 2).unwrap();
    let first = found.bins[0];
    assert_eq!(
        (first.count, first.confidence, first.accuracy),
        (0, None, None)
    );
}

#[test]
fn bad_input_is_refused() {
    assert_eq!(calibration(&[], &[], 3), Err(StatsError::Empty));
    assert_eq!(calibration(&[0.5], &[true], 0), Err(StatsError::NoBins));
    let lengths = StatsError::Lengths {
        expected: 1,
        found: 2,
    };
    assert_eq!(calibration(&[0.5], &[true, true], 3), Err(lengths));
    for wrong in [-0.001, 1.001, f64::NAN, f64::INFINITY] {
        let found = calibration(&[0.5, wrong], &[true; 2], 3);
        assert!(
            matches!(found, Err(StatsError::NotShare { index: 1, .. })),
            "{wrong}: {found:?}"
        );
    }
}
