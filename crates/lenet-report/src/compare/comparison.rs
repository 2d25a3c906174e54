//! What a comparison of two sets of records says.

use lenet_results::Difference;
use lenet_stats::Estimate;
use serde::Serialize;

/// Version of the JSON of a [`Comparison`]. Members are added, never renamed, within one version.
pub const FORMAT: u32 = 1;

/// Records that cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    /// Neither side has the figure.
    #[error("--figure {id}: neither side has it (hint: there are {})", known.join(", "))]
    NoFigure {
        /// The id that was asked for.
        id: String,
        /// The ids that there are.
        known: Vec<String>,
    },
    /// Neither side has a trial.
    #[error(
        "{a} and {b}: neither has a trial that was asked for, so there is nothing to compare (hint: runtimes \
         are never equal to the bit; `report` draws those of both)"
    )]
    NoTrials {
        /// The first side.
        a: String,
        /// The second side.
        b: String,
    },
}

/// Two sets of records, A and B, compared. As JSON it is one object.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// [`FORMAT`].
    pub format: u32,
    /// Whether both have the same trials, equal to the bit, with the same verdicts, and nothing is damaged.
    pub equal: bool,
    /// The figures that the comparison was limited to; empty: it is of everything.
    pub figures: Vec<String>,
    /// The first side.
    pub a: SideSummary,
    /// The second side.
    pub b: SideSummary,
    /// Trial by trial.
    pub trials: ComparedTrials,
    /// Cell by cell: the seeds of one configuration together.
    pub cells: ComparedCells,
    /// Claim by claim.
    pub claims: ComparedClaims,
    /// Settings of the trials that have other values on one side than on the other.
    pub settings: Vec<Differing>,
    /// What differs of the studies: their files, flags and figures.
    pub studies: Vec<Differing>,
    /// What differs of where and by what the trials were run.
    pub runs: Vec<Differing>,
}

/// What a side has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SideSummary {
    /// Its folder or its file.
    pub name: String,
    /// Names of its studies.
    pub studies: Vec<String>,
    /// Trials that have ended.
    pub trials: usize,
    /// Runtimes, which are not compared.
    pub runtimes: usize,
    /// What is damaged and was left out, one line each.
    pub damaged: Vec<String>,
}

/// A trial, by its identity and in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedTrial {
    /// Its identity.
    pub identity: String,
    /// Its name among those of both sides; empty where no side's record can be read.
    pub name: String,
}

/// The trials of both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedTrials {
    /// All numbers of all epochs and the outcome are equal to the bit.
    pub equal: Vec<NamedTrial>,
    /// Those that differ.
    pub different: Vec<DifferentTrial>,
    /// Trials that B lacks.
    pub only_a: Vec<NamedTrial>,
    /// Trials that A lacks.
    pub only_b: Vec<NamedTrial>,
    /// Trials whose record in A is damaged.
    pub unreadable_a: Vec<NamedTrial>,
    /// Trials whose record in B is damaged.
    pub unreadable_b: Vec<NamedTrial>,
    /// What their networks say of the test images.
    pub predictions: ComparedPredictions,
}

impl ComparedTrials {
    /// Whether both sides have the same trials, with the same numbers and predictions.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.different.is_empty()
            && self.only_a.is_empty()
            && self.only_b.is_empty()
            && self.unreadable_a.is_empty()
            && self.unreadable_b.is_empty()
            && self.predictions.different.is_empty()
    }
}

/// A trial whose results differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DifferentTrial {
    /// Which trial.
    #[serde(flatten)]
    pub trial: NamedTrial,
    /// The first number that differs: `first` is A's, `second` B's.
    #[serde(flatten)]
    pub difference: Difference,
    /// B's number less A's, where both are finite numbers.
    pub by: Option<f64>,
}

/// Predictions of the trials that both sides have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparedPredictions {
    /// Trials whose predictions and kernels are equal to the bit.
    pub equal: usize,
    /// Trials whose predictions or kernels differ.
    pub different: Vec<DifferentPredictions>,
    /// Trials with predictions on one side alone.
    pub one_side: usize,
    /// Trials without any.
    pub neither: usize,
}

