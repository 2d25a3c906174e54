//! Pairs of rounds, and rules for verdicts.

use super::*;

fn rounds(values: &[(usize, f64)]) -> PerRound {
    values.iter().copied().collect()
}

#[test]
fn a_slow_round_leaves_the_ratio_alone() {
    let left = rounds(&[(1, 2.0), (2, 8.0), (3, 2.0)]);
    let right = rounds(&[(1, 1.0), (2, 4.0), (4, 1.0)]);
    let found = factor(&log_ratio(&left, &right), 0.95).unwrap();
    assert_eq!((found.n, found.point), (2, 2.0));
    let interval = found.interval.unwrap();
    assert_eq!((interval.low, interval.high), (2.0, 2.0));
}

#[test]
fn only_whole_rounds_are_taken_together() {
    let both = together(&[rounds(&[(1, 1.0), (2, 2.0)]), rounds(&[(2, 4.0), (3, 9.0)])]);
    assert_eq!(both, rounds(&[(2, 3.0)]));
    assert_eq!(together(&[]), PerRound::new());
}

#[test]
fn what_has_no_ratio_is_refused() {
    assert!(factor(&PerRound::new(), 0.95).is_err());
    for (left, right) in [(f64::NAN, 1.0), (0.0, 1.0), (1.0, 0.0)] {
        let logs = log_ratio(&rounds(&[(1, left)]), &rounds(&[(1, right)]));
        assert!(factor(&logs, 0.95).is_err(), "{left} ÷ {right}");
    }
    let once = factor(&rounds(&[(1, 0.0)]), 0.95).unwrap();
    assert_eq!((once.point, once.interval), (1.0, None));
}

#[test]
fn an_interval_on_one_side_of_the_bound_decides() {
    let at = |low, high| above(Some(Interval { low, high }), 2.0);
    assert_eq!(at(2.1, 2.5), Verdict::Holds);
    assert_eq!(at(1.1, 1.9), Verdict::DoesNotHold);
    assert_eq!(at(1.9, 2.1), Verdict::Undecided);
    assert_eq!(above(None, 2.0), Verdict::Undecided);
}

#[test]
fn one_part_that_fails_decides() {
    use Verdict::{DoesNotHold, Holds, Undecided};
    assert_eq!(all([Holds, Undecided, DoesNotHold]), DoesNotHold);
    assert_eq!(all([Holds, Undecided, Holds]), Undecided);
    assert_eq!(all([Holds, Holds]), Holds);
}
