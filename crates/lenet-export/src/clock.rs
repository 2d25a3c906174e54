//! When a trial began and when its epochs ended.
//!
//! Records hold the start of each run and the seconds of each epoch. The ends of epochs are estimated from
//! both. Trials that are trained together each get an equal share of the time, so a share times their number
//! is the time that passed.

use std::time::{Duration, UNIX_EPOCH};

use lenet_results::{EpochRecord, RunRecord};

/// The beginning of the year 9999: dates of other programs end within it.
const LATEST: f64 = 253_370_764_800.0;

/// When a trial began, in seconds since 1970-01-01 UTC; `None` where no run is recorded.
pub(crate) fn start(runs: &[RunRecord]) -> Option<f64> {
    let first = runs.first()?;
    Some((first.started_unix as f64).min(LATEST))
}

/// When each epoch ended, in seconds since 1970-01-01 UTC, or since the trial's start where no run is
/// recorded. Times never go back.
pub(crate) fn epoch_ends(runs: &[RunRecord], epochs: &[EpochRecord]) -> Vec<f64> {
    let mut now = start(runs).unwrap_or(0.0);
    let mut last_run = None;
    let mut ends = Vec::with_capacity(epochs.len());
    for epoch in epochs {
        let run = runs.iter().rposition(|run| run.from_epoch < epoch.epoch);
        if run != last_run {
            let began = run.map(|place| runs[place].started_unix as f64);
            now = now.max(began.unwrap_or(now));
            last_run = run;
        }
        let together = run.map_or(1, |place| runs[place].group.max(1));
        now += (epoch.train_seconds + epoch.evaluation_seconds) * together as f64;
        now = now.min(LATEST);
        ends.push(now);
    }
    ends
}

/// A time as RFC 3339 with microseconds and the offset of UTC, as every version of Python reads it.
pub(crate) fn rfc3339(unix: f64) -> String {
    let time = UNIX_EPOCH + Duration::from_secs_f64(unix.clamp(0.0, LATEST));
    let text = humantime::format_rfc3339_micros(time).to_string();
    text.replace('Z', "+00:00")
}

/// Milliseconds since 1970-01-01 UTC.
pub(crate) fn milliseconds(unix: f64) -> u64 {
    (unix.clamp(0.0, LATEST) * 1000.0).round() as u64
}

#[cfg(test)]
mod tests;
