//! Cell by cell: the seeds of one configuration together.

use std::collections::{BTreeMap, BTreeSet};

use lenet_core::Names;
use lenet_results::{Outcome, TrialRecord};
use lenet_stats::{StatsError, bounded_mean, welch_difference};

use super::comparison::{CellVerdict, ComparedCell, ComparedCells, Method, Numbers};
use super::side::Indexed;
use crate::records::estimates::LEVEL;
use crate::records::trials::{PerSeed, TEST, common_last_epoch, paired, per_seed};

/// Trials of a cell, by the cell's key.
type Cells<'a> = BTreeMap<String, Vec<&'a TrialRecord>>;

/// Compares the cells of both sides, in the order of their names.
pub(super) fn compare([a, b]: &[Indexed; 2], names: &Names) -> ComparedCells {
    let [a, b] = [a, b].map(cells);
    let name = |trials: &Vec<&TrialRecord>| names.cell(&trials[0].config);
    let only = |one: &Cells, other: &Cells| -> Vec<String> {
        let own = one.iter().filter(|(key, _)| !other.contains_key(*key));
        let mut own: Vec<String> = own.map(|(_, trials)| name(trials)).collect();
        own.sort();
        own
    };
    let both = a
        .iter()
        .filter_map(|(key, own)| Some((own, b.get(key)?)))
        .map(|(a, b)| one(name(a), [a, b]));
    let mut both: Vec<ComparedCell> = both.collect();
    both.sort_by(|a, b| a.name.cmp(&b.name));
    ComparedCells {
        both,
        only_a: only(&a, &b),
        only_b: only(&b, &a),
    }
}

fn cells<'a>(side: &Indexed<'a>) -> Cells<'a> {
    let mut cells = Cells::new();
    for trial in side.trials.values() {
        cells.entry(trial.config.cell()).or_default().push(trial);
    }
    cells
}

fn one(name: String, sides: [&Vec<&TrialRecord>; 2]) -> ComparedCell {
    let is_done = |trial: &&&TrialRecord| !matches!(trial.outcome, Outcome::Failed { .. });
    let done = sides.map(|trials| trials.iter().filter(is_done).copied().collect::<Vec<_>>());
    let epoch = common_last_epoch(done.iter().flatten().copied());
    let values = |trials: &Vec<&TrialRecord>| -> PerSeed {
        let trials = trials.iter().copied();
        epoch.map_or_else(PerSeed::new, |epoch| per_seed(trials, epoch, TEST))
    };
    let [a, b] = [values(&done[0]), values(&done[1])];
    let [mean_a, mean_b] = [&a, &b].map(mean);
    let shared = a.keys().filter(|seed| b.contains_key(seed)).count();
    let method = match shared {
        0 | 1 => Method::Welch,
        _ => Method::Paired,
    };
    let difference: Option<Numbers> = difference(&a, &b, method).ok().map(Numbers::from);
    let verdict = match difference.map(|d| (d.low, d.high)) {
        _ if are_equal(sides) => CellVerdict::Equal,
        Some((Some(low), Some(high))) if low <= 0.0 && 0.0 <= high => CellVerdict::Within,
        Some((Some(_), Some(_))) => CellVerdict::Beyond,
        _ => CellVerdict::Unknown,
    };
    ComparedCell {
        name,
        epoch,
        a: mean_a,
        b: mean_b,
        failed: [0, 1].map(|side| sides[side].len() - done[side].len()),
        difference,
        method,
        verdict,
    }
}

fn mean(values: &PerSeed) -> Option<Numbers> {
    let values: Vec<f64> = values.values().copied().collect();
    bounded_mean(&values, LEVEL).ok().map(Numbers::from)
}

fn difference(
    a: &PerSeed,
    b: &PerSeed,
    method: Method,
) -> Result<lenet_stats::Estimate, StatsError> {
    match method {
        Method::Paired => paired(b, a, LEVEL),
        Method::Welch => {
            let [a, b] = [a, b].map(|side| side.values().copied().collect::<Vec<f64>>());
            welch_difference(&b, &a, LEVEL)
        }
    }
}

/// Whether both sides have the same trials, equal to the bit.
fn are_equal([a, b]: [&Vec<&TrialRecord>; 2]) -> bool {
    let seeds = |trials: &Vec<&TrialRecord>| -> BTreeSet<u64> {
        trials.iter().map(|trial| trial.config.seed).collect()
    };
    // Both stand in the order of their identities.
    seeds(a) == seeds(b) && a.iter().zip(b).all(|(a, b)| a.difference(b).is_none())
}
