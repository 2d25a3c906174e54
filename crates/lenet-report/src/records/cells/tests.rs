//! Filling of cells from records.

use super::*;
use crate::records::index::fill;
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
    let (figures, _) = fill(&[one_figure("1", "s", 3)], &records);
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
    let (figures, _) = fill(&[one_figure("1", "s", 2)], &records);
    assert_eq!(figures[0].cells[0].final_mean(TEST), None);
}

#[test]
fn parts_of_one_study_are_joined() {
    let (part, mut rest) = (one_figure("1", "s", 1), one_figure("1", "s", 3));
    rest.figures[0]
        .cells
        .push(cell("b", &lab_config("sgd", 0.01, 0.0), 1));
    let (figures, _) = fill(&[part, rest], &[]);
    assert_eq!(figures.len(), 1);
    assert_eq!(figures[0].cells.len(), 2);
    assert_eq!(figures[0].cells[0].missing, [0, 1, 2]);
}

#[test]
fn ids_that_two_studies_share_are_made_distinct() {
    let (figures, _) = fill(&[one_figure("1", "a", 1), one_figure("1", "b", 1)], &[]);
    let ids: Vec<&str> = figures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["a-1", "b-1"]);
}

/// The first cell of a study with these trials, the last of which have dead networks.
fn with_dead(accuracies: &[f64], dead: usize) -> (Vec<lenet_results::TrialRecord>, StudyRecord) {
    let config = lab_config("sgd", 0.1, 0.0);
    let trials = accuracies.iter().zip(0..);
    let mut records: Vec<_> = trials
        .map(|(accuracy, seed)| trial(&config, seed, &[*accuracy; 10]))
        .collect();
    for record in records.iter_mut().rev().take(dead) {
        record.epochs.iter_mut().skip(4).for_each(|e| e.dead = true);
    }
    let seeds = accuracies.len() as u64;
    (records, one_figure("1", "s", seeds))
}

#[test]
fn a_mean_is_of_networks_that_are_alike() {
    let points = |dead| {
        let (records, study) = with_dead(&[0.75, 0.5, 0.25], dead);
        let (figures, _) = fill(&[study], &records);
        let cell = &figures[0].cells[0];
        let point = |estimate: Option<Estimate>| estimate.unwrap().point;
        // Also after an epoch in which all still lived.
        let early = point(cell.mean_at(2, TEST));
        let (alike, all) = (point(cell.final_mean(TEST)), point(cell.overall_mean(TEST)));
        assert_eq!(early, alike);
        (cell.died(), alike, all)
    };
    assert_eq!(points(0), (0, 0.5, 0.5));
    assert_eq!(points(1), (1, 0.625, 0.5));
    assert_eq!(points(2), (2, 0.75, 0.5));
    assert_eq!(points(3), (3, 0.5, 0.5));
}

#[test]
fn a_network_that_revives_is_not_dead() {
    let (mut records, study) = with_dead(&[0.75, 0.5], 1);
    records[1].epochs[9].dead = false;
    let (figures, _) = fill(&[study], &records);
    assert_eq!(figures[0].cells[0].died(), 0);
}

#[test]
fn published_numbers_go_to_the_cells_that_they_fit() {
    let mut study = one_figure("1", "s", 1);
    let other = cell("b", &lab_config("sgd", 0.01, 0.0), 1);
    study.figures[0].cells.push(other);
    let point = |epoch, name: &str, value| PublishedPoint {
        epoch,
        values: [(name.to_owned(), value)].into(),
    };
    let series = |cells: &[usize], points: Vec<PublishedPoint>| lenet_results::PublishedSeries {
        cells: cells.to_vec(),
        points,
    };
    study.figures[0].published_data = Some(PublishedRecord {
        source: "a paper".to_owned(),
        precision: "as printed".to_owned(),
        series: vec![
            series(&[0, 1], vec![point(Some(3), "test_accuracy", 0.5)]),
            series(&[1], vec![point(None, "test_accuracy", 0.75)]),
            series(&[0], vec![point(Some(2), "test_loss", 0.25)]),
        ],
    });
    // Parts of a study number their cells anew.
    let mut part = study.clone();
    part.figures[0].cells.remove(0);
    let data = part.figures[0].published_data.as_mut().unwrap();
    data.series = vec![series(&[0], vec![point(Some(3), "test_accuracy", 0.125)])];
    for studies in [vec![study.clone()], vec![study.clone(), part.clone()]] {
        let (figures, _) = fill(&studies, &[]);
        let cells = &figures[0].cells;
        assert_eq!(cells[0].published(EpochMeasure::TestAccuracy), [(3, 0.5)]);
        // A number of a whole run counts for the last epoch.
        let expected = [(3, 0.5), (10, 0.75)];
        assert_eq!(cells[1].published(EpochMeasure::TestAccuracy), expected);
        assert_eq!(cells[0].published(EpochMeasure::TestLoss), [(2, 0.25)]);
        let source = figures[0].published.as_ref().unwrap();
        assert_eq!(source.source, "a paper");
    }
    let (figures, _) = fill(&[part, study], &[]);
    let published = figures[0]
        .cells
        .iter()
        .map(|c| c.published(EpochMeasure::TestAccuracy));
    assert_eq!(
        published.collect::<Vec<_>>(),
        [vec![(3, 0.125)], vec![(3, 0.5)]]
    );
}
