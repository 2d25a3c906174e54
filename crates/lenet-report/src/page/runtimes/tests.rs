//! Which points the table has, and in which columns.

use lenet_results::{CellRecord, FigureRecord, RuntimeParameters, RuntimeRecord, StudyRecord};

use super::*;
use crate::records::runtime_figures::fill;
use crate::testing::{Grid, cell, in_series, record, study};

/// Runtimes with kernels of 3 and 5, and of 7, which no figure declares.
fn kernels() -> (Vec<RuntimeRecord>, StudyRecord) {
    let of = |kernel: usize| {
        let mut blank = Grid::cpu().point(8, 64, 0.0);
        blank.config.network.kernel = kernel;
        record(&blank, &[kernel as f64, kernel as f64 + 0.5])
    };
    let records: Vec<RuntimeRecord> = [3, 5, 7].into_iter().map(of).collect();
    let cells = records[..2].iter().map(|record| CellRecord {
        parameters: Some(record.parameters),
        execution: Some(record.execution.clone()),
        images: Some(record.images),
        ..cell(
            &format!("kernel = {}, batch_size = 64", record.config.network.kernel),
            &record.config,
            0,
        )
    });
    let mut study = study(&[], Vec::new());
    study.figures = vec![FigureRecord {
        axes: vec!["kernel".to_owned()],
        runtime: Some(RuntimeParameters::default()),
        search: None,
        cells: cells.collect(),
        ..study.figures.remove(0)
    }];
    (records, study)
}

#[test]
fn every_point_that_a_figure_declares_has_a_row() {
    let (records, study) = kernels();
    let runtimes = in_series(&records);
    let declared = fill(&[study], &runtimes);
    let html = points_table(&runtimes, &declared).into_string();
    for row in ["kernel = 3</td>", "3.250 (", "kernel = 5</td>", "5.250 ("] {
        assert!(html.contains(row), "{row}\n{html}");
    }
    assert!(!html.contains("7.250"), "{html}");
    assert!(!html.contains("published"), "{html}");
    let told = remarks(&runtimes, &declared).into_string();
    assert!(
        told.contains("1 point of other images or settings"),
        "{told}"
    );
}

#[test]
fn of_one_workload_the_settings_are_not_told() {
    let records = Grid::cpu().records(&[8], 2, |_, _, _, _| 1.0);
    let runtimes = in_series(&records);
    let html = points_table(&runtimes, &fill(&[], &runtimes)).into_string();
    assert!(
        !html.contains("settings") && html.contains("parameters"),
        "{html}"
    );
}

#[test]
fn a_figure_over_kernels_has_them_below_it() {
    let (records, study) = kernels();
    let runtimes = in_series(&records);
    let declared = fill(&[study], &runtimes);
    let figures = crate::figures::of_runtimes(&runtimes, &declared, &[]);
    let scene = &figures[0].sheet.panel_scenes()[0];
    let has = |wanted: &str| {
        scene.shapes.iter().any(
            |shape| matches!(shape, crate::plot::scene::Shape::Text(text) if text.text == wanted),
        )
    };
    assert!(has("kernel") && has("3") && has("5") && !has("7"));
}

/// Beside filters below it, kernels are curves of their own: one line through both would go up and down.
#[test]
fn kernels_beside_filters_make_curves() {
    let mut records = Vec::new();
    for (filters, kernel) in [(8, 3), (8, 5), (16, 3), (16, 5)] {
        let mut blank = Grid::cpu().point(filters, 64, 0.0);
        blank.config.network.kernel = kernel;
        records.push(record(&blank, &[1.0, 1.5]));
    }
    let cells = records.iter().map(|record| CellRecord {
        parameters: Some(record.parameters),
        execution: Some(record.execution.clone()),
        images: Some(record.images),
        ..cell(
            &format!(
                "filters = {}, kernel = {}",
                record.config.network.filters[0], record.config.network.kernel
            ),
            &record.config,
            0,
        )
    });
    let mut study = study(&[], Vec::new());
    study.figures = vec![FigureRecord {
        axes: vec!["filters".to_owned(), "kernel".to_owned()],
        runtime: Some(RuntimeParameters::default()),
        search: None,
        cells: cells.collect(),
        ..study.figures.remove(0)
    }];
    let runtimes = in_series(&records);
    let declared = fill(&[study], &runtimes);
    let figures = crate::figures::of_runtimes(&runtimes, &declared, &[]);
    let scene = figures[0].sheet.scene();
    let told = scene.shapes.iter().filter_map(|shape| match shape {
        crate::plot::scene::Shape::Text(text) => Some(text.text.as_str()),
        _ => None,
    });
    let told: String = told.collect::<Vec<_>>().join("; ");
    for kernel in ["kernel = 3", "kernel = 5"] {
        assert!(told.contains(kernel), "{kernel}\n{told}");
    }
    assert!(!told.contains("filters = 8"), "{told}");
}
