//! Synchronous successive halving (Jamieson & Talwalkar 2016, "Non-stochastic best arm identification and
//! hyperparameter optimization").
//!
//! The first rung trains all proposals for few epochs. Of each rung the best one in `eta` goes on to the
//! next, whose trials have `eta` times the epochs. The last rung has as many as the search allows.

use lenet_results::{Budget, SearchPlace};

use super::distinct::distinct;
use super::proposal::{Proposal, Tried};
use super::strategy::{Outlook, Search, Strategy};

pub(super) struct Halving {
    /// At least 2.
    pub(super) eta: usize,
    pub(super) first: usize,
}

impl Halving {
    /// Epochs of each rung's trials: `first`, `first · eta`, and so on; the last that fits is raised to
    /// `most`.
    pub(super) fn rungs(&self, most: usize) -> Vec<usize> {
        let mut rungs = Vec::new();
        let mut epochs = self.first;
        while epochs <= most {
            rungs.push(epochs);
            match epochs.checked_mul(self.eta) {
                Some(next) => epochs = next,
                None => break,
            }
        }
        if let Some(last) = rungs.last_mut() {
            *last = most;
        }
        rungs
    }

    /// How many of a rung's trials go on.
    fn promoted(&self, of: usize) -> usize {
        (of / self.eta).max(1)
    }

    /// Cells of each rung, of so many proposals.
    fn sizes(&self, proposals: usize, rungs: usize) -> Vec<usize> {
        let sizes = std::iter::successors(Some(proposals), |of| Some(self.promoted(*of)));
        sizes.take(rungs).collect()
    }

    /// Epochs of training that so many proposals take, all seeds together.
    fn cost(&self, search: &Search<'_>, proposals: usize) -> usize {
        let rungs = self.rungs(search.epochs());
        let sizes = self.sizes(proposals, rungs.len());
        let goes_on = search.all_can_continue();
        let mut before = 0;
        let mut cost: usize = 0;
        for (cells, epochs) in sizes.into_iter().zip(rungs) {
            let new = if goes_on { epochs - before } else { epochs };
            before = epochs;
            let own = cells.saturating_mul(new).saturating_mul(search.seeds);
            cost = cost.saturating_add(own);
        }
        cost
    }

    /// Proposals that the budget allows.
    fn proposals(&self, search: &Search<'_>) -> usize {
        let fit = match search.config.budget {
            Budget::Trials(trials) => trials,
            Budget::Epochs(epochs) => {
                // Each takes at least one epoch.
                let (mut fits, mut too_many) = (0, epochs.saturating_add(1));
                while fits + 1 < too_many {
                    let middle = fits + (too_many - fits) / 2;
                    match self.cost(search, middle) <= epochs {
                        true => fits = middle,
                        false => too_many = middle,
                    }
                }
                fits
            }
        };
        let all = search.config.space.combinations();
        all.map_or(fit, |all| all.min(fit))
    }
}

impl Search<'_> {
    /// Whether every proposal's training goes on from rung to rung.
    pub(super) fn all_can_continue(&self) -> bool {
        let names = self.config.space.names();
        let varies = |name| names.contains(&name);
        !varies("schedule") && !varies("early_stop") && self.can_continue(&[])
    }
}

impl Strategy for Halving {
    fn next(&self, search: &Search<'_>, tried: &[Tried]) -> Vec<Proposal> {
        let rungs = self.rungs(search.epochs());
        let config = search.config;
        let Some(rung) = tried.iter().map(|tried| tried.proposal.place.rung).max() else {
            let numbers = 0..self.proposals(search);
            let values = distinct(&config.space, config.seed, numbers, &[]);
            let proposal = |(number, values)| Proposal {
                place: SearchPlace {
                    proposal: number,
                    rung: 0,
                    new_epochs: rungs[0],
                    continues: None,
                },
                epochs: rungs[0],
                values,
            };
            return values.into_iter().enumerate().map(proposal).collect();
        };
        let Some(&epochs) = rungs.get(rung + 1) else {
            return Vec::new();
        };
        let of_rung = |(_, tried): &(usize, &Tried)| tried.proposal.place.rung == rung;
        let mut standing: Vec<(usize, &Tried)> = tried.iter().enumerate().filter(of_rung).collect();
        let promoted = self.promoted(standing.len());
        // Stable: of equals the earlier proposal goes on. What failed never does.
        standing.retain(|(_, tried)| tried.score.is_finite());
        standing.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
        standing.truncate(promoted);
        let next = |(index, tried): (usize, &Tried)| {
            let earlier = &tried.proposal;
            let goes_on = search.can_continue(&earlier.values);
            let done = if goes_on { earlier.epochs } else { 0 };
            Proposal {
                place: SearchPlace {
                    proposal: earlier.place.proposal,
                    rung: rung + 1,
                    new_epochs: epochs - done,
                    continues: goes_on.then_some(index),
                },
                epochs,
                values: earlier.values.clone(),
            }
        };
        standing.into_iter().map(next).collect()
    }

    fn outlook(&self, search: &Search<'_>) -> Outlook {
        let proposals = self.proposals(search);
        let rungs = self.rungs(search.epochs()).len();
        let cells = self.sizes(proposals, rungs).into_iter();
        Outlook {
            proposals,
            cells: cells.fold(0, usize::saturating_add),
            epochs: self.cost(search, proposals),
        }
    }

    fn problem(&self, search: &Search<'_>) -> Option<(&'static str, String)> {
        let (first, epochs) = (self.first, search.epochs());
        if first > epochs {
            return Some((
                "first",
                format!("the first rung has {first} epochs, and a trial at most {epochs}"),
            ));
        }
        search.poor(self.cost(search, 1))
    }
}

#[cfg(test)]
mod tests;
