//! How a machine's cores are shared out: trials side by side, threads within a step.

/// How many trials run at once, and how many threads each step of them may use. No result
/// depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocation {
    /// Trials in flight at once, at least 1.
    pub jobs: usize,
    /// Threads of one step while all jobs are busy, at least 1.
    pub threads: usize,
    /// Cores to share out; when fewer trials than jobs are left, those left get more threads.
    cores: usize,
    fixed_threads: bool,
}

impl Allocation {
    /// | jobs asked | threads asked | jobs | threads |
    /// | --- | --- | --- | --- |
    /// | – | – | cores, at most the trials | cores ÷ jobs |
    /// | – | t | cores ÷ t, at most the trials | t |
    /// | j | – | j, at most the trials | cores ÷ j |
    /// | j | t | j, at most the trials | t |
    ///
    /// All at least 1. On a GPU one trial runs at a time unless `jobs` says otherwise.
    #[must_use]
    pub fn choose(
        cores: usize,
        trials: usize,
        gpu: bool,
        jobs: Option<usize>,
        threads: Option<usize>,
    ) -> Self {
        let cores = cores.max(1);
        let usual = if gpu {
            1
        } else {
            cores / threads.unwrap_or(1).clamp(1, cores)
        };
        let jobs = jobs.unwrap_or(usual).clamp(1, trials.max(1));
        let share = (cores / jobs).max(1);
        Self {
            jobs,
            threads: threads.map_or(share, |threads| threads.max(1)),
            cores,
            fixed_threads: threads.is_some(),
        }
    }

    /// Threads for a trial that starts while `unfinished` trials, itself included, are left.
    #[must_use]
    pub fn threads_when(&self, unfinished: usize) -> usize {
        if self.fixed_threads {
            return self.threads;
        }
        (self.cores / unfinished.clamp(1, self.jobs)).max(self.threads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_shared_out() {
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
            let found = Allocation::choose(cores, trials, gpu, jobs, threads);
            assert_eq!(
                (found.jobs, found.threads),
                expected,
                "{cores} {trials} {jobs:?} {threads:?}"
            );
        }
    }

    #[test]
    fn last_trials_take_the_idle_cores() {
        let free = Allocation::choose(4, 80, false, None, None);
        assert_eq!(
            [9, 4, 3, 2, 1, 0].map(|left| free.threads_when(left)),
            [1, 1, 1, 2, 4, 4]
        );
        let fixed = Allocation::choose(4, 80, false, None, Some(1));
        assert_eq!([9, 1].map(|left| fixed.threads_when(left)), [1, 1]);
    }
}
