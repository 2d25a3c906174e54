//! Results against those of the table.

use super::*;
use crate::records::index::fill;
use crate::testing::lab_study;

#[test]
fn the_numbers_are_those_of_the_table() {
    let (study, mut trials) = lab_study(3);
    // One of three networks of the first cell dies.
    trials[2].epochs.last_mut().unwrap().dead = true;
    let studies = [study];
    let found = results(Records {
        studies: &studies,
        trials: &trials,
        ..Records::default()
    });
    let ids: Vec<&str> = found.iter().map(|figure| figure.id.as_str()).collect();
    assert_eq!(ids, ["1", "2", "2-as-run", "3", "3-as-run"]);
    assert!(found.iter().all(|figure| figure.study == studies[0].name));
    let (figures, _) = fill(&studies, &trials);
    let table = tables::results::results(&figures);
    let cells = found.iter().flat_map(|figure| &figure.cells);
    assert_eq!(cells.clone().count(), table.len());
    for (cell, row) in cells.zip(&table) {
        assert_eq!(cell.test_accuracy, row.alive[1]);
        assert_eq!((cell.epoch, cell.planned), (row.epoch, row.cell.planned()));
        assert_eq!(cell.config, row.cell.config);
    }
    let first = &found[0].cells[0];
    assert_eq!((first.died, first.trials.len()), (1, 3));
    let living = trials[..2].iter().map(|t| t.epochs[9].test_accuracy);
    let mean = living.sum::<f64>() / 2.0;
    assert!((first.test_accuracy.unwrap().point - mean).abs() < 1e-12);
    assert_eq!(first.trials[0], trials[0].identity);
}
