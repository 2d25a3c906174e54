//! The tree-structured Parzen estimator (Bergstra et al. 2011, "Algorithms for hyper-parameter
//! optimization"), each parameter for itself, with the constants of Optuna.
//!
//! What was tried is divided into the best tenth and the rest. A parameter's next value is, of some drawn
//! from the density of the best, the one that is likeliest there against the density of the rest.

mod density;

use lenet_core::random::stream;

use super::proposal::{Proposal, Tried};
use super::random::whole;
use super::space::{Parameter, Value};
use super::strategy::{Outlook, Search, Strategy};
use density::Density;

pub(super) struct Tpe {
    pub(super) round: usize,
    pub(super) startup: usize,
}

/// Values of a parameter that are drawn, of which one is taken.
const CANDIDATES: usize = 24;

/// Draws of a proposal that differs from all others, before it is drawn at random.
const DRAWS: usize = 20;

/// How many of the tried count as the best.
fn best_of(tried: usize) -> usize {
    tried.div_ceil(10).min(25)
}

impl Strategy for Tpe {
    fn next(&self, search: &Search<'_>, tried: &[Tried]) -> Vec<Proposal> {
        let (done, all) = (tried.len(), search.whole_proposals());
        if done == 0 {
            return whole(search, 0..self.startup.min(all), &[]);
        }
        // Fewer than were asked for: the space has no more.
        if done < self.startup.min(all) {
            return Vec::new();
        }
        let densities = Densities::of(search, tried);
        let mut next: Vec<Proposal> = Vec::new();
        for number in done..all.min(done + self.round) {
            let is_new = |values: &Vec<Value>| {
                tried.iter().all(|tried| tried.proposal.values != *values)
                    && next.iter().all(|other| other.values != *values)
            };
            let mut draws = (0..DRAWS).map(|draw| densities.propose(search, number, draw));
            let values = draws.find(is_new);
            match values {
                Some(values) => next.push(search.whole(number, values)),
                None => {
                    let mut known = tried.to_vec();
                    known.extend(next.iter().map(|proposal| Tried {
                        proposal: proposal.clone(),
                        score: 0.0,
                    }));
                    let random = whole(search, number..number + 1, &known);
                    if random.is_empty() {
                        break;
                    }
                    next.extend(random);
                }
            }
        }
        next
    }

    fn outlook(&self, search: &Search<'_>) -> Outlook {
        Outlook::of_whole(search)
    }

    fn problem(&self, search: &Search<'_>) -> Option<(&'static str, String)> {
        search.poor(search.epochs().saturating_mul(search.seeds))
    }
}

/// The densities of each parameter: of the best, and of the others.
struct Densities(Vec<[Density; 2]>);

impl Densities {
    fn of(search: &Search<'_>, tried: &[Tried]) -> Self {
        let mut order: Vec<&Tried> = tried.iter().collect();
        // Stable: of equals the earlier proposal is the better.
        order.sort_by(|a, b| b.score.total_cmp(&a.score));
        let (best, others) = order.split_at(best_of(order.len()));
        let parameters = search.config.space.parameters.iter().enumerate();
        let of = |(at, parameter): (usize, &Parameter)| {
            [best, others].map(|part| {
                let values = part.iter().map(|tried| tried.proposal.values[at]);
                Density::of(&parameter.range, &values.collect::<Vec<_>>())
            })
        };
        Self(parameters.map(of).collect())
    }

    /// The values of a proposal.
    fn propose(&self, search: &Search<'_>, number: usize, draw: usize) -> Vec<Value> {
        let config = search.config;
        let parameters = config.space.parameters.iter().zip(&self.0);
        let value = |(parameter, [best, others]): (&Parameter, &[Density; 2])| {
            let name = format!("search/tpe/{}/{number}/{draw}", parameter.name);
            let mut rng = stream(config.seed, &name);
            let candidates = (0..CANDIDATES).map(|_| best.draw(&mut rng));
            let mut candidates: Vec<Value> = candidates.collect();
            let gain = |value: &Value| best.ln(*value) - others.ln(*value);
            let mut chosen = 0;
            for at in 1..candidates.len() {
                if gain(&candidates[at]) > gain(&candidates[chosen]) {
                    chosen = at;
                }
            }
            candidates.swap_remove(chosen)
        };
        parameters.map(value).collect()
    }
}

#[cfg(test)]
mod tests;
