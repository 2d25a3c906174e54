//! The published tables of `lab-2017`, as its file has them.

use std::path::Path;

use lenet_results::{PublishedPoint, PublishedRecord, PublishedSeries};

/// A table of `configs/lab-2017`, for the cells of these learning rates.
pub(crate) fn published(table: &str, rates: &[f64]) -> PublishedRecord {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs/lab-2017");
    let mut reader = csv::Reader::from_path(folder.join(format!("{table}.csv"))).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let mut series: Vec<PublishedSeries> = (0..rates.len())
        .map(|cell| PublishedSeries {
            cells: vec![cell],
            points: Vec::new(),
        })
        .collect();
    for row in reader.records().map(Result::unwrap) {
        let rate: f64 = row[at("learning_rate")].parse().unwrap();
        let cell = rates.iter().position(|known| *known == rate).unwrap();
        let value = |name: &str| (name.to_owned(), row[at(name)].parse().unwrap());
        series[cell].points.push(PublishedPoint {
            epoch: Some(row[at("epoch")].parse().unwrap()),
            values: ["validation_accuracy", "test_accuracy"].map(value).into(),
        });
    }
    PublishedRecord {
        source: "the report of 2017, one run each".to_owned(),
        precision: "read from the drawings of the report, to about ±0.0002".to_owned(),
        series,
    }
}
