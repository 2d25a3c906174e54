//! Series, workloads and points that were measured twice.

use super::*;
use crate::testing::{Grid, in_series, record, workload};
use lenet_core::{Optimizer, Padding, Precision};

fn labels(records: &[RuntimeRecord]) -> Vec<String> {
    let found = in_series(records);
    found.series.into_iter().map(|s| s.label).collect()
}

#[test]
fn labels_say_what_differs_and_no_more() {
    let on = |grid: Grid| record(&grid.point(8, 64, 0.0), &[1.0]);
    assert_eq!(labels(&[on(Grid::cpu())]), ["CPU, fused"]);
    let mut all = vec![on(Grid::gpu().resident()), on(Grid::gpu()), on(Grid::cpu())];
    let devices = [
        "CPU, fused",
        "A GPU, stock, streamed",
        "A GPU, stock, resident",
    ];
    assert_eq!(labels(&all), devices);

    let mut elsewhere = on(Grid::cpu());
    elsewhere.sessions[0].environment.host = "other".to_owned();
    elsewhere.execution.threads = 16;
    all.push(elsewhere);
    assert_eq!(
        labels(&all),
        [
            "CPU, fused, 2 threads, on bench",
            "CPU, fused, 16 threads, on other",
            "A GPU, stock, streamed, on bench",
            "A GPU, stock, resident, on bench",
        ]
    );
}

#[test]
fn another_build_is_another_series() {
    let mut later = record(&Grid::cpu().point(8, 64, 0.0), &[0.5]);
    later.sessions[0].environment.revision = "def5678".to_owned();
    let records = [record(&Grid::cpu().point(8, 64, 0.0), &[1.0]), later];
    assert_eq!(
        labels(&records),
        [
            "CPU, fused, revision abc1234",
            "CPU, fused, revision def5678"
        ]
    );
}

#[test]
fn a_copy_counts_once_and_a_second_measurement_is_told() {
    let point = Grid::cpu().point(8, 64, 0.0);
    let (first, second) = (record(&point, &[1.0, 1.2]), record(&point, &[1.5]));
    let records = [first.clone(), first, second];
    let found = in_series(&records);
    assert_eq!((found.points.len(), found.repeats.len()), (1, 1));
    assert_eq!((found.repeats[0].shown, found.repeats[0].again), (1.1, 1.5));
}

#[test]
fn the_preferred_workload_is_the_main_one() {
    let small = Grid {
        samples: 2_000,
        ..Grid::cpu()
    };
    let mut records = small.records(&[8, 16], 2, |_, _, _, _| 1.0);
    assert_eq!(in_series(&records).main().count(), 8);
    records.push(record(&Grid::cpu().point(8, 64, 0.0), &[5.0]));
    let found = in_series(&records);
    assert_eq!(found.workload, Some(workload()));
    assert_eq!((found.main().count(), found.points.len()), (1, 9));
    assert_eq!(found.points[0].record.images.train, 10_000);
    let main: Vec<f64> = found.main().map(|p| p.summary.median).collect();
    assert_eq!(main, [5.0]);
}

/// Times of other networks and optimizers are no points of the report's curves, and no second
/// measurement of one.
#[test]
fn other_settings_stand_beside_the_main_points() {
    let mut records = Grid::cpu().records(&[8, 16], 2, |_, _, _, _| 1.0);
    type Change = fn(&mut RuntimeRecord);
    let changes: [(Change, &str); 8] = [
        (|r| r.config.optimizer = Optimizer::ADAM, "optimizer = adam"),
        (|r| r.config.network.kernel = 5, "kernel = 5"),
        (|r| r.config.network.hidden = vec![64], "hidden = 64"),
        (
            |r| r.config.network.filters = vec![8, 16],
            "filters = [8, 16]",
        ),
        (
            |r| (r.config.dropout.rate, r.config.dropout.connected) = (0.5, false),
            "dropout = 0.5 (not connected)",
        ),
        (|r| r.config.precision = Precision::Tf32, "precision = tf32"),
        (
            |r| r.config.network.stages.padding = Padding::Valid,
            "padding = valid",
        ),
        (|r| r.config.network.stages.stride = 2, "stride = 2"),
    ];
    for (change, _) in changes {
        let mut other = record(&Grid::cpu().point(8, 64, 0.0), &[9.0, 9.0]);
        change(&mut other);
        records.push(other);
    }
    let found = in_series(&records);
    assert_eq!((found.main().count(), found.points.len()), (8, 8 + 8));
    assert!(found.repeats.is_empty());
    assert_eq!(main_median(&found, 8, 64), 1.0);
    let mut told: Vec<String> = found
        .points
        .iter()
        .map(|p| other_settings(p.record))
        .collect();
    told.retain(|text| !text.is_empty());
    let mut expected = changes.map(|(_, text)| text.to_owned()).to_vec();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
}

