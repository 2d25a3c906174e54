//! `index.html`: one page that holds everything, with no script and no reference to the network.

mod figures;
mod notes;
mod provenance;
mod runtime;

use lenet_results::{Conflict, StudyRecord, TrialRecord};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::chart::Chart;
use crate::claims::{Claim, Verdict};
use crate::knobs::Knob;
use crate::model::Figure;
use crate::results::{self, Row};
use crate::runtime::Runtimes;
use crate::runtime::drawing::RuntimeFigure;

/// Everything that the page shows.
pub(crate) struct Content<'a> {
    pub(crate) studies: &'a [StudyRecord],
    pub(crate) records: &'a [TrialRecord],
    pub(crate) conflicts: &'a [Conflict],
    pub(crate) figures: &'a [Figure<'a>],
    pub(crate) charts: &'a [Chart],
    pub(crate) rows: &'a [Row<'a>],
    pub(crate) runtimes: &'a Runtimes<'a>,
    pub(crate) runtime_figures: &'a [RuntimeFigure],
    pub(crate) claims: &'a [Claim],
    pub(crate) knobs: &'a [Knob],
}

impl Content<'_> {
    /// Whether there is anything to say of runtimes.
    pub(crate) fn has_runtimes(&self) -> bool {
        !self.runtimes.points.is_empty() || !self.runtimes.unusable.is_empty()
    }

    /// Whether the page speaks of trials: also where there is nothing else to speak of.
    pub(crate) fn has_trials(&self) -> bool {
        !self.studies.is_empty() || !self.records.is_empty() || !self.has_runtimes()
    }
}

const STYLE: &str = include_str!("style.css");

/// The page's text.
pub(crate) fn render(content: &Content) -> String {
    let title = match content.studies {
        [] if content.has_runtimes() => "Training runtime against network size".to_owned(),
        [] => "No study".to_owned(),
        studies => studies
            .iter()
            .map(|s| s.title.as_str())
            .collect::<Vec<_>>()
            .join(" · "),
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(ink_styles())) }
            }
            body {
                header {
                    h1 { (title) }
                    (provenance::lead(content))
                }
                main {
                    @if content.has_trials() { (best(content)) }
                    (claims_overview(content.claims))
                    h2 { "Figures" }
                    @if content.has_trials() { (figures::section(content)) }
                    (runtime::figures_section(content))
                    @if content.has_trials() {
                        (results_section(content.rows))
                        (figures::dropout_section(content))
                    }
                    @if content.has_runtimes() { (runtime::section(content)) }
                    (claims_section(content.claims))
                    @if content.has_trials() {
                        (notes::knobs_section(content))
                        (notes::outcomes_section(content))
                        (provenance::section(content))
                    }
                    @if content.has_runtimes() { (runtime::provenance(content.runtimes)) }
                    (provenance::reproduce(content))
                }
            }
        }
    };
    page.into_string()
}

/// Rules that let the theme's colours win over the fixed ones of the drawings.
fn ink_styles() -> String {
    let names = ["paper", "text", "muted", "grid", "other"];
    let named = names.iter().map(|n| (n.to_string(), n.to_string()));
    let series = (0..crate::scene::SERIES.len()).map(|i| (i.to_string(), format!("c{i}")));
    let rule = |(class, variable): (String, String)| {
        format!(".s-{class}{{stroke:var(--{variable})}}.f-{class}{{fill:var(--{variable})}}\n")
    };
    named.chain(series).map(rule).collect()
}

fn best(content: &Content) -> Markup {
    let Some(best) = results::best(content.rows) else {
        return html! { p.best { "No trial has results yet." } };
    };
    let count = results::distinct(content.rows);
    html! {
        p.best {
            strong { "Best by validation accuracy" } " of " (count)
            @if count == 1 { " configuration: " } @else { " configurations: " }
            (figures::describe(best.cell)) " (figure " (best.figure) "), validation "
            (results::with_interval(best.validation)) ", test "
            strong { (results::with_interval(best.test)) } ", mean of " (results::seeds(best))
            @if best.cell.planned() == 1 { " seed" } @else { " seeds" }
            " after epoch " (best.epoch.unwrap_or(0))
            ". The test data had no part in the choice."
        }
    }
}

