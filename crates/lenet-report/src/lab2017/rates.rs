//! Claims 1, 2 and 6: learning rates and optimizers.

use lenet_stats::{Estimate, StatsError};

use crate::claims::contrast::{above, all, bonferroni, joint_level, lower_bound, paired};
use crate::claims::{Answer, Answered, Verdict};
use crate::lab2017::setting::RATES;
use crate::lab2017::trials::{LabTrials, Seeds};
use crate::records::estimates::LEVEL;
use crate::text::{bounds, or_dash, signed, with_interval};

/// Test accuracy that the texts call converged.
const CONVERGED: f64 = 0.9;

/// Claim 1. Without all other rates it cannot hold.
pub(super) fn best_rate(lab: &LabTrials) -> Answered {
    let others = &RATES[1..];
    let best = lab.setting("sgd", RATES[0], 0.0);
    let best = best.ok_or("SGD at 0.1 without dropout was not run.")?;
    let last = lab.last();
    let level = bonferroni(others.len());
    let compare = |rate: &f64| {
        let other = lab.setting("sgd", *rate, 0.0)?;
        Some((*rate, paired(&best.at(last), &other.at(last), level).ok()?))
    };
    let compared: Vec<(f64, Estimate)> = others.iter().filter_map(compare).collect();
    let lowest = compared
        .iter()
        .min_by(|a, b| lower_bound(&a.1).total_cmp(&lower_bound(&b.1)));
    let (_, worst) = lowest.ok_or("No other rate shares a seed with SGD at 0.1.")?;
    let verdict = all(compared.iter().map(|(_, e)| above(e.interval, 0.0)));
    let complete = compared.len() == others.len();
    let each = |(rate, e): &(f64, Estimate)| format!("over {rate}: {}", difference(e));
    let mut detail: Vec<String> = compared.iter().map(each).collect();
    let known = |rate: &&f64| compared.iter().any(|(known, _)| known == *rate);
    let left_out = others.iter().filter(|rate| !known(rate));
    detail.extend(left_out.map(|rate| format!("not compared: {rate} (no finite pairs)")));
    Ok(Answer {
        verdict: if verdict == Verdict::Holds && !complete {
            Verdict::Undecided
        } else {
            verdict
        },
        estimate: Some(*worst),
        method: format!(
            "lowest of the differences in test accuracy at epoch {last}, SGD 0.1 less another \
             rate, paired by seed; Student t, {}",
            joint_level(others.len())
        ),
        detail: format!("{}.", detail.join("; ")),
    })
}

/// Claim 2: accuracy after one epoch at 0.1, less that after all epochs at 0.0001.
pub(super) fn slow_rate(lab: &LabTrials) -> Answered {
    let of_rate = |rate| lab.setting("sgd", rate, 0.0);
    let (Some(fast), Some(slow)) = (of_rate(0.1), of_rate(0.0001)) else {
        return Err("SGD at 0.1 and 0.0001 were not both run.".to_owned());
    };
    let last = lab.last();
    let method = format!(
        "test accuracy of SGD 0.1 at epoch 1 less that of SGD 0.0001 at epoch {last}, paired by \
         seed; Student t, 95 %"
    );
    let detail = format!(
        "Test accuracy {CONVERGED} is reached at 0.1 by {}, at 0.0001 by {}. After epoch {last} \
         0.0001 stands at {}.",
        fast.time_to(CONVERGED),
        slow.time_to(CONVERGED),
        with_interval(slow.mean(last).ok())
    );
    head_start(fast, slow, last, method, detail)
}

/// Claim 6: accuracy after one epoch of Adam at 0.001, less that after all epochs of SGD. Trials
/// without dropout come first, since the original ran without; else both sides have dropout.
pub(super) fn optimizer(lab: &LabTrials) -> Answered {
    let pair = |dropout| {
        let of = |optimizer| lab.setting(optimizer, 0.001, dropout);
        Some((dropout, of("adam")?, of("sgd")?))
    };
    let (dropout, adam, sgd) = pair(0.0)
        .or_else(|| pair(0.5))
        .ok_or("Adam and SGD at 0.001 were not both run with the same dropout.")?;
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
    let lead = |epoch| {
        let difference = paired(&adam.at(epoch), &sgd.at(epoch), LEVEL);
        or_dash(difference.ok(), |e| signed(e.point))
    };
    let best = |optimizer| {
        let mean = |rate: f64| {
            let seeds = lab.setting(optimizer, rate, dropout)?;
            Some((rate, seeds.mean(last).ok()?.point))
        };
        let means = RATES.into_iter().filter_map(mean);
        let best = means.max_by(|a, b| a.1.total_cmp(&b.1));
        best.map_or("unknown".to_owned(), |(rate, mean)| {
            format!("{mean:.4} at {rate}")
        })
    };
    let detail = format!(
        "Adam less SGD at 0.001: {} after epoch 1, {} after epoch {last}. Test accuracy 0.95 is \
         reached with Adam by {}, with SGD by {}. Each at its best rate: Adam {}, SGD {}; the \
         claim compares them at one rate, which suits Adam.",
        lead(1),
        lead(last),
        adam.time_to(0.95),
        sgd.time_to(0.95),
        best("adam"),
        best("sgd"),
    );
    head_start(adam, sgd, last, method, detail)
}

/// A claim that one epoch of the fast setting gives more than all epochs of the slow one.
fn head_start(fast: &Seeds, slow: &Seeds, last: usize, method: String, detail: String) -> Answered {
    let (verdict, estimate, detail) = match paired(&fast.at(1), &slow.at(last), LEVEL) {
        Ok(estimate) => (above(estimate.interval, 0.0), Some(estimate), detail),
        Err(StatsError::Empty) => return Err("The two share no seed.".to_owned()),
        Err(error) => {
            let detail = format!("No interval: {error}. {detail}");
            (Verdict::Undecided, None, detail)
        }
    };
    Ok(Answer {
        verdict,
        estimate,
        method,
        detail,
    })
}

/// A difference of accuracies with its interval, in words.
pub(super) fn difference(estimate: &Estimate) -> String {
    let none = || "no interval from one seed".to_owned();
    let interval = estimate.interval.map_or_else(none, |i| bounds(i, signed));
    format!("{} ({interval})", signed(estimate.point))
}
