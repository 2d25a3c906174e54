//! What a command asks for beside the study's file.

use lenet_core::Settings;

/// What a command asks for beside the study's file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    /// Ids of the figures to run; empty: all.
    pub only: Vec<String>,
    /// So many seeds: the first ones of a list, or 1, 2, … where the study gives a number.
    pub seeds: Option<usize>,
    /// Settings laid over every cell's.
    pub settings: Settings,
}
