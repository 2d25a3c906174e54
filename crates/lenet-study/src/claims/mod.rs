//! Claims as a study's file declares them.
//!
//! [`read`] turns a `[[claim]]` into a [`ClaimConfig`]; [`resolve`] finds the cells that
//! it speaks of and makes it a [`ClaimRecord`](lenet_results::ClaimRecord), which the report tests.

mod read;
mod resolve;
mod select;

use lenet_core::Settings;
use lenet_results::{Correction, Quantity, Reading, Rule, Scope, Threshold};

use crate::error::Place;

pub(crate) use read::{EPOCH, TEST, read};
pub(crate) use resolve::resolve;
pub(crate) use select::KnownCell;

/// A claim with the cells still to be found.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimConfig {
    /// Names the claim within the study; its position from 1 where the file gives none.
    pub id: String,
    /// The claim in words.
    pub text: String,
    /// What a reader must know beside the verdict, in Markdown.
    pub notes: String,
    /// How its comparisons share the error.
    pub correction: Correction,
    /// At least one.
    pub tests: Vec<TestConfig>,
}

/// One question of a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct TestConfig {
    /// Path of its table in the file, for messages.
    pub(crate) path: String,
    /// Where its table begins.
    pub(crate) place: Place,
    /// Settings that all its cells share.
    pub(crate) common: Selector,
    /// The left cells.
    pub(crate) left: Side,
    /// The right cells, one comparison for each; empty for a quantity of one side.
    pub(crate) right: Vec<Side>,
    /// Settings for each of whose values there is a comparison.
    pub(crate) each: Vec<String>,
    /// Settings whose change the test is about.
    pub(crate) change: Option<Change>,
    /// What is computed.
    pub(crate) quantity: Quantity,
    /// When an interval decides.
    pub(crate) rule: Rule,
    /// Which comparisons must meet the rule.
    pub(crate) scope: Scope,
    /// Cells that count.
    pub(crate) only: Option<Threshold>,
}

/// Some cells: those that have these settings.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Selector {
    pub(crate) settings: Settings,
    pub(crate) place: Place,
    pub(crate) path: String,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Side {
    pub(crate) selector: Selector,
    pub(crate) reading: Reading,
}

/// Two groups of cells between which a quantity changes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// From the second to the first.
    Between(Box<[Selector; 2]>),
    /// From the smallest value of this setting to the greatest.
    Trend(String, Place),
}

#[cfg(test)]
mod tests;
