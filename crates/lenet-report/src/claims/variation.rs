//! Claims 3, 4 and 5: how much runs, splits and dropout differ.

use std::collections::BTreeMap;

use lenet_stats::Estimate;

use super::lab::{Lab, Seeds, at, by_seed, paired};
use super::rates::{adjusted, bounds, mean};
use super::{ACCURACY, Claim, MARGIN, SIMILAR, Verdict, bonferroni};
use crate::model::{LEVEL, TEST, VALIDATION};
use crate::results::signed;

const RATES: [f64; 4] = [0.1, 0.01, 0.001, 0.0001];

/// Claim 3: standard deviation over seeds in the setting that the report calls best.
pub(super) fn between_runs(lab: &Lab) -> Claim {
    let statement = ACCURACY[2];
    let Some(cell) = lab.cell("sgd", 0.1, 0.0) else {
        return Claim::not_measured(statement, "SGD at 0.1 without dropout was not run.");
    };
    let last = lab.last();
    let values: Vec<f64> = at(cell, last).into_values().collect();
    let Ok(estimate) = lenet_stats::standard_deviation(&values, LEVEL) else {
        return Claim::not_measured(statement, "There are no finite values.");
    };
    let verdict = match estimate.interval {
        None => Verdict::Undecided,
        Some(i) if i.low > 0.0 => Verdict::Holds,
        Some(_) => Verdict::DoesNotHold,
    };
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Claim {
        statement,
        verdict,
        estimate: Some(estimate),
        method: format!(
            "standard deviation over seeds of test accuracy at epoch {last}, SGD 0.1 without \
             dropout; chi-square, 95 %, taking the values to be normal"
        ),
        detail: format!(
            "From {low:.4} to {high:.4} over {} seeds. A seed sets batches and initial weights \
             together, so their shares are not told apart.",
            estimate.n
        ),
    }
}

/// Claim 4: |validation − test|, averaged over the settings of a seed, then over seeds. Settings
/// whose mean test accuracy stays below 0.5 are left out: where nothing was learned there is
/// nothing to compare.
pub(super) fn between_splits(lab: &Lab) -> Claim {
    let statement = ACCURACY[3];
    let last = lab.last();
    let learned = |c: &&Seeds| mean(c, last).is_ok_and(|e| e.point >= 0.5);
    let cells: Vec<&Seeds> = lab.cells().filter(learned).collect();
    let mut differences: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for cell in &cells {
        let test = by_seed(cell, last, TEST);
        for (seed, validation) in by_seed(cell, last, VALIDATION) {
            let difference = test.get(&seed).map(|test| validation - test);
            differences.entry(seed).or_default().extend(difference);
        }
    }
    let all: Vec<f64> = differences.values().flatten().copied().collect();
    let average = |v: &Vec<f64>| v.iter().map(|d| d.abs()).sum::<f64>() / v.len() as f64;
    let by_seed: Vec<f64> = differences.values().map(average).collect();
    let Ok(estimate) = lenet_stats::mean(&by_seed, LEVEL) else {
        return Claim::not_measured(statement, "No setting reached a test accuracy of 0.5.");
    };
    let verdict = match estimate.interval {
        None => Verdict::Undecided,
        Some(i) if i.inside(0.0, SIMILAR) => Verdict::Holds,
        Some(i) if i.low > SIMILAR || i.high <= 0.0 => Verdict::DoesNotHold,
        Some(_) => Verdict::Undecided,
    };
    let equal = all.iter().filter(|d| **d == 0.0).count();
    let signed_mean = all.iter().sum::<f64>() / all.len() as f64;
    Claim {
        statement,
        verdict,
        estimate: Some(estimate),
        method: format!(
            "mean of |validation − test accuracy| at epoch {last} over {} settings, averaged \
             within each seed; Student t over seeds, 95 %",
            cells.len()
        ),
        detail: format!(
            "With its sign, validation less test: {} in the mean of {} trials; exactly equal in \
             {equal} of them. The interval is over seeds: other images were not drawn.",
            signed(Some(signed_mean)),
            all.len()
        ),
    }
}

/// Claim 5: with dropout less without, at each rate; an equivalence test by inclusion of the
/// interval in the margin (stricter than two one-sided tests at 5 %).
pub(super) fn dropout(lab: &Lab) -> Claim {
    let statement = ACCURACY[4];
    let last = lab.last();
    let level = bonferroni(RATES.len());
    let compared = RATES.map(|rate| {
        let with = lab.cell("sgd", rate, 0.5)?;
        let without = lab.cell("sgd", rate, 0.0)?;
        Some((
            rate,
            paired(&at(with, last), &at(without, last), level).ok()?,
        ))
    });
    let compared: Vec<(f64, Estimate)> = compared.into_iter().flatten().collect();
    let largest =
        |a: &&(f64, Estimate), b: &&(f64, Estimate)| a.1.point.abs().total_cmp(&b.1.point.abs());
    let Some((_, estimate)) = compared.iter().max_by(largest) else {
        let detail = "SGD with dropout connected and SGD without share no rate and seed.";
        return Claim::not_measured(statement, detail);
    };
    let same = |e: &Estimate| e.interval.is_some_and(|i| i.inside(-MARGIN, MARGIN));
    let differs = |e: &Estimate| {
        e.interval
            .is_some_and(|i| i.low > MARGIN || i.high < -MARGIN)
    };
    let verdict = if compared.iter().any(|(_, e)| differs(e)) {
        Verdict::DoesNotHold
    } else if compared.len() == RATES.len() && compared.iter().all(|(_, e)| same(e)) {
        Verdict::Holds
    } else {
        Verdict::Undecided
    };
    let each = |(rate, e): &(f64, Estimate)| {
        let word = if same(e) {
            "nearly identical"
        } else if differs(e) {
            "different"
        } else {
            "open"
        };
        format!(
            "at {rate}: {} ({}), {word}",
            signed(Some(e.point)),
            bounds(e)
        )
    };
    Claim {
        statement,
        verdict,
        estimate: Some(*estimate),
        method: format!(
            "largest of the changes of test accuracy at epoch {last}, SGD with dropout 0.5 less \
             without, paired by seed, margin ±{MARGIN}; Student t, {}",
            adjusted(RATES.len())
        ),
        detail: format!(
            "{}.",
            compared.iter().map(each).collect::<Vec<_>>().join("; ")
        ),
    }
}
