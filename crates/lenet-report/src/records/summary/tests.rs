//! Summaries of samples, and rounds out of line.

use super::*;
use crate::testing::{Grid, record};

fn made(seconds: &[f64]) -> RuntimeRecord {
    record(&Grid::cpu().point(8, 64, 0.0), seconds)
}

fn of(seconds: &[f64]) -> Summary {
    summarize(&made(seconds)).unwrap()
}

#[test]
fn five_samples_have_an_interval_of_its_own_level() {
    let found = of(&[1.0, 3.0, 2.0, 5.0, 4.0]);
    assert_eq!((found.median, found.quartiles), (3.0, [2.0, 4.0]));
    let interval = found.interval.unwrap();
    assert_eq!(
        (interval.low, interval.high, found.level),
        (1.0, 5.0, 0.9375)
    );
    assert_eq!(found.outliers, [false; 5]);

    let six = of(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!((six.median, six.level), (3.5, 0.95));
    assert_eq!(six.quartiles, [2.25, 4.75]);
    let one = of(&[1.0]);
    assert_eq!((one.interval, one.level), (None, 0.0));
}

#[test]
fn rates_follow_from_the_median() {
    let found = of(&[2.0, 2.0, 100.0]);
    let work = made(&[]).work;
    let flops = (work.train_flops + work.evaluation_flops) as f64;
    assert_eq!(found.train_images_per_second, 10_000.0 / 1.5);
    assert_eq!(found.flops_per_second, flops / 2.0);
    // Two threads of 50 GFLOP/s each.
    assert_eq!(found.share_of_peak, Some(found.flops_per_second / 100e9));
    assert_eq!(found.peak_memory_bytes, Some(1 << 20));
    let on_gpu = record(&Grid::gpu().point(8, 64, 0.0), &[1.0]);
    let nominal = on_gpu.sessions[0].environment.gpu.as_ref().unwrap();
    let share = summarize(&on_gpu).unwrap().share_of_peak.unwrap();
    assert_eq!(share, flops / nominal.nominal_flops().unwrap());
}

#[test]
fn samples_out_of_line_are_marked_and_kept() {
    let found = of(&[1.0, 1.01, 0.99, 1.0, 1.5]);
    assert_eq!(found.outliers, [false, false, false, false, true]);
    assert_eq!(found.interval.unwrap().high, 1.5);
}

#[test]
fn a_slow_round_is_marked() {
    let scale = |by: f64| [by, by, 1.2 * by, by, 0.99 * by];
    let records: Vec<_> = [1.0, 20.0, 0.1]
        .iter()
        .map(|&by| made(&scale(by)))
        .collect();
    let found = rounds(&records).unwrap();
    let marked: Vec<_> = found
        .iter()
        .filter(|r| r.out_of_line)
        .map(|r| r.round)
        .collect();
    assert_eq!(marked, [3]);
    assert!((found[2].ratio - 1.2).abs() < 1e-12);
    assert_eq!(found.len(), 5);
}

#[test]
fn phases_are_medians_held_against_the_total() {
    let mut record = made(&[1.0, 1.0]);
    for forward in [0.5, 0.1, 0.3] {
        record.phases.push(PhaseSeconds {
            forward,
            evaluation: 0.6,
            ..PhaseSeconds::default()
        });
    }
    let found = summarize(&record).unwrap();
    assert_eq!(found.phases.unwrap().forward, 0.3);
    assert!((found.phases_excess.unwrap() + 0.1).abs() < 1e-12);
}

#[test]
fn nothing_and_nan_have_no_summary() {
    assert!(summarize(&made(&[])).is_err());
    assert!(summarize(&made(&[1.0, f64::NAN])).is_err());
}