fn verdict(verdict: Verdict) -> Markup {
    let class = match verdict {
        Verdict::Holds => "holds",
        Verdict::DoesNotHold => "fails",
        Verdict::Undecided | Verdict::NotMeasured => "open",
    };
    html! { span class={ "verdict " (class) } { (verdict.text()) } }
}

fn claims_overview(claims: &[Claim]) -> Markup {
    html! {
        h2 { "Claims of 2017 at a glance" }
        div.scroll { table {
            thead { tr { th { "" } th { "claim" } th { "verdict" } th.number { "estimate" }
                th { "95 % interval" } th.number { "n" } } }
            tbody {
                @for claim in claims {
                    tr {
                        td.number { (claim.statement.number) }
                        td.wide { (claim.statement.claim) }
                        td { (verdict(claim.verdict)) }
                        td.number { (claim.point()) }
                        td.nowrap { (claim.interval()) }
                        td.number { (claim.estimate.map_or("–".to_owned(), |e| e.n.to_string())) }
                    }
                }
            }
        } }
        p.note { "n counts seeds, in claims 7 to 10 rounds. What each estimate is, and the rule "
            "for its verdict, stands " a href="#claims" { "further down" } "." }
    }
}

fn results_section(rows: &[Row]) -> Markup {
    html! {
        h2 { "Results" }
        p { "After the last epoch that all trials of a cell reached: mean over seeds, with its "
            "95 % Student t interval where there are at least two. A trial that diverged or "
            "stopped early counts with its last value." }
        div.scroll { table {
            thead { tr { th { "figure" } th { "cell" } th.number { "seeds" }
                th.number { "epoch" } th { "validation accuracy" } th { "test accuracy" }
                th { "lowest–highest seed" } th.number { "published" }
                th.number { "difference" } } }
            tbody {
                @for row in rows {
                    tr {
                        td.nowrap { (row.figure) }
                        td.label { (row.cell.label) }
                        td.number { (results::seeds(row)) }
                        td.number { (row.epoch.map_or("–".to_owned(), |e| e.to_string())) }
                        td.nowrap { (results::with_interval(row.validation)) }
                        td.nowrap { (results::with_interval(row.test)) }
                        td.nowrap {
                            (row.range.map_or("–".to_owned(), |(l, h)| format!("{l:.4}–{h:.4}")))
                        }
                        td.number {
                            (row.published.map_or("–".to_owned(), |p| format!("{p:.4}")))
                        }
                        td.number { (results::signed(row.difference())) }
                    }
                }
            }
        } }
        p.note { "Also as " a href="results.csv" { "results.csv" } " and "
            a href="results.md" { "results.md" } "; every epoch of every trial is in "
            a href="epochs.csv" { "epochs.csv" } ". Published values were read from the drawings "
            "of the report, to about ±0.0002, and are one run each." }
    }
}

fn claims_section(claims: &[Claim]) -> Markup {
    let (asked, rest): (Vec<_>, Vec<_>) = claims
        .iter()
        .partition(|claim| !claim.statement.question.is_empty());
    html! {
        h2 id="claims" { "The claims, one by one" }
        p { "Trials that share a seed are compared in pairs, and so are runtimes of one round. A "
            "verdict follows from the interval "
            "alone: where it does not settle the question, the claim is undecided." }
        @for claim in asked {
            section.claim {
                h3 { (claim.statement.number) ". " (claim.statement.claim) " "
                    (verdict(claim.verdict)) }
                p { strong { "Question. " } (claim.statement.question) }
                @if let Some(estimate) = claim.estimate {
                    p { strong { "Answer. " } (claim.point())
                        @if estimate.interval.is_some() {
                            " (" (claim.interval()) ")"
                        } @else { " (no interval)" }
                        ", n = " (estimate.n) ": " (claim.method) "." }
                }
                @if !claim.detail.is_empty() { p { (claim.detail) } }
                p.note { strong { "Published. " } (claim.statement.published) }
            }
        }
        @for claim in rest {
            section.claim {
                h3 { (claim.statement.number) ". " (claim.statement.claim) " "
                    (verdict(claim.verdict)) }
                p.note { (claim.detail) " " strong { "Published. " }
                    (claim.statement.published) }
            }
        }
        p.note { "Also as " a href="claims.json" { "claims.json" } " and "
            a href="claims.md" { "claims.md" } "." }
    }
}

#[cfg(test)]
mod tests;
