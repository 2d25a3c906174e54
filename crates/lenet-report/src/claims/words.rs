//! Claims in words: the question, the method, the numbers.

use lenet_results::{
    ClaimRecord, ComparisonRecord, Correction, Declared, Quantity, Rule, Scope, TestRecord,
};
use lenet_stats::{Estimate, StatsError};

use super::judged::{JudgedClaim, JudgedComparison, Outlook};
use super::part::Part;
use super::sample::Looks;
use crate::records::estimates::LEVEL;
use crate::text::{bounds, count, date, joined, or_dash, percent, ratio, signed};

/// What a claim asks of the records, and its rule.
pub(super) fn question(claim: &ClaimRecord, parts: &[Part]) -> String {
    let mut labels = parts.iter().map(|part| part.label.as_str());
    let each = claim.tests.iter().map(|test| {
        let n = test.comparisons.len();
        let labels: Vec<&str> = labels.by_ref().take(n).collect();
        let what = quantity(test);
        let cells = match test.common.as_str() {
            "" => String::new(),
            common => format!(", of {common}"),
        };
        let asked = match labels.as_slice() {
            [""] => format!("{what}{cells}."),
            [label] => format!("{what}{cells}: {label}."),
            _ => format!("{what}{cells}, in {n} comparisons."),
        };
        let only = test.only.as_ref().map(|only| {
            format!(
                " Cells whose mean {} is below {} are left out.",
                only.reading, only.at_least
            )
        });
        format!("{asked}{} {}", only.unwrap_or_default(), rule(test))
    });
    joined(each, " ")
}

/// What a test estimates.
fn quantity(test: &TestRecord) -> String {
    let left = &test.left;
    let (over, by) = match left.measure.is_of_runtime() {
        true => ("processes", "process by process"),
        false => ("seeds", "seed by seed"),
    };
    let what = match test.quantity {
        Quantity::Value => format!("Mean over {over} of {left}"),
        Quantity::Difference => format!("Difference in {}, {by}", both(test)),
        Quantity::Ratio => format!("Ratio of {}, {by}", both(test)),
        Quantity::Distance => format!("Distance in {}, without its sign, {by}", both(test)),
        Quantity::Reduction => format!("Share of {left} that the right side saves, {by}"),
        Quantity::Spread => format!("Standard deviation over {over} of {left}"),
        Quantity::SpreadBeyondChance => format!(
            "Standard deviation over {over} of {left}, in units of the standard deviation that the \
             number of images explains"
        ),
        Quantity::DistanceBeyondChance => format!(
            "Distance in {}, in units of the standard deviation between two samples of images of \
             one distribution",
            both(test)
        ),
    };
    match (is_change(test), test.quantity) {
        (false, _) => what,
        (true, Quantity::Ratio) => what.replacen("Ratio", "Ratio of two ratios", 1),
        (true, _) => format!("Change of the {}", small(&what)),
    }
}

/// Whether a test is about a change of its quantity.
fn is_change(test: &TestRecord) -> bool {
    test.comparisons.iter().any(ComparisonRecord::is_change)
}

/// The quantity as which an estimate is written: a change has a sign.
pub(super) fn written_as(test: &TestRecord) -> Quantity {
    match test.quantity {
        Quantity::Value | Quantity::Distance if is_change(test) => Quantity::Difference,
        quantity => quantity,
    }
}

