//! The runtimes that the runtime claims are about.

use lenet_stats::{Estimate, StatsError};

use crate::claims::contrast::{factor, log_ratio, together};
use crate::lab2017::setting::{LARGE, SIZES, workload};
use crate::records::runtimes::{PerRound, Point, Runtimes};

/// How many times as long counts as "much" longer.
pub(crate) const MUCH: f64 = 2.0;

/// What the runtimes lack for a verdict on the report's claims, in words.
pub(crate) fn lacks(runtimes: &Runtimes) -> Vec<String> {
    let mut lacks = Vec::new();
    if let Some(other) = runtimes.workload.as_ref().filter(|w| **w != workload()) {
        lacks.push(format!(
            "{} training images of {} with {} held out, where the study has 10,000 of mnist with \
             5,000 held out",
            other.samples, other.source, other.validation
        ));
    }
    let has = |size: &usize| runtimes.main().any(|p| p.record.filters() == *size);
    if !SIZES.iter().all(has) {
        lacks.push("not all of 8, 16, 32 and 64 filters".to_owned());
    }
    let optimised = |p: &Point| {
        let mut sessions = p.record.sessions.iter();
        sessions.all(|s| s.environment.profile == "release")
    };
    if !runtimes.main().all(optimised) {
        lacks.push("a build that was not optimised".to_owned());
    }
    lacks
}

/// The series that stands for a device: of the wanted series the one with most points at the large
/// batch without dropout, and of equals the fastest at its largest network.
pub(crate) fn fastest(runtimes: &Runtimes, wanted: impl Fn(usize) -> bool) -> Option<usize> {
    let rank = |series: usize| {
        let own = || runtimes.with_batch(series, LARGE, 0.0);
        let largest = own().max_by_key(|p| p.record.filters())?;
        Some((own().count(), largest.summary.median))
    };
    (0..runtimes.series.len())
        .filter(|series| wanted(*series))
        .filter_map(|series| Some((series, rank(series)?)))
        .min_by(|(_, a), (_, b)| b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)))
        .map(|(series, _)| series)
}

/// The series of a GPU with streamed images.
pub(crate) fn streamed_gpu(runtimes: &Runtimes) -> Option<usize> {
    let series = &runtimes.series;
    fastest(runtimes, |i| {
        series[i].key.on_gpu && !series[i].key.resident
    })
}

/// Log ratios of pairs of points, one for each pair that shares a round.
pub(crate) fn ratios<'r>(
    pairs: impl IntoIterator<Item = (&'r Point<'r>, &'r Point<'r>)>,
) -> Vec<PerRound> {
    let logs = |(left, right): (&Point, &Point)| log_ratio(&left.runtimes(), &right.runtimes());
    let logs = pairs.into_iter().map(logs);
    logs.filter(|rounds| !rounds.is_empty()).collect()
}

/// The ratio of all pairs together: the mean of their logarithms in each round that all have.
///
/// # Errors
/// If no round is common or a logarithm is not finite.
pub(crate) fn common(logs: &[PerRound], level: f64) -> Result<Estimate, StatsError> {
    factor(&together(logs), level)
}
