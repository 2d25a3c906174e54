//! The curves of the 2017 report, as read from its drawings.

use std::sync::LazyLock;

use lenet_core::{Optimizer, Trial};

const TABLE: &str = include_str!("../data/published_accuracy.csv");

static CURVES: LazyLock<Vec<Curve>> = LazyLock::new(parse);

/// One published run: accuracies after each epoch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Curve {
    figure: String,
    optimizer: String,
    learning_rate: f64,
    /// After epoch 1, 2, …
    pub(crate) validation: Vec<f64>,
    /// After epoch 1, 2, …
    pub(crate) test: Vec<f64>,
}

/// The published run of `figure` that `config` repeats: same optimizer and learning rate, and
/// the network, batch size and data that all of the published accuracy figures share. Whether
/// there was dropout is left to the figure, since the report says one thing and its code did
/// another.
pub(crate) fn curve(figure: &str, config: &Trial) -> Option<&'static Curve> {
    if !shares_the_setting(config) {
        return None;
    }
    CURVES.iter().find(|c| {
        c.figure == figure
            && c.optimizer == config.optimizer.name()
            && c.learning_rate == config.learning_rate
    })
}

/// Whether everything that figures 1 to 3 of the report hold fixed, the amount of data and the
/// number of epochs aside, is as it was there.
pub(crate) fn shares_the_setting(config: &Trial) -> bool {
    let network = &config.network;
    let schedule = serde_json::to_value(config.schedule).ok();
    let constant = serde_json::json!({"warmup_epochs": 0.0, "decay": {"kind": "constant"}});
    let optimizer = match config.optimizer {
        Optimizer::SGD => true,
        Optimizer::Adam {
            beta1,
            beta2,
            epsilon,
        } => (beta1, beta2, epsilon) == (0.9, 0.999, 1e-8),
        _ => false,
    };
    optimizer
        && config.data.source == "mnist"
        && network.filters == [16, 16]
        && network.kernel == 3
        && network.hidden == [128]
        && config.batch_size == 128
        && schedule == Some(constant)
}

fn parse() -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    for line in TABLE.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let &[figure, optimizer, _, rate, split, _, accuracy] = cells.as_slice() else {
            unreachable!("the checked-in table has seven columns: {line}");
        };
        let number = |text: &str| {
            text.parse::<f64>()
                .expect("the checked-in table holds numbers")
        };
        let learning_rate = number(rate);
        let same = |c: &&mut Curve| c.figure == figure && c.learning_rate == learning_rate;
        let curve = match curves.iter_mut().find(same) {
            Some(curve) => curve,
            None => {
                curves.push(Curve {
                    figure: figure.to_owned(),
                    optimizer: optimizer.to_owned(),
                    learning_rate,
                    validation: Vec::new(),
                    test: Vec::new(),
                });
                curves.last_mut().expect("just pushed")
            }
        };
        match split {
            "validation" => curve.validation.push(number(accuracy)),
            _ => curve.test.push(number(accuracy)),
        }
    }
    curves
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::lab_config;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(CURVES.len(), 12);
        for curve in CURVES.iter() {
            assert_eq!(
                (curve.validation.len(), curve.test.len()),
                (10, 10),
                "{curve:?}"
            );
            assert!(
                curve.test.iter().all(|a| (0.0..=1.0).contains(a)),
                "{curve:?}"
            );
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
}
