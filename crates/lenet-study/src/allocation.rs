//! How the cores are divided: trials at once, trials per group, threads per step.

/// How many trials run at once, and how many threads each step may use. No result depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocation {
    /// Trials that run at once, at least 1.
    pub jobs: usize,
    /// Trials per group at most, at least 1.
    pub group: usize,
    /// Threads per step while all jobs are busy, at least 1.
    pub threads: usize,
    /// Cores to divide. When fewer trials than jobs are left, each gets more threads.
    cores: usize,
    fixed_threads: bool,
}

impl Allocation {
    /// Chooses from the machine's `cores`, the number of outstanding `trials`, and what the user
    /// asked for:
    ///
    /// | `jobs` asked | `threads` asked | jobs | threads |
    /// | --- | --- | --- | --- |
    /// | – | – | cores, at most the trials | cores ÷ jobs |
    /// | – | t | cores ÷ t, at most the trials | t |
    /// | j | – | j, at most the trials | cores ÷ j |
    /// | j | t | j, at most the trials | t |
    ///
    /// Every number is at least 1. `capacity` is how many trials can be trained together; a group
    /// holds that many, at most all jobs. When the cores are divided, a group counts as one job.
    /// On a GPU one group runs at a time unless `jobs` says otherwise.
    #[must_use]
    pub fn choose(
        cores: usize,
        trials: usize,
        capacity: usize,
        gpu: bool,
        jobs: Option<usize>,
        threads: Option<usize>,
    ) -> Self {
        let cores = cores.max(1);
        let usual = if gpu {
            capacity.max(1)
        } else {
            cores / threads.unwrap_or(1).clamp(1, cores)
        };
        let jobs = jobs.unwrap_or(usual).clamp(1, trials.max(1));
        let group = capacity.clamp(1, jobs);
        let share = (cores / (jobs / group)).max(1);
        Self {
            jobs,
            group,
            threads: threads.map_or(share, |threads| threads.max(1)),
            cores,
            fixed_threads: threads.is_some(),
        }
    }

    /// Groups that run at once, at least 1.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.jobs / self.group
    }

    /// Threads for a group that starts while `unfinished` trials are left, its own included.
    #[must_use]
    pub fn threads_when(&self, unfinished: usize) -> usize {
        if self.fixed_threads {
            return self.threads;
        }
        let groups = unfinished.div_ceil(self.group).clamp(1, self.workers());
        (self.cores / groups).max(self.threads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_divided() {
        // cores, trials, gpu, jobs asked, threads asked → jobs, threads
        let cases = [
            ((2, 80, false, None, None), (2, 1)),
            ((8, 3, false, None, None), (3, 2)),
            ((8, 80, false, None, Some(2)), (4, 2)),
            ((8, 80, false, None, Some(16)), (1, 16)),
            ((8, 80, false, Some(2), None), (2, 4)),
            ((2, 80, false, Some(5), None), (5, 1)),
            ((2, 80, false, Some(1), Some(1)), (1, 1)),
            ((8, 80, true, None, None), (1, 8)),
            ((8, 0, false, None, None), (1, 8)),
            ((0, 5, false, Some(0), Some(0)), (1, 1)),
        ];
        for ((cores, trials, gpu, jobs, threads), expected) in cases {
            let found = Allocation::choose(cores, trials, 1, gpu, jobs, threads);
            assert_eq!(
                (found.jobs, found.threads, found.group, found.workers()),
                (expected.0, expected.1, 1, expected.0),
                "{cores} {trials} {jobs:?} {threads:?}"
            );
        }
    }

    #[test]
    fn groups_take_the_place_of_trials() {
        // trials, capacity, gpu, jobs asked → jobs, trials per group, groups at once, threads
        let cases = [
            ((80, 50, true, None), (50, 50, 1, 8)),
            ((30, 50, true, None), (30, 30, 1, 8)),
            ((80, 50, true, Some(16)), (16, 16, 1, 8)),
            ((80, 4, true, Some(9)), (9, 4, 2, 4)),
            ((80, 0, true, None), (1, 1, 1, 8)),
            ((80, 3, false, None), (8, 3, 2, 4)),
        ];
        for ((trials, capacity, gpu, jobs), expected) in cases {
            let found = Allocation::choose(8, trials, capacity, gpu, jobs, None);
            assert_eq!(
                (found.jobs, found.group, found.workers(), found.threads),
                expected,
                "{trials} {capacity} {gpu} {jobs:?}"
            );
        }
        let two = Allocation::choose(8, 80, 4, true, Some(9), None);
        assert_eq!(
            [9, 5, 4, 1].map(|left| two.threads_when(left)),
            [4, 4, 8, 8]
        );
    }

    #[test]
    fn last_trials_take_the_idle_cores() {
        let free = Allocation::choose(4, 80, 1, false, None, None);
        assert_eq!(
            [9, 4, 3, 2, 1, 0].map(|left| free.threads_when(left)),
            [1, 1, 1, 2, 4, 4]
        );
        let fixed = Allocation::choose(4, 80, 1, false, None, Some(1));
        assert_eq!([9, 1].map(|left| fixed.threads_when(left)), [1, 1]);
    }
}
