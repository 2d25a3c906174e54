//! The claims with their verdicts: `claims.json` and `claims.md`.

use serde::Serialize;

use crate::claims::Claim;
use crate::tables::table::{Field, Style, Table};

/// An object of `claims.json`.
#[derive(Serialize)]
struct ClaimObject<'a> {
    claim: u32,
    statement: &'a str,
    verdict: &'static str,
    estimate: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    method: &'a str,
    /// Rounds instead, if the claim is about runtimes.
    seeds: usize,
}

pub(crate) fn json<'a>(claims: &'a [Claim]) -> Vec<u8> {
    let object = |claim: &'a Claim| {
        let estimate = claim.answer.estimate;
        ClaimObject {
            claim: claim.statement.number,
            statement: claim.statement.claim,
            verdict: claim.answer.verdict.text(),
            estimate: estimate.map(|e| e.point),
            low: estimate.and_then(|e| e.low()),
            high: estimate.and_then(|e| e.high()),
            method: &claim.answer.method,
            seeds: estimate.map_or(0, |e| e.n),
        }
    };
    let objects: Vec<ClaimObject> = claims.iter().map(object).collect();
    let mut text = serde_json::to_vec_pretty(&objects).expect("estimates are finite");
    text.push(b'\n');
    text
}

/// A row for each claim.
pub(crate) fn table(claims: &[Claim]) -> Table {
    Table::of(claims)
        .number("", |c| c.statement.number)
        .column("claim", Style::Wide, |c| c.statement.claim)
        .text("verdict", |c| Field::Verdict(c.answer.verdict))
        .number("estimate", |c| c.point())
        .line("interval", |c| c.interval())
        .number("n", |c| c.observations())
        .text("what is estimated", |c| c.answer.method.clone())
        .table()
}

#[cfg(test)]
mod tests;
