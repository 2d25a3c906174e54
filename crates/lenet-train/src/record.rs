//! The record of one run of a trial.

use std::time::{SystemTime, UNIX_EPOCH};

use lenet_core::{Backend, DeviceKind, Trial};
use lenet_results::{RunRecord, Scheduler, SelfCheck};

use crate::RunOptions;
use crate::backend;
use crate::gpu;

/// The record of a run that begins now, with `jobs` trials at once, `group` of them trained
/// together.
#[must_use]
pub fn run_record(
    trial: &Trial,
    options: &RunOptions,
    jobs: usize,
    group: usize,
    from_epoch: usize,
    check: Option<SelfCheck>,
) -> RunRecord {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    RunRecord {
        from_epoch,
        started_unix: now.map_or(0, |since| since.as_secs()),
        environment: gpu::environment(trial.device, options.cuda_ordinal),
        threads: options.threads.max(1),
        jobs,
        group,
        device: trial.device.name_with(options.cuda_ordinal),
        level: level_name(trial, options),
        self_check: check,
        scheduler: Scheduler::of_this_process(),
    }
}

/// Name of the code that computes the trial: an instruction set, `cuda`, or `candle`. `unknown`
/// if the environment asks for a level that this machine lacks; the trial is then refused.
pub(crate) fn level_name(trial: &Trial, options: &RunOptions) -> String {
    let name = match (trial.backend, trial.device) {
        (Backend::Stock, _) => "candle",
        (Backend::Fused, DeviceKind::Cuda) => "cuda",
        (Backend::Fused, DeviceKind::Cpu) => {
            backend::level(options).map_or("unknown", |level| level.name())
        }
    };
    name.to_owned()
}
