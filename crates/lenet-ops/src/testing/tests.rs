//! The comparer fails where it should, and only there.

use super::*;

fn fails(got: &[f64], want: &[f64]) -> bool {
    let mut comparison = Comparison::default();
    comparison.close("case", got, want, 1e-5);
    !comparison.failures.is_empty()
}

#[test]
fn the_comparer_passes_only_what_is_close() {
    assert!(!fails(&[1.0, 2.0], &[1.0, 2.0]));
    assert!(!fails(&[1.000_001], &[1.0]));
    assert!(!fails(&[0.0], &[0.0]));
    assert!(fails(&[1.000_1], &[1.0]));
    assert!(fails(&[f64::NAN], &[1.0]));
    assert!(fails(&[1.0], &[f64::NAN]));
    assert!(fails(&[f64::NAN], &[f64::NAN]));
    assert!(fails(&[f64::INFINITY], &[1.0]));
    assert!(fails(&[f64::INFINITY], &[f64::INFINITY]));
    assert!(
        fails(&[1.0, 5.0], &[f64::INFINITY, 1.0]),
        "no room beside an infinity"
    );
    assert!(fails(&[1e-300], &[0.0]), "an expected 0 leaves no room");
    assert!(fails(&[1.0], &[1.0, 1.0]));
    assert!(
        !fails(&[1.0, 1e-6], &[1.0, 0.0]),
        "judged against the root mean square"
    );
    assert!(fails(&[1.0, 1e-4], &[1.0, 0.0]));
}

#[test]
#[should_panic(expected = "nothing was compared")]
fn comparing_nothing_fails() {
    Comparison::default().finish();
}

#[test]
#[should_panic(expected = "2 of 3 comparisons fail:\na: ")]
fn every_failure_is_told() {
    let mut comparison = Comparison::default();
    comparison.close("a", &[1.0], &[2.0], 1e-5);
    comparison.equal("b", &1, &1);
    comparison.equal("c", &1, &2);
    comparison.finish();
}
