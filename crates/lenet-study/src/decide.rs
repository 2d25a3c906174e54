//! Going on seed by seed until every claim is decided.
//!
//! Every cell begins with [`FIRST_LOOK`] seeds. After each stage the claims are put to the test with
//! intervals that stay valid however often one looks (`lenet_stats::mean_sequence`), and the cells of
//! the comparisons that decide an open claim soonest get one seed more. The stages follow from finished trials of
//! earlier stages alone, so the same trials are run whatever the jobs and interruptions.

use std::collections::BTreeMap;

use lenet_report::Records;
use lenet_results::{ClaimRecord, StudyRecord, TrialRecord};

/// Seeds of each cell at the first look. Fewer have no interval at the usual levels.
pub const FIRST_LOOK: usize = 3;

/// The seeds of each cell of the next stage, by [`Trial::cell`](lenet_core::Trial::cell); `None` if
/// every claim is decided, or no cell that one needs may have more than `most`.
#[must_use]
pub fn next_stage(
    study: &StudyRecord,
    trials: &[TrialRecord],
    most: usize,
) -> Option<BTreeMap<String, usize>> {
    let records = Records {
        studies: std::slice::from_ref(study),
        trials,
        ..Records::default()
    };
    let mut seeds = BTreeMap::new();
    // A cell of runtimes has no trials, and may have the configuration of one that has.
    let of_training = study.figures.iter().filter(|f| f.runtime.is_none());
    for cell in of_training.flat_map(|figure| &figure.cells) {
        seeds.insert(cell.config.cell(), cell.trials.len());
    }
    let now = seeds.clone();
    for (claim, judged) in study.claims.iter().zip(lenet_report::judge_claims(records)) {
        let all = comparisons(claim).zip(&judged.comparisons);
        for (cells, _) in all.filter(|(_, comparison)| comparison.needs_seeds) {
            let known = cells.iter().filter_map(|cell| now.get(*cell));
            let Some(fewest) = known.min() else {
                continue;
            };
            for cell in cells {
                if let Some(seeds) = seeds.get_mut(cell) {
                    *seeds = (*seeds).max((fewest + 1).min(most));
                }
            }
        }
    }
    (seeds != now).then_some(seeds)
}

/// The cells of each comparison of a claim.
fn comparisons(claim: &ClaimRecord) -> impl Iterator<Item = Vec<&str>> {
    let all = claim.tests.iter().flat_map(|test| &test.comparisons);
    all.map(|comparison| {
        let pairs = comparison.pairs.iter().chain(&comparison.baseline);
        pairs
            .flat_map(|pair| [Some(pair.left.as_str()), pair.right.as_deref()])
            .flatten()
            .collect()
    })
}

#[cfg(test)]
mod tests;
