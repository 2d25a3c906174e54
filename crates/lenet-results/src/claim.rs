//! Claims as a study declares them, resolved to the cells that they compare.
//!
//! A claim holds if all of its tests hold. A test reads one number per seed from each cell, makes
//! comparisons of them, and applies its rule to their intervals. Cells are named by
//! [`Trial::cell`](lenet_core::Trial::cell), for a measure of runtimes by
//! [`RuntimeRecord::cell`](crate::RuntimeRecord::cell), so a claim can be tested on any records of
//! these cells, whichever command made them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::measure::{Measure, Moment};

/// A claim of a study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimRecord {
    /// Names the claim within its study: its position from 1 where the file gives no id.
    pub id: String,
    /// The claim in words.
    pub text: String,
    /// What a reader must know beside the verdict, in Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// How several comparisons of the claim share its error.
    #[serde(default)]
    pub correction: Correction,
    /// At least one. The first is the one whose estimate is shown.
    pub tests: Vec<TestRecord>,
}

/// How several comparisons that decide one verdict share the error of 5 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Correction {
    /// Each of m comparisons has the level 1 − 0.05 ÷ m.
    #[default]
    Bonferroni,
    /// Step-down after Holm (1979): the comparison with the k-th smallest p-value has the level
    /// 1 − 0.05 ÷ (m − k + 1), as long as all before it were decided.
    Holm,
}

/// One question of a claim to the records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TestRecord {
    /// Settings that all its cells share, in words; empty where the test is about all cells.
    #[serde(default, rename = "where", skip_serializing_if = "String::is_empty")]
    pub common: String,
    /// What is computed of the readings.
    pub quantity: Quantity,
    /// What is read from the left cells.
    pub left: Reading,
    /// What is read from the right cells; `None` for a quantity of one side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<Reading>,
    /// When the interval of a comparison decides.
    pub rule: Rule,
    /// Which comparisons must meet the rule.
    #[serde(default, rename = "for")]
    pub scope: Scope,
    /// Cells that count only if they learned something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Threshold>,
    /// At least one.
    pub comparisons: Vec<ComparisonRecord>,
}

/// A number of a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Which number.
    pub measure: Measure,
    /// After which epoch; without meaning for measures of a whole trial.
    pub at: Moment,
}

impl fmt::Display for Reading {
    /// For people: `test accuracy after the last epoch`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.measure.words())?;
        match self.measure.is_of_epochs() {
            true => write!(f, " {}", self.at),
            false => Ok(()),
        }
    }
}

/// A comparison of cells, for which there is one estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonRecord {
    /// The comparison in words, e.g. `learning_rate = 0.1 against learning_rate = 0.01`.
    pub label: String,
    /// Cells of this comparison. Their values are averaged within a seed.
    pub pairs: Vec<PairRecord>,
    /// Where the claim is about a change of the quantity: cells whose average is taken away from
    /// that of `pairs` (of ratios: by which it is divided).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub baseline: Vec<PairRecord>,
}

impl ComparisonRecord {
    /// Whether it is about a change of the quantity.
    #[must_use]
    pub fn is_change(&self) -> bool {
        !self.baseline.is_empty()
    }
}

/// A left cell and, for a quantity of two sides, its partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairRecord {
    /// [`Trial::cell`](lenet_core::Trial::cell) of the left cell, or
    /// [`RuntimeRecord::cell`](crate::RuntimeRecord::cell).
    pub left: String,
    /// The same of the right cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<String>,
}

/// What a test computes of the readings of a pair, seed by seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// The left reading.
    Value,
    /// Left − right.
    Difference,
    /// Left ÷ right. Means and intervals are those of the logarithms, turned back.
    Ratio,
    /// |left − right|.
    Distance,
    /// 1 − right ÷ left: the share of the left that the right saves.
    Reduction,
    /// Standard deviation of the left readings over seeds.
    Spread,
    /// The spread of an accuracy ÷ the standard deviation that the number of images explains,
    /// √(p (1 − p) ÷ images).
    SpreadBeyondChance,
    /// Difference of two accuracies ÷ the standard deviation of that difference between two
    /// samples of one distribution, √(p (1 − p) (1 ÷ images + 1 ÷ images)), without its sign.
    DistanceBeyondChance,
}

impl Quantity {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Value,
        Self::Difference,
        Self::Ratio,
        Self::Distance,
        Self::Reduction,
        Self::Spread,
        Self::SpreadBeyondChance,
        Self::DistanceBeyondChance,
    ];

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Difference => "difference",
            Self::Ratio => "ratio",
            Self::Distance => "distance",
            Self::Reduction => "reduction",
            Self::Spread => "spread",
            Self::SpreadBeyondChance => "spread_beyond_chance",
            Self::DistanceBeyondChance => "distance_beyond_chance",
        }
    }

    /// Whether it compares a left cell with a right one.
    #[must_use]
    pub const fn has_two_sides(self) -> bool {
        !matches!(self, Self::Value | Self::Spread | Self::SpreadBeyondChance)
    }
}

/// When the interval of a comparison decides.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// Holds if the interval lies above the bound; does not hold if it lies at or below.
    Above(f64),
    /// Holds if the interval lies below the bound; does not hold if it lies at or above.
    Below(f64),
    /// Holds if the interval lies between the bounds; does not hold if it lies outside.
    Within(f64, f64),
}

/// Which comparisons of a test must meet its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// All; one that does not hold refutes the claim.
    #[default]
    All,
    /// One is enough; only if none holds the claim is refuted.
    Any,
    /// The claim holds if all hold, does not if none does, and is undecided where they differ.
    Unanimous,
}

/// A bound for the mean over seeds of a reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// What is read of the cell.
    pub reading: Reading,
    /// The least mean.
    pub at_least: f64,
}
