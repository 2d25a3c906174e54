//! Verdicts on made-up records with known answers.

mod accuracy;
mod runtimes;

use std::fmt::Debug;

use crate::claims::{Answer, Verdict};
use crate::testing::all_pass;

/// Records and the verdict that a claim must get from them.
struct Case<R> {
    name: &'static str,
    claim: usize,
    verdict: Verdict,
    records: Vec<R>,
}

impl<R> Case<R> {
    fn new(claim: usize, name: &'static str, verdict: Verdict, records: Vec<R>) -> Self {
        Self {
            name,
            claim,
            verdict,
            records,
        }
    }
}

/// Holds every case against its verdict.
fn check<R: Debug>(cases: &[Case<R>], answer: impl Fn(&[R], usize) -> Answer) {
    all_pass(cases.iter().filter_map(|case| {
        let found = answer(&case.records, case.claim);
        let text = || format!("claim {}, {}: {found:#?}", case.claim, case.name);
        (found.verdict != case.verdict).then(text)
    }));
}
