//! The claims with their verdicts: `claims.json` and `claims.md`.

use serde::Serialize;

use crate::claims::judge::{JudgedClaim, Outlook};
use crate::tables::table::{Field, Style, Table};
use crate::text::or_dash;

/// An object of `claims.json`.
#[derive(Serialize)]
struct ClaimObject<'a> {
    /// A number where the id is one.
    claim: Id<'a>,
    statement: &'a str,
    verdict: &'static str,
    estimate: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    method: &'a str,
    /// Rounds instead, if the claim is about runtimes.
    seeds: usize,
    /// Confidence level of `low` and `high`.
    level: Option<f64>,
    /// Least error at which the verdict would still be the same.
    p_value: Option<f64>,
    /// Seeds that an undecided claim would take, if its effects are as seen.
    seeds_needed: Option<usize>,
    comparisons: Vec<ComparisonObject<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Id<'a> {
    Number(u32),
    Name(&'a str),
}

/// One comparison of a claim.
#[derive(Serialize)]
struct ComparisonObject<'a> {
    comparison: &'a str,
    verdict: &'static str,
    estimate: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    level: Option<f64>,
    seeds: usize,
}

/// The claims as JSON, which scripts may rely on: members are added, never renamed.
pub(crate) fn json(claims: &[JudgedClaim]) -> Vec<u8> {
    let objects: Vec<ClaimObject> = claims.iter().map(object).collect();
    let mut text = serde_json::to_vec_pretty(&objects).expect("estimates are finite");
    text.push(b'\n');
    text
}

fn object(claim: &JudgedClaim) -> ClaimObject<'_> {
    let estimate = claim.estimate;
    let comparison = |c: &'_ crate::claims::judge::JudgedComparison| {
        let estimate = c.estimate.as_ref().ok().copied();
        (c.verdict.text(), estimate)
    };
    let comparisons = claim.comparisons.iter().map(|c| {
        let (verdict, estimate) = comparison(c);
        ComparisonObject {
            comparison: &c.label,
            verdict,
            estimate: estimate.map(|e| e.point),
            low: estimate.and_then(|e| e.low()),
            high: estimate.and_then(|e| e.high()),
            level: estimate.map(|e| e.level),
            seeds: estimate.map_or(0, |e| e.n),
        }
    });
    ClaimObject {
        claim: match claim.id.parse() {
            Ok(number) => Id::Number(number),
            Err(_) => Id::Name(&claim.id),
        },
        statement: &claim.text,
        verdict: claim.verdict.text(),
        estimate: estimate.map(|e| e.point),
        low: estimate.and_then(|e| e.low()),
        high: estimate.and_then(|e| e.high()),
        method: &claim.method,
        seeds: estimate.map_or(0, |e| e.n),
        level: estimate.map(|e| e.level),
        p_value: claim.p_value,
        seeds_needed: match claim.outlook {
            Some(Outlook::Seeds(seeds)) => Some(seeds),
            _ => None,
        },
        comparisons: comparisons.collect(),
    }
}

/// A row for each claim.
pub(crate) fn table(claims: &[JudgedClaim]) -> Table {
    Table::of(claims)
        .number("", |c| c.id.clone())
        .column("claim", Style::Wide, |c| c.text.clone())
        .text("verdict", |c| Field::Verdict(c.verdict))
        .number("estimate", |c| c.point())
        .line("interval", |c| c.interval())
        .number("level", |c| c.level())
        .number("n", |c| c.observations())
        .line("seeds needed", |c| {
            or_dash(Some(c.outlook()).filter(|o| !o.is_empty()), |o| o)
        })
        .text("what is estimated", |c| c.method.clone())
        .table()
}

#[cfg(test)]
mod tests;
