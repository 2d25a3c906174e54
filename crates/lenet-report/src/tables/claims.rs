//! The claims with their verdicts: `claims.json` and `claims.md`.

use serde::Serialize;

use crate::claims::{Claim, Verdict};
use crate::tables::table::{Field, Style, Table};

/// An object of `claims.json`.
#[derive(Serialize)]
struct ClaimObject<'a> {
    claim: u32,
    statement: &'a str,
    verdict: Verdict,
    estimate: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    method: &'a str,
    /// Rounds instead, if the claim is about runtimes.
    seeds: usize,
}

pub(crate) fn json(claims: &[Claim]) -> Vec<u8> {
    let objects: Vec<ClaimObject> = claims
        .iter()
        .map(|claim| ClaimObject {
            claim: claim.statement.number,
            statement: claim.statement.claim,
            verdict: claim.verdict,
            estimate: claim.estimate.map(|e| e.point),
            low: claim.estimate.and_then(|e| e.low()),
            high: claim.estimate.and_then(|e| e.high()),
            method: &claim.method,
            seeds: claim.estimate.map_or(0, |e| e.n),
        })
        .collect();
    let mut text = serde_json::to_vec_pretty(&objects).expect("estimates are finite");
    text.push(b'\n');
    text
}

/// A row for each claim.
pub(crate) fn table(claims: &[Claim]) -> Table {
    let columns = [
        ("", Style::Number),
        ("claim", Style::Wide),
        ("verdict", Style::Text),
        ("estimate", Style::Number),
        ("interval", Style::Line),
        ("n", Style::Number),
        ("what is estimated", Style::Text),
    ];
    let row = |claim: &Claim| -> [Field; 7] {
        [
            claim.statement.number.into(),
            claim.statement.claim.into(),
            Field::Verdict(claim.verdict),
            claim.point().into(),
            claim.interval().into(),
            claim.observations().into(),
            claim.method.as_str().into(),
        ]
    };
    Table::new(&columns, claims.iter().map(row))
}

#[cfg(test)]
mod tests;
