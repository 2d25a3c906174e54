//! What a command asks for beside the study's file.

use std::collections::BTreeMap;

use lenet_core::Settings;

use crate::figure::Axis;
use crate::search::Proposal;

/// What a command that trains asks for beside the study's file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    /// Ids of the figures to run; empty: all of training.
    pub only: Vec<String>,
    /// So many seeds: the first ones of a list, or 1, 2, … where the study gives a number.
    pub seeds: Option<usize>,
    /// The number of seeds of single cells, by [`Trial::cell`](lenet_core::Trial::cell), where it is
    /// another one.
    pub seeds_of: BTreeMap<String, usize>,
    /// What figures that search have proposed so far, by their ids; of one that is not named, its first stage.
    pub proposals: BTreeMap<String, Proposals>,
    /// Settings laid over every cell's.
    pub settings: Settings,
    /// Whether there may be more than [`MOST_TRIALS`](crate::MOST_TRIALS) trials.
    pub allow_large: bool,
    /// Whether trials keep their predictions, where the study's file does not decide.
    pub predictions: Option<bool>,
}

/// What a search has proposed so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proposals {
    /// All of them, stage after stage.
    pub all: Vec<Proposal>,
    /// Whether nothing is proposed after them.
    pub complete: bool,
}

/// What a command that measures runtimes asks for beside the study's file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuntimeOverrides {
    /// Ids of the figures to measure; empty: all of runtimes.
    pub only: Vec<String>,
    /// Settings laid over every cell's.
    pub settings: Settings,
    /// Axes that take the place of a figure's own axis, or of the value that it sets.
    pub axes: Vec<Axis>,
    /// Samples of each cell.
    pub repeats: Option<usize>,
}
