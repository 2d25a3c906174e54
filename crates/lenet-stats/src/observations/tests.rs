//! Numbers of observations against trying every number with scipy.

use super::*;
use crate::testing::{Differences, oracle};

#[test]
fn numbers_agree_with_trying_every_number() {
    let mut differences = Differences::default();
    for case in oracle().observations {
        let (deviation, distance, level) = (case.deviation, case.distance, case.level);
        let name = format!("{case:?}");
        let plain = observations_needed(deviation, distance, level, 300);
        differences.equal(&name, plain, case.plain);
        let in_sequence = observations_needed_in_sequence(deviation, distance, level, 300);
        differences.equal(&name, in_sequence, case.in_sequence);
    }
    differences.none();
}

/// t is 2.776 with 4 degrees of freedom and 2.571 with 5: half-widths of 1.241 and 1.049.
#[test]
fn the_most_is_a_bound_and_the_sign_does_not_count() {
    for (distance, most, expected) in [
        (1.2, 1000, Some(6)),
        (-1.2, 1000, Some(6)),
        (1.2, 6, Some(6)),
        (1.2, 5, None),
        (1.25, 5, Some(5)),
        (1e9, 2, Some(2)),
        (1e9, 1, None),
        (1e9, 0, None),
    ] {
        let found = observations_needed(1.0, distance, 0.95, most);
        assert_eq!(found, expected, "{distance} {most}");
    }
}

#[test]
fn what_no_number_answers_is_none() {
    for (deviation, distance, level, expected) in [
        (1.0, 0.0, 0.95, [None, None]),
        (0.0, 0.0, 0.95, [None, None]),
        (f64::NAN, 1.0, 0.95, [None, None]),
        (1.0, f64::NAN, 0.95, [None, None]),
        (-1.0, 1.0, 0.95, [None, None]),
        (1.0, 1.0, 1.0, [None, None]),
        (1.0, 1.0, f64::NAN, [None, None]),
        // Two values have no interval in sequence, however close they lie.
        (0.0, 1.0, 0.95, [Some(2), Some(3)]),
    ] {
        let found = [
            observations_needed(deviation, distance, level, usize::MAX >> 20),
            observations_needed_in_sequence(deviation, distance, level, usize::MAX),
        ];
        assert_eq!(found, expected, "{deviation} {distance} {level}");
    }
}
