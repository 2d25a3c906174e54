//! P-values against statsmodels.

use super::*;
use crate::testing::{Differences, classifier_oracle};

#[test]
fn p_values_agree_with_statsmodels() {
    let mut differences = Differences::default();
    for row in classifier_oracle::<(usize, usize, f64, f64, f64)>("mcnemars") {
        let (b, c, exact, statistic, p_value) = row;
        let found = mcnemar(b, c);
        differences.close(&format!("{b} and {c}, exact"), found.exact_p_value, exact);
        differences.close(
            &format!("{b} and {c}, statistic"),
            found.chi_square,
            statistic,
        );
        let name = format!("{b} and {c}, by chi-square");
        differences.close(&name, found.chi_square_p_value, p_value);
    }
    differences.none();
}

/// Six of six have twice 2^−6.
#[test]
fn one_side_alone_has_the_closed_form() {
    let found = mcnemar(6, 0).exact_p_value;
    assert!((found - 0.031_25).abs() <= 1e-12, "{found}");
}

#[test]
fn no_images_tell_nothing() {
    let found = mcnemar(0, 0);
    assert_eq!((found.exact_p_value, found.chi_square), (1.0, 0.0));
    assert_eq!(found.chi_square_p_value, 1.0);
}
