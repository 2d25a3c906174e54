//! Every target for a second or two with a fixed seed, and what mutators and limits do.

use std::time::Duration;

use crate::{Limits, TARGETS, run, try_input};

#[test]
fn no_target_has_findings() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        seed: 2017,
        time: Duration::from_millis(1500),
    };
    let mut wrong = Vec::new();
    for target in TARGETS {
        let outcome = run(target, limits, folder.path());
        let seeds = (target.seeds)().len() as u64;
        if !outcome.findings.is_empty() {
            wrong.push(format!("{}: {:?}", target.name, outcome.findings));
        }
        if outcome.accepted < seeds {
            wrong.push(format!("{}: {} accepted", target.name, outcome.accepted));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn panics_memory_and_refusals_are_told_apart() {
    struct Case {
        read: fn(&[u8], &std::path::Path) -> bool,
        expected: Result<bool, &'static str>,
    }
    let cases = [
        Case {
            read: |input, _| input == b"x",
            expected: Ok(true),
        },
        Case {
            read: |input, _| input.is_empty(),
            expected: Ok(false),
        },
        Case {
            read: |input, _| input[7] == 0,
            expected: Err("it panicked: index out of bounds"),
        },
        Case {
            read: |_, _| vec![0u8; (1 << 30) + 1].is_empty(),
            expected: Err("it took 1024 MB"),
        },
    ];
    let folder = tempfile::tempdir().unwrap();
    for (number, case) in cases.iter().enumerate() {
        let target = crate::Target {
            read: case.read,
            ..TARGETS[0]
        };
        let found = try_input(&target, b"x", folder.path());
        let fits = match (&found, &case.expected) {
            (Err(found), Err(expected)) => found.starts_with(expected),
            (Ok(found), Ok(expected)) => found == expected,
            _ => false,
        };
        assert!(fits, "case {number}: {found:?}");
    }
}
