//! The distribution against scipy, its inversion against itself, and the approximation against the sum.

use super::*;
use crate::testing::{Differences, variance_oracle};

fn statistic(value: f64, effect: f64, residual: f64) -> FStatistic {
    FStatistic {
        value,
        effect,
        residual,
    }
}

#[test]
fn tails_agree_with_scipy() {
    let mut differences = Differences::default();
    for (f, effect, residual, noncentrality, below, above) in
        variance_oracle::<(f64, f64, f64, f64, f64, f64)>("tails")
    {
        let found = statistic(f, effect, residual).tails(noncentrality);
        let name = format!("F({effect}, {residual}) of {f} at {noncentrality}");
        differences.close(&format!("{name}, below"), found.below, below);
        differences.close(&format!("{name}, above"), found.above, above);
    }
    differences.none();
}

#[test]
fn p_values_agree_with_scipy() {
    let mut differences = Differences::default();
    for (f, effect, residual, expected) in variance_oracle::<(f64, f64, f64, f64)>("p_values") {
        let found = statistic(f, effect, residual).p_value();
        differences.close(&format!("F({effect}, {residual}) of {f}"), found, expected);
    }
    differences.none();
}

#[test]
fn noncentralities_have_the_tail_asked_for() {
    let mut differences = Differences::default();
    for (f, effect, residual) in [
        (1.9, 3.0, 40.0),
        (60.0, 2.0, 700.0),
        (3e3, 12.0, 9.5),
        (1e9, 4.0, 96.0),
    ] {
        for tail in [0.1, 0.025, 5e-6] {
            let statistic = statistic(f, effect, residual);
            let name = format!("F({effect}, {residual}) of {f}, tail {tail}");
            let low = statistic.noncentrality_with_above(tail, |_| residual);
            if low > 0.0 {
                differences.close(&name, statistic.tails(low).above, tail);
            } else {
                assert!(statistic.p_value() >= tail, "{name}");
            }
            let high = statistic.noncentrality_with_below(tail, |_| residual);
            differences.close(&name, statistic.tails(high).below, tail);
        }
    }
    differences.none();
}

#[test]
fn a_small_statistic_allows_no_effect() {
    let chance = statistic(0.02, 4.0, 96.0);
    assert_eq!(chance.noncentrality_with_above(0.025, |_| 96.0), 0.0);
    assert_eq!(chance.noncentrality_with_below(0.025, |_| 96.0), 0.0);
    let none = statistic(0.0, 4.0, 96.0);
    assert_eq!(none.p_value(), 1.0);
    assert_eq!(none.noncentrality_with_above(0.025, |_| 96.0), 0.0);
    assert_eq!(none.noncentrality_with_below(0.025, |_| 96.0), 0.0);
}

/// Just where one takes over from the other.
#[test]
fn the_approximation_continues_the_sum() {
    for (effect, residual) in [(1.0, 8.0), (4.0, 768.0), (12.0, 40_000.0)] {
        let statistic = statistic(1.0 + MOST_SUMMED / effect, effect, residual);
        for factor in [0.9, 0.99, 1.0, 1.01, 1.1] {
            let noncentrality = MOST_SUMMED * factor;
            let sum = statistic.mixture(noncentrality);
            let approximation = statistic.patnaik(noncentrality);
            let difference = (sum.above - approximation.above).abs();
            assert!(
                difference <= 1e-4,
                "F({effect}, {residual}) at {noncentrality}: {difference:e}"
            );
        }
    }
}

#[test]
fn the_slope_is_the_derivative() {
    for (f, effect, residual, noncentrality) in [
        (3.0, 2.0, 30.0, 5.0),
        (300.0, 2.0, 30.0, 580.0),
        (3e6, 2.0, 30.0, 6.2e6),
    ] {
        let statistic = statistic(f, effect, residual);
        let step = noncentrality * 1e-4;
        let above = |noncentrality: f64| statistic.tails(noncentrality).above;
        let expected = (above(noncentrality + step) - above(noncentrality - step)) / (2.0 * step);
        let found = statistic.tails(noncentrality).slope;
        assert!(
            (found / expected - 1.0).abs() <= 1e-4,
            "{f}: {found:e} {expected:e}"
        );
    }
}

/// Statistics of values that hardly differ within the cells.
#[test]
fn huge_statistics_have_noncentralities() {
    for f in [1e12, 1e40, 1e150] {
        let statistic = statistic(f, 3.0, 40.0);
        let low = statistic.noncentrality_with_above(0.025, |_| 40.0) / (3.0 * f);
        let high = statistic.noncentrality_with_below(0.025, |_| 40.0) / (3.0 * f);
        // 40 over the quantiles of chi-square with 40 degrees: scipy.stats.chi2.ppf(0.025, 40) and (0.975, 40).
        assert!((low - 24.433_039_2 / 40.0).abs() <= 1e-6, "{f:e}: {low}");
        assert!((high - 59.341_707_1 / 40.0).abs() <= 1e-6, "{f:e}: {high}");
    }
}

#[test]
fn small_tails_agree_with_mpmath() {
    let mut differences = Differences::default();
    let rows: Vec<(f64, f64, f64, f64, f64)> =
        crate::testing::cases(include_str!("../../oracle/density.json"), "small_tails");
    for (f, effect, residual, noncentrality, above) in rows {
        let found = statistic(f, effect, residual).tails(noncentrality).above;
        let name = format!("F({effect}, {residual}) of {f} at {noncentrality}");
        differences.close(&name, found, above);
    }
    differences.none();
}

#[test]
fn the_sum_goes_as_far_as_it_is_said_to() {
    let last = statistic(1.0 + MOST_SUMMED, 1.0, 8.0);
    assert_eq!(last.start(), MOST_SUMMED);
    let (found, sum) = (last.tails(9e5), last.mixture(9e5));
    assert_eq!((found.above, found.below), (sum.above, sum.below));
    let next = statistic(2.0 + MOST_SUMMED, 1.0, 8.0);
    let (found, approximation) = (next.tails(9e5), next.patnaik(9e5));
    assert_eq!(found.above, approximation.above);
    assert_ne!(found.above, next.mixture(9e5).above);
}
