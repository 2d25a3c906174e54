//! Quantiles against scipy.

use super::*;
use crate::testing::{Differences, oracle};

fn assert_close(got: f64, want: f64, case: &str) {
    assert!(
        (got - want).abs() <= 1e-7 * want.abs(),
        "{case}: {got} != {want}"
    );
}

/// `scipy.stats.t.ppf(p, df)`, scipy 1.x.
#[test]
fn student_t_agrees_with_scipy() {
    let bonferroni = 1.0 - 0.05 / 6.0;
    for (df, p, want) in [
        (1, 0.9, 3.077_683_537_175_254_4),
        (1, 0.975, 12.706_204_736_174_694),
        (1, bonferroni, 38.188_459_297_025_744),
        (2, 0.975, 4.302_652_729_749_462),
        (2, bonferroni, 7.648_803_937_915_553),
        (4, 0.95, 2.131_846_786_326_649_5),
        (4, 0.975, 2.776_445_105_197_793_4),
        (4, bonferroni, 3.960_786_482_770_183_5),
        (9, 0.995, 3.249_835_541_592_126),
        (29, 0.975, 2.045_229_642_132_703),
        (1000, 0.975, 1.962_339_080_826_408_3),
    ] {
        assert_close(student_t(1.0 - p, df), want, &format!("t df={df} p={p}"));
    }
}

/// `scipy.stats.chi2.ppf(p, df)`, scipy 1.x.
#[test]
fn chi_square_agrees_with_scipy() {
    for (df, p, want) in [
        (1, 0.025, 0.000_982_069_117_175_255_5),
        (1, 0.975, 5.023_886_187_314_888),
        (4, 0.025, 0.484_418_557_087_929_8),
        (4, 0.975, 11.143_286_781_877_796),
        (9, 0.975, 19.022_767_798_641_63),
        (30, 0.025, 16.790_772_265_566_63),
    ] {
        let got = if p < 0.5 {
            chi_square_below(p, df)
        } else {
            chi_square_above(1.0 - p, df)
        };
        assert_close(got, want, &format!("chi2 df={df} p={p}"));
    }
}

/// Tails of 0.4 to 1e-9, and 1 to 49 degrees of freedom and two large numbers of them.
#[test]
fn quantiles_of_far_tails_agree_with_scipy() {
    let mut differences = Differences::default();
    for (df, tail, t, below, above) in oracle().quantiles {
        let case = |name: &str| format!("{name}, {df} degrees, tail {tail:e}");
        differences.close(&case("t"), student_t(tail, df), t);
        differences.close(&case("below"), chi_square_below(tail, df), below);
        differences.close(&case("above"), chi_square_above(tail, df), above);
    }
    differences.none();
}

/// The closed forms: Cauchy's quantile, and the exponential distribution's.
#[test]
fn quantiles_of_tails_near_the_least_double_agree_with_closed_forms() {
    let mut differences = Differences::default();
    for tail in [1e-12, 1e-16, 1e-20, 1e-24] {
        let case = format!("tail {tail:e}");
        differences.close(
            &case,
            student_t(tail, 1),
            1.0 / (std::f64::consts::PI * tail),
        );
        differences.close(&case, chi_square_above(tail, 2), -2.0 * tail.ln());
        differences.close(&case, chi_square_below(tail, 2), -2.0 * (-tail).ln_1p());
    }
    differences.none();
}
