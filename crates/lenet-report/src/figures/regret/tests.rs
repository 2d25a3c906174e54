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
            "rung 1: 1 epochs",
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
