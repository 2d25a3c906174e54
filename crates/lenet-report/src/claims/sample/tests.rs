//! From cells to values and estimates.

mod chance;
mod changes;

use std::f64::consts::LN_2;

use lenet_core::Trial;
use lenet_results::{Moment, Rule, StudyRecord, Threshold, TrialRecord};
use serde::Deserialize;

use super::*;
use crate::claims::observations::Observations;
use crate::testing::{
    all_pass, alone, arm, comparison, pair, reading, study, test, trial, trials, with_baseline,
};

const ABOVE: Rule = Rule::Above(0.0);

const QUANTITIES: [Quantity; 8] = [
    Quantity::Value,
    Quantity::Difference,
    Quantity::Ratio,
    Quantity::Distance,
    Quantity::Reduction,
    Quantity::Spread,
    Quantity::SpreadBeyondChance,
    Quantity::DistanceBeyondChance,
];

/// Cells of the learning rates 1, 2, … with these test accuracies for the seeds 1, 2, ….
struct Cells {
    arms: Vec<Trial>,
    study: StudyRecord,
    records: Vec<TrialRecord>,
}

impl Cells {
    fn new(accuracies: &[&[f64]]) -> Self {
        let arms: Vec<Trial> = (1..=accuracies.len())
            .map(|rate| arm(rate as f64))
            .collect();
        let seeds: Vec<u64> = (1..=9).collect();
        let planned: Vec<(&Trial, &[u64])> = arms.iter().map(|arm| (arm, &seeds[..])).collect();
        let study = study(&planned, Vec::new());
        let of_cells = arms.iter().zip(accuracies);
        let records = of_cells.flat_map(|(arm, a)| trials(arm, a)).collect();
        Self {
            arms,
            study,
            records,
        }
    }

    fn pair(&self, left: usize, right: usize) -> PairRecord {
        pair(&self.arms[left], &self.arms[right])
    }

    fn sample(&self, test: &TestRecord, looks: Looks) -> Sample {
        let observations = Observations::new(&self.study, &self.records, &[]);
        Sample::new(
            test,
            &test.comparisons[0],
            &observations.reader(test),
            looks,
        )
    }

    /// The sample of a quantity of the first cell, and the second where it has two sides.
    fn first(&self, quantity: Quantity, looks: Looks) -> Sample {
        let pairs = match quantity.has_two_sides() {
            true => vec![self.pair(0, 1)],
            false => vec![alone(&self.arms[0])],
        };
        let test = test(quantity, ABOVE, vec![comparison("c", pairs)]);
        self.sample(&test, looks)
    }

    /// The sample of a difference or another quantity of two sides of these pairs.
    fn of(&self, quantity: Quantity, pairs: Vec<PairRecord>) -> Sample {
        let test = test(quantity, ABOVE, vec![comparison("c", pairs)]);
        self.sample(&test, Looks::Once)
    }
}

fn near(found: &[f64], expected: &[f64]) -> bool {
    let pairs = found.iter().zip(expected);
    found.len() == expected.len()
        && pairs
            .into_iter()
            .all(|(f, e)| (f - e).abs() <= 1e-12 * e.abs().max(1.0))
}

#[test]
fn values_are_taken_seed_by_seed() {
    let cells = Cells::new(&[&[0.5, 0.8], &[0.25, 0.9]]);
    let cases: [(Quantity, [f64; 2]); 8] = [
        (Quantity::Value, [0.5, 0.8]),
        (Quantity::Difference, [0.25, -0.1]),
        // 0.5 ÷ 0.25 and 0.8 ÷ 0.9
        (Quantity::Ratio, [LN_2, -0.117783035656383]),
        (Quantity::Distance, [0.25, 0.1]),
        (Quantity::Reduction, [0.5, -0.125]),
        (Quantity::Spread, [0.5, 0.8]),
        (Quantity::SpreadBeyondChance, [0.5, 0.8]),
        (Quantity::DistanceBeyondChance, [0.25, -0.1]),
    ];
    all_pass(cases.into_iter().filter_map(|(quantity, expected)| {
        let found = cells.first(quantity, Looks::Once).values;
        (!near(&found, &expected)).then(|| format!("{quantity:?}: {found:?}"))
    }));
}

