//! Intersections of intervals that the tests make up.

use super::*;

/// An interval of every first n values, from the list, beginning with two values.
fn intersection(values: &[f64], intervals: &[Option<(f64, f64)>]) -> Option<(f64, f64)> {
    let found = running_intersection(values, |n, _, _| {
        let (low, high) = intervals[n - 2]?;
        Some(Interval { low, high })
    });
    found.map(|i| (i.low, i.high))
}

#[test]
fn intersections() {
    struct Case {
        name: &'static str,
        values: &'static [f64],
        intervals: &'static [Option<(f64, f64)>],
        expected: Option<(f64, f64)>,
    }
    let cases = [
        Case {
            name: "one value",
            values: &[1.0],
            intervals: &[],
            expected: None,
        },
        Case {
            name: "no interval yet",
            values: &[1.0, 2.0],
            intervals: &[None],
            expected: None,
        },
        Case {
            name: "one without an interval changes nothing",
            values: &[1.0, 2.0, 3.0, 4.0],
            intervals: &[Some((0.0, 3.0)), None, Some((1.0, 4.0))],
            expected: Some((1.0, 3.0)),
        },
        Case {
            name: "a wider one changes nothing",
            values: &[1.0, 2.0, 3.0],
            intervals: &[Some((1.0, 3.0)), Some((0.0, 9.0))],
            expected: Some((1.0, 3.0)),
        },
        Case {
            name: "one apart above gives its lower bound",
            values: &[1.0, 2.0, 3.0],
            intervals: &[Some((1.0, 3.0)), Some((4.0, 9.0))],
            expected: Some((4.0, 4.0)),
        },
        Case {
            name: "one apart below gives its upper bound",
            values: &[1.0, 2.0, 3.0],
            intervals: &[Some((1.0, 3.0)), Some((-2.0, 0.5))],
            expected: Some((0.5, 0.5)),
        },
        Case {
            name: "first values that are equal do not bind",
            values: &[1.0, 1.0, 1.0, 3.0],
            intervals: &[Some((1.0, 1.0)), Some((1.0, 1.0)), Some((0.0, 4.0))],
            expected: Some((0.0, 4.0)),
        },
        Case {
            name: "values that are all equal are a point",
            values: &[1.0, 1.0, 1.0],
            intervals: &[Some((1.0, 1.0)), Some((1.0, 1.0))],
            expected: Some((1.0, 1.0)),
        },
    ];
    for case in cases {
        let found = intersection(case.values, case.intervals);
        assert_eq!(found, case.expected, "{}", case.name);
    }
}

#[test]
fn the_first_values_alone_make_an_interval() {
    let seen = std::cell::RefCell::new(Vec::new());
    running_intersection(&[1.0, 3.0, 8.0], |n, mean, deviation| {
        seen.borrow_mut().push((n, mean, deviation));
        None
    });
    assert_eq!(
        seen.into_inner(),
        [(2, 2.0, 2.0_f64.sqrt()), (3, 4.0, 13.0_f64.sqrt())]
    );
}
