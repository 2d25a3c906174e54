//! What a search came to, proposal after proposal.

use lenet_results::{SearchPlace, SearchRecord, WORST, score};

use crate::records::cells::{Cell, StudyFigure};
use crate::records::estimates::LEVEL;
use crate::records::trials::{TEST, value_at};
use crate::text::{count, with_interval};

/// A search of a figure with the cells whose trials have ended.
pub(crate) struct Searched<'a> {
    pub(crate) figure: &'a StudyFigure<'a>,
    pub(crate) record: &'a SearchRecord,
    /// In the order in which the search asked for them.
    pub(crate) steps: Vec<Step<'a>>,
}

/// A cell of a search.
#[derive(Clone, Copy)]
pub(crate) struct Step<'a> {
    pub(crate) cell: &'a Cell<'a>,
    pub(crate) place: SearchPlace,
    /// Epochs of training up to here, all seeds together.
    pub(crate) epochs: usize,
    /// More is better.
    pub(crate) score: f64,
    /// The best score up to here.
    pub(crate) best: f64,
}

impl<'a> Searched<'a> {
    /// The search of a figure; `None` if it has none.
    pub(crate) fn of(figure: &'a StudyFigure<'a>) -> Option<Self> {
        let record = figure.search.as_ref()?;
        let (mut epochs, mut best) = (0, WORST);
        let mut steps = Vec::new();
        for (cell, place) in figure.cells.iter().zip(&record.places) {
            if !cell.missing.is_empty() {
                continue;
            }
            let trials = cell.done.iter().chain(&cell.failed).copied();
            let score = score(record.measure, trials);
            epochs += place.new_epochs * cell.planned();
            best = score.max(best);
            steps.push(Step {
                cell,
                place: *place,
                epochs,
                score,
                best,
            });
        }
        Some(Self {
            figure,
            record,
            steps,
        })
    }

    /// The best cell among those that were trained longest, the earliest of equals; `None` where none has a
    /// score.
    pub(crate) fn winner(&self) -> Option<&Step<'a>> {
        let scored = self.steps.iter().filter(|step| step.score > WORST);
        let better = |best: &'_ Step<'a>, next: &'_ Step<'a>| {
            (next.cell.config.epochs, next.score) > (best.cell.config.epochs, best.score)
        };
        scored.reduce(|best, next| if better(best, next) { next } else { best })
    }

    /// Different proposals that were tried.
    pub(crate) fn proposals(&self) -> usize {
        let first = self.steps.iter().filter(|step| step.place.rung == 0);
        first.count()
    }

    /// How far the search is, and its best cell, in a sentence without an end.
    pub(crate) fn in_words(&self) -> String {
        let (id, kind) = (&self.figure.id, self.record.kind.name());
        let tried = self.proposals();
        let epochs = self.steps.last().map_or(0, |step| step.epochs);
        let so_far = match self.record.complete && self.steps.len() == self.figure.cells.len() {
            true => "",
            false => " so far",
        };
        let work = format!(
            "{} in {}{so_far}",
            count(tried, "proposal"),
            count(epochs, "epoch")
        );
        let Some(winner) = self.winner() else {
            return format!("figure {id} ({kind}): {work}, none with a score");
        };
        let measure = self.record.measure;
        let value = match measure.is_accuracy() {
            true => winner.score,
            false => -winner.score,
        };
        let measure = measure.name().replace('_', " ");
        let last = winner.cell.config.epochs;
        let tests = winner.cell.done.iter();
        let tests: Vec<f64> = tests
            .filter_map(|trial| value_at(trial, trial.epochs.len(), TEST))
            .collect();
        let test = lenet_stats::bounded_mean(&tests, LEVEL).ok();
        format!(
            "figure {id} ({kind}): best of {work}: {}; {measure} {value:.4}, which is optimistic, since it is \
             the best of {tried}; test accuracy {}, {} of {}",
            winner.cell.full_name,
            with_interval(test),
            count(winner.cell.done.len(), "seed"),
            count(last, "epoch"),
        )
    }
}

#[cfg(test)]
pub(crate) mod tests;
