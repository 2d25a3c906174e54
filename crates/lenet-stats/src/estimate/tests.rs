//! Where an interval lies.

use super::*;

#[test]
fn an_interval_that_touches_a_bound_is_not_inside() {
    struct Case {
        interval: (f64, f64),
        inside: bool,
    }
    let cases = [
        ((1.5, 2.5), true),
        ((2.0, 2.0), true),
        ((1.0, 2.0), false),
        ((2.0, 3.0), false),
        ((1.0, 3.0), false),
        ((1.0_f64.next_up(), 3.0_f64.next_down()), true),
        ((0.5, 2.0), false),
        ((2.0, 3.5), false),
        ((0.0, 4.0), false),
        ((4.0, 5.0), false),
        ((-1.0, 0.0), false),
        ((f64::NAN, 2.0), false),
        ((2.0, f64::NAN), false),
    ]
    .map(|(interval, inside)| Case { interval, inside });
    for case in cases {
        let (low, high) = case.interval;
        let found = Interval { low, high }.inside(1.0, 3.0);
        assert_eq!(found, case.inside, "{:?}", case.interval);
    }
}

#[test]
fn bounds_are_those_of_the_interval() {
    let mut estimate = Estimate {
        point: 2.0,
        interval: Some(Interval {
            low: 1.0,
            high: 4.0,
        }),
        level: 0.95,
        n: 7,
    };
    assert_eq!((estimate.low(), estimate.high()), (Some(1.0), Some(4.0)));
    estimate.interval = None;
    assert_eq!((estimate.low(), estimate.high()), (None, None));
}
