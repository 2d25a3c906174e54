//! Votes against scipy's mode, and ties by hand.

use serde::Deserialize;

use super::*;
use crate::testing::{Differences, classifier_oracle};

#[derive(Deserialize)]
struct Case {
    classes: usize,
    predictions: Vec<Vec<u8>>,
    confidences: Vec<Vec<f64>>,
    lowest: Vec<u8>,
    most_confident: Vec<u8>,
}

#[test]
fn votes_agree_with_numpy() {
    let mut differences = Differences::default();
    for case in classifier_oracle::<Case>("votes") {
        let predictions: Vec<&[u8]> = case.predictions.iter().map(Vec::as_slice).collect();
        let confidences: Vec<&[f64]> = case.confidences.iter().map(Vec::as_slice).collect();
        let name = format!("{} voters", predictions.len());
        let lowest = majority_vote(case.classes, &predictions, None).unwrap();
        differences.equal(&name, lowest, case.lowest);
        let confident = majority_vote(case.classes, &predictions, Some(&confidences)).unwrap();
        differences.equal(&name, confident, case.most_confident);
    }
    differences.none();
}

#[test]
fn ties_by_hand() {
    struct Tie {
        votes: &'static [usize],
        confidences: &'static [f64],
        winner: usize,
        without: usize,
    }
    let tie = |votes, confidences, winner, without| Tie {
        votes,
        confidences,
        winner,
        without,
    };
    let ties = [
        tie(&[2, 1], &[0.9, 0.8], 2, 1),
        tie(&[2, 1], &[0.8, 0.9], 1, 1),
        tie(&[2, 1], &[0.5, 0.5], 1, 1),
        // Votes come before confidence.
        tie(&[2, 1, 1], &[1.0, 0.25, 0.25], 1, 1),
        // Sums count, not the highest.
        tie(&[0, 3, 0, 3], &[0.75, 0.5, 0.25, 0.75], 3, 0),
        // And not the products: 0.09 is less than 0.16.
        tie(&[0, 3, 0, 3], &[0.9, 0.4, 0.1, 0.4], 0, 0),
        tie(&[1, 3, 1, 3], &[0.5, 0.9, 0.5, 0.2], 3, 1),
        tie(&[2, 1, 2, 1], &[0.9, 0.4, 0.1, 0.4], 2, 1),
        tie(&[3], &[0.1], 3, 3),
    ];
    let mut differences = Differences::default();
    for tie in ties {
        let predictions: Vec<&[usize]> = tie.votes.chunks(1).collect();
        let confidences: Vec<&[f64]> = tie.confidences.chunks(1).collect();
        let name = format!("{:?} {:?}", tie.votes, tie.confidences);
        let found = majority_vote(4, &predictions, Some(&confidences));
        differences.equal(&name, found, Ok(vec![tie.winner]));
        let found = majority_vote(4, &predictions, None);
        differences.equal(&name, found, Ok(vec![tie.without]));
    }
    differences.none();
}

#[test]
fn bad_input_is_refused() {
    assert_eq!(majority_vote::<u8>(2, &[], None), Err(StatsError::Empty));
    assert_eq!(majority_vote::<u8>(2, &[&[]], None), Ok(vec![]));
    let lengths = |expected, found| Err(StatsError::Lengths { expected, found });
    let votes: [&[u8]; 2] = [&[0, 1], &[1, 1]];
    assert_eq!(majority_vote(2, &[&[0_u8, 1], &[1]], None), lengths(2, 1));
    assert_eq!(
        majority_vote(2, &votes, Some(&[&[0.5, 0.5]])),
        lengths(2, 1)
    );
    let short: [&[f64]; 2] = [&[0.5, 0.5], &[0.5]];
    assert_eq!(majority_vote(2, &votes, Some(&short)), lengths(2, 1));
    let no_class = StatsError::NoClass {
        index: 1,
        class: 2,
        classes: 2,
    };
    assert_eq!(majority_vote(2, &[&[0_u8, 2]], None), Err(no_class));
    let nan: [&[f64]; 2] = [&[0.5, 0.5], &[f64::NAN, 0.5]];
    let found = majority_vote(2, &votes, Some(&nan));
    assert!(
        matches!(found, Err(StatsError::NotFinite { index: 0, .. })),
        "{found:?}"
    );
}
