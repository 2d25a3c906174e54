//! Claims that are tested on records, and their verdicts.
//!
//! A claim asks a question with a numerical answer. The verdict follows from the answer's 95 %
//! interval by a rule that stands with the claim and on the page. Trials of two settings are compared
//! in pairs that share a seed, and runtimes in pairs that share a round.

pub(crate) mod contrast;

use lenet_stats::Estimate;

use crate::text::{bounds, or_dash, percent, ratio, signed};

/// What the records say about a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Holds,
    DoesNotHold,
    Undecided,
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

/// The part of a claim that does not depend on records.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) number: u32,
    pub(crate) claim: &'static str,
    /// The question to the data, and the rule for the verdict. Empty if the data cannot answer.
    pub(crate) question: &'static str,
    /// What the published figures show, and what they leave open.
    pub(crate) published: &'static str,
    pub(crate) quantity: Quantity,
}

/// What the estimate of a claim is. It decides how the number is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Quantity {
    /// A difference of accuracies, with its sign.
    Difference,
    /// A distance or deviation, which has no sign.
    Spread,
    Ratio,
    /// A share, in percent.
    Share,
}

/// What the records answer to a question.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) verdict: Verdict,
    pub(crate) estimate: Option<Estimate>,
    /// What the estimate is, and how its interval is computed.
    pub(crate) method: String,
    /// Further facts for the reader.
    pub(crate) detail: String,
}

/// An answer, or the reason why the records have none.
pub(crate) type Answered = Result<Answer, String>;

/// A claim with its answer.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) statement: Statement,
    pub(crate) answer: Answer,
}

impl Statement {
    /// The claim with its answer, or with the reason why there is none.
    pub(crate) fn answered(self, answer: Answered) -> Claim {
        let not_measured = |detail| Answer {
            verdict: Verdict::NotMeasured,
            estimate: None,
            method: String::new(),
            detail,
        };
        Claim {
            statement: self,
            answer: answer.unwrap_or_else(not_measured),
        }
    }
}

impl Claim {
    /// Withdraws the verdict if the records lack something, and says so. The numbers stay, but they
    /// answer another question. `made` says how the records came about, e.g. `Timed`.
    pub(crate) fn qualify(mut self, made: &str, lacks: &[String], and: &str) -> Self {
        let answer = &mut self.answer;
        if !lacks.is_empty() && answer.verdict != Verdict::NotMeasured {
            answer.verdict = Verdict::Undecided;
            let lacks = lacks.join(and);
            let note = format!("{made} with {lacks}: no verdict on the claim. ");
            answer.detail.insert_str(0, &note);
        }
        self
    }

    /// The point estimate in words.
    pub(crate) fn point(&self) -> String {
        or_dash(self.answer.estimate, |e| self.number(e.point))
    }

    /// The interval in words.
    pub(crate) fn interval(&self) -> String {
        let interval = self.answer.estimate.and_then(|e| e.interval);
        or_dash(interval, |i| bounds(i, |value| self.number(value)))
    }

    /// The number of observations in words.
    pub(crate) fn observations(&self) -> String {
        or_dash(self.answer.estimate, |e| e.n.to_string())
    }

    fn number(&self, value: f64) -> String {
        match self.statement.quantity {
            Quantity::Difference => signed(value),
            Quantity::Spread => format!("{value:.5}"),
            Quantity::Ratio => ratio(value),
            Quantity::Share => percent(value),
        }
    }
}