/// A sentence's beginning within a sentence.
fn small(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// The readings of both sides, once where they are the same.
fn both(test: &TestRecord) -> String {
    match &test.right {
        Some(right) if right.measure != test.left.measure => {
            format!("{} and {right}", test.left)
        }
        Some(right) if right.at != test.left.at => test.left.measure.words(),
        _ => test.left.to_string(),
    }
}

/// The rule of a test in words.
fn rule(test: &TestRecord) -> String {
    let (holds, fails) = match test.rule {
        Rule::Above(bound) => (format!("above {bound}"), "at or below it"),
        Rule::Below(bound) => (format!("below {bound}"), "at or above it"),
        Rule::Within(least, most) => (format!("between {least} and {most}"), "wholly outside"),
    };
    let holds = holds.replace('-', "−");
    match (test.scope, test.comparisons.len()) {
        (_, 1) => format!("Holds if the interval lies {holds}; does not if it lies {fails}."),
        (Scope::All, _) => format!(
            "Holds if every interval lies {holds}; does not if one lies {fails}. Shown is the \
             comparison nearest to failing."
        ),
        (Scope::Any, _) => format!(
            "Holds if one interval lies {holds}; does not if all lie {fails}. Shown is the \
             comparison nearest to holding."
        ),
        (Scope::Unanimous, _) => format!(
            "Holds if every interval lies {holds}; does not if every one lies {fails}. Shown is \
             the comparison nearest to holding."
        ),
    }
}

/// How the interval of a test is computed, as [`Sample`](super::sample::Sample) does.
fn interval(test: &TestRecord, looks: Looks) -> &'static str {
    match (test.quantity, looks) {
        (Quantity::Ratio, Looks::Once) => "Student t of the logarithms",
        (Quantity::Ratio, Looks::EverySeed) => {
            "confidence sequence of the logarithms, which allows for a look after every seed"
        }
        (Quantity::Spread | Quantity::SpreadBeyondChance, Looks::Once) => {
            "chi-square, taking the values to be normal"
        }
        (Quantity::Spread | Quantity::SpreadBeyondChance, Looks::EverySeed) => {
            "chi-square, taking the values to be normal and allowing for a look after every seed"
        }
        (Quantity::DistanceBeyondChance, _) => "normal, for other images of the same distribution",
        (Quantity::Value, Looks::Once) if test.left.measure.is_accuracy() && !is_change(test) => {
            "Student t on the scale of logits"
        }
        (_, Looks::Once) => "Student t",
        (_, Looks::EverySeed) => "confidence sequence, which allows for a look after every seed",
    }
}

/// What the estimate shown is, and how its interval is computed.
pub(super) fn method(
    test: &TestRecord,
    claim: &ClaimRecord,
    comparisons: usize,
    shown: &JudgedComparison,
    looks: Looks,
) -> String {
    let interval = interval(test, looks);
    let level = shown.estimate.as_ref().map_or(LEVEL, |e| e.level);
    let what = small(&quantity(test));
    let parts = [test.common.as_str(), shown.label.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    let of = match parts.is_empty() {
        true => String::new(),
        false => format!(": {}", parts.join(", ")),
    };
    format!(
        "{what}{of}; {interval}, {}",
        level_in_words(level, claim.correction, comparisons)
    )
}

/// A level in percent, and what it comes from where it is not the usual one.
pub(super) fn level_in_words(level: f64, correction: Correction, comparisons: usize) -> String {
    let name = match correction {
        Correction::Bonferroni => "Bonferroni",
        Correction::Holm => "Holm",
    };
    match comparisons {
        0 | 1 => level_in_percent(level),
        n => format!(
            "{}, so that {n} comparisons have {} jointly ({name})",
            level_in_percent(level),
            level_in_percent(LEVEL)
        ),
    }
}

/// A level in percent with the digits that it has.
pub(crate) fn level_in_percent(level: f64) -> String {
    let text = format!("{:.2}", 100.0 * level);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} %")
}

/// What the samples of a claim lack.
pub(super) struct Left {
    /// Pairs of cells without values.
    pub(super) missing: usize,
    /// Pairs of cells that learned too little.
    pub(super) left_out: usize,
    /// Whether some runtimes were measured in several rounds of one process.
    pub(super) shares_a_process: bool,
}

