//! How many cores this process may use, and whether others compute beside it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Logical cores that this process may use, at least one: the least of what the operating system grants
/// (its affinity mask and its control group's quota) and of what Slurm has allocated to the task. A
/// cluster that binds no tasks to cores tells the allocation by variables alone.
#[must_use]
pub fn cores() -> usize {
    let granted = std::thread::available_parallelism().map_or(1, usize::from);
    let allocated = allocated(&|name| std::env::var(name).ok());
    granted.min(allocated.unwrap_or(granted)).max(1)
}

/// Cores of the task, as Slurm tells them: those of each task, where that was asked for; otherwise an
/// equal share of those that the job has on the node.
fn allocated(look: &dyn Fn(&str) -> Option<String>) -> Option<usize> {
    let number = |name: &str| look(name)?.trim().parse::<usize>().ok();
    look("SLURM_JOB_ID")?;
    if let Some(of_task) = number("SLURM_CPUS_PER_TASK") {
        return Some(of_task);
    }
    let on_node = number("SLURM_CPUS_ON_NODE")?;
    // A batch script is one task, however many its steps will have.
    let tasks = look("SLURM_STEP_TASKS_PER_NODE").map_or(1, |text| most_of_a_node(&text));
    Some((on_node / tasks.max(1)).max(1))
}

/// The most of a node, from a list such as `2(x3),1`: three nodes with two each, one with one.
fn most_of_a_node(list: &str) -> usize {
    let counts = list.split(',').filter_map(|part| {
        let count = part.split('(').next().unwrap_or_default();
        count.trim().parse().ok()
    });
    counts.max().unwrap_or(1)
}

/// A machine of which Slurm gave a job a part. Jobs of others may slow down what is measured there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SharedNode {
    /// Logical cores of the job.
    pub given: usize,
    /// Logical cores of the machine.
    pub of: usize,
}

impl SharedNode {
    /// Whether this process is part of a job that has a part of this machine alone; `None` where it has all of
    /// it, or nothing is known.
    #[must_use]
    pub fn here() -> Option<Self> {
        let cpus = std::fs::read_to_string("/proc/cpuinfo").ok()?;
        let is_core = |line: &&str| line.starts_with("processor");
        let of = cpus.lines().filter(is_core).count();
        Self::new(&|name| std::env::var(name).ok(), of)
    }

    fn new(look: &dyn Fn(&str) -> Option<String>, of: usize) -> Option<Self> {
        look("SLURM_JOB_ID")?;
        // Those of the job, where a step has fewer.
        let of_job = look("SLURM_JOB_CPUS_PER_NODE").map(|list| most_of_a_node(&list));
        let of_step = look("SLURM_CPUS_ON_NODE").and_then(|text| text.parse().ok());
        let given = of_job.or(of_step)?;
        (given < of).then_some(Self { given, of })
    }
}

impl fmt::Display for SharedNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the job had {} of the machine's {} cores, and jobs of others may have slowed it down",
            self.given, self.of
        )
    }
}

#[cfg(test)]
mod tests;
