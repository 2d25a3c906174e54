//! Claims 3, 4 and 5: variation between runs, between validation and test, and through dropout.

use std::collections::BTreeMap;

use lenet_stats::{Estimate, Interval};

use crate::claims::contrast::{bonferroni, joint_level, matched, paired};
use crate::claims::{Answer, Answered, Verdict};
use crate::lab2017::rates::difference;
use crate::lab2017::setting::RATES;
use crate::lab2017::trials::{LabTrials, Seeds};
use crate::records::estimates::{LEVEL, extremes};
use crate::records::trials::VALIDATION;
use crate::text::{joined, signed};

/// Largest difference of two accuracies that are nearly identical: half a percent.
const MARGIN: f64 = 0.005;

/// Largest difference of validation and test accuracy that are very similar.
const SIMILAR: f64 = 0.01;

/// Claim 3: standard deviation over seeds in the setting that the report calls best.
pub(super) fn between_runs(lab: &LabTrials) -> Answered {
    let seeds = lab.setting("sgd", 0.1, 0.0);
    let seeds = seeds.ok_or("SGD at 0.1 without dropout was not run.")?;
    let last = lab.last();
    let values: Vec<f64> = seeds.at(last).into_values().collect();
    let estimate = lenet_stats::standard_deviation(&values, LEVEL);
    let (Ok(estimate), Some((low, high))) = (estimate, extremes(values)) else {
        return Err("There are no finite values.".to_owned());
    };
    let verdict = match estimate.interval {
        None => Verdict::Undecided,
        Some(i) if i.low > 0.0 => Verdict::Holds,
        Some(_) => Verdict::DoesNotHold,
    };
    Ok(Answer {
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
    })
}

/// Claim 4: |validation − test|, averaged over the settings of a seed, then over seeds. Settings with
/// a mean test accuracy below 0.5 are left out, because they learned nothing to compare.
pub(super) fn between_splits(lab: &LabTrials) -> Answered {
    let last = lab.last();
    let learned = |seeds: &&Seeds| seeds.mean(last).is_ok_and(|e| e.point >= 0.5);
    let settings: Vec<&Seeds> = lab.settings().filter(learned).collect();
    let mut differences: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for seeds in &settings {
        let (validation, test) = (seeds.metric_at(last, VALIDATION), seeds.at(last));
        for (seed, difference) in matched(&validation, &test, |v, t| v - t) {
            differences.entry(seed).or_default().push(difference);
        }
    }
    let all: Vec<f64> = differences.values().flatten().copied().collect();
    let average = |v: &Vec<f64>| v.iter().map(|d| d.abs()).sum::<f64>() / v.len() as f64;
    let by_seed: Vec<f64> = differences.values().map(average).collect();
    let estimate = lenet_stats::mean(&by_seed, LEVEL)
        .map_err(|_| "No setting reached a test accuracy of 0.5.")?;
    let verdict = match estimate.interval {
        None => Verdict::Undecided,
        Some(i) if i.inside(0.0, SIMILAR) => Verdict::Holds,
        Some(i) if i.low > SIMILAR || i.high <= 0.0 => Verdict::DoesNotHold,
        Some(_) => Verdict::Undecided,
    };
    let equal = all.iter().filter(|d| **d == 0.0).count();
    let signed_mean = all.iter().sum::<f64>() / all.len() as f64;
    Ok(Answer {
        verdict,
        estimate: Some(estimate),
        method: format!(
            "mean of |validation − test accuracy| at epoch {last} over {} settings, averaged \
             within each seed; Student t over seeds, 95 %",
            settings.len()
        ),
        detail: format!(
            "With its sign, validation less test: {} in the mean of {} trials; exactly equal in \
             {equal} of them. The interval is over seeds: other images were not drawn.",
            signed(signed_mean),
            all.len()
        ),
    })
}

/// Claim 5: accuracy with dropout less that without, at each rate. The test of equivalence demands
/// that the interval lies in the margin, which is stricter than two one-sided tests at 5 %.
pub(super) fn dropout(lab: &LabTrials) -> Answered {
    let last = lab.last();
    let level = bonferroni(RATES.len());
    let compare = |rate: f64| {
        let of = |dropout| Some(lab.setting("sgd", rate, dropout)?.at(last));
        Some((rate, paired(&of(0.5)?, &of(0.0)?, level).ok()?))
    };
    let compared: Vec<(f64, Estimate)> = RATES.into_iter().filter_map(compare).collect();
    let size = |e: &Estimate| e.point.abs();
    let largest = compared
        .iter()
        .max_by(|a, b| size(&a.1).total_cmp(&size(&b.1)));
    let (_, largest) =
        largest.ok_or("SGD with dropout connected and SGD without share no rate and seed.")?;
    let same = |i: Interval| i.inside(-MARGIN, MARGIN);
    let differs = |i: Interval| i.low > MARGIN || i.high < -MARGIN;
    let all_same = compared.iter().all(|(_, e)| e.interval.is_some_and(same));
    let verdict = if compared
        .iter()
        .any(|(_, e)| e.interval.is_some_and(differs))
    {
        Verdict::DoesNotHold
    } else if compared.len() == RATES.len() && all_same {
        Verdict::Holds
    } else {
        Verdict::Undecided
    };
    let each = |(rate, e): &(f64, Estimate)| {
        let word = match e.interval {
            Some(i) if same(i) => "nearly identical",
            Some(i) if differs(i) => "different",
            _ => "open",
        };
        format!("at {rate}: {}, {word}", difference(e))
    };
    Ok(Answer {
        verdict,
        estimate: Some(*largest),
        method: format!(
            "largest of the changes of test accuracy at epoch {last}, SGD with dropout 0.5 less \
             without, paired by seed, margin ±{MARGIN}; Student t, {}",
            joint_level(RATES.len())
        ),
        detail: format!("{}.", joined(compared.iter().map(each), "; ")),
    })
}
