//! Adjusted p-values against statsmodels.

use super::*;
use crate::testing::{Differences, oracle};

#[test]
fn adjusted_p_values_agree_with_statsmodels() {
    let mut differences = Differences::default();
    for family in oracle().holm {
        let found = holm(&family.p).unwrap();
        differences.equal("number", found.len(), family.adjusted.len());
        for (index, (found, expected)) in found.iter().zip(&family.adjusted).enumerate() {
            differences.close(&format!("{index} of {:?}", family.p), *found, *expected);
        }
    }
    differences.none();
}

#[test]
fn what_is_no_p_value_is_refused() {
    assert_eq!(holm(&[]), Err(StatsError::Empty));
    let above = StatsError::PValue {
        index: 1,
        value: 1.5,
    };
    assert_eq!(holm(&[0.5, 1.5]), Err(above));
    for value in [f64::NAN, -0.1, f64::INFINITY] {
        let refused = matches!(holm(&[value]), Err(StatsError::PValue { index: 0, .. }));
        assert!(refused, "{value}");
    }
}

#[test]
fn the_error_is_shared_out() {
    let mut differences = Differences::default();
    for (level, comparisons, expected) in [
        (0.95, 0, 0.95),
        (0.95, 1, 0.95),
        (0.95, 2, 0.975),
        (0.95, 10, 0.995),
        (0.9, 4, 0.975),
    ] {
        let found = bonferroni_level(level, comparisons).unwrap();
        differences.close(&format!("{comparisons} at {level}"), found, expected);
    }
    differences.none();
    assert_eq!(bonferroni_level(1.0, 2), Err(StatsError::Level(1.0)));
}
