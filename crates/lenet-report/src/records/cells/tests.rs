//! Filling of cells from records.

use lenet_results::Outcome;

use super::*;
use crate::records::trials::TEST;
use crate::testing::{cell, lab_config, lab_study, trial};

fn one_figure(id: &str, study: &str, seeds: u64) -> StudyRecord {
    let (mut whole, _) = lab_study(1);
    whole.name = study.to_owned();
    whole.figures.truncate(1);
    whole.figures[0].id = id.to_owned();
    whole.figures[0].cells = vec![cell("a", &lab_config("sgd", 0.1, 0.0), seeds)];
    whole
}

#[test]
fn missing_failed_and_done_trials_are_told_apart() {
    let config = lab_config("sgd", 0.1, 0.0);
    let mut failed = trial(&config, 1, &[0.5; 10]);
    failed.outcome = Outcome::Failed {
        message: "out of memory".to_owned(),
    };
    let records = [trial(&config, 0, &[0.9; 10]), failed];
    let figures = fill(&[one_figure("1", "s", 3)], &records);
    let cell = &figures[0].cells[0];
    assert_eq!(
        (cell.done.len(), cell.failed.len(), &cell.missing[..]),
        (1, 1, &[2][..])
    );
    assert_eq!(cell.planned(), 3);
}

#[test]
fn a_nan_leaves_no_mean_instead_of_a_wrong_one() {
    let config = lab_config("sgd", 0.1, 0.0);
    let records = [
        trial(&config, 0, &[0.9; 10]),
        trial(&config, 1, &[f64::NAN; 10]),
    ];
    let figures = fill(&[one_figure("1", "s", 2)], &records);
    assert_eq!(figures[0].cells[0].final_mean(TEST), None);
}

#[test]
fn parts_of_one_study_are_joined() {
    let (part, mut rest) = (one_figure("1", "s", 1), one_figure("1", "s", 3));
    rest.figures[0]
        .cells
        .push(cell("b", &lab_config("sgd", 0.01, 0.0), 1));
    let figures = fill(&[part, rest], &[]);
    assert_eq!(figures.len(), 1);
    assert_eq!(figures[0].cells.len(), 2);
    assert_eq!(figures[0].cells[0].missing, [0, 1, 2]);
}

#[test]
fn ids_that_two_studies_share_are_made_distinct() {
    let figures = fill(&[one_figure("1", "a", 1), one_figure("1", "b", 1)], &[]);
    let ids: Vec<&str> = figures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["a-1", "b-1"]);
}
