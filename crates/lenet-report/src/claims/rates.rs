//! Claims 1, 2 and 6: learning rates and optimizers.

use lenet_stats::{Estimate, StatsError};

use super::lab::{Lab, Seeds, at, paired, time_to};
use super::{ACCURACY, CONVERGED, Claim, Verdict, above_zero, bonferroni};
use crate::model::LEVEL;
use crate::results::{signed, with_interval};

const OTHERS: [f64; 3] = [0.01, 0.001, 0.0001];

/// Claim 1. See its question for the rule; where a rate is missing it cannot hold.
pub(super) fn best_rate(lab: &Lab) -> Claim {
    let statement = ACCURACY[0];
    let Some(best) = lab.cell("sgd", 0.1, 0.0) else {
        return Claim::not_measured(statement, "SGD at 0.1 without dropout was not run.");
    };
    let last = lab.last();
    let level = bonferroni(OTHERS.len());
    let compared = OTHERS.map(|rate| {
        let other = lab.cell("sgd", rate, 0.0)?;
        Some((rate, paired(&at(best, last), &at(other, last), level).ok()?))
    });
    let compared: Vec<(f64, Estimate)> = compared.into_iter().flatten().collect();
    let low = |e: &Estimate| e.low().unwrap_or(e.point);
    let Some((_, worst)) = compared
        .iter()
        .min_by(|a, b| low(&a.1).total_cmp(&low(&b.1)))
    else {
        return Claim::not_measured(statement, "No other rate shares a seed with SGD at 0.1.");
    };
    let verdicts: Vec<Verdict> = compared
        .iter()
        .map(|(_, e)| above_zero(e.interval))
        .collect();
    let verdict = if verdicts.contains(&Verdict::DoesNotHold) {
        Verdict::DoesNotHold
    } else if compared.len() == OTHERS.len() && verdicts.iter().all(|v| *v == Verdict::Holds) {
        Verdict::Holds
    } else {
        Verdict::Undecided
    };
    let each = |(rate, e): &(f64, Estimate)| {
        format!("over {rate}: {} ({})", signed(Some(e.point)), bounds(e))
    };
    let mut detail: Vec<String> = compared.iter().map(each).collect();
    let left_out = OTHERS
        .iter()
        .filter(|rate| compared.iter().all(|(known, _)| known != *rate));
    detail.extend(left_out.map(|rate| format!("not compared: {rate} (no finite pairs)")));
    Claim {
        statement,
        verdict,
        estimate: Some(*worst),
        method: format!(
            "lowest of the differences in test accuracy at epoch {last}, SGD 0.1 less another \
             rate, paired by seed; Student t, {}",
            adjusted(OTHERS.len())
        ),
        detail: format!("{}.", detail.join("; ")),
    }
}

/// Claim 2: what one epoch at 0.1 gives, less what all epochs at 0.0001 give.
pub(super) fn slow_rate(lab: &Lab) -> Claim {
    let statement = ACCURACY[1];
    let (Some(fast), Some(slow)) = (lab.cell("sgd", 0.1, 0.0), lab.cell("sgd", 0.0001, 0.0)) else {
        return Claim::not_measured(statement, "SGD at 0.1 and 0.0001 were not both run.");
    };
    let last = lab.last();
    let method = format!(
        "test accuracy of SGD 0.1 at epoch 1 less that of SGD 0.0001 at epoch {last}, paired by \
         seed; Student t, 95 %"
    );
    let detail = format!(
        "Test accuracy {CONVERGED} is reached at 0.1 by {}, at 0.0001 by {}. After epoch {last} \
         0.0001 stands at {}.",
        time_to(fast, CONVERGED),
        time_to(slow, CONVERGED),
        mean_text(slow, last)
    );
    head_start(
        statement,
        paired(&at(fast, 1), &at(slow, last), LEVEL),
        method,
        detail,
    )
}

