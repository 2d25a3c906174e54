//! Results beside the published values.

use lenet_core::Trial;
use lenet_results::{PublishedPoint, PublishedRecord, PublishedSeries, StudyRecord, TrialRecord};
use serde::Deserialize;

use super::*;
use crate::records::index::fill;
use crate::testing::{arm, lab_study, study, trials};

#[test]
fn rows_stand_beside_the_published_values() {
    let (study, records) = lab_study(3);
    let (figures, _) = fill(&[study], &records);
    let rows = results(&figures);
    assert_eq!(rows.len(), 20);
    assert_eq!((rows[0].figure, rows[0].epoch), ("1", Some(10)));
    assert_eq!(rows[0].published, Some(0.9869));
    let test = rows[0].test.unwrap();
    assert_eq!(rows[0].difference(), Some(test.point - 0.9869));
    let (low, high) = rows[0].range.unwrap();
    assert!(low < test.point && test.point < high);
}

#[test]
fn the_best_is_chosen_by_validation_accuracy() {
    let (study, mut records) = lab_study(2);
    // A cell that shines on the test data alone must not be chosen.
    for record in records
        .iter_mut()
        .filter(|r| r.config.learning_rate == 0.01)
    {
        record.epochs[9].test_accuracy = 1.0;
    }
    let (figures, _) = fill(&[study], &records);
    let rows = results(&figures);
    let best = best(&rows).unwrap();
    assert_eq!((best.figure, best.cell.config.learning_rate), ("3", 0.001));
}

#[test]
fn partial_studies_show_how_much_there_is() {
    let (study, records) = lab_study(3);
    let (figures, index) = fill(&[study], &records[..2]);
    let rows = results(&figures);
    assert_eq!(rows[0].cell.seeds(), "2 of 3");
    assert_eq!(with_interval(rows[1].test), "–");
    assert_eq!(distinct(&rows), 1);
    let table = markdown(&rows);
    // Figures without any result have no rows.
    assert_eq!(table.lines().count(), 2 + 4);
    assert!(table.contains("| 2 of 3 | 10 | 0.98"), "{table}");
    let csv = String::from_utf8(full(&rows, &index).csv()).unwrap();
    assert_eq!(csv.lines().next().unwrap().split(',').count(), 20 + 3 + 3);
}

/// What scipy makes of five trials of which the last died: mean, lower and upper bound.
#[derive(Deserialize)]
struct Oracle {
    cells: OracleCell,
}

#[derive(Deserialize)]
struct OracleCell {
    tests: Vec<f64>,
    all: [f64; 3],
    validation: [f64; 3],
    alive: [f64; 3],
    died: [f64; 2],
}

/// A study of one cell with these test accuracies, of which the last `dead` belong to dead networks.
fn one_cell(accuracies: &[f64], dead: usize) -> (StudyRecord, Vec<TrialRecord>) {
    let config: Trial = arm(0.1);
    let mut records = trials(&config, accuracies);
    for record in records.iter_mut().rev().take(dead) {
        record.epochs[0].dead = true;
    }
    let seeds: Vec<u64> = (1..=accuracies.len() as u64).collect();
    (study(&[(&config, &seeds)], Vec::new()), records)
}

#[test]
fn a_row_has_every_number_of_a_cell_of_which_one_network_died() {
    let oracle: Oracle = serde_json::from_str(include_str!("../../../oracle/oracle.json")).unwrap();
    let oracle = oracle.cells;
    let (study, records) = one_cell(&oracle.tests, 1);
    let (figures, index) = fill(&[study], &records);
    let rows = results(&figures);
    let csv = String::from_utf8(full(&rows, &index).csv()).unwrap();
    let (header, row) = csv.trim_end().split_once('\n').unwrap();
    let [all, validation, alive] = [oracle.all, oracle.validation, oracle.alive];
    let number = |value: f64| value.to_string();
    let expected: Vec<(&str, String)> = [
        ("figure", "1".to_owned()),
        ("cell", "0.1".to_owned()),
        ("epoch", "1".to_owned()),
        ("seeds", "5".to_owned()),
        ("planned", "5".to_owned()),
        ("validation_accuracy", number(validation[0])),
        ("validation_low", number(validation[1])),
        ("validation_high", number(validation[2])),
        ("test_accuracy", number(all[0])),
        ("test_low", number(all[1])),
        ("test_high", number(all[2])),
        ("test_worst_seed", "0.1".to_owned()),
        ("test_best_seed", "0.96".to_owned()),
        ("published_test_accuracy", String::new()),
        ("difference", String::new()),
        ("parameters", "104250".to_owned()),
        ("died", "1".to_owned()),
        ("alive_test_accuracy", number(alive[0])),
        ("alive_test_low", number(alive[1])),
        ("alive_test_high", number(alive[2])),
    ]
    .to_vec();
    let names: Vec<&str> = expected.iter().map(|(name, _)| *name).collect();
    assert_eq!(header.split(',').collect::<Vec<_>>(), names);
    let same = |found: &str, expected: &str| match (found.parse::<f64>(), expected.parse::<f64>()) {
        (Ok(found), Ok(expected)) => (found - expected).abs() < 1e-9,
        _ => found == expected,
    };
    let pairs = expected.iter().zip(row.split(','));
    let wrong = pairs.filter(|((_, expected), found)| !same(found, expected));
    crate::testing::all_pass(
        wrong.map(|((name, expected), found)| format!("{name}: {found} for {expected}")),
    );
    assert_eq!(row.split(',').count(), expected.len());
    // Readers see the mean of the networks that live, and how many died.
    let died = format!(
        "1 of 5 ({:.0} to {:.0} %)",
        100.0 * oracle.died[0],
        100.0 * oracle.died[1]
    );
    assert_eq!(died, "1 of 5 (1 to 72 %)");
    let cell = format!("{:.4} ({:.4}–{:.4})", alive[0], alive[1], alive[2]);
    let table = markdown(&rows);
    assert!(
        table.contains(&format!("| {cell} | {died} | 0.1000–0.9600 |")),
        "{table}"
    );
}

