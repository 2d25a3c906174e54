//! Rows and digits of `epochs.csv`.

use lenet_core::{Optimizer, Rule};

use super::*;
use crate::records::index::fill;
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
    let (figures, index) = fill(&[study], &records);
    let (heading, rows) = read(&table(&figures, &index.names).csv());
    let wanted = "figure,optimizer,learning_rate,dropout_rate,dropout_connected,filters,batch_size,\
                  seed,epoch,train_loss,validation_loss,validation_accuracy,test_loss,test_accuracy,\
                  identity";
    assert_eq!(heading.join(","), wanted);
    let identities: std::collections::BTreeSet<&str> =
        rows.iter().map(|r| r[14].as_str()).collect();
    assert_eq!(identities.len(), records.len());
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

/// Axes that have no column of their own must still tell the rows apart.
#[test]
fn every_setting_that_varies_has_a_column() {
    let base = Trial {
        epochs: 1,
        ..lab_config("sgd", 0.1, 0.0)
    };
    let mut others = [base.clone(), base.clone(), base.clone()];
    others[0].network.kernel = 5;
    others[1].optimizer = Optimizer::new(Rule::Momentum { momentum: 0.5 });
    others[2].optimizer = Optimizer::MOMENTUM;
    let (mut study, _) = lab_study(1);
    study.figures.truncate(1);
    let all: Vec<&Trial> = std::iter::once(&base).chain(&others).collect();
    study.figures[0].cells = all.iter().map(|config| cell("", config, 1)).collect();
    let records: Vec<_> = all.iter().map(|config| trial(config, 0, &[0.5])).collect();
    let (figures, index) = fill(&[study], &records);
    let (heading, rows) = read(&table(&figures, &index.names).csv());
    assert_eq!(
        heading[14..],
        ["optimizer_parameters", "kernel", "identity"]
    );
    let mut told: Vec<_> = rows.iter().map(|row| row[14..16].join("/")).collect();
    told.sort();
    assert_eq!(
        told,
        ["momentum (momentum 0.5)/3", "momentum/3", "sgd/3", "sgd/5"]
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
    let (figures, index) = fill(&[study], &records);
    let (_, rows) = read(&table(&figures, &index.names).csv());
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
