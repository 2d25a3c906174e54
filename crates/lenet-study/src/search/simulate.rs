//! Searches whose scores are known beforehand.

use super::proposal::{Proposal, SearchConfig, Tried};
use super::strategy::Search;
use lenet_core::Settings;

/// Carries out a search where nothing is trained: `score` gives the score of each proposal from its settings,
/// those of the space laid over `fixed`, and its epochs; more is better. The search has one seed of each proposal,
/// and trains at most as many epochs as `fixed` says.
pub fn simulate(
    config: &SearchConfig,
    fixed: &Settings,
    score: &mut dyn FnMut(&Settings, usize) -> f64,
) -> Vec<Tried> {
    let search = Search {
        config,
        fixed: fixed.clone(),
        seeds: 1,
    };
    let mut tried: Vec<Tried> = Vec::new();
    loop {
        let next = search.next(&tried);
        if next.is_empty() {
            return tried;
        }
        let mut scored = |proposal: Proposal| Tried {
            score: score(&search.settings(&proposal), proposal.epochs),
            proposal,
        };
        let new: Vec<Tried> = next.into_iter().map(&mut scored).collect();
        tried.extend(new);
    }
}
