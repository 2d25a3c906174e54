//! A claim with what the records say of it.

use lenet_results::{Declared, Quantity};
use lenet_stats::{Estimate, StatsError};

use crate::claims::verdict::Verdict;

/// A claim with what the records say of it.
#[derive(Debug, Clone)]
pub struct JudgedClaim {
    /// The claim's id within its study.
    pub id: String,
    /// The claim in words.
    pub text: String,
    /// What a reader must know beside the verdict, in Markdown.
    pub notes: String,
    /// What is asked of the records, and the rule for the verdict.
    pub question: String,
    /// The answer.
    pub verdict: Verdict,
    /// The comparison that decides, or comes nearest to it: the first test's.
    pub estimate: Option<Estimate>,
    /// What `estimate` is, and how its interval is computed.
    pub method: String,
    /// Further facts for the reader.
    pub detail: String,
    /// The least error at which the claim is decided, 1 where it never is; `None` where it was not
    /// measured.
    pub p_value: Option<f64>,
    /// The verdict adjusted for the number of claims (Holm 1979); `None` where it was not measured.
    pub adjusted: Option<Verdict>,
    /// When the claim was declared.
    pub declared: Declared,
    /// What it would take to decide an undecided claim.
    pub outlook: Option<Outlook>,
    /// What the estimate is, which says how it is written.
    pub(crate) quantity: Quantity,
    /// Every comparison.
    pub comparisons: Vec<JudgedComparison>,
}

/// What it would take to decide an undecided claim, if its effects are as seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// About so many seeds for each cell, in all.
    Seeds(usize),
    /// An effect lies so near to a bound that no reasonable number decides it.
    NoNumber,
    /// It takes other or more images: seeds do not tell more about these.
    Images,
    /// Too few seeds yet to tell: two or more are needed.
    Unknown,
}

/// A comparison with its estimate.
#[derive(Debug, Clone)]
pub struct JudgedComparison {
    /// The comparison in words.
    pub label: String,
    /// The estimate, or why there is none.
    pub estimate: Result<Estimate, StatsError>,
    /// What the rule makes of it.
    pub verdict: Verdict,
    /// Whether the claim is undecided, and more seeds of this comparison's cells are the shortest way
    /// to decide it.
    pub needs_seeds: bool,
}
