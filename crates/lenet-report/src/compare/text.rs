//! A comparison as text: a summary, then what differs.

use std::fmt::Write;

use super::comparison::{
    CellVerdict, ClaimNumbers, ComparedCell, Comparison, Differing, Method, NamedTrial, Numbers,
    SideSummary,
};
use crate::records::estimates::LEVEL;
use crate::text::{count, or_dash, signed};

/// Entries of a list, unless all are asked for.
const MOST: usize = 10;
/// Values of one side, unless all are asked for.
const MOST_VALUES: usize = 6;

impl Comparison {
    /// The comparison for people. Long lists are shortened, with the number of what is left out, unless
    /// `verbose` asks for all.
    #[must_use]
    pub fn text(&self, verbose: bool) -> String {
        let mut text = self.summary();
        let most = if verbose { usize::MAX } else { MOST };
        for (title, entries) in self.lists(verbose) {
            if entries.is_empty() {
                continue;
            }
            let _ = write!(text, "\n\n{title} ({}):", entries.len());
            for entry in entries.iter().take(most) {
                let _ = write!(text, "\n  {entry}");
            }
            if entries.len() > most {
                let left = entries.len() - most;
                let _ = write!(text, "\n  … and {left} more (hint: --verbose shows all)");
            }
        }
        text
    }

    fn summary(&self) -> String {
        let mut lines = vec![side("A", &self.a), side("B", &self.b)];
        if !self.figures.is_empty() {
            lines.push(format!("figures {} alone", self.figures.join(", ")));
        }
        let trials = &self.trials;
        let mut parts = vec![format!("{} equal to the bit", trials.equal.len())];
        parts.extend(some(trials.different.len(), "different"));
        parts.extend(some(trials.only_a.len(), "only in A"));
        parts.extend(some(trials.only_b.len(), "only in B"));
        parts.extend(some(trials.unreadable_a.len(), "unreadable in A"));
        parts.extend(some(trials.unreadable_b.len(), "unreadable in B"));
        lines.push(format!("trials: {}", parts.join(", ")));

        let predictions = &trials.predictions;
        if predictions.equal + predictions.different.len() + predictions.one_side > 0 {
            let mut parts = vec![format!("{} equal to the bit", predictions.equal)];
            parts.extend(some(predictions.different.len(), "different"));
            parts.extend(some(predictions.one_side, "on one side only"));
            parts.extend(some(predictions.neither, "not kept"));
            lines.push(format!("predictions: {}", parts.join(", ")));
        }

        lines.push(self.cells_in_words());

        let claims = &self.claims;
        if claims.same + claims.changed.len() + claims.only_a.len() + claims.only_b.len() > 0 {
            let mut parts = vec![format!("{} with the same verdict", claims.same)];
            parts.extend(some(claims.changed.len(), "changed"));
            parts.extend(some(claims.only_a.len(), "only in A"));
            parts.extend(some(claims.only_b.len(), "only in B"));
            lines.push(format!("claims: {}", parts.join(", ")));
        }
        if self.a.runtimes + self.b.runtimes > 0 {
            lines.push("runtimes are not compared, but count in the claims about them".to_owned());
        }
        let verdict = match self.equal {
            true => "A and B are equal",
            false => "A and B differ",
        };
        lines.push(verdict.to_owned());
        lines.join("\n")
    }

    fn cells_in_words(&self) -> String {
        let cells = &self.cells;
        let number = |verdict| {
            let own = cells.both.iter().filter(|cell| cell.verdict == verdict);
            own.count()
        };
        let [within, beyond] = [CellVerdict::Within, CellVerdict::Beyond].map(number);
        let mut parts = vec![format!("{} equal", number(CellVerdict::Equal))];
        parts.extend(some(within, "within chance"));
        parts.extend(some(beyond, "beyond chance"));
        parts.extend(some(
            number(CellVerdict::Unknown),
            "with too few seeds to tell",
        ));
        parts.extend(some(cells.only_a.len(), "only in A"));
        parts.extend(some(cells.only_b.len(), "only in B"));
        let mut line = format!("cells: {}", parts.join(", "));
        if beyond > 0 {
            // Each interval misses 0 with this probability where nothing but chance differs.
            let expected = (1.0 - LEVEL) * (within + beyond) as f64;
            let _ = write!(
                line,
                " (of {} that differ, chance alone puts {expected:.2} beyond 95 %)",
                within + beyond
            );
        }
        line
    }

