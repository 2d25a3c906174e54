//! Codes, and the words of an error.

use super::*;

#[test]
fn codes_are_what_scripts_know() {
    let all = [
        Exit::Done,
        Exit::Failed,
        Exit::Refused,
        Exit::Idle,
        Exit::Interrupted,
    ];
    assert_eq!(all.map(Exit::code), [0, 1, 2, 3, 130]);
}

#[test]
fn causes_are_said_once() {
    let error = anyhow::anyhow!("disk full").context("x.csv: cannot be written");
    assert_eq!(chain(&error), "x.csv: cannot be written: disk full");
    let error = anyhow::anyhow!("disk full").context("x.csv: disk full");
    assert_eq!(chain(&error), "x.csv: disk full");
}
