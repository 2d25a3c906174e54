//! What a search came to, by hand.

use lenet_core::Trial;
use lenet_results::{
    Budget, CellRecord, EpochMeasure, FigureRecord, Outcome, SearchKind, StudyRecord, TrialRecord,
};

use super::*;
use crate::records::index;
use crate::testing::{cell, lab_config, lab_study, trial};

/// A place in a search.
fn place(proposal: usize, rung: usize, new_epochs: usize, continues: Option<usize>) -> SearchPlace {
    SearchPlace {
        proposal,
        rung,
        new_epochs,
        continues,
    }
}

/// Three proposals of two seeds after one epoch, one of them after three; the first proposal has failed once.
pub(crate) fn halving(measure: EpochMeasure) -> (StudyRecord, Vec<TrialRecord>) {
    let (study, _) = lab_study(1);
    let of = |rate: f64, epochs: usize| Trial {
        epochs,
        ..lab_config("sgd", rate, 0.0)
    };
    let configs = [of(0.4, 1), of(0.2, 1), of(0.1, 1), of(0.2, 3)];
    let mut records = Vec::new();
    let accuracies: [&[f64]; 4] = [&[0.9], &[0.8], &[0.7], &[0.8, 0.82, 0.85]];
    for (config, accuracies) in configs.iter().zip(accuracies) {
        for seed in 0..2 {
            let shifted = accuracies.iter().map(|a| a - 0.02 * seed as f64);
            records.push(trial(config, seed, &shifted.collect::<Vec<_>>()));
        }
    }
    records[1].outcome = Outcome::Failed {
        message: "no memory".to_owned(),
    };
    let cells: Vec<CellRecord> = configs
        .iter()
        .map(|config| {
            cell(
                &format!("learning_rate = {}", config.learning_rate),
                config,
                2,
            )
        })
        .collect();
    let figure = FigureRecord {
        id: "s".to_owned(),
        title: "A search".to_owned(),
        published_data: None,
        search: Some(SearchRecord {
            kind: SearchKind::Halving { eta: 3, first: 1 },
            budget: Budget::Trials(3),
            measure,
            seed: 1,
            epochs: 3,
            space: Vec::new(),
            places: vec![
                place(0, 0, 1, None),
                place(1, 0, 1, None),
                place(2, 0, 1, None),
                place(1, 1, 2, Some(1)),
            ],
            complete: true,
        }),
        cells,
        ..study.figures[0].clone()
    };
    let study = StudyRecord {
        figures: vec![figure],
        claims: Vec::new(),
        ..study
    };
    (study, records)
}

#[test]
fn the_budget_counts_new_epochs_of_all_seeds() {
    let (study, records) = halving(EpochMeasure::ValidationAccuracy);
    let (figures, _) = index::fill(std::slice::from_ref(&study), &records);
    let searched = Searched::of(&figures[0]).unwrap();
    let told: Vec<(usize, f64, f64)> = searched
        .steps
        .iter()
        .map(|step| (step.epochs, step.score, step.best))
        .collect();
    // Validation accuracies are 0.001 above those of the test, means those of two seeds 0.02 apart.
    let expected = [
        (2, WORST, WORST),
        (4, 0.791, 0.791),
        (6, 0.691, 0.791),
        (10, 0.841, 0.841),
    ];
    for (found, expected) in told.iter().zip(&expected) {
        assert_eq!(found.0, expected.0);
        for (found, expected) in [(found.1, expected.1), (found.2, expected.2)] {
            assert!(
                found == expected || (found - expected).abs() < 1e-12,
                "{found}"
            );
        }
    }
    assert_eq!(searched.proposals(), 3);
    let winner = searched.winner().unwrap();
    assert_eq!((winner.place.rung, winner.cell.config.epochs), (1, 3));
}

#[test]
fn the_sentence_says_what_is_optimistic() {
    let (study, records) = halving(EpochMeasure::ValidationAccuracy);
    let studies = [study];
    let records = crate::Records {
        studies: &studies,
        trials: &records,
        ..crate::Records::default()
    };
    let told = crate::searches_in_words(records);
    assert_eq!(told.len(), 1);
    let expected = "figure s (halving): best of 3 proposals in 10 epochs: rate 0.2, 3 epochs; validation accuracy \
                    0.8410, which is optimistic, since it is the best of 3; test accuracy 0.8400 (";
    assert!(told[0].starts_with(expected), "{}", told[0]);
    assert!(told[0].ends_with("), 2 seeds of 3 epochs"), "{}", told[0]);
}

/// Of a loss less is better.
#[test]
fn a_loss_is_told_as_a_loss() {
    let (study, records) = halving(EpochMeasure::ValidationLoss);
    let (figures, _) = index::fill(std::slice::from_ref(&study), &records);
    let searched = Searched::of(&figures[0]).unwrap();
    // 1 − 0.85 and 1 − 0.83.
    assert!((searched.winner().unwrap().score + 0.16).abs() < 1e-12);
    assert!(searched.in_words().contains("validation loss 0.1600"));
}

/// The winner is the best of those that were trained longest, even where a shorter one looks better.
#[test]
fn longer_training_goes_before_a_better_score() {
    let (mut study, mut records) = halving(EpochMeasure::ValidationAccuracy);
    records[1].outcome = Outcome::Completed {};
    let of = |study: &StudyRecord, records: &[TrialRecord]| {
        let (figures, _) = index::fill(std::slice::from_ref(study), records);
        let searched = Searched::of(&figures[0]).unwrap();
        let winner = searched.winner().unwrap();
        (winner.place.proposal, searched.in_words())
    };
    assert_eq!(of(&study, &records).0, 1);
    // Before the second rung has ended, the best of the first one leads.
    let (leads, told) = of(&study, &records[..6]);
    assert_eq!(leads, 0);
    assert!(told.contains("3 proposals in 6 epochs so far"), "{told}");
    study.figures[0].search = None;
    let (figures, _) = index::fill(std::slice::from_ref(&study), &records);
    assert!(Searched::of(&figures[0]).is_none());
}