/// Claim 6: what one epoch of Adam at 0.001 gives, less what all epochs of SGD give. Both without
/// dropout if there are such trials, as the original really ran; else both with.
pub(super) fn optimizer(lab: &Lab) -> Claim {
    let statement = ACCURACY[5];
    let pair = |dropout| {
        Some((
            dropout,
            lab.cell("adam", 0.001, dropout)?,
            lab.cell("sgd", 0.001, dropout)?,
        ))
    };
    let Some((dropout, adam, sgd)) = pair(0.0).or_else(|| pair(0.5)) else {
        let detail = "Adam and SGD at 0.001 were not both run with the same dropout.";
        return Claim::not_measured(statement, detail);
    };
    let last = lab.last();
    let kind = if dropout == 0.0 {
        "without dropout"
    } else {
        "with dropout"
    };
    let method = format!(
        "test accuracy of Adam 0.001 at epoch 1 less that of SGD 0.001 at epoch {last}, both \
         {kind}, paired by seed; Student t, 95 %"
    );
    let at_one = paired(&at(adam, 1), &at(sgd, 1), LEVEL).ok();
    let at_last = paired(&at(adam, last), &at(sgd, last), LEVEL).ok();
    let best = |name| {
        let rates = [0.1, 0.01, 0.001, 0.0001];
        let cell = |rate| lab.cell(name, rate, dropout).map(|c| (rate, c));
        let mean = |(rate, c): (f64, &Seeds)| Some((rate, mean(c, last).ok()?.point));
        let means = rates.into_iter().filter_map(cell).filter_map(mean);
        let (rate, mean) = means.max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(format!("{mean:.4} at {rate}"))
    };
    let unknown = || "unknown".to_owned();
    let detail = format!(
        "Adam less SGD at 0.001: {} after epoch 1, {} after epoch {last}. Test accuracy 0.95 is \
         reached with Adam by {}, with SGD by {}. Each at its best rate: Adam {}, SGD {}; the \
         claim compares them at one rate, which suits Adam.",
        signed(at_one.map(|e| e.point)),
        signed(at_last.map(|e| e.point)),
        time_to(adam, 0.95),
        time_to(sgd, 0.95),
        best("adam").unwrap_or_else(unknown),
        best("sgd").unwrap_or_else(unknown),
    );
    head_start(
        statement,
        paired(&at(adam, 1), &at(sgd, last), LEVEL),
        method,
        detail,
    )
}

fn head_start(
    statement: super::Statement,
    difference: Result<Estimate, StatsError>,
    method: String,
    detail: String,
) -> Claim {
    match difference {
        Ok(estimate) => {
            let verdict = above_zero(estimate.interval);
            Claim {
                statement,
                verdict,
                estimate: Some(estimate),
                method,
                detail,
            }
        }
        Err(StatsError::Empty) => Claim::not_measured(statement, "The two share no seed."),
        Err(error) => {
            let verdict = Verdict::Undecided;
            let detail = format!("No interval: {error}. {detail}");
            Claim {
                statement,
                verdict,
                estimate: None,
                method,
                detail,
            }
        }
    }
}

/// How the level of several comparisons is put in words.
pub(super) fn adjusted(comparisons: usize) -> String {
    format!("95 % jointly over {comparisons} comparisons (Bonferroni)")
}

pub(super) fn bounds(e: &Estimate) -> String {
    let text =
        |i: lenet_stats::Interval| format!("{} to {}", signed(Some(i.low)), signed(Some(i.high)));
    e.interval
        .map_or("no interval from one seed".to_owned(), text)
}

pub(super) fn mean(cell: &Seeds, epoch: usize) -> Result<Estimate, StatsError> {
    let values: Vec<f64> = at(cell, epoch).into_values().collect();
    lenet_stats::mean(&values, LEVEL)
}

fn mean_text(cell: &Seeds, epoch: usize) -> String {
    with_interval(mean(cell, epoch).ok())
}