/// A trial whose predictions differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DifferentPredictions {
    /// Which trial.
    #[serde(flatten)]
    pub trial: NamedTrial,
    /// Images with another class or another confidence; `None` where the sides speak of other numbers of
    /// images or classes. 0: only labels or kernels differ.
    pub images: Option<usize>,
    /// Those of them with another class.
    pub classes: Option<usize>,
}

/// The cells of both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedCells {
    /// Cells that both sides have.
    pub both: Vec<ComparedCell>,
    /// Names of cells that B lacks.
    pub only_a: Vec<String>,
    /// Names of cells that A lacks.
    pub only_b: Vec<String>,
}

/// A cell that both sides have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedCell {
    /// Its name among those of both sides.
    pub name: String,
    /// The epoch, counted from 1, whose test accuracy is compared: the last that all its trials reached.
    pub epoch: Option<usize>,
    /// Mean test accuracy of A.
    pub a: Option<Numbers>,
    /// Mean test accuracy of B.
    pub b: Option<Numbers>,
    /// Trials of A and of B that failed, which have no part in the means.
    pub failed: [usize; 2],
    /// Mean test accuracy of B less that of A.
    pub difference: Option<Numbers>,
    /// How the interval of the difference is computed.
    pub method: Method,
    /// What the difference says.
    pub verdict: CellVerdict,
}

/// An estimate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Numbers {
    /// The estimate.
    pub estimate: f64,
    /// Lower end of its interval.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// Confidence level of the interval.
    pub level: f64,
    /// Observations; of a paired difference the pairs.
    pub n: usize,
}

impl From<Estimate> for Numbers {
    fn from(estimate: Estimate) -> Self {
        Self {
            estimate: estimate.point,
            low: estimate.low(),
            high: estimate.high(),
            level: estimate.level,
            n: estimate.n,
        }
    }
}

/// How the interval of a difference is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Student's t of the differences of trials with the same seed.
    Paired,
    /// Welch's t of independent samples: fewer than two seeds are shared.
    Welch,
}

/// What the difference of a cell's means says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CellVerdict {
    /// Both sides have the same trials, equal to the bit.
    Equal,
    /// The interval of the difference contains 0.
    Within,
    /// It does not: chance among seeds does not explain the difference.
    Beyond,
    /// There are too few trials for an interval.
    Unknown,
}

/// The claims of both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedClaims {
    /// Claims with one verdict.
    pub same: usize,
    /// Claims whose verdict is not the same.
    pub changed: Vec<ChangedClaim>,
    /// Claims that B lacks.
    pub only_a: Vec<NamedClaim>,
    /// Claims that A lacks.
    pub only_b: Vec<NamedClaim>,
}

impl ComparedClaims {
    /// Whether both sides have the same claims with the same verdicts.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.changed.is_empty() && self.only_a.is_empty() && self.only_b.is_empty()
    }
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedClaim {
    /// Its id within its study.
    pub id: String,
    /// The claim in words.
    pub text: String,
}

/// A claim whose verdict is not the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangedClaim {
    /// Which claim; its id is A's.
    #[serde(flatten)]
    pub claim: NamedClaim,
    /// What A says of it.
    pub a: ClaimNumbers,
    /// What B says of it.
    pub b: ClaimNumbers,
}

/// What a side says of a claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimNumbers {
    /// The verdict in words.
    pub verdict: &'static str,
    /// The comparison that decides, or comes nearest to it.
    pub numbers: Option<Numbers>,
    /// The same in words, in the claim's unit; empty without an estimate.
    pub words: String,
}

/// Something that has other values on one side than on the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Differing {
    /// What it is.
    pub what: String,
    /// Its values in A; empty where A has none.
    pub a: Vec<String>,
    /// Its values in B.
    pub b: Vec<String>,
}
