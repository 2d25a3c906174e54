//! Random search: one stage, each proposal drawn for itself.

use super::distinct::distinct;
use super::proposal::{Proposal, Tried};
use super::strategy::{Outlook, Search, Strategy};

pub(super) struct Random;

impl Strategy for Random {
    fn next(&self, search: &Search<'_>, tried: &[Tried]) -> Vec<Proposal> {
        match tried {
            [] => whole(search, 0..search.whole_proposals(), &[]),
            _ => Vec::new(),
        }
    }

    fn outlook(&self, search: &Search<'_>) -> Outlook {
        Outlook::of_whole(search)
    }

    fn problem(&self, search: &Search<'_>) -> Option<(&'static str, String)> {
        search.poor(search.epochs().saturating_mul(search.seeds))
    }
}

/// Random proposals that are trained to the end at once.
pub(super) fn whole(
    search: &Search<'_>,
    numbers: std::ops::Range<usize>,
    tried: &[Tried],
) -> Vec<Proposal> {
    let known = tried.iter().map(|tried| tried.proposal.values.as_slice());
    let known: Vec<_> = known.collect();
    let config = search.config;
    let values = distinct(&config.space, config.seed, numbers.clone(), &known);
    let proposals = numbers.zip(values);
    proposals
        .map(|(number, values)| search.whole(number, values))
        .collect()
}