#[derive(Deserialize)]
struct Oracle {
    estimates: Vec<OracleEstimate>,
}

#[derive(Deserialize)]
struct OracleEstimate {
    quantity: Quantity,
    left: Vec<f64>,
    right: Vec<f64>,
    level: f64,
    estimate: [f64; 3],
}

#[test]
fn estimates_are_those_of_scipy() {
    let oracle: Oracle = serde_json::from_str(include_str!("../../../oracle/oracle.json")).unwrap();
    for quantity in QUANTITIES {
        assert!(
            oracle
                .estimates
                .iter()
                .any(|case| case.quantity == quantity)
        );
    }
    all_pass(oracle.estimates.iter().filter_map(|case| {
        let cells = Cells::new(&[&case.left, &case.right]);
        let found = cells.first(case.quantity, Looks::Once);
        let found = found.estimate(case.level).unwrap();
        let interval = found.interval.unwrap();
        let numbers = [found.point, interval.low, interval.high];
        // No distance lies below 0, whatever Student's t has.
        let least = match case.quantity {
            Quantity::Distance => 0.0,
            _ => f64::NEG_INFINITY,
        };
        let expected = case.estimate.map(|bound| bound.max(least));
        let pairs = numbers.iter().zip(&expected);
        let off = |(f, e): (&f64, &f64)| !((f - e).abs() <= 1e-9 * e.abs().max(1e-3));
        let wrong = pairs.into_iter().any(off);
        let wrong = wrong || found.n != case.left.len() || found.level != case.level;
        wrong.then(|| format!("{:?}, {:?}: {found:?}", case.quantity, case.estimate))
    }));
}

#[test]
fn an_estimate_that_was_looked_at_seed_by_seed_is_a_sequence() {
    let accuracies = [0.95, 0.9, 0.97, 0.99, 0.93, 0.96];
    let right = [0.9, 0.91, 0.89, 0.95, 0.9, 0.94];
    let cells = Cells::new(&[&accuracies, &right]);
    let estimate = |quantity| {
        cells
            .first(quantity, Looks::EverySeed)
            .estimate(0.95)
            .unwrap()
    };
    let of = |value: fn(f64, f64) -> f64| {
        let pairs = accuracies.iter().zip(&right);
        let values: Vec<f64> = pairs.map(|(l, r)| value(*l, *r)).collect();
        lenet_stats::mean_sequence(&values, 0.95).unwrap()
    };
    assert_eq!(estimate(Quantity::Difference), of(|l, r| l - r));
    let mut distance = of(|l, r| (l - r).abs());
    distance.interval.as_mut().unwrap().low = 0.0;
    assert_eq!(estimate(Quantity::Distance), distance);
    assert_eq!(estimate(Quantity::Reduction), of(|l, r| 1.0 - r / l));
    let (ratio, logs) = (estimate(Quantity::Ratio), of(|l, r| (l / r).ln()));
    let bounds = [ratio.point, ratio.low().unwrap(), ratio.high().unwrap()];
    let expected = [logs.point, logs.low().unwrap(), logs.high().unwrap()].map(f64::exp);
    assert_eq!(bounds, expected);
    let spread = lenet_stats::deviation_sequence(&accuracies, 0.95).unwrap();
    assert_eq!(estimate(Quantity::Spread), spread);
    // √(p (1 − p) ÷ 100) of the mean accuracy of 0.95.
    let chance = (0.95f64 * 0.05 / 100.0).sqrt();
    let beyond = estimate(Quantity::SpreadBeyondChance);
    assert!(near(
        &[beyond.high().unwrap()],
        &[spread.high().unwrap() / chance]
    ));
    // An accuracy cannot leave 0 to 1.
    let wide = Cells::new(&[&[0.99, 0.2, 0.9]]).first(Quantity::Value, Looks::EverySeed);
    let interval = wide.estimate(0.95).unwrap().interval.unwrap();
    assert_eq!((interval.low, interval.high), (0.0, 1.0));
    // A loss can.
    let loss = TestRecord {
        left: reading("test_loss", Moment::Last),
        ..test(
            Quantity::Value,
            ABOVE,
            vec![comparison("c", vec![alone(&arm(1.0))])],
        )
    };
    let wide = Cells::new(&[&[0.99, 0.2, 0.9]]).sample(&loss, Looks::EverySeed);
    let interval = wide.estimate(0.95).unwrap().interval.unwrap();
    assert!(interval.low < 0.0 && interval.high > 1.0, "{interval:?}");
}

