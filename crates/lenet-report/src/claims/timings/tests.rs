//! Which records a test of runtimes reads, and what counts as one value.

use lenet_results::{Moment, Quantity, Rule};

use super::*;
use crate::testing::{Grid, comparison, reading, test as of_trials, with_phases};

/// A record of the CPU with these seconds in rounds 1, 2, …, each of a process of its own.
fn timed(filters: usize, seconds: &[f64]) -> RuntimeRecord {
    let mut record = crate::testing::record(&Grid::cpu().point(filters, 64, 0.0), seconds);
    let session = record.sessions[0].clone();
    record.sessions = vec![session; seconds.len()];
    for (at, sample) in record.samples.iter_mut().enumerate() {
        sample.session = at;
    }
    record
}

fn pair(left: &RuntimeRecord, right: &RuntimeRecord) -> lenet_results::PairRecord {
    lenet_results::PairRecord {
        left: left.cell(),
        right: Some(right.cell()),
    }
}

/// A test of the ratio of two cells.
fn ratio(left: &RuntimeRecord, right: &RuntimeRecord) -> TestRecord {
    let mut test = of_trials(
        Quantity::Ratio,
        Rule::Above(1.0),
        vec![comparison("c", vec![pair(left, right)])],
    );
    test.left = reading("seconds", Moment::Last);
    test.right = Some(test.left.clone());
    test
}

fn values(chosen: &Chosen, record: &RuntimeRecord) -> Vec<f64> {
    chosen
        .read(&record.cell(), Measure::Seconds)
        .into_values()
        .collect()
}

#[test]
fn a_process_counts_once() {
    let apart = timed(8, &[1.0, 2.0, 6.0]);
    let mut together = apart.clone();
    for sample in &mut together.samples {
        sample.session = usize::from(sample.round == 3);
    }
    for (record, expected, shared) in [
        (&apart, vec![1.0, 2.0, 6.0], false),
        (&together, vec![1.5, 6.0], true),
    ] {
        let records = [record.clone()];
        let chosen = Timings::new(&records).choose(&ratio(record, record));
        assert_eq!(values(&chosen, record), expected);
        assert_eq!(chosen.shares_a_process(&record.cell()), shared);
    }
}

#[test]
fn every_measure_reads_its_own_time() {
    let mut record = with_phases(timed(8, &[1.0]), 0.25);
    (
        record.samples[0].train_seconds,
        record.samples[0].evaluation_seconds,
    ) = (4.0, 1.0);
    let phases = record.phases[0];
    let records = [record.clone()];
    let chosen = Timings::new(&records).choose(&ratio(&record, &record));
    let read = |name: &str| {
        let measure: Measure = name.parse().unwrap();
        chosen.read(&record.cell(), measure).into_values().next()
    };
    assert_eq!(read("seconds"), Some(5.0));
    assert_eq!(read("train_seconds"), Some(4.0));
    assert_eq!(read("evaluation_seconds"), Some(1.0));
    assert_eq!(read("images_per_second"), Some(2500.0));
    let flops = record.work.train_flops + record.work.evaluation_flops;
    assert_eq!(read("gflops"), Some(flops as f64 / 5.0 / 1e9));
    let peak = record.samples[0]
        .peak_memory_bytes
        .map(|bytes| bytes as f64);
    assert!(peak.is_some() && read("peak_memory_bytes") == peak);
    assert!(read("peak_device_memory_bytes").unwrap().is_nan());
    let copy = phases.copy / (phases.sum() - phases.evaluation);
    assert_eq!(read("copy_share"), Some(copy));
    assert_eq!(read("test_accuracy"), None);
    assert_eq!(
        chosen.read("another cell", Measure::Seconds),
        PerSeed::new()
    );
}

#[test]
fn both_sides_are_of_one_machine_if_one_has_both() {
    let here = [timed(8, &[1.0]), timed(16, &[2.0])];
    let mut elsewhere = [timed(8, &[0.1]), timed(32, &[0.5])];
    for record in &mut elsewhere {
        record.sessions[0].environment.host = "other".to_owned();
    }
    let all: Vec<RuntimeRecord> = here.iter().chain(&elsewhere).cloned().collect();
    let timings = Timings::new(&all);
    // The other machine is faster at 8 filters, and has no 16.
    let chosen = timings.choose(&ratio(&here[0], &here[1]));
    assert_eq!(values(&chosen, &here[0]), [1.0]);
    assert_eq!(values(&chosen, &here[1]), [2.0]);
    // 32 filters are measured elsewhere only.
    let chosen = timings.choose(&ratio(&elsewhere[0], &elsewhere[1]));
    assert_eq!(values(&chosen, &elsewhere[0]), [0.1]);
    assert_eq!(values(&chosen, &elsewhere[1]), [0.5]);
    // Alone, 8 filters are those of the faster machine.
    let chosen = timings.choose(&ratio(&here[0], &here[0]));
    assert_eq!(values(&chosen, &here[0]), [0.1]);
}
