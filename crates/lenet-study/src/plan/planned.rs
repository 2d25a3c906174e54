//! The trials of a plan, each once.

use std::collections::HashMap;

use lenet_core::Trial;
use lenet_results::CellRecord;

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
    /// The trial whose last checkpoint it goes on from, where there is one.
    pub continues: Option<Earlier>,
    /// Whether its last checkpoint is kept, for a trial that may go on from it.
    pub keeps_checkpoint: bool,
}

/// A trial whose training a longer one goes on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Its [`Trial::identity`].
    pub identity: String,
    /// Its epochs.
    pub epochs: usize,
}

impl Earlier {
    /// The trial of a cell in a round.
    pub(super) fn of(cell: &CellRecord, round: usize) -> Option<Self> {
        Some(Self {
            identity: cell.trials.get(round)?.identity.clone(),
            epochs: cell.config.epochs,
        })
    }
}

impl PlannedTrial {
    /// Epochs that are left to train where the trial goes on from another one.
    #[must_use]
    pub fn new_epochs(&self) -> usize {
        let done = self.continues.as_ref().map_or(0, |earlier| earlier.epochs);
        self.config.epochs.saturating_sub(done)
    }
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
                kept.keeps_checkpoint |= trial.keeps_checkpoint;
                kept.continues = kept.continues.take().or(trial.continues);
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
