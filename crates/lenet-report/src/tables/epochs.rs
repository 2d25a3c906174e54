//! `epochs.csv`: a row for each figure, trial and epoch.

use lenet_results::{EpochRecord, TrialConfig, TrialRecord};

use crate::records::cells::StudyFigure;
use crate::tables::table::Table;
use crate::text::joined;

const COLUMNS: [&str; 14] = [
    "figure",
    "optimizer",
    "learning_rate",
    "dropout_rate",
    "dropout_connected",
    "filters",
    "batch_size",
    "seed",
    "epoch",
    "train_loss",
    "validation_loss",
    "validation_accuracy",
    "test_loss",
    "test_accuracy",
];

/// Rows are sorted by the columns up to the epoch, numbers by value. Floats have the fewest digits
/// that read back to the same value.
pub(crate) fn table(figures: &[StudyFigure]) -> Table {
    let mut trials: Vec<(&str, &TrialRecord)> = Vec::new();
    for figure in figures {
        let with_epochs = figure.cells.iter();
        let with_epochs = with_epochs.flat_map(|c| c.done.iter().chain(&c.failed));
        trials.extend(with_epochs.map(|trial| (figure.id.as_str(), *trial)));
    }
    trials.sort_by(|(figure_a, a), (figure_b, b)| {
        let (ca, cb) = (&a.config, &b.config);
        figure_a
            .cmp(figure_b)
            .then_with(|| ca.optimizer.name().cmp(cb.optimizer.name()))
            .then_with(|| ca.learning_rate.total_cmp(&cb.learning_rate))
            .then_with(|| ca.dropout.rate.total_cmp(&cb.dropout.rate))
            .then_with(|| ca.dropout.connected.cmp(&cb.dropout.connected))
            .then_with(|| ca.network.filters.cmp(&cb.network.filters))
            .then_with(|| ca.batch_size.cmp(&cb.batch_size))
            .then_with(|| ca.seed.cmp(&cb.seed))
            .then_with(|| a.identity.cmp(&b.identity))
    });
    let rows = trials.iter().flat_map(|(figure, trial)| {
        let epochs = trial.epochs.iter();
        epochs.map(|epoch| row(figure, &trial.config, epoch))
    });
    Table::of_text(&COLUMNS, rows)
}

fn row(figure: &str, config: &TrialConfig, epoch: &EpochRecord) -> [String; 14] {
    [
        figure.to_owned(),
        config.optimizer.name().to_owned(),
        config.learning_rate.to_string(),
        config.dropout.rate.to_string(),
        config.dropout.connected.to_string(),
        filters(config),
        config.batch_size.to_string(),
        config.seed.to_string(),
        epoch.epoch.to_string(),
        epoch.train_loss.to_string(),
        epoch.validation_loss.to_string(),
        epoch.validation_accuracy.to_string(),
        epoch.test_loss.to_string(),
        epoch.test_accuracy.to_string(),
    ]
}

/// The number of filters that all stages have, or the number of each stage: `8x16`.
pub(crate) fn filters(config: &TrialConfig) -> String {
    let all = &config.network.filters;
    match all.first() {
        Some(first) if all.iter().all(|f| f == first) => first.to_string(),
        _ => joined(all.iter().map(ToString::to_string), "x"),
    }
}

#[cfg(test)]
mod tests;