#[test]
fn a_baseline_is_taken_away_and_ratios_are_divided_by_it() {
    let cells = Cells::new(&[&[0.9, 0.8], &[0.6, 0.4], &[0.5, 0.8], &[0.25, 0.2]]);
    let of = |quantity| {
        let change = with_baseline("c", vec![cells.pair(0, 1)], vec![cells.pair(2, 3)]);
        cells.sample(&test(quantity, ABOVE, vec![change]), Looks::Once)
    };
    assert!(near(
        &of(Quantity::Difference).values,
        &[0.3 - 0.25, 0.4 - 0.6]
    ));
    // 1.5 ÷ 2 and 2 ÷ 4.
    let ratio = of(Quantity::Ratio);
    assert!(near(&ratio.values, &[0.75f64.ln(), 0.5f64.ln()]));
    let geometric = ratio.estimate(0.95).unwrap().point;
    assert!(near(&[geometric], &[0.375f64.sqrt()]));
    assert_eq!((ratio.cells, ratio.missing), (2, 0));
    // A seed that one side lacks is no change.
    let mut shorter = Cells::new(&[&[0.9, 0.8], &[0.6, 0.4], &[0.5], &[0.25]]);
    let change = with_baseline("c", vec![shorter.pair(0, 1)], vec![shorter.pair(2, 3)]);
    let change = test(Quantity::Difference, ABOVE, vec![change]);
    assert!(near(&shorter.sample(&change, Looks::Once).values, &[0.05]));
    shorter.records.retain(|r| r.config.learning_rate < 3.0);
    let sample = shorter.sample(&change, Looks::Once);
    assert_eq!((sample.values.len(), sample.missing), (0, 1));
    assert!(!sample.is_complete());
}

#[test]
fn pairs_are_averaged_over_the_seeds_that_all_have() {
    let cells = Cells::new(&[&[0.5, 0.75, 1.0], &[0.25, 0.25, 0.25], &[0.5, 0.75]]);
    let of = |pairs| cells.of(Quantity::Difference, pairs);
    // Seeds 1 and 2 of (0.25, 0.5, 0.75) and (0, 0).
    let both = of(vec![cells.pair(0, 1), cells.pair(0, 2)]);
    assert!(near(&both.values, &[0.125, 0.25]));
    assert!(both.is_complete());
    assert_eq!((both.cells, both.missing, both.left_out), (2, 0, 0));
    let three = of(vec![cells.pair(0, 1), cells.pair(0, 2), cells.pair(2, 1)]);
    // (0.25 + 0 + 0.25) ÷ 3 and (0.5 + 0 + 0.5) ÷ 3.
    assert!(near(&three.values, &[0.5 / 3.0, 1.0 / 3.0]));
}

#[test]
fn a_cell_without_values_is_missing() {
    let cells = Cells::new(&[&[0.5, 0.75], &[0.25, 0.25], &[]]);
    let sample = cells.of(
        Quantity::Difference,
        vec![cells.pair(0, 1), cells.pair(0, 2)],
    );
    assert_eq!((sample.cells, sample.missing), (1, 1));
    assert!(!sample.is_complete());
    assert!(near(&sample.values, &[0.25, 0.5]));
    let none = cells.of(Quantity::Difference, vec![cells.pair(2, 1)]);
    assert_eq!(none.estimate(0.95), Err(StatsError::Empty));
    assert!(!none.is_complete());
    // Cells that share no seed have no value in common either.
    let mut apart = Cells::new(&[&[0.5], &[0.25, 0.25]]);
    apart.records.remove(1);
    let sample = apart.of(Quantity::Difference, vec![apart.pair(0, 1)]);
    assert_eq!((sample.cells, sample.missing), (0, 1));
}

