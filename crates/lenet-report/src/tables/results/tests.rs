//! Results beside the published values.

use super::*;
use crate::records::cells::fill;
use crate::testing::lab_study;

#[test]
fn rows_stand_beside_the_published_values() {
    let (study, records) = lab_study(3);
    let figures = fill(&[study], &records);
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
    let figures = fill(&[study], &records);
    let rows = results(&figures);
    let best = best(&rows).unwrap();
    assert_eq!((best.figure, best.cell.config.learning_rate), ("3", 0.001));
}

#[test]
fn partial_studies_show_how_much_there_is() {
    let (study, records) = lab_study(3);
    let figures = fill(&[study], &records[..2]);
    let rows = results(&figures);
    assert_eq!(rows[0].cell.seeds(), "2 of 3");
    assert_eq!(with_interval(rows[1].test), "–");
    assert_eq!(distinct(&rows), 1);
    let table = markdown(&rows);
    assert_eq!(table.lines().count(), 22);
    assert!(table.contains("| 2 of 3 | 10 | 0.98"), "{table}");
    let csv = String::from_utf8(full(&rows).csv()).unwrap();
    assert_eq!(csv.lines().next().unwrap().split(',').count(), 16);
}
