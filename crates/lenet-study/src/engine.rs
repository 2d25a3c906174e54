//! The seam between the scheduler and the training engine, so that the one can be tested
//! without the other.

use lenet_data::Splits;
use lenet_results::{RunRecord, SelfCheck, TrialConfig};
use lenet_train::{Ended, Event, RunOptions, TrainError};

/// What the scheduler needs of a training engine.
pub(crate) trait Engine: Sync {
    fn self_check(
        &self,
        config: &TrialConfig,
        data: &Splits,
        options: &RunOptions,
    ) -> Result<SelfCheck, TrainError>;

    fn run_record(
        &self,
        config: &TrialConfig,
        options: &RunOptions,
        jobs: usize,
        from_epoch: usize,
        check: Option<SelfCheck>,
    ) -> RunRecord;

    fn run(
        &self,
        config: &TrialConfig,
        data: &Splits,
        options: &RunOptions,
        observer: &mut dyn FnMut(Event<'_>),
    ) -> Result<Ended, TrainError>;
}

/// [`lenet_train`] itself.
pub(crate) struct Training;

impl Engine for Training {
    fn self_check(
        &self,
        config: &TrialConfig,
        data: &Splits,
        options: &RunOptions,
    ) -> Result<SelfCheck, TrainError> {
        lenet_train::self_check(config, data, options)
    }

    fn run_record(
        &self,
        config: &TrialConfig,
        options: &RunOptions,
        jobs: usize,
        from_epoch: usize,
        check: Option<SelfCheck>,
    ) -> RunRecord {
        lenet_train::run_record(config, options, jobs, from_epoch, check)
    }

    fn run(
        &self,
        config: &TrialConfig,
        data: &Splits,
        options: &RunOptions,
        observer: &mut dyn FnMut(Event<'_>),
    ) -> Result<Ended, TrainError> {
        lenet_train::run(config, data, options, observer)
    }
}
