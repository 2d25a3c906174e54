//! Confidence sequences of the standard deviation against scipy, and by simulation.

use super::*;
use crate::error::StatsError;
use crate::testing::{Differences, normal_sequences, oracle};

#[test]
fn sequences_agree_with_scipy() {
    let mut differences = Differences::default();
    for case in oracle().sequences {
        for n in 1..=case.values.len() {
            let found = deviation_sequence(&case.values[..n], case.level).unwrap();
            let name = format!("{:?} at {}", &case.values[..n], case.level);
            differences.bounds(&name, found.interval, case.deviation[n - 1]);
            differences.equal(&name, (found.n, found.level), (n, case.level));
        }
    }
    differences.none();
}

#[test]
fn the_point_is_the_deviation_of_all() {
    let found = deviation_sequence(&[1.0, 2.0, 6.0], 0.95).unwrap();
    assert_eq!(found.point, 7.0_f64.sqrt());
    let one = deviation_sequence(&[1.0], 0.95).unwrap();
    assert_eq!((one.point, one.interval), (0.0, None));
}

#[test]
fn the_truth_is_seldom_ever_excluded() {
    // Intervals that are far too wide would keep the level as well: hence the least share.
    for (level, least) in [(0.8, 0.08), (0.95, 0.02)] {
        let sequences = normal_sequences(2, 2000);
        let excluded = sequences.iter().filter(|values| {
            (2..=values.len()).any(|n| {
                let interval = deviation_sequence(&values[..n], level).unwrap().interval;
                interval.is_some_and(|i| i.low > 1.0 || i.high < 1.0)
            })
        });
        let share = excluded.count() as f64 / 2000.0;
        assert!(least <= share && share <= 1.0 - level, "{share} at {level}");
    }
}

#[test]
fn bad_input_is_refused() {
    assert_eq!(deviation_sequence(&[], 0.95), Err(StatsError::Empty));
    assert_eq!(deviation_sequence(&[1.0], 0.0), Err(StatsError::Level(0.0)));
    assert!(matches!(
        deviation_sequence(&[f64::INFINITY], 0.95),
        Err(StatsError::NotFinite { index: 0, .. })
    ));
}
