//! The drawing of a search, by hand.

use lenet_results::EpochMeasure;

use super::*;
use crate::records::grid::Grid;
use crate::records::index;
use crate::records::search::tests::halving;

#[test]
fn staircases_hold_each_value_until_the_next() {
    let (study, records) = halving(EpochMeasure::ValidationAccuracy);
    let (figures, _) = index::fill(std::slice::from_ref(&study), &records);
    let searched = Searched::of(&figures[0]).unwrap();
    let round = |points: Vec<(f64, f64)>| -> Vec<(f64, f64)> {
        let thousandths = |value: f64| (value * 1e3).round() / 1e3;
        points
            .into_iter()
            .map(|(x, y)| (x, thousandths(y)))
            .collect()
    };
    // What failed has no score, so the line begins with the second cell.
    let best = round(steps(&searched.steps, 10.0, |step| step.best));
    let expected = [
        (4.0, 0.791),
        (6.0, 0.791),
        (10.0, 0.791),
        (10.0, 0.841),
        (10.0, 0.841),
    ];
    assert_eq!(best, expected);
    // Regret ends where the best is found: there it is 0, which a logarithmic scale has not.
    let regret = round(regret(&searched.steps, 0.841));
    assert_eq!(regret, [(4.0, 0.05), (6.0, 0.05), (10.0, 0.05)]);
}

#[test]
fn a_search_is_drawn_and_a_grid_is_not() {
    for measure in [
        EpochMeasure::ValidationAccuracy,
        EpochMeasure::ValidationLoss,
    ] {
        let (mut study, records) = halving(measure);
        let (figures, index) = index::fill(std::slice::from_ref(&study), &records);
        let drawn = Drawn {
            study: &figures[0],
            grid: Grid::of(&figures[0]),
            index: &index,
        };
        let figure = figure(&drawn).unwrap();
        assert_eq!(figure.sheet.panels.len(), 2);
        let labels: Vec<&str> = figure
            .sheet
            .legend
            .iter()
            .map(|e| e.label.as_str())
            .collect();
        let expected = [
            "best so far",
            "rung 1: 1 epoch",
            "rung 2: 3 epochs",
            "the winner: rate 0.2, 3 epochs",
        ];
        assert_eq!(labels, expected);
        assert!(
            figure.caption.contains("Figure s (halving)"),
            "{}",
            figure.caption
        );
        study.figures[0].search = None;
        let (figures, index) = index::fill(std::slice::from_ref(&study), &records);
        let drawn = Drawn {
            study: &figures[0],
            grid: Grid::of(&figures[0]),
            index: &index,
        };
        assert!(super::figure(&drawn).is_none());
    }
}

/// A rate of each proposal has no colours; a setting of few values has.
#[test]
fn the_usual_drawings_of_a_search_can_be_read() {
    let (study, mut records) = halving(EpochMeasure::ValidationAccuracy);
    // A scatter needs seconds that differ.
    records[0].epochs[0].train_seconds = 9.0;
    let ids = |records: &[lenet_results::TrialRecord], study: &lenet_results::StudyRecord| {
        let (figures, index) = index::fill(std::slice::from_ref(study), records);
        let drawn = crate::figures::of_study(&figures[0], &index);
        drawn
            .into_iter()
            .map(|figure| figure.id)
            .collect::<Vec<_>>()
    };
    let few = ids(&records, &study);
    assert_eq!(few, ["s", "s-curves", "s-scatter"]);
    let mut study = study;
    for number in 0..8 {
        let config = lenet_core::Trial {
            epochs: 1,
            ..crate::testing::lab_config("sgd", 0.5 + 0.01 * f64::from(number), 0.0)
        };
        records.push(crate::testing::trial(&config, 0, &[0.5]));
        let cells = &mut study.figures[0].cells;
        cells.push(crate::testing::cell("another", &config, 1));
    }
    assert_eq!(ids(&records, &study), ["s", "s-curves"]);
}
