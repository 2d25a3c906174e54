//! Figures that search: settings are proposed stage by stage, where a grid lists them.
//!
//! A search is a pure function: the proposals of the next stage follow from the search as its file has it
//! and from what all earlier proposals came to ([`Search::next`]). Whoever asks with the same records gets
//! the same proposals, in whatever process and order these were made.

mod distinct;
mod halving;
mod outlook;
mod random;
mod read;
mod space;
mod tpe;

use lenet_core::Settings;
use lenet_results::{Budget, EpochMeasure, SearchKind, SearchPlace, SearchRecord};

use crate::error::{Place, StudyError};

pub(crate) use outlook::Outlook;
pub(crate) use read::read_search;
pub use space::{Parameter, Range, Space, Value};

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

/// A search as a command carries it out.
#[derive(Debug, Clone)]
pub(crate) struct Search<'c> {
    pub(crate) config: &'c SearchConfig,
    /// All settings but those of the space.
    pub(crate) fixed: Settings,
    /// Seeds of each proposal.
    pub(crate) seeds: usize,
}

/// A kind of search.
trait Strategy {
    /// The proposals that come after these, of which all were tried; none at the end. Numbers go on
    /// counting.
    fn next(&self, search: &Search<'_>, tried: &[Tried]) -> Vec<Proposal>;

    /// The most that it may come to.
    fn outlook(&self, search: &Search<'_>) -> Outlook;

    /// What is wrong with it, given the settings that it is run with: the key at fault and what would do.
    fn problem(&self, search: &Search<'_>) -> Option<(&'static str, String)>;
}

/// The kinds by their parameters.
fn strategy(kind: SearchKind) -> Box<dyn Strategy> {
    match kind {
        SearchKind::Random {} => Box::new(random::Random),
        SearchKind::Halving { eta, first } => Box::new(halving::Halving { eta, first }),
        SearchKind::Tpe { round, startup } => Box::new(tpe::Tpe { round, startup }),
    }
}

impl Search<'_> {
    /// The proposals of the next stage, given those of all earlier ones with their scores; none at the end.
    pub(crate) fn next(&self, tried: &[Tried]) -> Vec<Proposal> {
        strategy(self.config.kind).next(self, tried)
    }

    /// The most that it may come to.
    pub(crate) fn outlook(&self) -> Outlook {
        strategy(self.config.kind).outlook(self)
    }

    /// Refuses a search that cannot be carried out with the settings that it is run with.
    ///
    /// # Errors
    /// [`StudyError::Value`] with its place.
    pub(crate) fn check(&self, figure: &str) -> Result<(), StudyError> {
        match strategy(self.config.kind).problem(self) {
            None => Ok(()),
            Some((key, hint)) => Err(StudyError::Value {
                place: self.config.place.clone(),
                key: format!("figure.search.{key}"),
                found: format!("that of figure {figure}"),
                hint,
            }),
        }
    }

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
    fn can_continue(&self, values: &[Value]) -> bool {
        let settings = self.fixed.overlaid(&self.config.space.settings(values));
        settings.resolve("", 0).is_same_at_any_length()
    }

    /// Whether a trial's last checkpoint may be of use once it has finished.
    pub(crate) fn keeps_checkpoint(&self, proposal: &Proposal) -> bool {
        match self.config.kind {
            SearchKind::Halving { eta, first } => {
                let rungs = halving::Halving { eta, first }.rungs(self.epochs());
                proposal.place.rung + 1 < rungs.len() && self.can_continue(&proposal.values)
            }
            _ => false,
        }
    }

    /// Whether these proposals are all that the search makes.
    pub(crate) fn is_last(&self, proposals: &[Proposal]) -> bool {
        match self.config.kind {
            SearchKind::Halving { eta, first } => {
                let rungs = halving::Halving { eta, first }.rungs(self.epochs()).len();
                let newest = proposals.iter().map(|proposal| proposal.place.rung).max();
                newest.is_none_or(|rung| rung + 1 >= rungs)
            }
            SearchKind::Random {} => true,
            SearchKind::Tpe { .. } => proposals.len() >= self.whole_proposals(),
        }
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
    fn whole_proposals(&self) -> usize {
        match self.config.budget {
            Budget::Trials(trials) => trials,
            Budget::Epochs(epochs) => epochs / self.epochs().saturating_mul(self.seeds).max(1),
        }
    }

    /// The problem of a budget that not even one proposal fits into.
    fn poor(&self, needed: usize) -> Option<(&'static str, String)> {
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
    fn whole(&self, number: usize, values: Vec<Value>) -> Proposal {
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

impl SearchConfig {
    /// Whether later proposals depend on what earlier ones came to.
    #[must_use]
    pub const fn has_stages(&self) -> bool {
        !matches!(self.kind, SearchKind::Random {})
    }
}

#[cfg(test)]
mod tests;
