//! The seam between the scheduler and the training engine, so that the one can be tested
//! without the other.

use lenet_core::Trial;
use lenet_data::Splits;
use lenet_results::{RunRecord, SelfCheck};
use lenet_train::{GroupTrial, RunOptions, TrainError, Watcher};

/// What the scheduler needs of a training engine.
pub(crate) trait Engine: Sync {
    fn self_check(
        &self,
        config: &Trial,
        data: &Splits,
        options: &RunOptions,
    ) -> Result<SelfCheck, TrainError>;

    /// How many trials like this one can be trained together: 1 where a group would be no
    /// faster than its trials one after the other, or where the device cannot be asked.
    fn group_capacity(&self, config: &Trial, data: &Splits, options: &RunOptions) -> usize;

    fn run_record(
        &self,
        config: &Trial,
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
        config: &Trial,
        data: &Splits,
        options: &RunOptions,
    ) -> Result<SelfCheck, TrainError> {
        lenet_train::self_check(config, data, options)
    }

    fn group_capacity(&self, config: &Trial, data: &Splits, options: &RunOptions) -> usize {
        // What is wrong with the device shows when the trial is run.
        lenet_train::group_capacity(config, data, options).unwrap_or(1)
    }

    fn run_record(
        &self,
        config: &Trial,
        options: &RunOptions,
        jobs: usize,
        group: usize,
        from_epoch: usize,
        check: Option<SelfCheck>,
    ) -> RunRecord {
        lenet_train::run_record(config, options, jobs, group, from_epoch, check)
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
