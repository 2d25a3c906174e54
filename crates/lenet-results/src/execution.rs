//! How a measurement of runtime is carried out: what stands beside the trial itself.

use serde::{Deserialize, Serialize};

use lenet_core::identity::digest;
use lenet_core::{DataPlacement, Trial};
use serde_json::json;

/// Enters every digest of a cell.
const TAG: &str = "lenet-lab runtime cell 1\n";

/// How a trial is carried out where its runtime is measured. None of it changes a number of the
/// trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execution {
    /// Ordinal of the CUDA device, 0 for the processor.
    pub ordinal: usize,
    /// Where the images lie.
    pub placement: DataPlacement,
    /// Threads of one step on the host.
    pub threads: usize,
    /// Whether the study names this number of threads. Otherwise it is the machine's, or that of a
    /// flag.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fixed_threads: bool,
    /// Instruction set of the fused backend, on a GPU `cuda`; `candle` for the stock one.
    pub level: String,
    /// Trials that are trained together in single launches on the device, each with a seed of its
    /// own counted up from the configuration's; 1: one alone.
    pub trials: usize,
}

impl Execution {
    /// Names the cell of a study that has this configuration, on whatever machine: a digest of the
    /// configuration without its seed, the placement, the number of trials, and the number of threads
    /// where the study names it. Ordinal, instruction set, and a number of threads that is the
    /// machine's are left out, so records of several machines can have one cell.
    #[must_use]
    pub fn cell(&self, config: &Trial) -> String {
        let seedless = Trial {
            seed: 0,
            ..config.clone()
        };
        let threads = self.fixed_threads.then_some(self.threads);
        let cell = json!({
            "config": seedless,
            "placement": self.placement,
            "threads": threads,
            "trials": self.trials,
        });
        digest(TAG, &cell)
    }
}

/// How a figure of runtimes is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeParameters {
    /// Rounds: samples of each cell.
    pub repeats: usize,
    /// Training images of the warm-up, which is thrown away; 0: none.
    pub warm_up_samples: usize,
    /// Passes with a clock around each phase.
    pub phase_passes: usize,
}

impl Default for RuntimeParameters {
    /// Five samples, a warm-up of 1,000 images, three passes.
    fn default() -> Self {
        Self {
            repeats: 5,
            warm_up_samples: 1000,
            phase_passes: 3,
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !value
}
