//! Where an interval lies.

use super::*;

#[test]
fn an_interval_that_touches_a_bound_is_not_inside() {
    struct Case {
        low: f64,
        high: f64,
        inside: bool,
    }
    let case = |low, high, inside| Case { low, high, inside };
    let cases = [
        case(1.5, 2.5, true),
        case(2.0, 2.0, true),
        case(1.0_f64.next_up(), 3.0_f64.next_down(), true),
        case(1.0, 2.0, false),
        case(2.0, 3.0, false),
        case(1.0, 3.0, false),
        case(0.5, 2.0, false),
        case(2.0, 3.5, false),
        case(0.0, 4.0, false),
        case(4.0, 5.0, false),
        case(-1.0, 0.0, false),
        case(f64::NAN, 2.0, false),
        case(2.0, f64::NAN, false),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .filter(|c| {
            c.inside
                != Interval {
                    low: c.low,
                    high: c.high,
                }
                .inside(1.0, 3.0)
        })
        .map(|c| format!("[{}, {}]: {}", c.low, c.high, c.inside))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