#[test]
fn a_value_that_is_not_finite_leaves_no_estimate() {
    let cells = Cells::new(&[&[0.5, f64::NAN], &[0.25, 0.25]]);
    for quantity in QUANTITIES {
        let found = cells.first(quantity, Looks::Once).estimate(0.95);
        let refused = matches!(found, Err(StatsError::NotFinite { index: 1, .. }));
        assert!(refused, "{quantity:?}: {found:?}");
    }
}

#[test]
fn cells_that_learned_too_little_are_left_out() {
    let cells = Cells::new(&[&[0.75, 0.25], &[0.5, 0.25], &[0.0, 0.9], &[0.25, 0.25]]);
    let of = |at_least, pairs: &[(usize, usize)]| {
        let pairs = pairs.iter().map(|(l, r)| cells.pair(*l, *r)).collect();
        let mut test = test(Quantity::Difference, ABOVE, vec![comparison("c", pairs)]);
        test.only = Some(Threshold {
            reading: reading("test_accuracy", Moment::Last),
            at_least,
        });
        cells.sample(&test, Looks::Once)
    };
    // The mean of the first cell is 0.5, that of the third 0.45.
    let found = of(0.5, &[(0, 1), (2, 3)]);
    assert_eq!((found.cells, found.left_out, found.missing), (1, 1, 0));
    assert!(near(&found.values, &[0.25, 0.0]));
    assert!(found.is_complete());
    assert_eq!(of(0.45, &[(0, 1), (2, 3)]).left_out, 0);
    let none = of(0.51, &[(0, 1), (2, 3)]);
    assert_eq!((none.cells, none.left_out), (0, 2));
    assert!(!none.is_complete());
    assert_eq!(none.estimate(0.95), Err(StatsError::Empty));
    // The right cell, here the third, need not have learned.
    assert_eq!(of(0.5, &[(0, 2)]).left_out, 0);
}

#[test]
fn seeds_needed_come_from_the_deviation_of_the_values() {
    let left = [0.95, 0.9, 0.97, 0.99];
    let cells = Cells::new(&[&left, &[0.9, 0.9, 0.9, 0.9]]);
    let difference = cells.first(Quantity::Difference, Looks::Once);
    let deviation = lenet_stats::standard_deviation(&left, 0.95).unwrap().point;
    let once = lenet_stats::observations_needed(deviation, 0.02, 0.95, 500);
    assert!(once.is_some_and(|n| n > 5));
    assert_eq!(difference.seeds_needed(0.02, 0.95, 500), Ok(once));
    let sequence = lenet_stats::observations_needed_in_sequence(deviation, 0.02, 0.95, 500);
    assert!(sequence > once);
    let looked = cells.first(Quantity::Difference, Looks::EverySeed);
    assert_eq!(looked.seeds_needed(0.02, 0.95, 500), Ok(sequence));
    assert_eq!(looked.seeds_needed(0.0, 0.95, 500), Ok(None));
    // Of estimates that are no means nothing is known, nor of one seed.
    for quantity in QUANTITIES {
        let is_mean = !matches!(
            quantity,
            Quantity::Spread | Quantity::SpreadBeyondChance | Quantity::DistanceBeyondChance
        );
        let found = cells
            .first(quantity, Looks::Once)
            .seeds_needed(0.02, 0.95, 500);
        assert_eq!(found.is_ok(), is_mean, "{quantity:?}");
    }
    let single = Cells::new(&[&[0.9], &[0.8]]).first(Quantity::Difference, Looks::Once);
    assert!(single.seeds_needed(0.02, 0.95, 500).is_err());
}

#[test]
fn values_keep_the_order_of_the_studys_seeds() {
    let config = arm(1.0);
    let planned = study(&[(&config, &[3, 1, 2])], Vec::new());
    let records: Vec<_> = [1, 2, 3]
        .map(|seed| trial(&config, seed, &[seed as f64 / 10.0]))
        .to_vec();
    let observations = Observations::new(&planned, &records, &[]);
    let test = test(
        Quantity::Value,
        ABOVE,
        vec![comparison("c", vec![alone(&config)])],
    );
    let sample = Sample::new(
        &test,
        &test.comparisons[0],
        &observations.reader(&test),
        Looks::EverySeed,
    );
    assert_eq!(sample.values, [0.3, 0.1, 0.2]);
}
