//! Settings laid over each other, taken apart, completed and compared.

use super::*;
use crate::data::Samples;
use crate::schedule::{Decay, Schedule};
use crate::trial::Patience;

/// Every setting, none at its usual value.
fn whole() -> Settings {
    Settings {
        filters: Some(vec![4, 8]),
        kernel: Some(5),
        hidden: Some(vec![32, 16]),
        padding: Some(Padding::Valid),
        stride: Some(2),
        pooling: Some(Pooling::Last),
        dropout: Some(Dropout {
            rate: 0.25,
            connected: false,
        }),
        optimizer: Some(Optimizer::ADAM),
        weight_decay: Some(0.5),
        learning_rate: Some(0.25),
        schedule: Some(Schedule {
            warmup_epochs: 1.0,
            decay: Decay::Cosine { floor: 0.0 },
        }),
        batch_size: Some(64),
        epochs: Some(3),
        samples: Some(Samples::Drawn(500)),
        validation: Some(Validation::first(250)),
        early_stop: Some(EarlyStop::After(Patience {
            epochs: 2,
            min_delta: 0.5,
        })),
        backend: Some(Backend::Stock),
        device: Some(DeviceKind::Cuda),
        precision: Some(Precision::Tf32),
        data: Some("folder".to_owned()),
        placement: Some(DataPlacement::Resident),
        threads: Some(7),
        trials: Some(9),
    }
}

#[test]
fn every_setting_can_be_taken_alone_and_left_out() {
    let whole = whole();
    assert_eq!(whole.given(), Settings::NAMES);
    for name in Settings::NAMES {
        let alone = whole.only(&[name]);
        assert_eq!(alone.given(), [*name]);
        let rest = whole.without(&[name]);
        assert_eq!(rest.given().len(), Settings::NAMES.len() - 1, "{name}");
        assert!(!rest.given().contains(name));
        // Both parts together are the whole again.
        assert_eq!(rest.overlaid(&alone), whole, "{name}");
        assert_eq!(alone.overlaid(&rest), whole, "{name}");
        let text = whole.text_of(name);
        assert!(text.as_ref().is_some_and(|text| !text.is_empty()), "{name}");
        assert_eq!(
            alone.label(),
            format!("{name} = {}", text.unwrap_or_default())
        );
        assert_eq!(rest.text_of(name), None, "{name}");
    }
    assert_eq!(whole.only(&[]), Settings::default());
    assert_eq!(whole.without(&[]), whole);
    assert_eq!(
        whole.only(&["filters", "epochs"]).given(),
        ["filters", "epochs"]
    );
    assert_eq!(whole.without(Settings::NAMES), Settings::default());
    assert_eq!(whole.text_of("seed"), None);
}

#[test]
fn texts_are_those_of_the_labels() {
    let whole = whole();
    let texts = [
        ("filters", "[4, 8]"),
        ("kernel", "5"),
        ("hidden", "[32, 16]"),
        ("padding", "valid"),
        ("stride", "2"),
        ("pooling", "last"),
        ("dropout", "0.25 (not connected)"),
        ("optimizer", "adam"),
        ("weight_decay", "0.5"),
        ("learning_rate", "0.25"),
        ("samples", "500"),
        ("validation", "250"),
        ("early_stop", "2 epochs (min_delta 0.5)"),
        ("backend", "stock"),
        ("device", "cuda"),
        ("precision", "tf32"),
        ("data", "folder"),
        ("placement", "resident"),
        ("threads", "7"),
        ("trials", "9"),
    ];
    for (name, expected) in texts {
        assert_eq!(whole.text_of(name).as_deref(), Some(expected), "{name}");
    }
}

#[test]
fn settings_fit_a_whole_that_has_each_of_them() {
    let whole = whole();
    assert!(Settings::default().fits(&whole));
    assert!(whole.fits(&whole));
    let other = Settings::default().complete();
    for name in Settings::NAMES {
        let alone = whole.only(&[name]);
        assert!(alone.fits(&whole), "{name}");
        assert!(!alone.fits(&other), "{name}");
        // One that is left open there fits nothing that is given here.
        assert!(!alone.fits(&whole.without(&[name])), "{name}");
        // All others are equal.
        let changed = whole.overlaid(&other.only(&[name]));
        assert_eq!(whole.fits(&changed), changed == whole, "{name}");
    }
    // A table with all of a kind's usual parameters is its name.
    let adam = Settings {
        optimizer: Some(Optimizer::ADAM),
        ..Settings::default()
    };
    assert!(adam.fits(&adam.complete()));
    let sgd = Settings {
        optimizer: Some(Optimizer::SGD),
        ..Settings::default()
    };
    assert!(sgd.fits(&other) && !adam.fits(&other));
}

#[test]
fn what_is_completed_is_what_is_resolved() {
    let complete = Settings::default().complete();
    let open: Vec<&str> = Settings::NAMES
        .iter()
        .copied()
        .filter(|name| !complete.given().contains(name))
        .collect();
    assert_eq!(open, Settings::OF_RUNTIME);
    assert_eq!(
        complete.resolve(MNIST, 5),
        Settings::default().resolve(MNIST, 5)
    );
    assert_eq!(complete.data.as_deref(), Some(MNIST));
    let whole = whole();
    assert_eq!(whole.complete(), whole);
    // Completing twice changes nothing.
    let adam = Settings {
        optimizer: Some(Optimizer::ADAM),
        weight_decay: Some(0.125),
        ..Settings::default()
    };
    let once = adam.complete();
    assert_eq!(once.complete(), once);
    assert_eq!(once.learning_rate, Some(0.001));
    // The decay stands apart, and the optimizer as it was written.
    assert_eq!(
        (once.weight_decay, once.optimizer),
        (Some(0.125), Some(Optimizer::ADAM))
    );
    assert_eq!(once.resolve(MNIST, 1), adam.resolve(MNIST, 1));
    let adamw = Settings {
        optimizer: Some(Optimizer::ADAMW),
        ..Settings::default()
    };
    let own = Optimizer::ADAMW.weight_decay;
    assert!(own > 0.0);
    assert_eq!(adamw.complete().weight_decay, Some(own));
}

#[test]
fn a_weight_decay_is_given_once() {
    let problem = |own: Option<f64>, beside: Option<f64>| {
        let settings = Settings {
            optimizer: Some(Optimizer {
                weight_decay: own.unwrap_or(Optimizer::ADAMW.weight_decay),
                ..Optimizer::ADAMW
            }),
            weight_decay: beside,
            ..Settings::default()
        };
        settings.problem().map(|problem| problem.to_string())
    };
    let usual = Optimizer::ADAMW.weight_decay;
    assert_eq!(problem(None, None), None);
    assert_eq!(problem(None, Some(0.25)), None);
    assert_eq!(problem(Some(0.5), None), None);
    // Equal ones contradict each other in nothing, and the usual one may not have been written.
    assert_eq!(problem(Some(0.5), Some(0.5)), None);
    assert_eq!(problem(Some(usual), Some(0.5)), None);
    let words = "`weight_decay`: it is 0.25 beside the optimizer's own of 0.5; keep one of them";
    assert_eq!(problem(Some(0.5), Some(0.25)).as_deref(), Some(words));
    let words = "`weight_decay`: it is 0 beside the optimizer's own of 0.5; keep one of them";
    assert_eq!(problem(Some(0.5), Some(0.0)).as_deref(), Some(words));
    // Of a decay without an optimizer nothing is wrong.
    let alone = Settings {
        weight_decay: Some(0.25),
        ..Settings::default()
    };
    assert_eq!(alone.problem(), None);
}
