//! `epochs.csv`: a row for each figure, trial and epoch.

use lenet_core::Trial;
use lenet_results::TrialRecord;

use crate::model::Figure;

/// Columns, in order.
pub(crate) const COLUMNS: [&str; 14] = [
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

/// The table as CSV. Rows are sorted by the columns up to the epoch, numbers by value; floats
/// are printed with the fewest digits that read back to the same value.
pub(crate) fn csv(figures: &[Figure]) -> Vec<u8> {
    let mut trials: Vec<(&str, &TrialRecord)> = figures
        .iter()
        .flat_map(|figure| {
            let with_epochs = figure
                .cells
                .iter()
                .flat_map(|c| c.done.iter().chain(&c.failed));
            with_epochs.map(|trial| (figure.id.as_str(), *trial))
        })
        .collect();
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
    let rows = trials
        .iter()
        .flat_map(|(figure, trial)| rows(figure, trial));
    table(&COLUMNS, rows)
}

fn rows<'a>(figure: &'a str, trial: &'a TrialRecord) -> impl Iterator<Item = Vec<String>> + 'a {
    let config = &trial.config;
    trial.epochs.iter().map(move |epoch| {
        vec![
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
    })
}

/// The number of filters that all stages have, or each stage's, as in `8x16`.
pub(crate) fn filters(config: &Trial) -> String {
    let all = &config.network.filters;
    match all.first() {
        Some(first) if all.iter().all(|f| f == first) => first.to_string(),
        _ => all
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("x"),
    }
}

/// A CSV file with a heading; fields are quoted where they must be.
pub(crate) fn table(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let sure = "rows have as many fields as the heading, and memory does not refuse";
    writer.write_record(columns).expect(sure);
    for row in rows {
        writer.write_record(row).expect(sure);
    }
    writer.into_inner().expect(sure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::figures;
    use crate::testing::{cell, lab_config, lab_study, rising, trial};

    fn read(bytes: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
        let mut reader = csv::Reader::from_reader(bytes);
        let owned = |r: &csv::StringRecord| r.iter().map(ToOwned::to_owned).collect::<Vec<_>>();
        let heading = owned(reader.headers().unwrap());
        (
            heading,
            reader.records().map(|r| owned(&r.unwrap())).collect(),
        )
    }

    #[test]
    fn every_figure_trial_and_epoch_has_its_row_in_order() {
        let (study, records) = lab_study(3);
        let (heading, rows) = read(&csv(&figures(&[study], &records)));
        assert_eq!(heading, COLUMNS);
        assert_eq!(rows.len(), 5 * 4 * 3 * 10);
        let key = |r: &Vec<String>| {
            let number = |i: usize| r[i].parse::<f64>().unwrap();
            (r[0].clone(), number(2), number(7), number(8))
        };
        assert!(rows.windows(2).all(|w| key(&w[0]) < key(&w[1])));
        assert_eq!(
            rows[0][..9],
            ["1", "sgd", "0.0001", "0", "true", "16", "128", "0", "1"]
        );
    }

    #[test]
    fn numbers_read_back_exactly() {
        let config = lab_config("sgd", 1e-7, 0.0);
        let accuracies = rising(1.0 / 3.0, 0.1 + 0.2, 7, 1);
        let mut record = trial(&config, 0, &accuracies);
        record.epochs[0].test_loss = f64::NAN;
        record.epochs[1].test_loss = f64::INFINITY;
        record.epochs[2].test_loss = f64::MIN_POSITIVE;
        let (mut study, _) = lab_study(1);
        study.figures.truncate(1);
        study.figures[0].cells = vec![cell("a, \"b\"", &record.config, 1)];
        let records = [record];
        let (_, rows) = read(&csv(&figures(&[study], &records)));
        assert_eq!(rows.len(), 7);
        for (row, epoch) in rows.iter().zip(&records[0].epochs) {
            let number = |i: usize| row[i].parse::<f64>().unwrap();
            assert_eq!(number(2), 1e-7);
            assert_eq!(number(9).to_bits(), epoch.train_loss.to_bits());
            assert_eq!(number(13).to_bits(), epoch.test_accuracy.to_bits());
            assert_eq!(number(12).to_bits(), epoch.test_loss.to_bits());
        }
    }

    #[test]
    fn stages_of_different_width_are_spelt_out() {
        let mut config = lab_config("sgd", 0.1, 0.0);
        assert_eq!(filters(&config), "16");
        config.network.filters = vec![8, 16];
        assert_eq!(filters(&config), "8x16");
    }
}
