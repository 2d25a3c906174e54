//! Which settings matter.

use maud::{Markup, html};

use crate::records::variance::{FigureVariance, Outcome};
use crate::tables::variance::table;
use crate::text::count;

/// Parts that are shown at once.
const SHOWN: usize = 8;

/// `None` where no figure has two settings that vary.
pub(super) fn section(figures: &[FigureVariance]) -> Option<Markup> {
    (!figures.is_empty()).then(|| {
        html! {
            p { "How much of the variance of test accuracy after the last epoch each setting explains, and "
                "each two of them beyond the sum of both (analysis of variance over cells and seeds). "
                "“Beyond chance” is the share that infinitely many seeds would give, with its interval; it takes "
                "the seeds of all cells to vary alike, and where a few cells fail altogether they decide it." }
            @for figure in figures { (one(figure, figures.len() > 1)) }
            p.note { "Also as " a href="variance.csv" { "variance.csv" } ". A share belongs to the values that the "
                "study chose: wider ranges of a setting give it more." }
        }
    })
}

fn one(figure: &FigureVariance, several: bool) -> Markup {
    html! {
        @if several { h3 { "Figure " (figure.figure.id) " · " (figure.figure.title) } }
        @match &figure.outcome {
            Outcome::Not(reason) => p { "Not told: " (reason) "." },
            Outcome::Whole { rows, seeds, more } => {
                @let (last, parts) = rows.split_last().map_or((None, &rows[..]), |(l, p)| (Some(l), p));
                @let (shown, rest) = parts.split_at(parts.len().min(SHOWN));
                (table(shown.iter().chain(last)).html())
                @if !rest.is_empty() {
                    details { summary { (count(rest.len(), "smaller part")) } (table(rest.iter()).html()) }
                }
                p.note { (count(*seeds, "seed")) " per cell"
                    @if *more { ", those that all cells have" }
                    @if *seeds < 2 { "; without a second one nothing can be tested" } "." }
            }
        }
    }
}
