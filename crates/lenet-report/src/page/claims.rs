//! The claims: an overview, and each with its question, answer and verdict.

use maud::{Markup, html};

use crate::claims::judged::JudgedClaim;
use crate::markdown;
use crate::tables::claims::table;
use crate::tables::table::verdict_html;
use crate::text::count;

pub(super) fn overview(claims: &[JudgedClaim]) -> Markup {
    let table = table(claims).without("what is estimated");
    html! {
        @if !claims.is_empty() {
            (table.html())
            p.note { "n counts seeds, in claims on runtimes processes. What each estimate is, and the "
                "rule for its verdict, stands " a href="#claims" { "further down" } ". "
                (expected_wrong(claims)) }
        }
    }
}

/// What the number of claims means for their verdicts.
fn expected_wrong(claims: &[JudgedClaim]) -> String {
    let decided = claims.iter().filter(|c| c.verdict.is_decided()).count();
    if decided == 0 {
        return "A verdict errs with 5 % at most.".to_owned();
    }
    let wrong = 0.05 * decided as f64;
    format!(
        "Each verdict errs with 5 % at most: of the {} up to {wrong:.2} are expected to be wrong. \
         The verdicts in \u{201c}all together\u{201d} are adjusted for the number of claims (Holm): the \
         chance that any of these is wrong is 5 % at most.",
        count(decided, "verdict")
    )
}

pub(super) fn section(claims: &[JudgedClaim]) -> Markup {
    html! {
        @if claims.is_empty() {
            p { "This study declares no claims. A " code { "[[claim]]" } " in its file states one, and "
                "the report says whether it holds." }
        } @else {
            p { "Trials that share a seed are compared in pairs, and so are runtimes of one round. A "
                "verdict follows from the interval alone: where it does not settle the question, the "
                "claim is undecided." }
            @for claim in claims { (one(claim)) }
            p.note { "Also as " a href="claims.json" { "claims.json" } " and "
                a href="claims.md" { "claims.md" } "." }
        }
    }
}

/// Signs stay beside what they belong to.
fn unbroken(text: &str) -> String {
    text.replace(" %", "\u{a0}%")
        .replace(" = ", "\u{a0}=\u{a0}")
}

fn one(claim: &JudgedClaim) -> Markup {
    html! {
        section.claim {
            h3 { (claim.id) ". " (claim.text) " " (verdict_html(claim.verdict)) }
            p { strong { "Question. " } (unbroken(&claim.question)) }
            @if let Some(estimate) = claim.estimate {
                p { strong { "Answer. " } (claim.point())
                    @if estimate.interval.is_some() {
                        " (" (claim.interval()) ")"
                    } @else { " (no interval)" }
                    ", n = " (estimate.n) ": " (unbroken(&claim.method)) "." }
            }
            @if !claim.detail.is_empty() { p { (unbroken(&claim.detail)) } }
            @if !claim.outlook().is_empty() {
                p { strong { "What it would take. " } "At the effect seen, for an interval that lies on "
                    "one side of the bound: " (claim.outlook()) "." }
            }
            @if !claim.notes.is_empty() { div.note { (markdown::html(&claim.notes)) } }
        }
    }
}
