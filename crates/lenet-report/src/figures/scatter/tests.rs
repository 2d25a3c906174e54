//! The Pareto front.

use super::*;
use crate::records::cell_measure::TEST_ACCURACY;

#[test]
fn the_front_holds_what_no_other_cell_beats() {
    let point = |at| Point {
        at,
        cell: 0,
        level: 0,
    };
    let points = [
        (1.0, 0.5),
        (2.0, 0.9),
        (2.0, 0.8),
        (3.0, 0.9),
        (4.0, 0.95),
        (0.5, 0.1),
        (5.0, 0.2),
    ];
    let points: Vec<Point> = points.into_iter().map(point).collect();
    // Few seconds and much accuracy are good.
    let expected = [(0.5, 0.1), (1.0, 0.5), (2.0, 0.9), (4.0, 0.95)];
    assert_eq!(front(&points, SECONDS, TEST_ACCURACY), expected);
    // Many images per second are good too.
    let expected = [(4.0, 0.95), (5.0, 0.2)];
    assert_eq!(
        front(&points, CellMeasure::ImagesPerSecond, TEST_ACCURACY),
        expected
    );
}
