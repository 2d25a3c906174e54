//! What started this process: a job of a scheduler, and which of its workers this one is.
//!
//! Schedulers tell their jobs by variables of the environment. What is read stands in two tables, one for
//! the job and one for the worker's number.

use serde::{Deserialize, Serialize};

/// The job that a run was part of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Scheduler {
    /// `slurm`, `kubernetes`, `hyperqueue` or `parallel`.
    pub name: String,
    /// The job, as its scheduler numbers it; of an array the array. Kubernetes and GNU parallel tell none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The job's task, where it has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// How often the scheduler had started it again before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub restart: u32,
    /// The node, as the scheduler names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// One scheduler's variables. A process is its job where the first of `job` and `task` is there.
struct Variables {
    name: &'static str,
    /// The first that is set counts.
    job: &'static [&'static str],
    task: &'static [&'static str],
    restart: Option<&'static str>,
    node: Option<&'static str>,
}

/// The outermost scheduler comes first: it has the machine. GNU parallel within a job of Slurm is Slurm's.
const KNOWN: [Variables; 4] = [
    Variables {
        name: "slurm",
        job: &["SLURM_ARRAY_JOB_ID", "SLURM_JOB_ID"],
        task: &["SLURM_ARRAY_TASK_ID"],
        restart: Some("SLURM_RESTART_COUNT"),
        node: Some("SLURMD_NODENAME"),
    },
    Variables {
        name: "hyperqueue",
        job: &["HQ_JOB_ID"],
        task: &["HQ_TASK_ID"],
        restart: Some("HQ_INSTANCE_ID"),
        node: None,
    },
    Variables {
        name: "kubernetes",
        job: &[],
        task: &["JOB_COMPLETION_INDEX"],
        restart: None,
        node: None,
    },
    Variables {
        name: "parallel",
        job: &[],
        task: &["PARALLEL_SEQ"],
        restart: None,
        node: None,
    },
];

/// Looks up a variable of the environment.
type Look<'e> = &'e dyn Fn(&str) -> Option<String>;

fn of_environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Scheduler {
    /// The job that this process is part of; `None` outside of all known schedulers.
    #[must_use]
    pub fn of_this_process() -> Option<Self> {
        Self::of(&of_environment)
    }

    fn of(look: Look<'_>) -> Option<Self> {
        let known = KNOWN.iter().find(|known| {
            let decisive = if known.job.is_empty() {
                known.task
            } else {
                known.job
            };
            decisive.iter().any(|name| look(name).is_some())
        })?;
        let first = |names: &[&str]| names.iter().find_map(|name| look(name));
        let restart = known.restart.and_then(look);
        Some(Self {
            name: known.name.to_owned(),
            job: first(known.job),
            task: first(known.task),
            restart: restart.and_then(|count| count.parse().ok()).unwrap_or(0),
            node: known.node.and_then(look),
        })
    }
}

impl std::fmt::Display for Scheduler {
    /// For example `slurm 12_3, started again 2 times, on n1`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        match (&self.job, &self.task) {
            (Some(job), Some(task)) => write!(f, " {job}_{task}")?,
            (Some(one), None) | (None, Some(one)) => write!(f, " {one}")?,
            (None, None) => {}
        }
        match self.restart {
            0 => {}
            1 => f.write_str(", started again once")?,
            times => write!(f, ", started again {times} times")?,
        }
        match &self.node {
            Some(node) => write!(f, ", on {node}"),
            None => Ok(()),
        }
    }
}

/// Which worker this process is, counted from 0, and of how many. Workers begin at different places of
/// a plan, so that they seldom meet; nothing else depends on it.
///
/// Slurm tells both, for tasks of an array and for those of `srun`, and for both at once. Kubernetes,
/// HyperQueue and GNU parallel tell a number only: the first is then 0 of 1, the second 1 of 2, the next
/// two 1 and 3 of 4, and so on, which spreads any number of them.
#[must_use]
pub fn worker_of_this_process() -> Option<(usize, usize)> {
    worker_of(&of_environment)
}

fn worker_of(look: Look<'_>) -> Option<(usize, usize)> {
    let number = |name: &str| look(name)?.parse::<usize>().ok();
    let of_array = || {
        let step = number("SLURM_ARRAY_TASK_STEP").unwrap_or(1).max(1);
        let first = number("SLURM_ARRAY_TASK_MIN").unwrap_or(0);
        let index = number("SLURM_ARRAY_TASK_ID")?.checked_sub(first)? / step;
        within(index, number("SLURM_ARRAY_TASK_COUNT")?)
    };
    // A batch script has the rank 0 as well; only a step has a number of tasks.
    let of_step = || within(number("SLURM_PROCID")?, number("SLURM_STEP_NUM_TASKS")?);
    match (of_array(), of_step()) {
        (Some((task, tasks)), Some((rank, ranks))) => {
            return Some((task * ranks + rank, tasks.checked_mul(ranks)?));
        }
        (Some(one), None) | (None, Some(one)) => return Some(one),
        (None, None) => {}
    }
    let from_one = |name| number(name)?.checked_sub(1);
    let alone = number("HQ_TASK_ID")
        .or_else(|| number("JOB_COMPLETION_INDEX"))
        .or_else(|| from_one("PARALLEL_SEQ"))?;
    Some(spread(alone))
}

fn within(index: usize, of: usize) -> Option<(usize, usize)> {
    (index < of).then_some((index, of))
}

/// The place of a worker whose number is known and not of how many: van der Corput's sequence.
fn spread(number: usize) -> (usize, usize) {
    let bits = usize::BITS - number.leading_zeros();
    match 1_usize.checked_shl(bits) {
        Some(of) if bits > 0 => (number.reverse_bits() >> (usize::BITS - bits), of),
        _ => (0, 1),
    }
}

#[cfg(test)]
mod tests;
