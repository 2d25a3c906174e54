//! Names, shapes, and what cannot be run.

use super::*;
use crate::{Decay, Padding, Samples, Stages, Validation, ValidationDraw};

#[test]
fn every_problem_is_named_at_once() {
    assert_eq!(Trial::default().validate(), []);
    let step = Decay::Step {
        every_epochs: 0.0,
        gamma: -1.0,
    };
    let wrong = Trial {
        learning_rate: f64::NAN,
        batch_size: 0,
        epochs: 0,
        data: Data {
            validation: Validation::first(0),
            ..Data::default()
        },
        dropout: Dropout::connected(1.0),
        network: Architecture {
            hidden: vec![],
            stages: Stages {
                padding: Padding::Valid,
                ..Stages::USUAL
            },
            ..Architecture::default()
        },
        optimizer: Optimizer {
            rule: crate::Rule::Momentum { momentum: 1.0 },
            weight_decay: 0.0,
        },
        schedule: Schedule {
            warmup_epochs: -1.0,
            decay: step,
        },
        early_stop: EarlyStop::After(Patience {
            epochs: 0,
            min_delta: -1.0,
        }),
        precision: Precision::Tf32,
        ..Trial::default()
    };
    let problems = wrong.validate();
    let paths: Vec<_> = problems.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "learning_rate",
            "batch_size",
            "epochs",
            "data.validation",
            "dropout.rate",
            "dropout",
            "optimizer.momentum",
            "schedule.warmup_epochs",
            "schedule.decay.every_epochs",
            "schedule.decay.gamma",
            "early_stop.patience",
            "early_stop.min_delta",
            "precision",
            "padding",
        ]
    );
    assert_eq!(
        problems[0].to_string(),
        "`learning_rate`: NaN: give a finite number above 0, e.g. 0.1"
    );
}

#[test]
fn a_shape_is_what_chooses_code() {
    let base = Trial::default();
    let same: [&dyn Fn(&mut Trial); 6] = [
        &|t| t.seed = 2,
        &|t| t.learning_rate = 0.5,
        &|t| t.optimizer = Optimizer::ADAM,
        &|t| t.dropout = Dropout::connected(0.5),
        &|t| t.schedule.warmup_epochs = 1.0,
        &|t| t.epochs = 3,
    ];
    for change in same {
        let mut other = base.clone();
        change(&mut other);
        assert_eq!(base.shape(), other.shape());
        assert_eq!(base.shape().difference(&other.shape()), None);
    }
    type Change<'c> = (&'static str, &'c dyn Fn(&mut Trial));
    let differing: [Change<'_>; 9] = [
        ("network", &|t| t.network.filters = vec![16]),
        ("network", &|t| t.network.kernel = 5),
        ("batch_size", &|t| t.batch_size = 64),
        ("backend", &|t| t.backend = Backend::Stock),
        ("device", &|t| t.device = DeviceKind::Cuda),
        ("precision", &|t| t.precision = Precision::Tf32),
        ("data", &|t| t.data.validation.draw = ValidationDraw::Seed),
        ("data", &|t| t.data.samples = Samples::Drawn(10)),
        ("data", &|t| t.data.source = "idx:1".into()),
    ];
    for (setting, change) in differing {
        let mut other = base.clone();
        change(&mut other);
        assert_ne!(base.shape(), other.shape(), "{setting}");
        assert_eq!(base.shape().difference(&other.shape()), Some(setting));
    }
}
