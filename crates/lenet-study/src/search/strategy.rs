//! What all kinds of searches have in common.

use lenet_core::Settings;
use lenet_results::{Budget, SearchKind, SearchPlace, SearchRecord};

use super::proposal::{Proposal, SearchConfig, Tried};
use super::space::Value;

/// A search as a command carries it out.
#[derive(Debug, Clone)]
pub(crate) struct Search<'c> {
    pub(crate) config: &'c SearchConfig,
    /// All settings but those of the space.
    pub(crate) fixed: Settings,
    /// Seeds of each proposal.
    pub(crate) seeds: usize,
}

/// The most that a search may come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outlook {
    /// Different settings that are proposed.
    pub(crate) proposals: usize,
    /// Cells: each number of epochs of a proposal is one.
    pub(crate) cells: usize,
    /// Epochs of training, all seeds together.
    pub(crate) epochs: usize,
}

/// A kind of search.
pub(super) trait Strategy {
    /// The proposals that come after these, of which all were tried; none at the end. Numbers go on
    /// counting.
    fn next(&self, search: &Search<'_>, tried: &[Tried]) -> Vec<Proposal>;

    /// The most that it may come to.
    fn outlook(&self, search: &Search<'_>) -> Outlook;

    /// What is wrong with it, given the settings that it is run with: the key at fault and what would do.
    fn problem(&self, search: &Search<'_>) -> Option<(&'static str, String)>;
}

impl Search<'_> {
    /// Most epochs of a trial.
    pub(crate) fn epochs(&self) -> usize {
        self.fixed.complete().epochs.unwrap_or(1)
    }

    /// All settings of a proposal.
    pub(crate) fn settings(&self, proposal: &Proposal) -> Settings {
        self.fixed.overlaid(&self.varied(proposal))
    }

    /// What a proposal has of its own.
    pub(crate) fn varied(&self, proposal: &Proposal) -> Settings {
        let settings = self.config.space.settings(&proposal.values);
        match self.config.kind {
            SearchKind::Halving { .. } => Settings {
                epochs: Some(proposal.epochs),
                ..settings
            },
            _ => settings,
        }
    }

    /// Whether longer training of these values goes on from shorter training, and comes to the same bits.
    pub(super) fn can_continue(&self, values: &[Value]) -> bool {
        let settings = self.fixed.overlaid(&self.config.space.settings(values));
        settings.resolve("", 0).is_same_at_any_length()
    }

    /// The record of the search with these proposals.
    pub(crate) fn record(&self, proposals: &[Proposal], complete: bool) -> SearchRecord {
        let config = self.config;
        SearchRecord {
            kind: config.kind,
            budget: config.budget,
            measure: config.measure,
            seed: config.seed,
            epochs: self.epochs(),
            space: config.space.record(),
            places: proposals.iter().map(|proposal| proposal.place).collect(),
            complete,
        }
    }

    /// So many proposals as the budget allows, where each is trained once.
    pub(super) fn whole_proposals(&self) -> usize {
        match self.config.budget {
            Budget::Trials(trials) => trials,
            Budget::Epochs(epochs) => epochs / self.epochs().saturating_mul(self.seeds).max(1),
        }
    }

    /// The problem of a budget that not even one proposal fits into.
    pub(super) fn poor(&self, needed: usize) -> Option<(&'static str, String)> {
        match self.config.budget {
            Budget::Epochs(epochs) if epochs < needed => Some((
                "epochs",
                format!(
                    "one proposal takes {needed} epochs, all seeds together; give at least so many"
                ),
            )),
            _ => None,
        }
    }

    /// A proposal that is trained to the end at once.
    pub(super) fn whole(&self, number: usize, values: Vec<Value>) -> Proposal {
        let epochs = self.epochs();
        Proposal {
            place: SearchPlace {
                proposal: number,
                rung: 0,
                new_epochs: epochs,
                continues: None,
            },
            epochs,
            values,
        }
    }
}
