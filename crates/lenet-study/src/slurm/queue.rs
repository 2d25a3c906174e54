//! What Slurm says of jobs that were submitted.

use super::tools::{ask, lines};

/// A task of a job that waits, runs or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedJob {
    /// The job: of an array, the array.
    pub job: String,
    /// The tasks, as Slurm writes them: `3`, or `5-9` while they wait; empty without an array.
    pub task: String,
    /// For example `PENDING` or `RUNNING`.
    pub state: String,
    /// The node where it runs, or why it waits, in brackets.
    pub place: String,
}

/// What is left of jobs, by one call of `squeue`; empty when all have ended. `None` where there is no Slurm
/// or it does not answer.
#[must_use]
pub fn queued(jobs: &[String]) -> Option<Vec<QueuedJob>> {
    if jobs.is_empty() {
        return Some(Vec::new());
    }
    let list = jobs.join(",");
    let found = ask("squeue", &["-h", "-j", &list, "-o", "%F|%K|%T|%R"], "").ok()?;
    match found.succeeded {
        true => Some(lines(&found.stdout).filter_map(queued_job).collect()),
        // Jobs that ended long ago are not known any more.
        false if found.message.contains("Invalid job id") => match jobs {
            [_] => Some(Vec::new()),
            // One of several may still be there.
            jobs => jobs.iter().try_fold(Vec::new(), |mut all, job| {
                all.extend(queued(std::slice::from_ref(job))?);
                Some(all)
            }),
        },
        false => None,
    }
}

fn queued_job(line: &str) -> Option<QueuedJob> {
    let mut fields = line.trim().splitn(4, '|').map(str::to_owned);
    let mut next = || fields.next();
    let job = next()?;
    let task = next()?;
    Some(QueuedJob {
        job,
        task: if task == "N/A" { String::new() } else { task },
        state: next()?,
        place: next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_squeue_are_read() {
        let job = |job: &str, task: &str, state: &str, place: &str| {
            let [job, task, state, place] = [job, task, state, place].map(str::to_owned);
            QueuedJob {
                job,
                task,
                state,
                place,
            }
        };
        assert_eq!(
            queued_job("5|0|RUNNING|n1"),
            Some(job("5", "0", "RUNNING", "n1"))
        );
        assert_eq!(
            queued_job("5|2-9%4|PENDING|(Resources)"),
            Some(job("5", "2-9%4", "PENDING", "(Resources)"))
        );
        assert_eq!(
            queued_job("6|N/A|PENDING|(Dependency)"),
            Some(job("6", "", "PENDING", "(Dependency)"))
        );
        assert_eq!(queued_job("nonsense"), None);
        assert_eq!(queued(&[]), Some(Vec::new()));
    }
}
