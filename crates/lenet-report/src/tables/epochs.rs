//! `epochs.csv`: a row for each figure, trial and epoch.

use std::rc::Rc;

use lenet_core::{Names, Settings, Trial};
use lenet_results::TrialRecord;

use crate::records::cells::StudyFigure;
use crate::tables::table::Table;
use crate::text::{joined, or_empty};

/// Rows are sorted by the columns up to the epoch, numbers by value. Floats have the fewest digits
/// that read back to the same value.
/// Last come the settings that vary within the report and have no column yet, and the trial's identity.
pub(crate) fn table(figures: &[StudyFigure], names: &Names) -> Table {
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
        let settings = Rc::new(Settings::of(&trial.config));
        epochs.map(move |epoch| (*figure, *trial, epoch, Rc::clone(&settings)))
    });
    let mut table = Table::of(rows)
        .text("figure", |(figure, ..)| figure.to_string())
        .text("optimizer", |(_, t, ..)| t.config.optimizer.name())
        .text("learning_rate", |(_, t, ..)| t.config.learning_rate)
        .text("dropout_rate", |(_, t, ..)| t.config.dropout.rate)
        .text("dropout_connected", |(_, t, ..)| t.config.dropout.connected)
        .text("filters", |(_, t, ..)| filters(&t.config))
        .text("batch_size", |(_, t, ..)| t.config.batch_size)
        .text("seed", |(_, t, ..)| t.config.seed)
        .text("epoch", |(_, _, e, _)| e.epoch)
        .text("train_loss", |(_, _, e, _)| e.train_loss)
        .text("validation_loss", |(_, _, e, _)| e.validation_loss)
        .text("validation_accuracy", |(_, _, e, _)| e.validation_accuracy)
        .text("test_loss", |(_, _, e, _)| e.test_loss)
        .text("test_accuracy", |(_, _, e, _)| e.test_accuracy);
    let told = ["learning_rate", "filters", "batch_size", "dropout"];
    let special =
        |trial: &&TrialRecord| trial.config.optimizer.to_string() != trial.config.optimizer.name();
    let has_special = trials.iter().any(|(_, trial)| special(trial));
    for name in names.varying().iter().filter(|name| !told.contains(name)) {
        let heading = match (*name, has_special) {
            // The column of the optimizer has its name alone.
            ("optimizer", true) => "optimizer_parameters",
            ("optimizer", false) => continue,
            (name, _) => name,
        };
        let text = |settings: &Settings| settings.text_of(name);
        table = table.text(heading, |(.., settings)| or_empty(text(settings)));
    }
    table
        .text("identity", |(_, t, ..)| t.identity.clone())
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
