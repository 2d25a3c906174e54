//! Shares against scipy and statsmodels.

use super::*;
use crate::testing::{Differences, oracle};

#[test]
fn intervals_agree_with_scipy() {
    let mut differences = Differences::default();
    for case in oracle().proportions {
        let (k, n, level) = (case.successes, case.n, case.level);
        let found = proportion(k, n, level).unwrap();
        let name = format!("{k} of {n} at {level}");
        differences.bounds(&name, found.interval, case.interval);
        differences.equal(&name, found.point, k as f64 / n as f64);
        differences.equal(&name, (found.n, found.level), (n, level));
    }
    differences.none();
}

/// No success in n has the upper bound 1 − ((1 − level) / 2)^(1/n).
#[test]
fn no_success_has_the_closed_form() {
    let mut differences = Differences::default();
    for n in [1, 2, 50, 10_000_000] {
        let found = proportion(0, n, 0.95).unwrap();
        let tail = (1.0_f64 - 0.95) / 2.0;
        let high = -(tail.ln() / n as f64).exp_m1();
        differences.bounds(&format!("0 of {n}"), found.interval, Some([0.0, high]));
    }
    differences.none();
}

#[test]
fn bad_input_is_refused() {
    assert_eq!(proportion(0, 0, 0.95), Err(StatsError::Empty));
    let too_many = StatsError::Successes { successes: 3, n: 2 };
    assert_eq!(proportion(3, 2, 0.95), Err(too_many));
    assert_eq!(proportion(1, 2, 1.0), Err(StatsError::Level(1.0)));
}
