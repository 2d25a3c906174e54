//! Confidence sequences of the mean against a numeric inversion, and by simulation.

use super::*;
use crate::testing::{Differences, normal_sequences, oracle};

#[test]
fn half_widths_agree_with_numeric_inversion() {
    let mut differences = Differences::default();
    for (n, level, expected) in oracle().half_widths {
        let name = format!("{n} at {level}");
        let found = half_width(n, level);
        differences.equal(&name, found.is_some(), expected.is_some());
        if let (Some(found), Some(expected)) = (found, expected) {
            differences.close(&name, found, expected);
        }
    }
    differences.none();
}

#[test]
fn sequences_agree_with_numeric_inversion() {
    let mut differences = Differences::default();
    for case in oracle().sequences {
        for n in 1..=case.values.len() {
            let found = mean_sequence(&case.values[..n], case.level).unwrap();
            let name = format!("{:?} at {}", &case.values[..n], case.level);
            differences.bounds(&name, found.interval, case.mean[n - 1]);
            differences.equal(&name, (found.n, found.level), (n, case.level));
        }
    }
    differences.none();
}

#[test]
fn the_point_is_the_mean_of_all() {
    assert_eq!(mean_sequence(&[1.0, 2.0, 6.0], 0.95).unwrap().point, 3.0);
}

/// Looking after each of 30 values.
#[test]
fn the_truth_is_seldom_ever_excluded() {
    // Intervals that are far too wide would keep the level as well: hence the least share.
    for (level, least) in [(0.8, 0.08), (0.95, 0.02)] {
        let sequences = normal_sequences(1, 2000);
        let excluded = sequences.iter().filter(|values| {
            (2..=values.len()).any(|n| {
                let interval = mean_sequence(&values[..n], level).unwrap().interval;
                interval.is_some_and(|i| i.low > 0.0 || i.high < 0.0)
            })
        });
        let share = excluded.count() as f64 / 2000.0;
        assert!(least <= share && share <= 1.0 - level, "{share} at {level}");
    }
}

#[test]
fn more_values_have_a_narrower_interval() {
    for level in [0.5, 0.95, 0.999, 1.0 - 1e-9] {
        let widths: Vec<f64> = (2..5000).filter_map(|n| half_width(n, level)).collect();
        assert!(
            widths.len() > 4900 && widths.is_sorted_by(|a, b| a > b),
            "{level}"
        );
    }
}

#[test]
fn bad_input_is_refused() {
    assert_eq!(mean_sequence(&[], 0.95), Err(StatsError::Empty));
    assert_eq!(mean_sequence(&[1.0], 1.0), Err(StatsError::Level(1.0)));
    assert!(matches!(
        mean_sequence(&[1.0, f64::NAN], 0.95),
        Err(StatsError::NotFinite { index: 1, .. })
    ));
    // Their sum is no longer finite: no panic.
    assert!(mean_sequence(&[f64::MAX, f64::MIN, f64::MAX, 0.0], 0.95).is_ok());
}

/// The bound on the Bayes factor is that of one value for a level of next to nothing, too.
#[test]
fn one_value_has_no_width() {
    for level in [1e-17, 1e-9, 0.5, 0.95] {
        assert_eq!(half_width(1, level), None, "{level}");
    }
}
