//! Every part against mpmath, to the digits that it promises.

use serde::de::DeserializeOwned;

use super::*;

fn rows<T: DeserializeOwned>(part: &str) -> Vec<T> {
    crate::testing::cases(include_str!("../../oracle/density.json"), part)
}

/// Names the cases whose error is not within its bound.
fn check(cases: impl Iterator<Item = (String, f64, f64, f64)>) {
    let wrong = cases.filter(|(_, found, expected, bound)| !((found - expected).abs() <= *bound));
    let wrong: Vec<String> = wrong
        .map(|(case, found, expected, _)| format!("{case}: {found:e} is not {expected:e}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn stirlings_formula_is_off_by_its_error() {
    check(
        rows::<(f64, f64)>("stirling_errors")
            .into_iter()
            .map(|(n, expected)| {
                // Up to 15 it is what logarithms of up to 28 leave of each other.
                let bound = if n <= 15.0 { 2e-14 } else { 1e-15 };
                (format!("n = {n}"), stirling_error(n), expected, bound)
            }),
    );
}

#[test]
fn a_deviance_keeps_its_digits() {
    check(
        rows::<(f64, f64, f64)>("deviances")
            .into_iter()
            .map(|(x, m, expected)| {
                let case = format!("x = {x}, m = {m}");
                (case, deviance(x, m), expected, 2e-14 * expected)
            }),
    );
    assert_eq!(deviance(3.0, 3.0), 0.0);
}

#[test]
fn densities_keep_their_digits() {
    let binomials = rows::<(f64, f64, f64, f64, f64)>("binomials").into_iter();
    check(binomials.map(|(a, b, p, q, expected)| {
        let case = format!("a = {a}, b = {b}, p = {p}");
        (
            case,
            binomial_density(a, b, p, q),
            expected,
            1e-12 * expected,
        )
    }));
    let poissons = rows::<(f64, f64, f64)>("poissons").into_iter();
    check(poissons.map(|(count, mean, expected)| {
        let case = format!("{count} of {mean}");
        (
            case,
            poisson_density(count, mean),
            expected,
            1e-12 * expected,
        )
    }));
}
