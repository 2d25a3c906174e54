//! Records that the tests of this crate share.

use lenet_core::{Dropout, Gpu, Optimizer, Trial};

use crate::environment::Environment;
use crate::format::TRIAL_FORMAT;
use crate::record::*;

pub(crate) fn config() -> Trial {
    Trial {
        dropout: Dropout::connected(0.5),
        optimizer: Optimizer::ADAM,
        learning_rate: 0.001,
        ..Trial::default()
    }
}

pub(crate) fn gpu() -> Gpu {
    Gpu {
        name: "NVIDIA GeForce GTX 970".into(),
        driver: "580.65.06".into(),
        driver_cuda: "13.0".into(),
        cuda: "12.9".into(),
        compute_capability: "5.2".into(),
        multiprocessors: 13,
        clock_hz: 1_178_000_000,
        memory_bytes: 4 << 30,
    }
}

pub(crate) fn epoch(number: usize) -> EpochRecord {
    EpochRecord {
        epoch: number,
        step: number as u64 * 430,
        learning_rate: 0.001,
        train_loss: 1.0 / (number as f64 + 2.0),
        train_accuracy: 0.1,
        validation_loss: f64::INFINITY,
        validation_accuracy: 0.2,
        test_loss: 0.3,
        test_accuracy: 0.4,
        dead: false,
        train_seconds: 1.5,
        evaluation_seconds: 0.1,
    }
}

pub(crate) fn run(host: &str) -> RunRecord {
    RunRecord {
        from_epoch: 0,
        started_unix: 1_500_000_000,
        environment: Environment {
            host: host.into(),
            ..Environment::collect()
        },
        threads: 1,
        jobs: 2,
        group: 1,
        device: "cpu".into(),
        level: "avx2".into(),
        self_check: None,
        scheduler: None,
    }
}

pub(crate) fn record(outcome: Outcome, epochs: usize) -> TrialRecord {
    TrialRecord {
        format: TRIAL_FORMAT,
        identity: config().identity(),
        config: config(),
        parameters: 104_250,
        outcome,
        epochs: (1..=epochs).map(epoch).collect(),
        runs: vec![run("here")],
    }
}
