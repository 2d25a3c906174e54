//! Means of shares against scipy and a logistic regression of statsmodels.

use super::*;
use crate::testing::{Differences, oracle};

#[test]
fn intervals_agree_with_scipy() {
    let mut differences = Differences::default();
    for case in oracle().bounded_means {
        let found = bounded_mean(&case.values, case.level).unwrap();
        let name = format!("{:?} at {}", case.values, case.level);
        let sum: f64 = case.values.iter().sum();
        differences.bounds(&name, found.interval, case.interval);
        differences.close(&name, found.point, sum / case.values.len() as f64);
        differences.equal(
            &name,
            (found.n, found.level),
            (case.values.len(), case.level),
        );
    }
    differences.none();
}

#[test]
fn equal_values_have_no_spread() {
    for value in [0.0, 1e-300, 0.1135, 0.29, 0.3, 0.58, 0.9869, 1.0] {
        let exact = Interval {
            low: value,
            high: value,
        };
        let found = bounded_mean(&[value; 4], 0.95).unwrap();
        assert_eq!((found.point, found.interval), (value, Some(exact)));
    }
}

#[test]
fn bounds_stay_between_0_and_1() {
    let next_to_1 = 1.0_f64.next_down();
    let samples: [&[f64]; 5] = [
        &[0.0, 1.0],
        &[0.0, 1e-300],
        &[1e-9, 0.0, 0.0],
        &[1.0, 1.0, next_to_1],
        &[next_to_1, 1.0, 1.0, 1.0],
    ];
    for values in samples {
        for level in [0.5, 0.95, 0.999_999_999] {
            let found = bounded_mean(values, level).unwrap();
            let interval = found.interval.expect("an interval");
            let ordered = 0.0 <= interval.low
                && interval.low <= found.point
                && found.point <= interval.high
                && interval.high <= 1.0;
            assert!(ordered, "{values:?} at {level}: {found:?}");
        }
    }
}

#[test]
fn one_value_has_no_interval() {
    assert_eq!(bounded_mean(&[0.5], 0.95).unwrap().interval, None);
}

#[test]
fn bad_input_is_refused() {
    let not_share = |index, value| Err(StatsError::NotShare { index, value });
    assert_eq!(bounded_mean(&[0.5, 98.7], 0.95), not_share(1, 98.7));
    assert_eq!(bounded_mean(&[-1e-9, 0.5], 0.95), not_share(0, -1e-9));
    assert_eq!(bounded_mean(&[], 0.95), Err(StatsError::Empty));
    assert_eq!(bounded_mean(&[0.5], 0.0), Err(StatsError::Level(0.0)));
    assert!(matches!(
        bounded_mean(&[0.5, f64::NAN], 0.95),
        Err(StatsError::NotFinite { index: 1, .. })
    ));
}
