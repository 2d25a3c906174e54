//! Grids of hand-made cells.

use lenet_core::Trial;
use lenet_results::{StudyRecord, TrialRecord};

use super::*;
use crate::records::cell_measure::TEST_ACCURACY;
use crate::records::index::fill;
use crate::testing::{cell, lab_config, lab_study, trial};

/// Two rates by two batch sizes, two seeds each, with these test accuracies after the only epoch, seed by
/// seed.
fn study(accuracies: [[f64; 2]; 4]) -> (StudyRecord, Vec<TrialRecord>) {
    let (mut study, _) = lab_study(1);
    study.figures.truncate(1);
    let (mut cells, mut records) = (Vec::new(), Vec::new());
    for (at, values) in accuracies.iter().enumerate() {
        let config = Trial {
            epochs: 1,
            batch_size: [16, 64][at % 2],
            ..lab_config("sgd", [0.1, 0.01][at / 2], 0.0)
        };
        cells.push(cell("", &config, 2));
        let of_seed = |(seed, accuracy): (usize, &f64)| trial(&config, seed as u64, &[*accuracy]);
        records.extend(values.iter().enumerate().map(of_seed));
    }
    study.figures[0].cells = cells;
    study.figures[0].axes = vec!["learning_rate".to_owned(), "batch_size".to_owned()];
    (study, records)
}

const VALUES: [[f64; 2]; 4] = [[0.9, 0.8], [0.7, 0.7], [0.5, 0.4], [0.1, 0.2]];

#[test]
fn a_complete_grid_has_its_values_in_row_major_order() {
    let (study, records) = study(VALUES);
    let (figures, _) = fill(&[study], &records);
    let grid = Grid::of(&figures[0]);
    assert_eq!(grid.levels(), [2, 2]);
    // Levels of numbers ascend: 0.01 before 0.1.
    let expected = [
        vec![0.5, 0.4],
        vec![0.1, 0.2],
        vec![0.9, 0.8],
        vec![0.7, 0.7],
    ];
    assert_eq!(grid.complete(TEST_ACCURACY).unwrap(), expected);
}

#[test]
fn a_grid_with_a_hole_is_not_complete_and_shorter_cells_count_as_far_as_they_go() {
    let (study, records) = study(VALUES);
    let without_a_seed = &records[..7];
    let (figures, _) = fill(std::slice::from_ref(&study), without_a_seed);
    let values = Grid::of(&figures[0]).complete(TEST_ACCURACY).unwrap();
    assert_eq!(values, [vec![0.5], vec![0.1], vec![0.9], vec![0.7]]);
    let (figures, _) = fill(&[study], &records[..6]);
    assert_eq!(Grid::of(&figures[0]).complete(TEST_ACCURACY), None);
}

#[test]
fn the_axis_with_the_greatest_differences_comes_first() {
    let (study, records) = study(VALUES);
    let (figures, _) = fill(&[study], &records);
    let grid = Grid::of(&figures[0]);
    // Means by rate 0.775 and 0.3, by batch size 0.65 and 0.425.
    assert_eq!(grid.by_influence(TEST_ACCURACY), [0, 1]);
    let mean = TEST_ACCURACY.mean(grid.at(&[(1, 0)])).unwrap();
    assert!((mean.point - 0.65).abs() < 1e-12);
    assert_eq!(mean.n, 2);
    // The mean of each seed is one number: 0.7 and 0.6.
    let each = lenet_stats::bounded_mean(&[0.7, 0.6], 0.95).unwrap();
    let [found, expected] = [mean, each].map(|e| e.interval.unwrap());
    assert!((found.low - expected.low).abs() < 1e-12 && (found.high - expected.high).abs() < 1e-12);
    assert_eq!(grid.strongest_pair(TEST_ACCURACY), Some((0, 1)));
}
