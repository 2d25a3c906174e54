//! What `status` says of trials that run now, of the queue, and of the time left.

use std::collections::BTreeMap;
use std::time::SystemTime;

use lenet_results::{Store, submitted_jobs};
use lenet_study::slurm::{QueuedJob, queued};
use lenet_study::{Running, State, Status};

use crate::output;
use crate::table::{count, duration};

/// Running trials that have a line; the others are counted.
const LISTED: usize = 50;

/// Prints where each running trial runs, since when, and when it was last heard of; what is left of submitted
/// jobs; and the time left.
pub fn tell(status: &Status<'_>, store: &Store) -> anyhow::Result<()> {
    let now = SystemTime::now();
    let running = status.trials.iter().filter(|t| t.state == State::Running);
    for trial in running.clone().take(LISTED) {
        // It may have ended since.
        if let Some(found) = Running::look(store, trial.identity, now) {
            output::line(format_args!(
                "running: {}: {}",
                status.label(trial),
                words(&found)
            ))?;
        }
    }
    let more = running.count().saturating_sub(LISTED);
    if more > 0 {
        output::line(format_args!("running: {more} more"))?;
    }
    if let Some(line) = queue(store)? {
        output::line(format_args!("jobs: {line}"))?;
    }
    if let Some(seconds) = status.seconds_left() {
        output::line(format_args!(
            "expected: {} more with {} at once",
            duration(seconds),
            count(status.count(State::Running), "trial")
        ))?;
    }
    Ok(())
}

/// Where, since when, and when last heard of.
fn words(found: &Running) -> String {
    let mut words = found.owner.clone();
    let mut add = |text: String| words += &format!(", {text}");
    if let Some(scheduler) = &found.scheduler {
        add(scheduler.to_string());
    }
    if let Some(since) = found.since {
        add(format!("since {}", duration(since)));
    }
    if let Some(heartbeat) = found.heartbeat {
        add(format!("last heartbeat {} ago", duration(heartbeat)));
    }
    words
}

/// What is left of the jobs that were submitted for this folder; `None` where there are none, or where
/// nobody can be asked.
fn queue(store: &Store) -> anyhow::Result<Option<String>> {
    let (jobs, damaged) = submitted_jobs(store.folder())?;
    for error in damaged {
        output::note(format_args!("left out: {error}"));
    }
    if jobs.is_empty() {
        return Ok(None);
    }
    let numbers: Vec<String> = jobs.into_iter().map(|job| job.job).collect();
    Ok(queued(&numbers).map(|left| in_words(&left)))
}

/// For example `2 RUNNING, 3 PENDING (Resources)`.
fn in_words(left: &[QueuedJob]) -> String {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for job in left {
        // Where a task runs stands with its trial; why it waits stands nowhere else.
        let why = job
            .place
            .strip_prefix('(')
            .map_or(String::new(), |why| format!(" ({why}"));
        *counted.entry(format!("{}{why}", job.state)).or_default() += tasks(&job.task);
    }
    if counted.is_empty() {
        return "none left".to_owned();
    }
    let counted = counted
        .iter()
        .map(|(words, number)| format!("{number} {words}"));
    counted.collect::<Vec<_>>().join(", ")
}

/// How many tasks a list such as `2-9,12%4` names; 1 without a list.
fn tasks(list: &str) -> usize {
    let list = list.split('%').next().unwrap_or_default();
    let each = list.split(',').filter(|part| !part.is_empty()).map(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let bounds = first.parse::<usize>().ok().zip(last.parse::<usize>().ok());
        bounds.map_or(1, |(first, last)| last.saturating_sub(first) + 1)
    });
    each.sum::<usize>().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_of_a_list_are_counted() {
        for (list, expected) in [("", 1), ("3", 1), ("2-9", 8), ("0,2-3%2", 3), ("5-9%1", 5)] {
            assert_eq!(tasks(list), expected, "{list}");
        }
    }

    #[test]
    fn the_queue_is_told_by_state() {
        let job = |task: &str, state: &str, place: &str| {
            let [task, state, place] = [task, state, place].map(str::to_owned);
            QueuedJob {
                job: "5".to_owned(),
                task,
                state,
                place,
            }
        };
        let left = [
            job("0", "RUNNING", "n1"),
            job("1", "RUNNING", "n2"),
            job("2-9", "PENDING", "(Resources)"),
            job("", "PENDING", "(Dependency)"),
        ];
        assert_eq!(
            in_words(&left),
            "1 PENDING (Dependency), 8 PENDING (Resources), 2 RUNNING"
        );
        assert_eq!(in_words(&[]), "none left");
    }

    #[test]
    fn a_running_trial_is_told_in_one_line() {
        let found = Running {
            owner: "process 12 on n1".to_owned(),
            scheduler: None,
            since: Some(200.0),
            heartbeat: Some(4.0),
        };
        assert_eq!(
            words(&found),
            "process 12 on n1, since 3 min 20 s, last heartbeat 4 s ago"
        );
    }
}
