//! The CSV, the class of a row, and data that do not fit.

use super::*;

#[test]
fn ties_go_to_the_first_and_nan_to_nobody() {
    assert_eq!(first_largest(&[0.0, 2.0, 2.0]), 1);
    assert_eq!(first_largest(&[f32::NAN, -1.0, f32::NAN, 0.5]), 3);
    assert_eq!(first_largest(&[f32::NAN, f32::NAN]), 0);
}

#[test]
fn csv_reads_back_exactly() {
    let logits = [0.1, -3.25, 1e-9, f32::MAX];
    let text = to_csv([(3, 1), (9, 0)].into_iter(), &logits, 2);
    let mut rows = text.lines();
    assert_eq!(rows.next(), Some("index,label,predicted,logit_0,logit_1"));
    let read: Vec<f32> = rows
        .flat_map(|row| {
            row.split(',')
                .skip(3)
                .map(|cell| cell.parse().unwrap())
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(read, logits);
    assert!(
        text.contains("\n3,1,0,") && text.contains("\n9,0,1,"),
        "{text}"
    );
}

#[test]
fn other_images_than_the_networks_are_refused() {
    let mnist = Dataset::mnist();
    assert!(ensure_fits(&Geometry::lab_2017(8), &mnist).is_ok());
    let wide = Geometry {
        width: 32,
        ..Geometry::lab_2017(8)
    };
    let few = Geometry {
        classes: 4,
        ..Geometry::lab_2017(8)
    };
    for geometry in [wide, few] {
        assert!(ensure_fits(&geometry, &mnist).is_err(), "{geometry:?}");
    }
}
