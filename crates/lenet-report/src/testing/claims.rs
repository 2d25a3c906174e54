//! Made-up claims, and the studies that declare them.

use std::path::Path;

use lenet_core::Trial;
use lenet_results::{
    CellTrial, ClaimRecord, ComparisonRecord, Correction, FigureRecord, ImageCounts, Measure,
    Moment, PairRecord, Quantity, Reading, Rule, STUDY_FORMAT, Scope, StudyRecord, TestRecord,
    TrialRecord,
};

use super::trials::{cell, lab_config, trial};

/// The claims of `lab-2017` on training, as lenet-study resolves them. A test of that crate
/// compares the file with the study.
pub(crate) fn lab_claims() -> Vec<ClaimRecord> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/claims/lab-2017.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A cell of one epoch.
pub(crate) fn arm(learning_rate: f64) -> Trial {
    Trial {
        epochs: 1,
        ..lab_config("sgd", learning_rate, 0.0)
    }
}

/// Trials of a cell whose test accuracies after their only epoch are these, for seeds 1, 2, ….
pub(crate) fn trials(config: &Trial, accuracies: &[f64]) -> Vec<TrialRecord> {
    let seeds = (1..).zip(accuracies);
    seeds
        .map(|(seed, accuracy)| trial(config, seed, &[*accuracy]))
        .collect()
}

/// A study of one figure with these cells, each over these seeds.
pub(crate) fn study(cells: &[(&Trial, &[u64])], claims: Vec<ClaimRecord>) -> StudyRecord {
    let cells = cells.iter().map(|(config, seeds)| {
        let mut cell = cell(&config.learning_rate.to_string(), config, 0);
        cell.images = Some(ImageCounts {
            train: 400,
            validation: 64,
            test: 100,
        });
        cell.trials = seeds
            .iter()
            .map(|&seed| CellTrial {
                seed,
                identity: Trial {
                    seed,
                    ..(*config).clone()
                }
                .identity(),
            })
            .collect();
        cell
    });
    StudyRecord {
        format: STUDY_FORMAT,
        name: "s".to_owned(),
        title: "A study".to_owned(),
        figures: vec![FigureRecord {
            id: "1".to_owned(),
            title: "A figure".to_owned(),
            axes: vec!["learning_rate".to_owned()],
            notes: String::new(),
            draw: Vec::new(),
            published: None,
            published_data: None,
            runtime: None,
            search: None,
            cells: cells.collect(),
            left_out: Vec::new(),
        }],
        claims,
        altered: Vec::new(),
        until_decided: None,
        commands: Vec::new(),
        files: Vec::new(),
        data: Vec::new(),
        predictions: true,
        level: None,
    }
}

/// A reading by the name of its measure.
pub(crate) fn reading(measure: &str, at: Moment) -> Reading {
    let measure: Measure = measure.parse().unwrap();
    Reading { measure, at }
}

/// A left cell with its right one.
pub(crate) fn pair(left: &Trial, right: &Trial) -> PairRecord {
    PairRecord {
        left: left.cell(),
        right: Some(right.cell()),
    }
}

/// A cell for a quantity of one side.
pub(crate) fn alone(left: &Trial) -> PairRecord {
    PairRecord {
        left: left.cell(),
        right: None,
    }
}

/// A comparison of these pairs.
pub(crate) fn comparison(label: &str, pairs: Vec<PairRecord>) -> ComparisonRecord {
    with_baseline(label, pairs, Vec::new())
}

/// A comparison of these pairs less others.
pub(crate) fn with_baseline(
    label: &str,
    pairs: Vec<PairRecord>,
    baseline: Vec<PairRecord>,
) -> ComparisonRecord {
    ComparisonRecord {
        label: label.to_owned(),
        pairs,
        baseline,
    }
}

/// A test of the test accuracy after the last epoch, all of whose comparisons must meet the rule.
pub(crate) fn test(
    quantity: Quantity,
    rule: Rule,
    comparisons: Vec<ComparisonRecord>,
) -> TestRecord {
    let accuracy = reading("test_accuracy", Moment::Last);
    TestRecord {
        common: String::new(),
        quantity,
        right: quantity.has_two_sides().then(|| accuracy.clone()),
        left: accuracy,
        rule,
        scope: Scope::All,
        only: None,
        comparisons,
    }
}

/// A claim of these tests.
pub(crate) fn claim(tests: Vec<TestRecord>) -> ClaimRecord {
    ClaimRecord {
        id: "1".to_owned(),
        text: "Higher is better.".to_owned(),
        notes: String::new(),
        correction: Correction::Bonferroni,
        tests,
    }
}
