//! Which of two records of one trial is kept, and when a conflict is reported.

use super::merge;
use crate::record::Outcome;
use crate::samples::{record, run};

#[test]
fn equal_results_are_kept_once_whatever_their_times() {
    let first = record(Outcome::Completed {}, 3);
    let mut second = first.clone();
    second.epochs[1].train_seconds = 99.0;
    second.runs = vec![run("there")];
    let merged = merge([first.clone(), second]);
    assert_eq!(merged.records, [first]);
    assert_eq!(merged.conflicts, []);
}

#[test]
fn a_result_is_preferred_over_a_failure() {
    let failed = record(
        Outcome::Failed {
            message: "out of memory".into(),
        },
        1,
    );
    let done = record(Outcome::Completed {}, 3);
    for pair in [
        [failed.clone(), done.clone()],
        [done.clone(), failed.clone()],
    ] {
        let merged = merge(pair);
        assert_eq!(merged.records, std::slice::from_ref(&done));
        assert_eq!(merged.conflicts, []);
    }
    assert_eq!(merge([failed.clone(), failed.clone()]).records, [failed]);
}

#[test]
fn differing_results_are_reported() {
    let kept = record(Outcome::Completed {}, 3);
    let mut off_by_a_bit = kept.clone();
    let loss = &mut off_by_a_bit.epochs[1].test_loss;
    *loss = f64::from_bits(loss.to_bits() + 1);
    off_by_a_bit.runs = vec![run("there")];
    let shorter = record(Outcome::Completed {}, 2);
    let stopped = record(Outcome::Stopped { epoch: 3 }, 3);
    let merged = merge([kept.clone(), off_by_a_bit, shorter, stopped]);
    assert_eq!(merged.records, [kept]);
    let found: Vec<_> = merged
        .conflicts
        .iter()
        .map(|c| (c.epoch, c.dropped.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (Some(2), "there (avx2)"),
            (Some(3), "here (avx2)"),
            (None, "here (avx2)")
        ]
    );
}

#[test]
fn records_come_sorted_by_identity() {
    let mut records = vec![];
    for identity in ["c", "a", "b"] {
        let mut record = record(Outcome::Completed {}, 1);
        record.identity = identity.into();
        records.push(record);
    }
    let merged = merge(records);
    let order: Vec<_> = merged.records.iter().map(|r| r.identity.as_str()).collect();
    assert_eq!(order, ["a", "b", "c"]);
}
