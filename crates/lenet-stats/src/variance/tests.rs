//! Sums of squares, tests and intervals against statsmodels and scipy.

mod coverage;

use serde::Deserialize;

use super::*;
use crate::error::StatsError;
use crate::estimate::Estimate;
use crate::testing::{Bounds, Differences, variance_oracle};

#[derive(Deserialize)]
struct Case {
    levels: Vec<usize>,
    values: Vec<Vec<f64>>,
    level: f64,
    total: f64,
    main: Vec<ExpectedEffect>,
    interactions: Vec<ExpectedInteraction>,
    higher: ExpectedEffect,
    /// Sum of squares, degrees of freedom, share.
    residual: (f64, usize, f64),
    /// By axis and level.
    means: Vec<Vec<(f64, Bounds)>>,
}

#[derive(Deserialize)]
struct ExpectedInteraction {
    axes: [usize; 2],
    effect: ExpectedEffect,
}

#[derive(Deserialize)]
struct ExpectedEffect {
    sum_of_squares: f64,
    degrees_of_freedom: usize,
    share: f64,
    test: Option<ExpectedTest>,
}

#[derive(Deserialize)]
struct ExpectedTest {
    f_statistic: f64,
    p_value: f64,
    share: (f64, Bounds),
    partial: (f64, Bounds),
}

impl Case {
    fn name(&self) -> String {
        format!("{:?} of {}", self.levels, self.values[0].len())
    }

    fn found(&self) -> VarianceShares {
        variance_shares(&self.levels, &self.values, self.level).unwrap()
    }
}

fn compare(differences: &mut Differences, name: &str, found: &Effect, expected: &ExpectedEffect) {
    differences.close(name, found.sum_of_squares, expected.sum_of_squares);
    differences.equal(name, found.degrees_of_freedom, expected.degrees_of_freedom);
    differences.close(name, found.share, expected.share);
    differences.equal(name, found.test.is_some(), expected.test.is_some());
    if let (Some(found), Some(expected)) = (found.test, &expected.test) {
        differences.close(
            &format!("{name}, F"),
            found.f_statistic,
            expected.f_statistic,
        );
        differences.close(&format!("{name}, p"), found.p_value, expected.p_value);
        for (kind, found, (point, interval)) in [
            ("share", found.share, expected.share),
            ("partial", found.partial, expected.partial),
        ] {
            let name = format!("{name}, {kind}");
            differences.close(&name, found.point, point);
            differences.bounds(&name, found.interval, interval);
        }
    }
}

#[test]
fn shares_agree_with_statsmodels() {
    let mut differences = Differences::default();
    for case in variance_oracle::<Case>("grids") {
        let (name, found) = (case.name(), case.found());
        differences.close(&name, found.total, case.total);
        differences.equal(&name, found.main.len(), case.main.len());
        for (axis, (found, expected)) in found.main.iter().zip(&case.main).enumerate() {
            compare(
                &mut differences,
                &format!("{name}, axis {axis}"),
                found,
                expected,
            );
        }
        differences.equal(&name, found.interactions.len(), case.interactions.len());
        for (found, expected) in found.interactions.iter().zip(&case.interactions) {
            let name = format!("{name}, axes {:?}", expected.axes);
            differences.equal(&name, found.axes, expected.axes);
            compare(&mut differences, &name, &found.effect, &expected.effect);
        }
        compare(
            &mut differences,
            &format!("{name}, higher"),
            &found.higher,
            &case.higher,
        );
        let (sum_of_squares, degrees_of_freedom, share) = case.residual;
        let residual = found.residual;
        differences.close(&name, residual.sum_of_squares, sum_of_squares);
        differences.equal(&name, residual.degrees_of_freedom, degrees_of_freedom);
        differences.close(&name, residual.share, share);
    }
    differences.none();
}

#[test]
fn shares_sum_to_one() {
    let mut differences = Differences::default();
    for case in variance_oracle::<Case>("grids") {
        let found = case.found();
        let pairs = found.interactions.iter().map(|pair| &pair.effect);
        let effects = found.main.iter().chain(pairs).chain([&found.higher]);
        let sum: f64 = effects.map(|effect| effect.share).sum();
        differences.close(&case.name(), sum + found.residual.share, 1.0);
    }
    differences.none();
}

#[test]
fn means_of_levels_agree_with_scipy() {
    let mut differences = Differences::default();
    for case in variance_oracle::<Case>("grids") {
        for (axis, expected) in case.means.iter().enumerate() {
            let found = main_effect(&case.levels, &case.values, axis, case.level).unwrap();
            let name = format!("{}, axis {axis}", case.name());
            differences.equal(&name, found.len(), expected.len());
            let values = case.values.len() * case.values[0].len();
            for (found, &(mean, interval)) in found.iter().zip(expected) {
                differences.close(&name, found.point, mean);
                differences.bounds(&name, found.interval, interval);
                let expected = (values / case.levels[axis], case.level);
                differences.equal(&name, (found.n, found.level), expected);
            }
        }
    }
    differences.none();
}

