//! Both tails against scipy.

use super::*;
use crate::testing::{Differences, variance_oracle};

#[test]
fn tails_agree_with_scipy() {
    let mut differences = Differences::default();
    for (a, b, x, y, below, above) in
        variance_oracle::<(f64, f64, f64, f64, f64, f64)>("incomplete_beta")
    {
        let found = incomplete_beta(a, b, x, y);
        let name = format!("a = {a}, b = {b}, x = {x}");
        differences.close(&format!("{name}, below"), found.0, below);
        differences.close(&format!("{name}, above"), found.1, above);
    }
    differences.none();
}

#[test]
fn the_ends_have_all_or_nothing() {
    assert_eq!(incomplete_beta(2.0, 3.0, 0.0, 1.0), (0.0, 1.0));
    assert_eq!(incomplete_beta(2.0, 3.0, 1.0, 0.0), (1.0, 0.0));
}

/// I_x(1, b) is 1 − (1 − x)^b, also where it is tiny.
#[test]
fn small_tails_keep_their_digits() {
    let mut differences = Differences::default();
    for (b, y) in [(300.0, 0.1), (40.0, 1e-6), (2.0, 1e-120)] {
        let (_, above) = incomplete_beta(1.0, b, 1.0 - y, y);
        differences.close(&format!("b = {b}, y = {y}"), above, y.powf(b));
    }
    differences.none();
}
