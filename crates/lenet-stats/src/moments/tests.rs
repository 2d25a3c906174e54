//! Means, deviations and paired differences against scipy.

use super::*;
use crate::testing::{Differences, oracle};

const LEFT: [f64; 5] = [0.9871, 0.9869, 0.9880, 0.9859, 0.9866];
const RIGHT: [f64; 5] = [0.9865, 0.9858, 0.9871, 0.9861, 0.9854];

fn assert_close(got: Option<f64>, want: f64) {
    let got = got.expect("an interval");
    assert!((got - want).abs() <= 1e-9, "{got} != {want}");
}

/// `stats.t.interval(0.95, 4, np.mean(x), stats.sem(x))`, scipy 1.x.
#[test]
fn mean_interval_agrees_with_scipy() {
    let e = mean(&LEFT, 0.95).unwrap();
    assert!((e.point - 0.9869).abs() <= 1e-12, "{}", e.point);
    assert_close(e.low(), 0.985_950_309_656_575);
    assert_close(e.high(), 0.987_849_690_343_425);
    assert_eq!(e.n, 5);
}

/// The same of `x - y`.
#[test]
fn paired_interval_agrees_with_scipy() {
    let e = paired_difference(&LEFT, &RIGHT, 0.95).unwrap();
    assert!((e.point - 0.00072).abs() <= 1e-12, "{}", e.point);
    assert_close(e.low(), 2.090_898_549_186_946_2e-5);
    assert_close(e.high(), 0.001_419_091_014_508_105_1);
    let wider = paired_difference(&LEFT, &RIGHT, 1.0 - 0.05 / 3.0).unwrap();
    assert_close(wider.low(), -0.000_277_300_553_613_004_9);
}

/// `s * sqrt(4 / chi2.ppf(p, 4))` with `s = np.std(x, ddof=1)`, scipy 1.x.
#[test]
fn deviation_interval_agrees_with_scipy() {
    let e = standard_deviation(&LEFT, 0.95).unwrap();
    assert!((e.point - 0.000_764_852_927_038_909_7).abs() <= 1e-12);
    assert_close(e.low(), 0.000_458_248_735_152_758);
    assert_close(e.high(), 0.002_197_847_437_733_876);
}

#[test]
fn one_observation_has_no_interval() {
    assert_eq!(mean(&[0.5], 0.95).unwrap().interval, None);
    assert_eq!(paired_difference(&[0.5], &[0.4], 0.95).unwrap().low(), None);
    assert_eq!(standard_deviation(&[0.5], 0.95).unwrap().interval, None);
}

#[test]
fn equal_observations_have_no_spread() {
    let e = mean(&[0.1135; 7], 0.95).unwrap();
    let exact = Interval {
        low: 0.1135,
        high: 0.1135,
    };
    assert_eq!((e.point, e.interval), (0.1135, Some(exact)));
    assert_eq!(standard_deviation(&[0.1135; 7], 0.95).unwrap().point, 0.0);
}

#[test]
fn bad_input_is_refused() {
    assert_eq!(mean(&[], 0.95), Err(StatsError::Empty));
    assert!(matches!(
        mean(&[0.1, f64::NAN], 0.95),
        Err(StatsError::NotFinite { index: 1, .. })
    ));
    assert!(matches!(
        paired_difference(&[f64::INFINITY], &[f64::INFINITY], 0.95),
        Err(StatsError::NotFinite { index: 0, .. })
    ));
    assert_eq!(
        paired_difference(&[1.0], &[], 0.95),
        Err(StatsError::Unpaired { left: 1, right: 0 })
    );
    for level in [0.0, 1.0, -0.5, 95.0] {
        assert_eq!(mean(&[0.1], level), Err(StatsError::Level(level)));
    }
    assert!(matches!(mean(&[0.1], f64::NAN), Err(StatsError::Level(_))));
}

/// Two and five values, at levels up to 0.999999.
#[test]
fn deviation_intervals_of_high_levels_agree_with_scipy() {
    let mut differences = Differences::default();
    for case in oracle().deviations {
        let name = format!("{:?} at {}", case.values, case.level);
        let found = standard_deviation(&case.values, case.level).unwrap();
        differences.bounds(&name, found.interval, case.interval);
    }
    differences.none();
}
