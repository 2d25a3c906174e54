//! Runtime records of format 1, which knew networks of 3×3 kernels and 128 hidden units that SGD
//! trains.

use serde::{Deserialize, Serialize};

use crate::execution::Execution;
use crate::images::ImageCounts;
use lenet_core::identity::digest;
use lenet_core::{
    Architecture, Backend, Data, DataPlacement, DeviceKind, Dropout, Optimizer, Samples, Trial,
    Validation,
};

/// Enters every digest of a point.
const TAG: &str = "lenet-lab runtime 1\n";

/// What format 1 says of a measurement. Records that can be written so keep the identity that they
/// had then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct RuntimePoint {
    device: DeviceKind,
    ordinal: usize,
    backend: Backend,
    placement: DataPlacement,
    threads: usize,
    level: String,
    filters: usize,
    parameters: usize,
    batch_size: usize,
    /// Rate of dropout, which is really connected.
    dropout: f64,
    source: String,
    samples: usize,
    validation: usize,
    test: usize,
    learning_rate: f64,
    seed: u64,
    /// 1 stands for itself in files.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    trials: usize,
}

impl RuntimePoint {
    /// The point of a measurement, if format 1 can tell it.
    pub(super) fn of(
        config: &Trial,
        execution: &Execution,
        parameters: usize,
        images: ImageCounts,
    ) -> Option<Self> {
        let point = Self {
            device: config.device,
            ordinal: execution.ordinal,
            backend: config.backend,
            placement: execution.placement,
            threads: execution.threads,
            level: execution.level.clone(),
            filters: *config.network.filters.first()?,
            parameters,
            batch_size: config.batch_size,
            dropout: config.dropout.rate,
            source: config.data.source.clone(),
            samples: images.train,
            validation: images.validation,
            test: images.test,
            learning_rate: config.learning_rate,
            seed: config.seed,
            trials: execution.trials,
        };
        let is_whole = point.config() == *config && point.execution() == *execution;
        is_whole.then_some(point)
    }

    pub(super) fn config(&self) -> Trial {
        Trial {
            data: Data {
                source: self.source.clone(),
                validation: Validation::first(self.validation),
                samples: Samples::Drawn(self.samples),
            },
            network: Architecture {
                filters: vec![self.filters; 2],
                kernel: 3,
                hidden: vec![128],
                ..Architecture::default()
            },
            dropout: Dropout::connected(self.dropout),
            optimizer: Optimizer::SGD,
            learning_rate: self.learning_rate,
            batch_size: self.batch_size,
            epochs: 1,
            seed: self.seed,
            backend: self.backend,
            device: self.device,
            ..Trial::default()
        }
    }

    pub(super) fn execution(&self) -> Execution {
        Execution {
            ordinal: self.ordinal,
            placement: self.placement,
            threads: self.threads,
            fixed_threads: false,
            level: self.level.clone(),
            trials: self.trials,
        }
    }

    pub(super) fn parameters(&self) -> usize {
        self.parameters
    }

    pub(super) fn images(&self) -> ImageCounts {
        ImageCounts {
            train: self.samples,
            validation: self.validation,
            test: self.test,
        }
    }

    pub(super) fn identity(&self) -> String {
        let value = serde_json::to_value(self).expect("a point has string keys only");
        digest(TAG, &value)
    }
}

fn one() -> usize {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_one(trials: &usize) -> bool {
    *trials == one()
}
