//! The accuracy curves of the report, read from its drawings.

use std::sync::LazyLock;

use lenet_results::TrialConfig;

use crate::lab2017::setting::shares_the_setting;

const TABLE: &str = include_str!("../../data/published_accuracy.csv");

static CURVES: LazyLock<Vec<PublishedCurve>> = LazyLock::new(parse);

/// The accuracies of one published run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PublishedCurve {
    figure: String,
    optimizer: String,
    learning_rate: f64,
    /// After epoch 1, 2, …
    pub(crate) validation: Vec<f64>,
    /// After epoch 1, 2, …
    pub(crate) test: Vec<f64>,
}

/// The published run of `figure` that `config` repeats. Both have the same optimizer and learning rate,
/// and the setting that all published accuracy figures share. Dropout is not compared, because the
/// report says one thing and its code did another.
pub(crate) fn curve(figure: &str, config: &TrialConfig) -> Option<&'static PublishedCurve> {
    if !shares_the_setting(config) {
        return None;
    }
    CURVES.iter().find(|c| {
        c.figure == figure
            && c.optimizer == config.optimizer.name()
            && c.learning_rate == config.learning_rate
    })
}

fn parse() -> Vec<PublishedCurve> {
    let mut curves: Vec<PublishedCurve> = Vec::new();
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
        let same = |c: &&mut PublishedCurve| c.figure == figure && c.learning_rate == learning_rate;
        let curve = match curves.iter_mut().find(same) {
            Some(curve) => curve,
            None => {
                curves.push(PublishedCurve {
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
mod tests;
