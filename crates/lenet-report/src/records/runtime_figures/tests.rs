//! Which cells a figure of runtimes has.

use lenet_results::{
    CellRecord, LeftOut, PublishedPoint, PublishedRecord, PublishedSeries, RuntimeParameters,
    RuntimeRecord,
};

use super::*;
use crate::testing::{Grid, in_series, record, study};

fn cell(record: &RuntimeRecord) -> CellRecord {
    CellRecord {
        label: format!("filters = {}", record.filters()),
        config: record.config.clone(),
        images: Some(record.images),
        parameters: Some(record.parameters),
        execution: Some(record.execution.clone()),
        trials: Vec::new(),
    }
}

fn series(cells: &[usize], seconds: f64) -> PublishedSeries {
    PublishedSeries {
        cells: cells.to_vec(),
        points: vec![PublishedPoint {
            epoch: None,
            values: [("seconds".to_owned(), seconds)].into(),
        }],
    }
}

/// A study with one cell here and one that only another machine can measure.
fn declared() -> (StudyRecord, [RuntimeRecord; 2]) {
    let here = record(&Grid::cpu().point(8, 64, 0.0), &[1.0]);
    let there = record(&Grid::gpu().point(16, 64, 0.0), &[1.0]);
    let mut study = study(&[], Vec::new());
    study.figures = vec![FigureRecord {
        id: "4".to_owned(),
        title: "t".to_owned(),
        axes: vec!["filters".to_owned()],
        notes: "n".to_owned(),
        draw: Vec::new(),
        published: None,
        published_data: Some(PublishedRecord {
            source: "a paper".to_owned(),
            precision: "as printed".to_owned(),
            series: vec![series(&[1], 7.0), series(&[0], 3.0)],
        }),
        runtime: Some(RuntimeParameters::default()),
        search: None,
        cells: vec![cell(&here)],
        left_out: vec![LeftOut {
            label: "filters = 16".to_owned(),
            reason: "no GPU".to_owned(),
            cell: Some(Box::new(cell(&there))),
        }],
    }];
    (study, [here, there])
}

#[test]
fn cells_left_out_keep_their_published_numbers() {
    let (study, [here, there]) = declared();
    let runtimes = Runtimes::default();
    let figures = fill(&[study], &runtimes);
    let told: Vec<(&str, Option<f64>)> = figures[0]
        .cells
        .iter()
        .map(|cell| (cell.key.as_str(), cell.published))
        .collect();
    let (here, there) = (here.cell(), there.cell());
    assert_eq!(
        told,
        [(here.as_str(), Some(3.0)), (there.as_str(), Some(7.0))]
    );
    assert_eq!(figures[0].notes, "n");
}

#[test]
fn parts_of_one_study_are_one_figure() {
    let (study, [_, there]) = declared();
    let mut other = study.clone();
    other.figures[0].cells = vec![cell(&there)];
    other.figures[0].left_out.clear();
    let runtimes = Runtimes::default();
    let figures = fill(&[study, other], &runtimes);
    assert_eq!(figures.len(), 1);
    assert_eq!(figures[0].cells.len(), 2);
}

#[test]
fn runtimes_of_no_study_make_a_figure_for_each_batch_size() {
    let records = Grid::cpu().records(&[8, 16], 2, |f, b, _, _| f as f64 / b as f64);
    let figures = fill(&[], &in_series(&records));
    let ids: Vec<(&str, usize)> = figures
        .iter()
        .map(|f| (f.id.as_str(), f.cells.len()))
        .collect();
    assert_eq!(ids, [("batch-64", 4), ("batch-16", 4)]);
}