#[test]
fn means_are_of_the_living_only_where_some_live_and_some_died() {
    let means = |dead| {
        let (study, records) = one_cell(&[0.9, 0.8, 0.1], dead);
        let (figures, _) = fill(&[study], &records);
        let row = results(&figures).remove(0);
        let point = |e: Option<Estimate>| (e.unwrap().point * 1e6).round() / 1e6;
        (point(row.test), point(row.alive[1]), row.died())
    };
    assert_eq!(means(0), (0.6, 0.6, "–".to_owned()));
    assert_eq!(means(1), (0.6, 0.85, "1 of 3 (1 to 91 %)".to_owned()));
    assert_eq!(means(2), (0.6, 0.9, "2 of 3 (9 to 99 %)".to_owned()));
    assert_eq!(means(3), (0.6, 0.6, "3 of 3 (29 to 100 %)".to_owned()));
}

#[test]
fn intervals_of_accuracies_stay_between_0_and_1() {
    for accuracies in [[1.0, 0.9, 0.999], [0.0, 0.1, 0.001], [1.0, 0.0, 0.5]] {
        let (study, records) = one_cell(&accuracies, 0);
        let (figures, _) = fill(&[study], &records);
        let interval = results(&figures)[0].test.unwrap().interval.unwrap();
        let inside = 0.0 < interval.low && interval.low < interval.high && interval.high < 1.0;
        assert!(inside, "{accuracies:?}: {interval:?}");
    }
}

#[test]
fn the_best_counts_dead_networks() {
    // Four networks of 0.99 and a dead one are worse than five of 0.9.
    let (mut study, mut records) = one_cell(&[0.99, 0.99, 0.99, 0.99, 0.1], 1);
    let other = arm(0.2);
    study.figures[0].cells.extend(
        crate::testing::study(&[(&other, &[1, 2, 3, 4, 5])], Vec::new()).figures[0]
            .cells
            .clone(),
    );
    records.extend(trials(&other, &[0.9; 5]));
    let (figures, _) = fill(&[study], &records);
    assert_eq!(best(&results(&figures)).unwrap().cell.label, "0.2");
}

#[test]
fn what_was_published_of_other_measures_stands_beside_ours() {
    let (mut study, mut records) = one_cell(&[0.9, 0.8], 0);
    (
        records[0].epochs[0].test_loss,
        records[1].epochs[0].test_loss,
    ) = (0.25, 0.75);
    let point = |epoch: Option<usize>, loss: f64| PublishedPoint {
        epoch,
        values: [("test_loss".to_owned(), loss)].into(),
    };
    study.figures[0].published_data = Some(PublishedRecord {
        source: "a paper".to_owned(),
        precision: "as printed".to_owned(),
        series: vec![PublishedSeries {
            cells: vec![0],
            points: vec![point(Some(7), 9.0), point(None, 0.625)],
        }],
    });
    let (figures, index) = fill(&[study], &records);
    let rows = results(&figures);
    let csv = String::from_utf8(full(&rows, &index).csv()).unwrap();
    let (header, row) = csv.trim_end().split_once('\n').unwrap();
    assert!(header.ends_with(",mean_test_loss,published_test_loss,difference_test_loss"));
    assert!(row.ends_with(",0.5,0.625,-0.125"), "{row}");
    let page = sorted(&rows, &index).html().into_string();
    for part in ["published test loss", "0.5000", "0.6250", "−0.1250"] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}
