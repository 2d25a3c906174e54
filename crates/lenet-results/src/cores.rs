//! How many cores this process may use.

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
    let tasks = look("SLURM_STEP_TASKS_PER_NODE").map_or(1, |text| most_tasks(&text));
    Some((on_node / tasks.max(1)).max(1))
}

/// The most tasks of a node, from a list such as `2(x3),1`: three nodes with two tasks, one with one.
fn most_tasks(list: &str) -> usize {
    let counts = list.split(',').filter_map(|part| {
        let count = part.split('(').next().unwrap_or_default();
        count.trim().parse().ok()
    });
    counts.max().unwrap_or(1)
}

#[cfg(test)]
mod tests;
