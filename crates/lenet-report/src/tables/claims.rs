//! The claims with their verdicts: `claims.json` and `claims.md`.

use lenet_results::Declared;
use serde::Serialize;

use crate::claims::judged::{JudgedClaim, JudgedComparison, Outlook};
use crate::claims::verdict::Verdict;
use crate::tables::table::{Field, Style, Table};
use crate::text::{DASH, or_dash};

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
    /// Least error at which the claim is decided.
    p_value: Option<f64>,
    /// The verdict adjusted for the number of claims (Holm).
    adjusted_verdict: Option<&'static str>,
    /// When the claim was declared: `before`, `afterwards`, `unregistered`.
    declared: &'static str,
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
    let comparison = |c: &'_ JudgedComparison| c.estimate.as_ref().ok().copied();
    let comparisons = claim.comparisons.iter().map(|c| {
        let estimate = comparison(c);
        ComparisonObject {
            comparison: &c.label,
            verdict: c.verdict.text(),
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
        adjusted_verdict: claim.adjusted.map(Verdict::text),
        declared: match claim.declared {
            Declared::Before { .. } => "before",
            Declared::Afterwards { .. } => "afterwards",
            Declared::Unregistered => "unregistered",
        },
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
        .text("all together", |c| {
            c.adjusted.map_or(Field::from(DASH), Field::Verdict)
        })
        .number("estimate", |c| c.point())
        .line("interval", |c| c.interval())
        .number("level", |c| c.level())
        .number("n", |c| c.observations())
        .text("needs", |c| {
            or_dash(Some(c.outlook()).filter(|o| !o.is_empty()), |o| o)
        })
        .line("declared", |c| c.declared())
        .text("what is estimated", |c| c.method.clone())
        .table()
}

#[cfg(test)]
mod tests;
