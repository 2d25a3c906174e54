//! What the 2017 report claims, held against the records.
//!
//! Every claim is put as a question with a numerical answer; the verdict follows from the
//! answer's 95 % interval by a rule that stands with the claim and on the page. Trials of two
//! settings that share a seed are compared in pairs, runtimes that share a round likewise. Where several comparisons decide one
//! verdict, each is held to a level of 1 − 0.05 ÷ their number (Bonferroni), so that together
//! they err no more often than one would.

mod lab;
mod rates;
mod runtime;
mod variation;

use lenet_results::TrialRecord;
use lenet_stats::{Estimate, Interval};
use serde::Serialize;

use crate::model::LEVEL;
use crate::results::signed;
use crate::runtime::Runtimes;
use lab::Lab;

/// What the records say of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Verdict {
    #[serde(rename = "holds")]
    Holds,
    #[serde(rename = "does not hold")]
    DoesNotHold,
    #[serde(rename = "undecided")]
    Undecided,
    #[serde(rename = "not measured here")]
    NotMeasured,
}

impl Verdict {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::Undecided => "undecided",
            Self::NotMeasured => "not measured here",
        }
    }
}

/// A claim's fixed part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) number: u32,
    pub(crate) claim: &'static str,
    /// What is asked of the data, and the rule for the verdict.
    pub(crate) question: &'static str,
    /// What the published figure could show of it and what not.
    pub(crate) published: &'static str,
}

/// A claim with its answer.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) statement: Statement,
    pub(crate) verdict: Verdict,
    pub(crate) estimate: Option<Estimate>,
    /// What the estimate is and how its interval was found.
    pub(crate) method: String,
    /// Everything else that a reader should know.
    pub(crate) detail: String,
}

impl Claim {
    /// The estimate in words: with its sign where it is a difference, which a spread is not.
    pub(crate) fn point(&self) -> String {
        self.estimate
            .map_or("–".to_owned(), |e| self.number(e.point))
    }

    /// The interval in words.
    pub(crate) fn interval(&self) -> String {
        let interval = self.estimate.and_then(|e| e.interval);
        let text = |i: Interval| format!("{} to {}", self.number(i.low), self.number(i.high));
        interval.map_or("–".to_owned(), text)
    }

    fn number(&self, value: f64) -> String {
        match self.statement.number {
            3 | 4 => format!("{value:.5}"),
            7 | 9 | 10 => runtime::times(value),
            8 => runtime::percent(value),
            _ => signed(Some(value)),
        }
    }

    fn not_measured(statement: Statement, detail: impl Into<String>) -> Self {
        let (verdict, method) = (Verdict::NotMeasured, String::new());
        Self {
            statement,
            verdict,
            estimate: None,
            method,
            detail: detail.into(),
        }
    }
}

/// All claims in order.
pub(crate) fn evaluate(records: &[TrialRecord], runtimes: &Runtimes) -> Vec<Claim> {
    let mut claims = match Lab::select(records) {
        Some(lab) => {
            let claims = [
                rates::best_rate(&lab),
                rates::slow_rate(&lab),
                variation::between_runs(&lab),
                variation::between_splits(&lab),
                variation::dropout(&lab),
                rates::optimizer(&lab),
            ];
            claims.map(|claim| lab.qualify(claim)).to_vec()
        }
        None => {
            let detail = "No trial has the study's network (16 filters, 128 hidden units), \
                          optimizer settings, batch size 128 and data set.";
            let of = |s: &Statement| Claim::not_measured(*s, detail);
            ACCURACY.iter().map(of).collect()
        }
    };
    claims.extend(runtime::evaluate(runtimes));
    claims
}

/// `claims.json`.
pub(crate) fn json(claims: &[Claim]) -> Vec<u8> {
    #[derive(Serialize)]
    struct Row<'a> {
        claim: u32,
        statement: &'a str,
        verdict: Verdict,
        estimate: Option<f64>,
        low: Option<f64>,
        high: Option<f64>,
        method: &'a str,
        /// Rounds where the claim is about runtimes.
        seeds: usize,
    }
    let rows: Vec<Row> = claims
        .iter()
        .map(|claim| Row {
            claim: claim.statement.number,
            statement: claim.statement.claim,
            verdict: claim.verdict,
            estimate: claim.estimate.map(|e| e.point),
            low: claim.estimate.and_then(|e| e.low()),
            high: claim.estimate.and_then(|e| e.high()),
            method: &claim.method,
            seeds: claim.estimate.map_or(0, |e| e.n),
        })
        .collect();
    let mut text = serde_json::to_vec_pretty(&rows).expect("estimates are finite");
    text.push(b'\n');
    text
}

