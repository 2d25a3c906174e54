//! How a study is run, which no result depends on.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lenet_core::DeviceKind;
use lenet_train::RunOptions;

use crate::allocation::Allocation;
use crate::plan::Plan;

/// How to run a study. No setting changes a result.
#[derive(Debug, Clone, Default)]
pub struct RunSettings {
    /// Trials that run at once, counting every trial of a group; `None`: see
    /// [`Allocation::choose`].
    pub jobs: Option<usize>,
    /// Threads per step; `None`: see [`Allocation::choose`].
    pub threads: Option<usize>,
    /// Ordinal of the CUDA device, for trials whose device is CUDA.
    pub cuda_ordinal: usize,
    /// Set it to stop the study: every trial saves a checkpoint at its next step and ends.
    pub stop: Arc<AtomicBool>,
}

impl RunSettings {
    /// Divides the cores among `outstanding` trials, of which up to `capacity` can be trained
    /// together.
    #[must_use]
    pub fn allocation(&self, plan: &Plan, outstanding: usize, capacity: usize) -> Allocation {
        let cores = lenet_results::cores();
        let gpu = plan
            .trials
            .iter()
            .any(|trial| trial.config.device == DeviceKind::Cuda);
        Allocation::choose(cores, outstanding, capacity, gpu, self.jobs, self.threads)
    }

    pub(crate) fn options(&self, plan: &Plan, threads: usize) -> RunOptions {
        RunOptions {
            threads,
            level: plan.level(),
            cuda_ordinal: self.cuda_ordinal,
            stop: Arc::clone(&self.stop),
            ..RunOptions::default()
        }
    }
}
