//! `index.html`: one page that holds everything, without references to the network. Its script only
//! adds to it.

mod claims;
mod explore;
mod figures;
mod live;
pub(crate) mod mistakes;
mod notes;
mod places;
mod provenance;
mod results;
mod runtimes;
mod searches;
mod section;
mod variance;

use lenet_results::{Conflict, StudyRecord, TrialRecord, WorkerNote};
use maud::{DOCTYPE, PreEscaped, html};

use section::Section;

use crate::claims::judged::JudgedClaim;
use crate::figures::Figure;
use crate::plot::font::face_rule;
use crate::plot::svg::ink_styles;
use crate::records::cells::StudyFigure;
use crate::records::index::Index;
use crate::records::knobs::Knob;
use crate::records::mistakes::Mistakes;
use crate::records::places::Places;
use crate::records::runtime_figures::RuntimeFigure;
use crate::records::runtimes::Runtimes;
use crate::records::variance::FigureVariance;
use crate::tables::results::CellResult;
use crate::text::joined;

pub use live::Live;
pub(crate) use results::best_in_words;

/// Everything that the page shows.
pub(crate) struct Content<'a> {
    pub(crate) studies: &'a [StudyRecord],
    pub(crate) records: &'a [TrialRecord],
    pub(crate) conflicts: &'a [Conflict],
    pub(crate) left_out: &'a [String],
    pub(crate) workers: &'a [WorkerNote],
    pub(crate) study_figures: &'a [StudyFigure<'a>],
    pub(crate) index: &'a Index,
    /// Drawings of the study figures, in the same order.
    pub(crate) accuracy_figures: &'a [Figure],
    pub(crate) results: &'a [CellResult<'a>],
    pub(crate) runtimes: &'a Runtimes<'a>,
    pub(crate) runtime_figures: &'a [Figure],
    pub(crate) declared_runtimes: &'a [RuntimeFigure],
    pub(crate) claims: &'a [JudgedClaim],
    pub(crate) variance: &'a [FigureVariance<'a>],
    pub(crate) knobs: &'a [Knob],
    /// What is still going on; `None` for a study that has ended.
    pub(crate) live: Option<&'a Live>,
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

/// Whether the page has the section on where trials ran.
pub(crate) fn says_where(content: &Content) -> bool {
    content.has_trials() && Places::find(content.records, content.workers).is_some()
}

const STYLE: &str = include_str!("style.css");

/// The text of the page.
pub(crate) fn render(content: &Content) -> String {
    let title = match content.studies {
        [] if content.has_runtimes() => "Training runtime against network size".to_owned(),
        [] => "No study".to_owned(),
        studies => joined(studies.iter().map(|s| s.title.clone()), " · "),
    };
    let sections = sections(content);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                @if let Some(live) = content.live { (live::reload(live)) }
                title { (title) }
                style { (PreEscaped(face_rule())) (PreEscaped(STYLE)) (PreEscaped(mistakes::STYLE)) (PreEscaped(ink_styles())) }
            }
            body {
                header {
                    h1 { (title) }
                    @if let Some(live) = content.live { (live::note(live)) }
                    (provenance::lead(content))
                }
                (section::contents(&sections))
                main {
                    @if content.has_trials() { (results::best(content)) }
                    (section::all(&sections))
                }
                (explore::script(content))
            }
        }
    };
    page.into_string()
}

/// The sections that have something to say, in order.
fn sections(content: &Content) -> Vec<Section> {
    let (trials, runtimes) = (content.has_trials(), content.has_runtimes());
    let mut sections = Vec::new();
    let mut add = |id, title: &str, body| sections.push(Section::new(id, title, body));
    if !content.claims.is_empty() {
        add(
            "verdicts",
            "Claims at a glance",
            claims::overview(content.claims),
        );
    }
    if trials && let Some(body) = searches::section(content) {
        add("searches", "What the searches found", body);
    }
    if trials && let Some(body) = variance::section(content.variance) {
        add("variance", "What matters", body);
    }
    if content.study_figures.iter().any(|f| f.has_results())
        && let Some(body) = explore::section(content)
    {
        add("explore", "Choose cells", body);
    }
    let figures = html! {
        @if trials && (!content.accuracy_figures.is_empty() || content.runtime_figures.is_empty()) {
            (figures::of_studies(content.accuracy_figures))
        }
        (figures::of_runtimes(content.runtime_figures))
    };
    add("figures", "Figures", figures);
    if trials {
        add("results", "Results", results::section(content));
        if let Some(body) = results::dropout_section(content) {
            add("dropout", "Real dropout beside none", body);
        }
    }
    if let Some((mistakes, figures)) = content.mistakes {
        add("mistakes", "Mistakes", mistakes::section(mistakes, figures));
    }
    if runtimes {
        let body = runtimes::section(content.runtimes, content.declared_runtimes);
        add("runtimes", "Runtimes", body);
    }
    add(
        "claims",
        "The claims, one by one",
        claims::section(content.claims),
    );
    if trials {
        add(
            "knobs",
            "Knobs that do nothing",
            notes::knobs_section(content),
        );
        add(
            "outcomes",
            "Outcomes out of the ordinary",
            notes::outcomes_section(content),
        );
        add(
            "provenance",
            "How it was run",
            provenance::of_trials(content.records),
        );
        if let Some(body) = places::section(content) {
            add("places", "Where it ran", body);
        }
    }
    if runtimes {
        let body = provenance::of_runtimes(content.runtimes);
        add("measured", "How runtimes were measured", body);
    }
    add(
        "reproduce",
        "How to reproduce it",
        provenance::reproduce(content),
    );
    sections
}

#[cfg(test)]
mod tests;