/// The claims as a Markdown table.
pub(crate) fn markdown(claims: &[Claim]) -> String {
    let mut out = String::from(
        "| | claim | verdict | estimate | interval | n | what is estimated |\n\
         | --: | --- | --- | --: | --- | --: | --- |\n",
    );
    for claim in claims {
        let none = || "–".to_owned();
        out.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} |\n",
            claim.statement.number,
            claim.statement.claim,
            claim.verdict.text(),
            claim.point(),
            claim.interval(),
            claim.estimate.map_or_else(none, |e| e.n.to_string()),
            claim.method.replace('|', "\\|"),
        ));
    }
    out
}

/// Holds where the interval lies above zero, does not where it lies below.
fn above_zero(interval: Option<Interval>) -> Verdict {
    match interval {
        Some(i) if i.low > 0.0 => Verdict::Holds,
        Some(i) if i.high < 0.0 => Verdict::DoesNotHold,
        _ => Verdict::Undecided,
    }
}

/// Level of each of `comparisons` that together err as often as one.
fn bonferroni(comparisons: usize) -> f64 {
    1.0 - (1.0 - LEVEL) / comparisons.max(1) as f64
}

/// Accuracy on the test data that is called converged in the texts.
const CONVERGED: f64 = 0.9;

/// How far apart two accuracies may be and still be called nearly identical, half a percent.
const MARGIN: f64 = 0.005;

/// How far apart validation and test accuracy may be and still be called very similar.
const SIMILAR: f64 = 0.01;

pub(crate) const ACCURACY: [Statement; 6] = [
    Statement {
        number: 1,
        claim: "With SGD, learning rate 0.1 performs best of the four.",
        question: "By how much does SGD at 0.1 exceed each other rate in final test accuracy, \
                   seed by seed? Holds if the intervals of all three differences lie above zero; \
                   does not if one lies below. Shown is the comparison with the lowest bound.",
        published: "One run a rate: the gap from 0.1 to 0.01 was 0.021, which no repeat backed.",
    },
    Statement {
        number: 2,
        claim: "With SGD, 0.0001 converges very slowly.",
        question: "Does SGD at 0.1 reach more after its first epoch than at 0.0001 after the \
                   last? Holds if the interval of that difference in test accuracy lies above \
                   zero; does not if it lies below.",
        published: "One run: 0.1937 after ten epochs against 0.9471 after one; the figure shows \
                    the gap, not how much of it is chance.",
    },
    Statement {
        number: 3,
        claim: "Results vary from run to run, because batches and initial weights are random.",
        question: "What is the standard deviation over seeds of the final test accuracy of SGD \
                   at 0.1 without dropout? Holds if its interval lies above zero; does not if \
                   all runs agree exactly.",
        published: "Nothing: each curve is one run.",
    },
    Statement {
        number: 4,
        claim: "Validation and test error are very similar, but not the same.",
        question: "How far are final validation and test accuracy apart, without regard to \
                   sign, in the mean over all settings that learned? Holds if the interval over \
                   seeds lies above 0 and below 0.01; does not if it lies wholly above 0.01, or \
                   if the two are always equal.",
        published: "Two panels a figure, compared by eye. The two samples are the same for every \
                    run, so their difference is mostly a property of the samples.",
    },
    Statement {
        number: 5,
        claim: "With dropout the performance is nearly identical for this small network.",
        question: "What does real dropout (rate 0.5, connected) change in the final test \
                   accuracy of SGD at each of the four rates, seed by seed? Holds if all four \
                   intervals lie within ±0.005; does not if one lies wholly outside. Shown is \
                   the largest change.",
        published: "Nothing: its dropout layer was never connected, so figure 2 is figure 1 with \
                    other random numbers.",
    },
    Statement {
        number: 6,
        claim: "The optimizer matters a great deal: with Adam, 0.001 converges very fast, which \
                was not so with SGD.",
        question: "At 0.001, does Adam reach more after its first epoch than SGD after the last? \
                   Holds if the interval of that difference in test accuracy, seed by seed, lies \
                   above zero; does not if it lies below.",
        published: "One run each, Adam nominally with dropout and SGD without, in truth both \
                    without: 0.9681 after one epoch against 0.8735 after ten.",
    },
];

#[cfg(test)]
mod tests;
