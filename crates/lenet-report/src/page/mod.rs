//! `index.html`: one page that holds everything, without scripts and references to the network.

mod claims;
mod figures;
pub(crate) mod mistakes;
mod notes;
mod provenance;
mod results;
mod runtimes;

use lenet_results::{Conflict, StudyRecord, TrialRecord};
use maud::{DOCTYPE, PreEscaped, html};

use crate::claims::judged::JudgedClaim;
use crate::figures::Figure;
use crate::plot::svg::ink_styles;
use crate::records::cells::StudyFigure;
use crate::records::knobs::Knob;
use crate::records::mistakes::Mistakes;
use crate::records::runtime_figures::RuntimeFigure;
use crate::records::runtimes::Runtimes;
use crate::tables::results::CellResult;
use crate::text::joined;

pub(crate) use results::best_in_words;

/// Everything that the page shows.
pub(crate) struct Content<'a> {
    pub(crate) studies: &'a [StudyRecord],
    pub(crate) records: &'a [TrialRecord],
    pub(crate) conflicts: &'a [Conflict],
    pub(crate) study_figures: &'a [StudyFigure<'a>],
    /// Drawings of the study figures, in the same order.
    pub(crate) accuracy_figures: &'a [Figure],
    pub(crate) results: &'a [CellResult<'a>],
    pub(crate) runtimes: &'a Runtimes<'a>,
    pub(crate) runtime_figures: &'a [Figure],
    pub(crate) declared_runtimes: &'a [RuntimeFigure],
    pub(crate) claims: &'a [JudgedClaim],
    pub(crate) knobs: &'a [Knob],
    /// What the best cell gets wrong, with the figures of that; `None` without evidence or results.
    pub(crate) mistakes: Option<(&'a Mistakes<'a>, &'a [Figure])>,
}

impl Content<'_> {
    /// Whether there is anything to say about runtimes.
    pub(crate) fn has_runtimes(&self) -> bool {
        !self.runtimes.points.is_empty() || !self.runtimes.unusable.is_empty()
    }

    /// Whether the page is about trials. It is if there is nothing else.
    pub(crate) fn has_trials(&self) -> bool {
        let figures = self.studies.iter().flat_map(|study| &study.figures);
        let mut of_training = figures.filter(|figure| figure.runtime.is_none());
        of_training.next().is_some() || !self.records.is_empty() || !self.has_runtimes()
    }
}

const STYLE: &str = include_str!("style.css");

/// The text of the page.
pub(crate) fn render(content: &Content) -> String {
    let title = match content.studies {
        [] if content.has_runtimes() => "Training runtime against network size".to_owned(),
        [] => "No study".to_owned(),
        studies => joined(studies.iter().map(|s| s.title.clone()), " · "),
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(mistakes::STYLE)) (PreEscaped(ink_styles())) }
            }
            body {
                header {
                    h1 { (title) }
                    (provenance::lead(content))
                }
                main {
                    @if content.has_trials() { (results::best(content)) }
                    (claims::overview(content.claims))
                    h2 { "Figures" }
                    @if content.has_trials() { (figures::of_studies(content.accuracy_figures)) }
                    (figures::of_runtimes(content.runtime_figures))
                    @if content.has_trials() {
                        (results::section(content))
                        (results::dropout_section(content))
                    }
                    @if let Some((mistakes, figures)) = content.mistakes {
                        h2 { "Mistakes" }
                        (mistakes::section(mistakes, figures))
                    }
                    @if content.has_runtimes() { (runtimes::section(content.runtimes, content.declared_runtimes)) }
                    (claims::section(content.claims))
                    @if content.has_trials() {
                        (notes::knobs_section(content))
                        (notes::outcomes_section(content))
                        (provenance::of_trials(content.records))
                    }
                    @if content.has_runtimes() { (provenance::of_runtimes(content.runtimes)) }
                    (provenance::reproduce(content))
                }
            }
        }
    };
    page.into_string()
}

#[cfg(test)]
mod tests;
