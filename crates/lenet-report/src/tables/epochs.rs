//! `epochs.csv`: a row for each figure, trial and epoch.

use lenet_core::Trial;
use lenet_results::TrialRecord;

use crate::records::cells::StudyFigure;
use crate::tables::table::Table;
use crate::text::joined;

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
        epochs.map(move |epoch| (*figure, &trial.config, epoch))
    });
    Table::of(rows)
        .text("figure", |(figure, _, _)| figure.to_string())
        .text("optimizer", |(_, c, _)| c.optimizer.name())
        .text("learning_rate", |(_, c, _)| c.learning_rate)
        .text("dropout_rate", |(_, c, _)| c.dropout.rate)
        .text("dropout_connected", |(_, c, _)| c.dropout.connected)
        .text("filters", |(_, c, _)| filters(c))
        .text("batch_size", |(_, c, _)| c.batch_size)
        .text("seed", |(_, c, _)| c.seed)
        .text("epoch", |(_, _, e)| e.epoch)
        .text("train_loss", |(_, _, e)| e.train_loss)
        .text("validation_loss", |(_, _, e)| e.validation_loss)
        .text("validation_accuracy", |(_, _, e)| e.validation_accuracy)
        .text("test_loss", |(_, _, e)| e.test_loss)
        .text("test_accuracy", |(_, _, e)| e.test_accuracy)
        .table()
}

/// The number of filters that all stages have, or the number of each stage: `8x16`.
pub(crate) fn filters(config: &Trial) -> String {
    let all = &config.network.filters;
    match all.first() {
        Some(first) if all.iter().all(|f| f == first) => first.to_string(),
        _ => joined(all.iter().map(ToString::to_string), "x"),
    }
}

#[cfg(test)]
mod tests;
