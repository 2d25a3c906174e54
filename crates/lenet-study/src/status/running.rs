//! Trials that run now: where, since when, and when the study may end.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lenet_results::{Scheduler, Store};

use super::{State, Status, TrialStatus};

/// What is known of a trial that runs now.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// Who writes it, for example `process 12 on n1`.
    pub owner: String,
    /// The job that it is part of.
    pub scheduler: Option<Scheduler>,
    /// Seconds since it was begun or resumed.
    pub since: Option<f64>,
    /// Seconds since its owner last said that it lives.
    pub heartbeat: Option<f64>,
}

impl Running {
    /// Looks at a trial; `None` where nobody writes it any more.
    #[must_use]
    pub fn look(store: &Store, identity: &str, now: SystemTime) -> Option<Self> {
        let place = store.trial(identity);
        let holder = place.holder()?;
        // A trial that was just begun has no run yet, and an older one's is not this one's.
        let run = place.read_runs().ok().and_then(|mut runs| runs.pop());
        let since = run.as_ref().and_then(|run| {
            let began = UNIX_EPOCH.checked_add(Duration::from_secs(run.started_unix))?;
            Some(seconds(now, began))
        });
        Some(Self {
            owner: holder.owner,
            scheduler: run.and_then(|run| run.scheduler),
            since,
            heartbeat: holder.heartbeat.map(|time| seconds(now, time)),
        })
    }
}

/// From then to now; 0 where another machine's clock is ahead.
fn seconds(now: SystemTime, then: SystemTime) -> f64 {
    now.duration_since(then)
        .map_or(0.0, |time| time.as_secs_f64())
}

impl Status<'_> {
    /// Seconds until all trials are done, if as many run at once as now and each takes as long as the
    /// finished ones of its cell, or as all of them where its cell has none. `None` where none runs or none
    /// has finished.
    #[must_use]
    pub fn seconds_left(&self) -> Option<f64> {
        let at_once = self.count(State::Running);
        let all = mean(self.trials.iter().filter_map(|trial| trial.seconds))?;
        if at_once == 0 {
            return None;
        }
        let mut cells: HashMap<(&str, &str), Vec<f64>> = HashMap::new();
        for trial in &self.trials {
            if let Some(seconds) = trial.seconds {
                cells.entry(trial.cell_key()).or_default().push(seconds);
            }
        }
        let left = |trial: &TrialStatus<'_>| {
            let of_cell = cells.get(&trial.cell_key());
            let whole = of_cell.and_then(|known| mean(known.iter().copied()));
            let epochs = trial.cell.config.epochs.max(1) as f64;
            let done = trial.epochs.unwrap_or(0) as f64 / epochs;
            whole.unwrap_or(all) * (1.0 - done.min(1.0))
        };
        let is_left = |trial: &&TrialStatus<'_>| {
            matches!(
                trial.state,
                State::Running | State::Interrupted | State::Missing
            )
        };
        let work: f64 = self.trials.iter().filter(is_left).map(left).sum();
        Some(work / at_once as f64)
    }
}

impl<'s> TrialStatus<'s> {
    /// Trials of one cell have the same.
    fn cell_key(&self) -> (&'s str, &'s str) {
        (
            self.figures.first().copied().unwrap_or_default(),
            &self.cell.label,
        )
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_usize);
    for value in values {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests;
