//! The table of published curves.

use super::*;
use crate::lab2017::setting::RATES;
use crate::testing::lab_config;

#[test]
fn the_table_is_whole() {
    // Three figures with four rates, two sets of images and ten epochs.
    assert_eq!(ACCURACIES.len(), 3 * 4 * 2 * 10);
    for row in ACCURACIES.iter() {
        assert!((0.0..=1.0).contains(&row.accuracy), "{row:?}");
    }
    for (figure, optimizer) in [("1", "sgd"), ("2", "sgd"), ("3", "adam")] {
        for rate in RATES {
            let curve = curve(figure, &lab_config(optimizer, rate, 0.0)).unwrap();
            let epochs = (curve.validation.len(), curve.test.len());
            assert_eq!(epochs, (10, 10), "figure {figure}, {rate}");
        }
    }
    // Each line's epoch is its place in the curve.
    for (i, line) in TABLE.lines().skip(1).enumerate() {
        let epoch: usize = line.split(',').nth(5).unwrap().parse().unwrap();
        assert_eq!(epoch, i % 10 + 1, "{line}");
    }
}

#[test]
fn a_curve_belongs_to_its_setting_only() {
    let mut config = lab_config("adam", 0.001, 0.0);
    assert_eq!(curve("3", &config).unwrap().test[9], 0.9898);
    assert_eq!(curve("1", &config), None);
    config.network.filters = vec![32, 32];
    assert_eq!(curve("3", &config), None);
    assert_eq!(curve("1", &lab_config("sgd", 0.05, 0.0)), None);
}
