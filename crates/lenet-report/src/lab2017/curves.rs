//! The accuracy curves of the report, read from its drawings.

use std::sync::LazyLock;

use lenet_core::Trial;
use serde::Deserialize;

use crate::lab2017::runs::rows;
use crate::lab2017::setting::shares_the_setting;

const TABLE: &str = include_str!("../../data/published_accuracy.csv");

static ACCURACIES: LazyLock<Vec<PublishedAccuracy>> = LazyLock::new(|| rows(TABLE));

/// A row of the table.
#[derive(Debug, Deserialize)]
struct PublishedAccuracy {
    figure: String,
    optimizer: String,
    learning_rate: f64,
    split: String,
    accuracy: f64,
}

/// The accuracies of one published run after epoch 1, 2 and so on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PublishedCurve {
    pub(crate) validation: Vec<f64>,
    pub(crate) test: Vec<f64>,
}

/// The published run of `figure` that `config` repeats. Both have the same optimizer and learning rate,
/// and the setting that all published accuracy figures share. Dropout is not compared, because the
/// report says one thing and its code did another.
pub(crate) fn curve(figure: &str, config: &Trial) -> Option<PublishedCurve> {
    let of = |split: &str| -> Vec<f64> {
        let own = |row: &&PublishedAccuracy| {
            row.figure == figure
                && row.optimizer == config.optimizer.name()
                && row.learning_rate == config.learning_rate
                && row.split == split
        };
        let own = ACCURACIES.iter().filter(own);
        own.map(|row| row.accuracy).collect()
    };
    let curve = || PublishedCurve {
        validation: of("validation"),
        test: of("test"),
    };
    let known = |curve: &PublishedCurve| !curve.test.is_empty();
    shares_the_setting(config).then(curve).filter(known)
}

#[cfg(test)]
mod tests;
