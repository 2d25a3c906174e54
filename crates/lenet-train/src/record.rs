//! What a run says of itself.

use std::time::{SystemTime, UNIX_EPOCH};

use lenet_core::{Backend, DeviceKind, Trial};
use lenet_results::{RunRecord, SelfCheck};

use crate::RunOptions;
use crate::backend;
use crate::gpu;

/// The record of this stretch of the run, which begins now: `jobs` trials at once, `group` of
/// them trained together.
#[must_use]
pub fn run_record(
    config: &Trial,
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
        environment: gpu::environment(config.device, options.cuda_ordinal),
        threads: options.threads.max(1),
        jobs,
        group,
        device: config.device.name_with(options.cuda_ordinal),
        level: level_name(config, options),
        self_check: check,
    }
}

/// Name of what computes the trial: an instruction set, `cuda`, or `candle`; `unknown` where the
/// environment asks for a level that cannot be had (and the trial will be refused).
pub(crate) fn level_name(config: &Trial, options: &RunOptions) -> String {
    let name = match (config.backend, config.device) {
        (Backend::Stock, _) => "candle",
        (Backend::Fused, DeviceKind::Cuda) => "cuda",
        (Backend::Fused, DeviceKind::Cpu) => {
            backend::level(options).map_or("unknown", |level| level.name())
        }
    };
    name.to_owned()
}
