//! Sizes, names and shapes of the study's networks.

use super::*;

#[test]
fn parameter_counts_are_the_studys() {
    let counts = [8, 16, 32, 64, 128, 256].map(|f| Geometry::lab_2017(f).parameter_count());
    assert_eq!(
        counts,
        [52_258, 104_250, 211_690, 440_394, 953_098, 2_199_690]
    );
}

#[test]
fn names_and_shapes_never_change() {
    let list = Geometry::lab_2017(16).parameters();
    let list: Vec<_> = list
        .iter()
        .map(|p| (p.name.as_str(), p.shape.as_slice()))
        .collect();
    assert_eq!(
        list,
        [
            ("conv1.weight", &[16, 1, 3, 3][..]),
            ("conv1.bias", &[16]),
            ("conv2.weight", &[16, 16, 3, 3]),
            ("conv2.bias", &[16]),
            ("fc1.weight", &[128, 784]),
            ("fc1.bias", &[128]),
            ("fc2.weight", &[10, 128]),
            ("fc2.bias", &[10]),
        ]
    );
}

#[test]
fn training_flops_of_the_study() {
    // 3.77 MFLOP an image at F = 16.
    let flops = Geometry::lab_2017(16).training_flops() as f64;
    assert!((flops / 1e6 - 3.77).abs() < 0.01, "{flops}");
}

#[test]
fn impossible_sizes_are_refused() {
    let good = Geometry::lab_2017(16);
    assert!(good.validate().is_ok());
    let bad = [
        Geometry {
            filters: vec![],
            ..good.clone()
        },
        Geometry {
            filters: vec![0],
            ..good.clone()
        },
        Geometry {
            filters: vec![4; 5],
            ..good.clone()
        },
        Geometry {
            kernel: 4,
            ..good.clone()
        },
        Geometry {
            classes: 1,
            ..good.clone()
        },
        Geometry {
            width: 0,
            ..good.clone()
        },
        Geometry {
            hidden: vec![0],
            ..good.clone()
        },
    ];
    for geometry in bad {
        assert!(geometry.validate().is_err(), "{geometry:?}");
    }
}

#[test]
fn convolutions_are_counted() {
    for (stages, is_few_enough) in [(63, true), (64, true), (65, false)] {
        let geometry = Geometry {
            filters: vec![1; stages],
            ..Geometry::lab_2017(16)
        };
        let told = geometry.validate().err().map(|error| error.to_string());
        let is_refused = told.is_some_and(|told| told.contains("give at most 64"));
        assert_eq!(is_refused, !is_few_enough, "{stages}");
    }
}