    /// Lists of what differs, each with its title.
    fn lists(&self, verbose: bool) -> Vec<(&'static str, Vec<String>)> {
        let trials = &self.trials;
        let different = trials.different.iter();
        let different = different.map(|one| format!("{}: {}", words(&one.trial), one.difference));
        let predictions = trials.predictions.different.iter();
        let predictions = predictions.map(|one| {
            let what = match (one.images, one.classes) {
                (None, _) => "of other numbers of images or classes".to_owned(),
                (Some(0), _) => "other labels or kernels".to_owned(),
                (Some(images), classes) => format!(
                    "another confidence or class for {}, another class for {} of them",
                    count(images, "image"),
                    classes.unwrap_or(0)
                ),
            };
            format!("{}: {what}", words(&one.trial))
        });
        let named = |trials: &[NamedTrial]| trials.iter().map(words).collect::<Vec<_>>();
        let cells = self.cells.both.iter();
        let cells = cells.filter(|cell| cell.verdict != CellVerdict::Equal);
        let claims = &self.claims;
        let changed = claims.changed.iter().map(|one| {
            let [a, b] = [&one.a, &one.b].map(verdict);
            format!(
                "{}: A {a}; B {b}\n    {}",
                one.claim.id,
                one_line(&one.claim.text)
            )
        });
        let claim = |claims: &[super::comparison::NamedClaim]| {
            let words = claims.iter();
            words
                .map(|claim| format!("{}: {}", claim.id, one_line(&claim.text)))
                .collect::<Vec<_>>()
        };
        let most = if verbose { usize::MAX } else { MOST_VALUES };
        let differing = |list: &[Differing]| {
            list.iter()
                .map(|one| differing(one, most))
                .collect::<Vec<_>>()
        };
        vec![
            ("Damaged in A", self.a.damaged.clone()),
            ("Damaged in B", self.b.damaged.clone()),
            ("Trials that differ", different.collect()),
            ("Predictions that differ", predictions.collect()),
            ("Trials only in A", named(&trials.only_a)),
            ("Trials only in B", named(&trials.only_b)),
            ("Trials unreadable in A", named(&trials.unreadable_a)),
            ("Trials unreadable in B", named(&trials.unreadable_b)),
            (
                "Mean test accuracy of cells that differ",
                cells.map(cell).collect(),
            ),
            ("Cells only in A", self.cells.only_a.clone()),
            ("Cells only in B", self.cells.only_b.clone()),
            ("Verdicts that changed", changed.collect()),
            ("Claims only in A", claim(&claims.only_a)),
            ("Claims only in B", claim(&claims.only_b)),
            ("Settings that differ", differing(&self.settings)),
            ("Studies", differing(&self.studies)),
            ("Where it ran", differing(&self.runs)),
        ]
    }
}

fn some(number: usize, what: &str) -> Option<String> {
    (number > 0).then(|| format!("{number} {what}"))
}

fn side(letter: &str, side: &SideSummary) -> String {
    let mut line = format!("{letter}: {}, {}", side.name, count(side.trials, "trial"));
    if side.runtimes > 0 {
        let _ = write!(line, ", {}", count(side.runtimes, "runtime"));
    }
    if !side.studies.is_empty() {
        let _ = write!(line, " of {}", side.studies.join(", "));
    }
    line
}

fn words(trial: &NamedTrial) -> String {
    match trial.name.as_str() {
        "" => trial.identity.clone(),
        name => format!("{name} ({})", trial.identity),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `0.9869 (0.9860–0.9878), n = 5`.
fn mean(numbers: Option<Numbers>) -> String {
    or_dash(numbers, |mean| {
        let interval = mean.low.zip(mean.high);
        let interval =
            interval.map_or_else(String::new, |(low, high)| format!(" ({low:.4}–{high:.4})"));
        format!("{:.4}{interval}, n = {}", mean.estimate, mean.n)
    })
}

fn cell(cell: &ComparedCell) -> String {
    let verdict = match cell.verdict {
        CellVerdict::Equal => "equal",
        CellVerdict::Within => "within",
        CellVerdict::Beyond => "beyond",
        CellVerdict::Unknown => "too few seeds to tell",
    };
    let method = match cell.method {
        Method::Paired => "paired by seed",
        Method::Welch => "Welch",
    };
    let difference = or_dash(cell.difference, |d| {
        let interval = d.low.zip(d.high);
        let interval = interval.map_or_else(String::new, |(low, high)| {
            format!(" ({} to {})", signed(low), signed(high))
        });
        format!("{}{interval}, {method}, n = {}", signed(d.estimate), d.n)
    });
    let mut line = format!(
        "{}: {verdict}: A {}; B {}; B − A {difference}",
        cell.name,
        mean(cell.a),
        mean(cell.b)
    );
    for (letter, failed) in ["A", "B"].iter().zip(cell.failed) {
        if failed > 0 {
            let _ = write!(line, "; {failed} failed in {letter}");
        }
    }
    line
}

fn verdict(claim: &ClaimNumbers) -> String {
    match claim.words.as_str() {
        "" => claim.verdict.to_owned(),
        words => format!("{}: {words}", claim.verdict),
    }
}

fn differing(differing: &Differing, most: usize) -> String {
    let values = |values: &[String]| match values {
        [] => "none".to_owned(),
        values => {
            let shown = values.iter().take(most).map(|value| one_line(value));
            let mut shown: Vec<String> = shown.collect();
            if values.len() > most {
                shown.push(format!("… and {} more", values.len() - most));
            }
            shown.join(", ")
        }
    };
    let [a, b] = [&differing.a, &differing.b].map(|side| values(side));
    format!("{}: A {a} | B {b}", differing.what)
}
