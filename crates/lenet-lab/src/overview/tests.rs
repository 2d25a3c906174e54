//! Means of one trial, of none, and of equal ones.

use super::*;

#[test]
fn one_trial_has_no_interval_and_none_has_no_mean() {
    assert_eq!(mean(&[0.5]), ("0.5000".into(), "–".into()));
    assert_eq!(mean(&[]), ("–".into(), "–".into()));
}

#[test]
fn equal_trials_have_a_point_for_an_interval() {
    assert_eq!(
        mean(&[0.25; 3]),
        ("0.2500".into(), "0.2500 to 0.2500".into())
    );
}
