//! The numbers in the statements against the published tables.

use lenet_core::DeviceKind::{self, Cpu, Cuda};

use super::*;
use crate::lab2017::{PublishedRun, runs, seconds};

fn says(number: usize, what: &str) {
    let text = STATEMENTS[number - 1].published;
    assert!(text.contains(what), "{what:?} is not in {text:?}");
}

fn at(device: DeviceKind, filters: usize, batch: usize) -> f64 {
    seconds(device, filters, batch, false).unwrap()
}

/// Least and greatest of the runs without dropout.
fn ends(wanted: impl Fn(&PublishedRun) -> bool, value: impl Fn(&PublishedRun) -> f64) -> [f64; 2] {
    let values: Vec<f64> = runs()
        .iter()
        .filter(|r| !r.dropout && wanted(r))
        .map(value)
        .collect();
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    [least, values.into_iter().fold(0.0, f64::max)]
}

#[test]
fn the_published_numbers_are_the_tables() {
    says(
        7,
        &format!("{:.1} times as long at 8", at(Cpu, 8, 64) / at(Cuda, 8, 64)),
    );
    says(
        7,
        &format!("{:.1} times at 64", at(Cpu, 64, 64) / at(Cuda, 64, 64)),
    );
    for (batch, joint) in [(64, "s, which is "), (16, "s of ")] {
        let [shortest, _] = ends(|r| r.device == Cuda && r.batch_size == batch, |r| r.seconds);
        let whole = at(Cuda, 256, batch);
        says(8, &format!("{shortest} {joint}"));
        says(8, &format!("{whole} s"));
        says(8, &format!("{:.0} %", 100.0 * shortest / whole));
    }
    let with: Vec<f64> = runs()
        .iter()
        .filter(|r| r.dropout)
        .map(|r| (r.seconds / at(r.device, r.filters, r.batch_size)).ln())
        .collect();
    let mean = (with.iter().sum::<f64>() / with.len() as f64).exp();
    says(9, &format!("took {mean:.2} "));
    for (device, place) in [(Cpu, "on the CPU"), (Cuda, "on the GPU")] {
        let slower = |r: &PublishedRun| r.seconds / at(device, r.filters, 64);
        let [least, most] = ends(|r| r.device == device && r.batch_size == 16, slower);
        says(10, &format!("{least:.1} to {most:.1} times"));
        says(10, place);
    }
}

#[test]
fn statements_are_numbered_in_order() {
    let numbers: Vec<u32> = STATEMENTS.iter().map(|s| s.number).collect();
    assert_eq!(numbers, (1..=11).collect::<Vec<_>>());
}
