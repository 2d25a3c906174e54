//! Round trips, presets, and fields that are out of range.

use super::*;

#[test]
fn shape_survives_the_round_trip() {
    let geometry = Geometry {
        channels: 3,
        height: 20,
        width: 31,
        stages: Stages {
            padding: Padding::First,
            stride: 2,
            pooling: Pooling::Last,
        },
        ..Geometry::lab_2017(5)
    };
    assert_eq!(
        LeNetConfig::new(&geometry, 0.5).geometry().unwrap(),
        geometry
    );
}

#[test]
fn parameters_of_the_presets() {
    let count = |config: LeNetConfig| config.geometry().unwrap().parameter_count();
    assert_eq!(count(LeNetConfig::lab_2017(16)), 104_250);
    // 156 + 2,416 + 784·120 + 120 + 10,164 + 850.
    assert_eq!(count(LeNetConfig::lenet5_sizes()), 107_786);
}

#[test]
fn serde_keeps_everything_and_refuses_what_it_does_not_know() {
    let config = LeNetConfig::lenet5_sizes()
        .with_images(3, 20, 31)
        .with_padding(Padding::Valid)
        .with_dropout(0.25);
    let text = serde_json::to_string(&config).unwrap();
    assert_eq!(serde_json::from_str::<LeNetConfig>(&text).unwrap(), config);
    let misspelt = text.replace("\"hidden\"", "\"hiden\"");
    assert!(serde_json::from_str::<LeNetConfig>(&misspelt).is_err());
}

#[test]
fn sizes_beyond_all_memory_are_refused() {
    let half = usize::MAX / 2;
    let good = LeNetConfig::lab_2017(4);
    for bad in [
        good.clone().with_images(half, 28, 28),
        good.clone().with_images(1, half, half),
        good.clone().with_filters([4, half]),
        good.clone().with_hidden([half, half]),
        good.clone().with_kernel(half | 1),
    ] {
        assert_eq!(bad.validate(), Err(ConfigError::TooLarge), "{bad:?}");
    }
}

#[test]
fn bad_fields_are_refused() {
    let good = LeNetConfig::lab_2017(4);
    assert!(good.validate().is_ok());
    for dropout in [-0.1, 1.0, f64::NAN] {
        let bad = LeNetConfig {
            dropout,
            ..good.clone()
        };
        assert!(
            matches!(bad.validate(), Err(ConfigError::Dropout { .. })),
            "{dropout}"
        );
    }
    let bad = LeNetConfig {
        filters: vec![0],
        ..good.clone()
    };
    assert!(bad.validate().unwrap_err().to_string().contains("filters"));
    let bad = LeNetConfig {
        hidden: vec![],
        dropout: 0.5,
        ..good
    };
    assert_eq!(bad.validate(), Err(ConfigError::NothingToDrop));
}
