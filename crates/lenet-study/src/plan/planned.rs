//! The trials of a plan, each once.

use std::collections::HashMap;

use lenet_core::Trial;

/// One trial of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedTrial {
    /// [`Trial::identity`] of `config`.
    pub identity: String,
    /// What is run.
    pub config: Trial,
    /// `config` for people.
    pub label: String,
    /// Name of its data set in the study's [`DataSets`](crate::DataSets).
    pub data: String,
    /// Trainable parameters of its network.
    pub parameters: usize,
    /// Round that it belongs to: 0 for the first seed of a cell, 1 for the second, ….
    pub round: usize,
    /// Ids of the figures that it counts for.
    pub figures: Vec<String>,
}

/// Each identity once, in the place where it first stood, with every figure that asks for it and
/// the earliest round that does.
pub(super) fn without_duplicates(trials: Vec<PlannedTrial>) -> Vec<PlannedTrial> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut distinct: Vec<PlannedTrial> = Vec::new();
    for trial in trials {
        match places.get(&trial.identity) {
            Some(&place) => {
                let kept = &mut distinct[place];
                kept.round = kept.round.min(trial.round);
                for figure in trial.figures {
                    if !kept.figures.contains(&figure) {
                        kept.figures.push(figure);
                    }
                }
            }
            None => {
                places.insert(trial.identity.clone(), distinct.len());
                distinct.push(trial);
            }
        }
    }
    distinct
}
