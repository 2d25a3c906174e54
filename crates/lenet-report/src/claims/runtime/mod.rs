//! Claims 7 to 10: runtimes, compared round by round.
//!
//! Ratios are taken in every round, averaged by their logarithms, and given Student's t interval
//! over the rounds.

mod costs;
mod devices;
mod statements;

use lenet_stats::{Estimate, Interval, StatsError};

use super::{Claim, Verdict};
use crate::runtime::pairs::{Rounds, factor, log_ratio, runtime, together};
use crate::runtime::{Point, Runtimes};
pub(crate) use statements::RUNTIME;

/// Sizes that the report timed on every device; without them there is no verdict.
const SIZES: [usize; 4] = [8, 16, 32, 64];

/// Batch sizes of figures 4 and 5.
const LARGE: usize = 64;
const SMALL: usize = 16;

/// How many times as long counts as "much" longer.
const MUCH: f64 = 2.0;

/// Claims 7 to 11.
pub(super) fn evaluate(runtimes: &Runtimes) -> Vec<Claim> {
    let claims = [
        devices::gpu_against_cpu(runtimes),
        devices::copying(runtimes),
        costs::dropout(runtimes),
        costs::small_batch(runtimes),
    ];
    let mut claims = claims.map(|claim| qualify(runtimes, claim)).to_vec();
    let detail = "A remark about other networks; neither the report nor these records test it.";
    claims.push(Claim::not_measured(RUNTIME[4], detail));
    claims
}

/// Takes back a verdict where other images, fewer sizes or a slow build were timed than in the
/// study: the numbers stay, but they answer another question.
fn qualify(runtimes: &Runtimes, mut claim: Claim) -> Claim {
    let mut lacks = Vec::new();
    if let Some(workload) = runtimes.workload.as_ref().filter(|w| !w.is_the_studys()) {
        lacks.push(format!(
            "{} training images of {} with {} held out, where the study has 10,000 of mnist with \
             5,000 held out",
            workload.samples, workload.source, workload.validation
        ));
    }
    let has = |size: &usize| runtimes.main().any(|p| p.record.point.filters == *size);
    if !SIZES.iter().all(has) {
        lacks.push("not all of 8, 16, 32 and 64 filters".to_owned());
    }
    let optimised = |p: &Point| {
        let sessions = p.record.sessions.iter();
        sessions
            .map(|s| &s.environment.profile)
            .all(|profile| profile == "release")
    };
    if !runtimes.main().all(optimised) {
        lacks.push("a build that was not optimised".to_owned());
    }
    if !lacks.is_empty() && claim.verdict != Verdict::NotMeasured {
        claim.verdict = Verdict::Undecided;
        let note = format!(
            "Timed with {}: no verdict on the claim. ",
            lacks.join(", and ")
        );
        claim.detail.insert_str(0, &note);
    }
    claim
}

/// Holds where the interval lies above the bound, does not where it lies below.
fn above(estimate: &Estimate, bound: f64) -> Verdict {
    match estimate.interval {
        Some(i) if i.low > bound => Verdict::Holds,
        Some(i) if i.high < bound => Verdict::DoesNotHold,
        _ => Verdict::Undecided,
    }
}

/// Holds where all parts do, does not where one does not.
fn all(parts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let mut verdict = Verdict::Holds;
    for part in parts {
        match part {
            Verdict::DoesNotHold => return part,
            Verdict::Holds => {}
            Verdict::Undecided | Verdict::NotMeasured => verdict = Verdict::Undecided,
        }
    }
    verdict
}

/// Of some series the one with most points at a batch size and without dropout; of equals the
/// fastest at the largest network that it has.
fn fastest(runtimes: &Runtimes, wanted: impl Fn(usize) -> bool) -> Option<usize> {
    let rank = |series: usize| {
        let own = runtimes.main().filter(|p| {
            let at = &p.record.point;
            p.series == series && (at.batch_size, at.dropout) == (LARGE, 0.0)
        });
        let own: Vec<(usize, f64)> = own
            .map(|p| (p.record.point.filters, p.summary.median))
            .collect();
        let largest = own.iter().max_by_key(|(filters, _)| *filters)?;
        Some((own.len(), largest.1))
    };
    (0..runtimes.series.len())
        .filter(|series| wanted(*series))
        .filter_map(|series| Some((series, rank(series)?)))
        .min_by(|(_, a), (_, b)| b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)))
        .map(|(series, _)| series)
}

/// Log ratios of pairs of points, one for each pair that shares a round.
fn ratios<'r>(pairs: impl IntoIterator<Item = (&'r Point<'r>, &'r Point<'r>)>) -> Vec<Rounds> {
    let logs = pairs
        .into_iter()
        .map(|(left, right)| log_ratio(&runtime(left), &runtime(right)));
    logs.filter(|rounds| !rounds.is_empty()).collect()
}

/// The ratio of all pairs together: the mean of their logarithms in each round that all have.
fn common(logs: &[Rounds], level: f64) -> Result<Estimate, StatsError> {
    factor(&together(logs), level)
}

/// `1.85 (1.80 to 1.90)`, the interval only where there is one.
fn words(estimate: &Estimate) -> String {
    let bounds = |i: Interval| format!(" ({} to {})", times(i.low), times(i.high));
    let interval = estimate.interval.map_or(String::new(), bounds);
    format!("{}{interval}", times(estimate.point))
}

/// A ratio with three decimals, or fewer where it is large.
pub(super) fn times(ratio: f64) -> String {
    match ratio {
        r if r >= 100.0 => format!("{r:.0}"),
        r if r >= 10.0 => format!("{r:.1}"),
        r => format!("{r:.3}"),
    }
}

/// A share in percent.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share).replace('-', "−")
}

#[cfg(test)]
mod tests;