/// Every comparison, where there are several; cells without results; what is left out.
pub(super) fn detail(claim: &ClaimRecord, comparisons: &[JudgedComparison], left: &Left) -> String {
    let mut sentences = Vec::new();
    if comparisons
        .iter()
        .all(|c| c.estimate == Err(StatsError::Empty))
    {
        let by = match claim.tests[0].left.measure.is_of_runtime() {
            true => "bench-runtime",
            false => "experiments",
        };
        return format!("No comparison has the results that it needs; `{by}` makes them.");
    }
    let quantities = claim
        .tests
        .iter()
        .flat_map(|test| test.comparisons.iter().map(|_| written_as(test)));
    if comparisons.len() > 1 {
        let each = comparisons.iter().zip(quantities).map(|(c, quantity)| {
            let value = match &c.estimate {
                Ok(estimate) => with_interval(quantity, estimate),
                Err(StatsError::Empty) => "no results".to_owned(),
                Err(error) => format!("none, {error}"),
            };
            format!("{}: {value}, {}", c.label, c.verdict.text())
        });
        sentences.push(format!("{}.", joined(each, "; ")));
    } else if let Some(Err(error)) = comparisons.first().map(|c| &c.estimate) {
        sentences.push(format!("No estimate: {error}."));
    }
    if left.missing > 0 {
        let pairs = count(left.missing, "pair");
        sentences.push(format!(
            "{pairs} of cells without results, so nothing is decided on them."
        ));
    }
    if left.left_out > 0 {
        sentences.push(format!(
            "Left out as not having learned: {}.",
            left.left_out
        ));
    }
    if left.shares_a_process {
        sentences.push(
            "Several rounds were measured by one process. They are no independent repeats, so each \
             process counts once."
                .to_owned(),
        );
    }
    sentences.join(" ")
}

fn with_interval(quantity: Quantity, estimate: &Estimate) -> String {
    let text = |value| number(quantity, value);
    let interval = estimate.interval.map(|i| bounds(i, text));
    let interval = interval.unwrap_or_else(|| "no interval from one seed".to_owned());
    format!("{} ({interval})", text(estimate.point))
}

/// A number of a quantity.
pub(crate) fn number(quantity: Quantity, value: f64) -> String {
    match quantity {
        Quantity::Difference => signed(value),
        Quantity::Value => format!("{value:.4}").replace('-', "−"),
        Quantity::Spread | Quantity::Distance => format!("{value:.5}"),
        Quantity::SpreadBeyondChance | Quantity::DistanceBeyondChance => format!("{value:.2}"),
        Quantity::Ratio => ratio(value),
        Quantity::Reduction => percent(value),
    }
}

impl JudgedClaim {
    /// The point estimate in words.
    #[must_use]
    pub fn point(&self) -> String {
        or_dash(self.estimate, |e| number(self.quantity, e.point))
    }

    /// The interval in words.
    #[must_use]
    pub fn interval(&self) -> String {
        let interval = self.estimate.and_then(|e| e.interval);
        or_dash(interval, |i| {
            bounds(i, |value| number(self.quantity, value))
        })
    }

    /// The confidence level of the interval in words.
    #[must_use]
    pub fn level(&self) -> String {
        let shown = self.estimate.filter(|e| e.interval.is_some());
        or_dash(shown, |e| level_in_percent(e.level))
    }

    /// The number of observations in words.
    #[must_use]
    pub fn observations(&self) -> String {
        or_dash(self.estimate, |e| e.n.to_string())
    }

    /// When the claim was declared, in words.
    #[must_use]
    pub fn declared(&self) -> String {
        match self.declared {
            Declared::Before { unix } => format!("before the data, {}", date(unix)),
            Declared::Afterwards {
                unix,
                finished,
                changed,
            } => {
                let how = if changed { "changed" } else { "added" };
                let trials = count(finished, "trial");
                format!("{how} after {trials}, {}", date(unix))
            }
            Declared::Unregistered => "not registered".to_owned(),
        }
    }

    /// What it would take to decide the claim, in words; empty where it is decided.
    #[must_use]
    pub fn outlook(&self) -> String {
        let have = self.estimate.map_or(0, |e| e.n);
        match self.outlook {
            None => String::new(),
            Some(Outlook::Seeds(n)) if n > have => format!("about {} more", n - have),
            Some(Outlook::Seeds(_) | Outlook::Unknown) => "not known yet".to_owned(),
            Some(Outlook::Images) => "other images, not more seeds".to_owned(),
            Some(Outlook::NoNumber) => "no number: the effect lies at the bound".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
