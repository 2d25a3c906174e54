//! Medians and the ranks of their intervals.

use super::*;

/// From `1 - 2 * scipy.stats.binom.cdf(k - 1, n, 0.5)`: 0.9375 for n = 5, k = 1; 0.969 for 6, 1;
/// 0.979 for 10, 2; 0.891 for 10, 3; 0.959 for 20, 6; 0.885 for 20, 7.
#[test]
fn ranks_agree_with_scipy() {
    let cases = [
        (1, 0.95, None),
        (5, 0.95, None),
        (6, 0.95, Some(1)),
        (10, 0.95, Some(2)),
        (20, 0.95, Some(6)),
        (10, 0.98, Some(1)),
    ];
    let found = cases.map(|(n, level, _)| (n, level, rank(n, level)));
    assert_eq!(found, cases);
    assert!(rank(5000, 0.95).is_some());
}

#[test]
fn medians_of_odd_and_even_samples() {
    assert_eq!(median(&[3.0, 1.0, 2.0], 0.95).unwrap().point, 2.0);
    assert_eq!(median(&[4.0, 1.0, 2.0, 3.0], 0.95).unwrap().point, 2.5);
    let six = median(&[6.0, 5.0, 4.0, 3.0, 2.0, 1.0], 0.95).unwrap();
    assert_eq!((six.low(), six.high()), (Some(1.0), Some(6.0)));
}

#[test]
fn nan_is_refused() {
    assert!(median(&[1.0, f64::NAN], 0.95).is_err());
}

#[test]
fn points_are_the_middle_of_every_number_of_values() {
    let cases: [(&[f64], f64); 5] = [
        (&[7.0], 7.0),
        (&[8.0, 1.0], 4.5),
        (&[9.0, 1.0, 8.0, 3.0, 4.0], 4.0),
        (&[9.0, 1.0, 8.0, 3.0, 4.0, 7.0], 5.5),
        (&[9.0, 1.0, 8.0, 3.0, 4.0, 7.0, 2.0], 4.0),
    ];
    let found = cases.map(|(values, _)| median(values, 0.95).unwrap().point);
    assert_eq!(found, cases.map(|(_, point)| point));
}

/// A level that is reached exactly is reached.
#[test]
fn a_rank_reaches_its_own_level() {
    let level = 1.0 - 2.0 * (-6.0 * std::f64::consts::LN_2).exp();
    assert_eq!(rank(6, level), Some(1));
    assert_eq!(rank(6, level + f64::EPSILON), None);
}
