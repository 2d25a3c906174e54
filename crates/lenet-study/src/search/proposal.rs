//! A search as its file has it, and what it proposes.

use lenet_results::{Budget, EpochMeasure, SearchKind, SearchPlace};

use super::space::{Space, Value};
use crate::error::Place;

/// How a figure finds its cells, as the study's file has it.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchConfig {
    /// How settings are proposed.
    pub kind: SearchKind,
    /// When it ends.
    pub budget: Budget,
    /// What is best: the greatest accuracy or the least loss, never of the test images.
    pub measure: EpochMeasure,
    /// Seed of the proposals.
    pub seed: u64,
    /// What it varies.
    pub space: Space,
    /// Where the file has it.
    pub place: Place,
}

/// A cell that a search asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Where it stands in its search.
    pub place: SearchPlace,
    /// Epochs that its trials are trained, those of earlier rungs included.
    pub epochs: usize,
    /// One for each parameter of the space.
    pub values: Vec<Value>,
}

/// A proposal with what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// What was asked for.
    pub proposal: Proposal,
    /// [`lenet_results::score`] of its trials: more is better.
    pub score: f64,
}

impl SearchConfig {
    /// Whether later proposals depend on what earlier ones came to.
    #[must_use]
    pub const fn has_stages(&self) -> bool {
        !matches!(self.kind, SearchKind::Random {})
    }
}
