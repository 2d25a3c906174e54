//! The claims: an overview, and each with its question, answer and verdict.

use maud::{Markup, html};

use crate::claims::Claim;
use crate::lab2017;
use crate::tables::claims::table;
use crate::tables::table::verdict_html;

pub(super) fn overview(claims: &[Claim]) -> Markup {
    let table = table(claims).without("what is estimated");
    html! {
        h2 { (lab2017::CLAIMS_HEADING) }
        (table.renamed("interval", "95 % interval").html())
        p.note { (lab2017::OBSERVATIONS) " What each estimate is, and the rule "
            "for its verdict, stands " a href="#claims" { "further down" } "." }
    }
}

pub(super) fn section(claims: &[Claim]) -> Markup {
    let has_question = |claim: &&Claim| !claim.statement.question.is_empty();
    let (asked, rest): (Vec<_>, Vec<_>) = claims.iter().partition(has_question);
    html! {
        h2 id="claims" { "The claims, one by one" }
        p { "Trials that share a seed are compared in pairs, and so are runtimes of one round. A "
            "verdict follows from the interval "
            "alone: where it does not settle the question, the claim is undecided." }
        @for claim in asked {
            section.claim {
                (heading(claim))
                p { strong { "Question. " } (claim.statement.question) }
                @if let Some(estimate) = claim.answer.estimate {
                    p { strong { "Answer. " } (claim.point())
                        @if estimate.interval.is_some() {
                            " (" (claim.interval()) ")"
                        } @else { " (no interval)" }
                        ", n = " (estimate.n) ": " (claim.answer.method) "." }
                }
                @if !claim.answer.detail.is_empty() { p { (claim.answer.detail) } }
                p.note { strong { "Published. " } (claim.statement.published) }
            }
        }
        @for claim in rest {
            section.claim {
                (heading(claim))
                p.note { (claim.answer.detail) " " strong { "Published. " }
                    (claim.statement.published) }
            }
        }
        p.note { "Also as " a href="claims.json" { "claims.json" } " and "
            a href="claims.md" { "claims.md" } "." }
    }
}

fn heading(claim: &Claim) -> Markup {
    html! {
        h3 { (claim.statement.number) ". " (claim.statement.claim) " "
            (verdict_html(claim.answer.verdict)) }
    }
}
