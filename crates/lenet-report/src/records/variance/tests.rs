//! Shares of a grid worked out by hand, and what is said of grids that are not whole.

use lenet_core::Trial;
use lenet_results::{StudyRecord, TrialRecord};

use super::*;
use crate::records::index::fill;
use crate::testing::{cell, lab_config, lab_study, trial};

/// Two rates by two batch sizes with two seeds.
fn study(accuracies: [[f64; 2]; 4]) -> (StudyRecord, Vec<TrialRecord>) {
    let (mut study, _) = lab_study(1);
    study.figures.truncate(1);
    let (mut cells, mut records) = (Vec::new(), Vec::new());
    for (at, values) in accuracies.iter().enumerate() {
        let config = Trial {
            epochs: 1,
            batch_size: [16, 64][at % 2],
            ..lab_config("sgd", [0.01, 0.1][at / 2], 0.0)
        };
        cells.push(cell("", &config, 2));
        let of_seed = |(seed, accuracy): (usize, &f64)| trial(&config, seed as u64, &[*accuracy]);
        records.extend(values.iter().enumerate().map(of_seed));
    }
    study.figures[0].cells = cells;
    study.figures[0].axes = vec!["learning_rate".to_owned(), "batch_size".to_owned()];
    (study, records)
}

/// Means of cells 0.3, 0.5, 0.7, 0.7 (mean 0.55), each value 0.1 off. By rate 0.4 and 0.7: 8 × 0.15² = 0.18.
/// By batch size 0.5 and 0.6: 8 × 0.05² = 0.02; together 8 × 0.05² = 0.02. Within: 8 × 0.01 = 0.08.
#[test]
fn shares_are_those_worked_out_by_hand() {
    let (study, records) = study([[0.2, 0.4], [0.4, 0.6], [0.6, 0.8], [0.6, 0.8]]);
    let (figures, _) = fill(&[study], &records);
    let found = of_figures(&figures);
    let Outcome::Whole { rows, seeds, more } = &found[0].outcome else {
        panic!("{found:?}");
    };
    assert_eq!((*seeds, *more), (2, false));
    let told: Vec<(&str, String, usize)> = rows
        .iter()
        .map(|row| {
            (
                row.name.as_str(),
                format!("{:.6}", row.share),
                row.degrees_of_freedom,
            )
        })
        .collect();
    let share = |squares: f64| format!("{:.6}", squares / 0.30);
    assert_eq!(told[0], ("learning rate", share(0.18), 1));
    assert_eq!(told[3], ("between seeds", share(0.08), 4));
    for row in &told[1..3] {
        assert!(
            ["batch size", "learning rate × batch size"].contains(&row.0),
            "{row:?}"
        );
        assert_eq!((&row.1, row.2), (&share(0.02), 1));
    }
    // F = 0.18 ÷ (0.08 ÷ 4) = 9.
    let test = rows[0]
        .effect
        .as_ref()
        .and_then(|effect| effect.test)
        .unwrap();
    assert!((test.f_statistic - 9.0).abs() < 1e-9, "{test:?}");
    let csv = String::from_utf8(crate::tables::variance::full(&found).csv()).unwrap();
    let first: Vec<&str> = csv.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(first[..2], ["1", "learning rate"]);
    let numbers: Vec<f64> = first[2..]
        .iter()
        .map(|field| field.parse().unwrap())
        .collect();
    for (found, expected) in numbers.iter().zip([0.18, 1.0, 0.6, 9.0]) {
        assert!((found - expected).abs() < 1e-9, "{csv}");
    }
}

#[test]
fn what_cannot_be_told_is_not() {
    let (study, records) = study([[0.2, 0.4], [0.4, 0.6], [0.6, 0.8], [0.6, 0.8]]);
    let reason = |records: &[TrialRecord]| {
        let (figures, _) = fill(std::slice::from_ref(&study), records);
        match &of_figures(&figures)[0].outcome {
            Outcome::Not(reason) => reason.clone(),
            Outcome::Whole { seeds, more, .. } => format!("{seeds} {more}"),
        }
    };
    assert!(reason(&records[..6]).starts_with("3 of the 4 combinations"));
    assert_eq!(reason(&records[..]), "2 false");
    assert_eq!(reason(&records[1..]), "1 true");
    let (figures, _) = fill(std::slice::from_ref(&study), &[]);
    assert!(of_figures(&figures).is_empty());
}
