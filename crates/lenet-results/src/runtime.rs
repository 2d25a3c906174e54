//! Records of runtime measurements: one file for each measured cell, every sample kept.
//!
//! What is measured is a trial of one epoch ([`RuntimeRecord::config`]) and how it is carried out
//! ([`RuntimeRecord::execution`]). The record's [`identity`](RuntimeRecord::identity) names its file.
//! What depends on the machine and the build stands in a [`RuntimeSession`], one for each process
//! that measured.

mod point;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::cores::SharedNode;
use crate::environment::Environment;
use crate::execution::Execution;
use crate::images::ImageCounts;
use lenet_core::Trial;
use lenet_core::identity::digest;
use point::RuntimePoint;

/// Newest format of a runtime record that this program reads, and the one it writes. Format 1 knew a
/// point of network size, batch size and dropout instead of a whole configuration; format 2 had no checksum.
pub const RUNTIME_FORMAT: u32 = 3;

/// Enters every digest of what format 1 could not tell; changes when the same configuration comes to
/// mean other work.
const TAG: &str = "lenet-lab runtime 2\n";

/// Floating-point operations that one sample needs on the count of the direct method, whatever
/// method the backend takes; of all trials that are trained together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeWork {
    /// Of one epoch of training.
    pub train_flops: u64,
    /// Of the forward passes over validation and test data.
    pub evaluation_flops: u64,
}

/// Machine and build at one stretch of measuring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuntimeSession {
    /// Host and build.
    pub environment: Environment,
    /// Frequency governor of the first processor, or `unknown`.
    pub governor: String,
    /// Runnable processes, averaged over the minute before the start; `None`: unknown.
    pub load_average: Option<f64>,
    /// FLOP/s that one thread of the processor reaches at most, measured at the start; `None` on
    /// a GPU, whose peak on paper is [`Gpu::nominal_flops`](lenet_core::Gpu::nominal_flops).
    pub peak_flops_per_thread: Option<f64>,
    /// Whose machine it was, where Slurm gave the job a part of it; `None`, which files leave out, where
    /// nothing says that others computed there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<SharedNode>,
}

/// One epoch of training and the two evaluations after it, of all trials that are trained
/// together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RuntimeSample {
    /// Round, from 1.
    pub round: usize,
    /// Position in the round's shuffled order, from 1.
    pub position: usize,
    /// Index of the session that measured it.
    pub session: usize,
    /// Wall-clock seconds of the epoch.
    pub train_seconds: f64,
    /// Wall-clock seconds of the forward passes over validation and test data.
    pub evaluation_seconds: f64,
    /// Most host memory that the process held during it, data set included, in bytes.
    pub peak_memory_bytes: Option<u64>,
    /// Most device memory that the process held during it, in bytes; `None` on the CPU, or
    /// where the driver does not tell.
    #[serde(default)]
    pub peak_device_memory_bytes: Option<u64>,
    /// Whether the network's numbers stopped being finite.
    pub diverged: bool,
}

impl RuntimeSample {
    /// What the report calls the runtime: epoch and evaluations, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.train_seconds + self.evaluation_seconds
    }
}

/// Where the time of one epoch and its evaluations goes, in seconds; measured in a pass of its
/// own.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct PhaseSeconds {
    /// Shuffling, gathering images and labels, making them floats.
    pub prepare: f64,
    /// Host to device.
    pub copy: f64,
    /// Forward pass and loss.
    pub forward: f64,
    /// Gradients.
    pub backward: f64,
    /// Parameter updates.
    pub optimizer: f64,
    /// Forward passes over validation and test data.
    pub evaluation: f64,
}

impl PhaseSeconds {
    /// Names of the phases, in the order of [`Self::values`].
    pub const NAMES: [&'static str; 6] = [
        "prepare",
        "copy",
        "forward",
        "backward",
        "optimizer",
        "evaluation",
    ];

    /// All phases in order.
    #[must_use]
    pub fn values(&self) -> [f64; 6] {
        [
            self.prepare,
            self.copy,
            self.forward,
            self.backward,
            self.optimizer,
            self.evaluation,
        ]
    }

    /// Their sum.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.values().iter().sum()
    }
}

/// All that was measured of a cell on one machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuntimeRecord {
    /// Version of this type.
    pub format: u32,
    /// What is trained, for one epoch.
    pub config: Trial,
    /// How it is carried out.
    pub execution: Execution,
    /// Trainable parameters of the network.
    pub parameters: usize,
    /// Images of a sample.
    pub images: ImageCounts,
    /// Work of each sample.
    pub work: RuntimeWork,
    /// Processes that measured, in order.
    pub sessions: Vec<RuntimeSession>,
    /// Samples, in the order in which they were taken.
    pub samples: Vec<RuntimeSample>,
    /// Passes with a clock around each phase.
    pub phases: Vec<PhaseSeconds>,
}

/// A record as format 1 writes it.
#[derive(Debug, Deserialize)]
pub(crate) struct FirstFormat {
    point: RuntimePoint,
    work: RuntimeWork,
    sessions: Vec<RuntimeSession>,
    samples: Vec<RuntimeSample>,
    phases: Vec<PhaseSeconds>,
}

impl From<FirstFormat> for RuntimeRecord {
    fn from(old: FirstFormat) -> Self {
        Self {
            format: RUNTIME_FORMAT,
            config: old.point.config(),
            execution: old.point.execution(),
            parameters: old.point.parameters(),
            images: old.point.images(),
            work: old.work,
            sessions: old.sessions,
            samples: old.samples,
            phases: old.phases,
        }
    }
}

impl RuntimeRecord {
    /// A record without samples.
    #[must_use]
    pub fn new(
        config: Trial,
        execution: Execution,
        parameters: usize,
        images: ImageCounts,
        work: RuntimeWork,
    ) -> Self {
        Self {
            format: RUNTIME_FORMAT,
            config,
            execution,
            parameters,
            images,
            work,
            sessions: Vec::new(),
            samples: Vec::new(),
            phases: Vec::new(),
        }
    }

    /// Sixteen hex digits that name what is measured, made like a trial's identity of `config` and
    /// `execution`. What format 1 could tell has the identity that it had there, so old files keep
    /// their names.
    #[must_use]
    pub fn identity(&self) -> String {
        let point = RuntimePoint::of(&self.config, &self.execution, self.parameters, self.images);
        match point {
            Some(point) => point.identity(),
            None => {
                let whole = json!({ "config": self.config, "execution": self.execution });
                digest(TAG, &whole)
            }
        }
    }

    /// [`Execution::cell`] of what was measured.
    #[must_use]
    pub fn cell(&self) -> String {
        self.execution.cell(&self.config)
    }

    /// `cpu` or `cuda:N`.
    #[must_use]
    pub fn device_name(&self) -> String {
        self.config.device.name_with(self.execution.ordinal)
    }

    /// Filters of the first convolution, which the usual network has in both.
    #[must_use]
    pub fn filters(&self) -> usize {
        self.config.network.filters.first().copied().unwrap_or(0)
    }

    /// Images per step.
    #[must_use]
    pub const fn batch_size(&self) -> usize {
        self.config.batch_size
    }

    /// The rate of dropout that the network trains with; 0: none.
    #[must_use]
    pub fn dropout(&self) -> f64 {
        self.config.dropout.effective_rate()
    }
}
