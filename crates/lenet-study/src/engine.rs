//! The interface between the scheduler and the training engine. Tests of the scheduler put
//! another engine behind it.

use lenet_core::Trial;
use lenet_data::{Dataset, Splits};
use lenet_results::{RunRecord, SelfCheck};
use lenet_train::{GroupTrial, RunOptions, TrainError, Watcher};

/// What the scheduler needs from a training engine.
pub(crate) trait Engine: Sync {
    fn self_check(
        &self,
        trial: &Trial,
        data: &Splits,
        options: &RunOptions,
    ) -> Result<SelfCheck, TrainError>;

    /// Bytes of memory that a trial takes on the processor.
    fn memory(&self, trial: &Trial, set: &Dataset, threads: usize) -> u64 {
        crate::memory::of_trial(trial, set, threads)
    }

    /// How many trials like this one can be trained together; 1 if a group would be no faster
    /// than its trials one after the other, or if the device cannot be queried.
    fn group_capacity(&self, trial: &Trial, data: &Splits, options: &RunOptions) -> usize;

    fn run_record(
        &self,
        trial: &Trial,
        options: &RunOptions,
        jobs: usize,
        group: usize,
        from_epoch: usize,
        check: Option<SelfCheck>,
    ) -> RunRecord;

    fn run_group(
        &self,
        trials: &[GroupTrial<'_>],
        options: &RunOptions,
        watcher: &mut dyn Watcher,
    ) -> Result<(), TrainError>;
}

/// [`lenet_train`] itself.
pub(crate) struct Training;

impl Engine for Training {
    fn self_check(
        &self,
        trial: &Trial,
        data: &Splits,
        options: &RunOptions,
    ) -> Result<SelfCheck, TrainError> {
        lenet_train::self_check(trial, data, options)
    }

    fn group_capacity(&self, trial: &Trial, data: &Splits, options: &RunOptions) -> usize {
        // An error of the device is reported when the trial runs.
        lenet_train::group_capacity(trial, data, options).unwrap_or(1)
    }

    fn run_record(
        &self,
        trial: &Trial,
        options: &RunOptions,
        jobs: usize,
        group: usize,
        from_epoch: usize,
        check: Option<SelfCheck>,
    ) -> RunRecord {
        lenet_train::run_record(trial, options, jobs, group, from_epoch, check)
    }

    fn run_group(
        &self,
        trials: &[GroupTrial<'_>],
        options: &RunOptions,
        watcher: &mut dyn Watcher,
    ) -> Result<(), TrainError> {
        lenet_train::run_group(trials, options, watcher)
    }
}