/// Two axes of two levels: means of 1 and 3, of 1.5 and 2.5; total (1 + 0.25)·8 + 8·0.5² + 2·4·0.25.
#[test]
fn a_square_by_hand() {
    let around = |mean: f64| vec![mean - 0.5, mean + 0.5];
    let values = [0.0, 2.0, 3.0, 3.0].map(around);
    let found = variance_shares(&[2, 2], &values, 0.95).unwrap();
    let squares = |effect: &Effect| effect.sum_of_squares;
    assert_eq!(squares(&found.main[0]), 8.0);
    assert_eq!(squares(&found.main[1]), 2.0);
    assert_eq!(squares(&found.interactions[0].effect), 2.0);
    assert_eq!(squares(&found.higher), 0.0);
    assert_eq!((found.residual.sum_of_squares, found.total), (2.0, 14.0));
    assert_eq!(found.main[0].test.unwrap().f_statistic, 16.0);
    let points = |axis| {
        let means: Vec<Estimate> = main_effect(&[2, 2], &values, axis, 0.95).unwrap();
        means.iter().map(|mean| mean.point).collect::<Vec<f64>>()
    };
    assert_eq!(points(0), [1.0, 3.0]);
    assert_eq!(points(1), [1.5, 2.5]);
}

/// Seeds that do not differ leave nothing to test against, whatever their mean rounds to.
#[test]
fn equal_values_in_each_cell_have_no_test() {
    let values = [0.1135, 0.2, 0.3, 0.4].map(|value| vec![value; 7]);
    let found = variance_shares(&[2, 2], &values, 0.95).unwrap();
    let main = &found.main[0];
    assert_eq!(main.test, None);
    assert_eq!(found.residual.sum_of_squares, 0.0);
    let means = main_effect(&[2, 2], &values, 0, 0.95).unwrap();
    assert_eq!(means[0].low(), Some(means[0].point));
}

#[test]
fn a_grid_without_axes_has_but_its_residual() {
    let found = variance_shares(&[], &[vec![1.0, 2.0]], 0.95).unwrap();
    assert_eq!((found.main.len(), found.interactions.len()), (0, 0));
    assert_eq!((found.residual.share, found.higher.share), (1.0, 0.0));
}

#[test]
fn bad_input_is_refused() {
    struct Bad {
        levels: &'static [usize],
        values: &'static [&'static [f64]],
        level: f64,
        error: StatsError,
    }
    let bad = |levels, values, level, error| Bad {
        levels,
        values,
        level,
        error,
    };
    let cells = |expected, found| StatsError::GridCells { expected, found };
    let unbalanced = StatsError::Unbalanced {
        cell: 1,
        expected: 2,
        found: 1,
    };
    let cases = [
        bad(&[2], &[&[1.0], &[2.0]], 1.0, StatsError::Level(1.0)),
        bad(&[2, 2], &[&[1.0], &[2.0]], 0.95, cells(4, 2)),
        bad(&[2, 0], &[&[1.0]], 0.95, cells(0, 1)),
        bad(&[usize::MAX, 9], &[&[1.0]], 0.95, cells(usize::MAX, 1)),
        bad(&[], &[], 0.95, cells(1, 0)),
        bad(&[0], &[], 0.95, StatsError::Empty),
        bad(&[2], &[&[], &[]], 0.95, StatsError::Empty),
        bad(&[2], &[&[1.0, 2.0], &[3.0]], 0.95, unbalanced),
    ];
    let mut differences = Differences::default();
    for case in cases {
        let values: Vec<Vec<f64>> = case.values.iter().map(|v| v.to_vec()).collect();
        let name = format!("{:?} {:?}", case.levels, case.values);
        let found = variance_shares(case.levels, &values, case.level);
        differences.equal(&name, found, Err(case.error));
        if !case.levels.is_empty() {
            let found = main_effect(case.levels, &values, 0, case.level);
            differences.equal(&name, found, Err(case.error));
        }
    }
    let no_axis = StatsError::NoAxis { axis: 1, axes: 1 };
    let found = main_effect(&[2], &[vec![1.0], vec![2.0]], 1, 0.95);
    differences.equal("no axis", found, Err(no_axis));
    let equal = variance_shares(&[2], &[vec![0.1; 3], vec![0.1; 3]], 0.95);
    differences.equal("equal values", equal, Err(StatsError::NoVariance));
    differences.none();
    for wrong in [f64::NAN, f64::INFINITY] {
        let found = variance_shares(&[2], &[vec![1.0, 2.0], vec![3.0, wrong]], 0.95);
        assert!(matches!(found, Err(StatsError::NotFinite { index: 3, .. })));
    }
}
