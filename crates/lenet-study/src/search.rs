//! Figures that search: settings are proposed stage by stage, where a grid lists them.
//!
//! A search is a pure function: the proposals of the next stage follow from the search as its file has it
//! and from what all earlier proposals came to ([`Search::next`]). Whoever asks with the same records gets
//! the same proposals, in whatever process and order these were made.

mod distinct;
mod halving;
mod outlook;
mod proposal;
mod random;
mod read;
mod simulate;
mod space;
mod strategy;
mod tpe;

use lenet_results::SearchKind;

use crate::error::StudyError;

pub use proposal::{Proposal, SearchConfig, Tried};
pub(crate) use read::{
    ETA, FIXED, MEASURES, MOST_VALUES, NUMBERS, PROPOSALS, WHOLE_NUMBERS, read_search,
};
pub use simulate::simulate;
pub use space::{Parameter, Range, Space, Value};
pub(crate) use strategy::{Outlook, Search};

/// The kinds by their parameters.
fn strategy(kind: SearchKind) -> Box<dyn strategy::Strategy> {
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
}

#[cfg(test)]
mod tests;
