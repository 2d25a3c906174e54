//! Ends and ticks of logarithmic scales.

use super::*;

#[test]
fn it_reaches_from_round_number_to_round_number() {
    let scale = LogScale::around([0.13, 21.4].into_iter());
    assert_eq!((scale.low, scale.high), (0.1, 50.0));
    assert_eq!(
        scale.ticks(9),
        [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
    );
    assert_eq!(scale.ticks(5), [0.1, 1.0, 10.0]);
    assert_eq!(scale.ticks(2), [0.1, 10.0]);
}

#[test]
fn tenfold_steps_are_of_one_length() {
    let scale = LogScale::around([0.1, 10.0].into_iter());
    assert!((scale.share(1.0) - 0.5).abs() < 1e-12);
    assert_eq!((scale.share(0.1), scale.share(10.0)), (0.0, 1.0));
    assert_eq!((scale.share(0.001), scale.share(1e9)), (0.0, 1.0));
}

#[test]
fn one_value_none_and_impossible_ones_have_an_scale() {
    let one = LogScale::around([1.0].into_iter());
    assert_eq!((one.low, one.high), (1.0, 2.0));
    let none = LogScale::around([f64::NAN, -1.0, 0.0, f64::INFINITY].into_iter());
    assert_eq!((none.low, none.high), (0.1, 1.0));
    let close = LogScale::close_to([5.0].into_iter(), 0.1);
    assert!((close.share(5.0) - 0.5).abs() < 1e-9);
}