#[test]
fn trials_together_are_points_beside_those_of_one() {
    let mut records = Grid::gpu().records(&[8, 16], 2, |_, _, _, _| 1.0);
    let mut point = Grid::gpu().point(8, 64, 0.0);
    point.execution.trials = 80;
    records.push(record(&point, &[20.0, 20.0]));
    let found = in_series(&records);
    assert_eq!((found.main().count(), found.points.len()), (8, 9));
    assert!(found.repeats.is_empty() && found.series.len() == 1);
    assert_eq!(main_median(&found, 8, 64), 1.0);
    let last = &found.points[8];
    assert_eq!(last.record.execution.trials, 80);
    // Training takes three quarters of the time.
    assert_eq!(last.summary.train_images_per_second, 800_000.0 / 15.0);
    let one = &found.points[0].summary;
    assert_eq!(last.summary.flops_per_second, 4.0 * one.flops_per_second);
}

#[test]
fn the_order_of_records_does_not_matter() {
    let mut records = Grid::cpu().records(&[8, 16], 2, |f, b, _, _| (f * b) as f64);
    records.extend(Grid::gpu().records(&[8], 2, |_, _, _, _| 1.0));
    let order = |records: &[RuntimeRecord]| -> Vec<String> {
        let found = in_series(records);
        found.points.iter().map(|p| p.record.identity()).collect()
    };
    let first = order(&records);
    records.reverse();
    assert_eq!(order(&records), first);
    let found = in_series(&records);
    assert_eq!(found.batch_sizes(), [64, 16]);
    assert_eq!(found.dropout(), Some(0.5));
}

#[test]
fn what_has_no_time_is_named_and_left_out() {
    let point = |filters| Grid::cpu().point(filters, 64, 0.0);
    let mut nowhere = record(&point(32), &[1.0]);
    nowhere.sessions.clear();
    let records = [
        record(&point(8), &[]),
        record(&point(16), &[1.0, f64::NAN]),
        nowhere,
    ];
    let found = in_series(&records);
    assert!(found.points.is_empty() && found.series.is_empty());
    assert_eq!((found.unusable.len(), &found.workload), (3, &None));
    assert!(
        found
            .unusable
            .iter()
            .any(|u| u.point.contains("16 filters") && u.reason.contains("NaN"))
    );
    assert!(in_series(&[]).points.is_empty());
}

#[test]
fn every_machine_has_rounds_of_its_own() {
    let slow_second = |f: usize, _, _, round| f as f64 * if round == 2 { 1.3 } else { 1.0 };
    let mut records = Grid::cpu().records(&[8, 16], 3, slow_second);
    let mut elsewhere = Grid::cpu().records(&[8, 16], 3, |f, _, _, _| f as f64);
    for record in &mut elsewhere {
        record.sessions[0].environment.host = "other".to_owned();
    }
    records.extend(elsewhere);
    let found = in_series(&records);
    let slow: Vec<(&str, usize)> = found
        .slow_rounds()
        .iter()
        .map(|(host, speed)| (*host, speed.round))
        .collect();
    assert_eq!(slow, [("bench", 2)]);
}

/// The median of the main point with these filters, this batch size and no dropout.
fn main_median(found: &Runtimes, filters: usize, batch_size: usize) -> f64 {
    let mut points = found.with_batch(0, batch_size, 0.0);
    let point = points.find(|p| p.record.filters() == filters).unwrap();
    point.summary.median
}
