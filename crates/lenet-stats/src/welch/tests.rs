//! Differences of independent samples against scipy (`oracle/welch.py`).

use serde::Deserialize;

use super::*;
use crate::testing::{Differences, cases};

#[derive(Deserialize)]
struct Case {
    left: Vec<f64>,
    right: Vec<f64>,
    level: f64,
    point: f64,
    interval: [f64; 2],
}

#[test]
fn intervals_agree_with_scipy() {
    let mut differences = Differences::default();
    for case in cases::<Case>(include_str!("../../oracle/welch.json"), "differences") {
        let name = format!("{:?} − {:?} at {}", case.left, case.right, case.level);
        let found = welch_difference(&case.left, &case.right, case.level).unwrap();
        assert!(
            (found.point - case.point).abs() <= 1e-12,
            "{name}: {found:?}"
        );
        differences.bounds(&name, found.interval, Some(case.interval));
        differences.equal(&name, found.n, case.left.len() + case.right.len());
        differences.equal(&name, found.level, case.level);
    }
    differences.none();
}

#[test]
fn exchanged_samples_exchange_the_sign() {
    let (left, right) = ([0.5, 0.75, 1.5], [0.25, 4.0]);
    let one = welch_difference(&left, &right, 0.9).unwrap();
    let other = welch_difference(&right, &left, 0.9).unwrap();
    assert_eq!(one.point, -other.point);
    assert_eq!(one.low(), other.high().map(|high| -high));
}

#[test]
fn a_sample_of_one_gives_no_interval() {
    for (left, right) in [(&[0.5][..], &[0.1, 0.2][..]), (&[0.1, 0.2], &[0.5])] {
        let found = welch_difference(left, right, 0.95).unwrap();
        assert_eq!((found.interval, found.n), (None, 3));
    }
}

#[test]
fn samples_without_spread_differ_exactly() {
    let found = welch_difference(&[0.5; 3], &[0.25; 2], 0.95).unwrap();
    assert_eq!((found.low(), found.high()), (Some(0.25), Some(0.25)));
}

#[test]
fn bad_input_is_refused() {
    let fine = [0.1, 0.2];
    assert_eq!(welch_difference(&[], &fine, 0.95), Err(StatsError::Empty));
    assert_eq!(welch_difference(&fine, &[], 0.95), Err(StatsError::Empty));
    let level = Err(StatsError::Level(1.0));
    assert_eq!(welch_difference(&fine, &fine, 1.0), level);
    let not_finite = [0.1, f64::NAN];
    for found in [
        welch_difference(&not_finite, &fine, 0.95),
        welch_difference(&fine, &not_finite, 0.95),
    ] {
        assert!(matches!(found, Err(StatsError::NotFinite { index: 1, .. })));
    }
}
