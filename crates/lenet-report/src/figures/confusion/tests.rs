//! Many classes, and squares of one class.

use super::*;
use crate::plot::svg;

fn drawn(classes: usize) -> (usize, String) {
    let counts = (0..classes).map(|class| {
        let mut row = vec![0; classes];
        row[class] = 9;
        row[(class + 1) % classes] += 1;
        row
    });
    let confusion = Confusion {
        counts: counts.collect(),
    };
    let figure = figure(&confusion, 2);
    (
        figure.sheet.panels.len(),
        svg::document(&figure.sheet.scene()),
    )
}

#[test]
fn many_classes_have_one_panel_without_numbers() {
    let (panels, few) = drawn(15);
    assert_eq!((panels, few.matches(">9</text>").count()), (2, 15 + 4));
    assert_eq!(few.matches(">90.0</text>").count(), 15);
    assert_eq!(few.matches(">10.0</text>").count(), 15);
    let (panels, some) = drawn(MOST_IN_FULL);
    assert_eq!(
        (panels, some.matches(">90.0</text>").count()),
        (2, 0),
        "too small for numbers"
    );
    let (panels, many) = drawn(256);
    assert_eq!(panels, 1);
    // Paper, a square and a mistake per class, two swatches.
    assert_eq!(many.matches("<polygon").count(), 1 + 512 + 2);
    // Squares of 400/256: every eleventh class has a label, twice.
    assert_eq!(many.matches(">253</text>").count(), 2);
    assert!(many.len() < 200_000, "{} bytes", many.len());
}

#[test]
fn a_single_class_is_drawn() {
    let confusion = Confusion {
        counts: vec![vec![0]],
    };
    let text = svg::document(&figure(&confusion, 1).sheet.scene());
    assert!(!text.contains("NaN"), "{text}");
}
